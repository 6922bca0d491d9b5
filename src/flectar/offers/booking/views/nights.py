"""Choosing a stay on the public page: two taps on the months, then the guests. The details are those of every booking.

The address says the whole choice (arrival, nights, people, extras), so Back, bookmarks and links from elsewhere work.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds import queries
from flectar.offers.booking.errors import sentence_for_nights
from flectar.offers.booking.models import Service
from flectar.offers.booking.prices import pricing
from flectar.offers.booking.prices.pricing import Quote
from flectar.offers.booking.public import choice, months
from flectar.offers.booking.public.choice import Choice
from flectar.offers.booking.scheduling import stays
from flectar.offers.booking.scheduling.claiming import Pick
from flectar.offers.booking.scheduling.diaries import candidates
from flectar.offers.booking.scheduling.nights import DAY
from flectar.offers.booking.views import kept
from flectar.offers.booking.views.look import public_context
from flectar.platform.projects.access import ProjectRequest, site_view
from flectar.platform.projects.models import Project

MOST_LISTED = 20  # people to choose from a list; beyond it a number is typed


def months_page(request: ProjectRequest, wanted: Choice) -> HttpResponse:
    """Nights that are gone or do not suit are said, and the choice begins anew."""
    project, service, refusal = wanted.here(request.project), wanted.service, ""
    quote = None
    if wanted.departure:
        picked = _find(project, wanted, _own(request, service))
        if isinstance(picked, Reason):
            refusal = sentence_for_nights(picked)
            wanted = replace(wanted, arrival=None, nights=0)
        else:
            quote = _quote(project, wanted, picked)
    first = _first_shown(request, wanted)
    begin = min(first, wanted.arrival or first)
    chosen = candidates(service, wanted.resource, party=wanted.party, extras=wanted.extras, location=wanted.location)
    book = stays.read(
        project,
        chosen,
        begin,
        months.months_on(first, months.SHOWN),
        party=wanted.party,
        without=_own(request, service),
    )
    leaves = book.departures(wanted.arrival) if wanted.arrival else []
    if wanted.arrival and not leaves:
        refusal = sentence_for_nights(book.why_not(wanted.arrival, wanted.arrival + DAY) or Reason.DEPARTURE_DAY)
        wanted = replace(wanted, arrival=None, nights=0)
    context = public_context(
        project,
        choice=wanted,
        service=service,
        months=months.months(project, book, first, wanted),
        month=f"{first:%Y-%m}",
        refusal=refusal,
        leaves=leaves,
        quote=quote,
        houses=candidates(service, party=wanted.party, location=wanted.location).people,
        has_guests=_has_guests(wanted),
        steps=steps(wanted),
        **_said(wanted),
        **around(project, service, first),
    )
    return render(request, "booking/public/nights.html", context)


def _first_shown(request: ProjectRequest, wanted: Choice) -> date:
    """The month that is asked for, else that of the choice, else that of the first free night."""
    today = request.project.today
    asked = months.read_month(request.GET.get("from", ""))
    if asked is None and wanted.arrival:
        asked = months.first_of(wanted.arrival)
    if asked is None:
        free = queries.next_free(request.project, wanted.service)
        asked = months.first_of(free.astimezone(request.project.tz).date() if free else today)
    last = months.first_of(today + wanted.service.horizon_days * DAY)
    return max(months.first_of(today), min(asked, last))


def around(project: Project, service: Service, first: date) -> dict[str, str]:
    """The months before and after, where there is something to see."""
    this_month, later = months.first_of(project.today), months.months_on(first, months.SHOWN)
    earlier = max(months.months_on(first, -months.SHOWN), this_month)
    return {
        "earlier": f"{earlier:%Y-%m}" if first > this_month else "",
        "later": f"{later:%Y-%m}" if later <= project.today + service.horizon_days * DAY else "",
    }


@site_view(module="booking", takes_in=True)
@require_safe
def guests(request: ProjectRequest, service: str) -> HttpResponse:
    """How many, and what they bring or borrow; with the whole sum beside it."""
    one = get_object_or_404(choice.bookable(), slug=service, mode=Service.Mode.STAY)
    wanted = choice.read(one, request.GET)
    if not wanted.departure:
        return redirect("booking:book_time", service=service)
    here = wanted.here(request.project)
    picked = _find(here, wanted, _own(request, one))
    refusal = sentence_for_nights(picked) if isinstance(picked, Reason) else ""
    sizes = wanted.party_sizes
    context = public_context(
        here,
        choice=wanted,
        service=one,
        refusal=refusal,
        sizes=sizes if len(sizes) <= MOST_LISTED else (),
        extras=list(wanted.extra_rows(request.project)),
        quote=_quote(here, wanted, [] if isinstance(picked, Reason) else picked),
        steps=steps(wanted),
        **_said(wanted),
    )
    return render(request, "booking/public/guests.html", context, status=409 if refusal else 200)


# --- For the details --------------------------------------------------------------------------------------------------


def _own(request: ProjectRequest, service: Service) -> list[UUID]:
    """What this visitor keeps is free for them."""
    hold = kept.own_hold(request, service)
    return [hold.pk] if hold else []


def check_in(project: Project, wanted: Choice) -> datetime | None:
    """None as long as the nights are not chosen."""
    return stays.check_in(project, wanted.service, wanted.arrival) if wanted.arrival and wanted.departure else None


def steps(wanted: Choice) -> list[str]:
    return [_("Nights"), *([_("Guests")] if _has_guests(wanted) else []), _("Details")]


def others(project: Project, wanted: Choice, nearest: Sequence[datetime]) -> dict[str, Any]:
    """What the page of details says of a stay, and the nearest arrivals when its nights are gone."""
    days = [one.astimezone(project.tz).date() for one in nearest]
    return {
        "others": [(f"{day:%Y-%m-%d}", months.range_of(day, day + wanted.nights * DAY)) for day in days],
        "is_about_guests": not nearest and _has_guests(wanted),
        "at_step": len(steps(wanted)),
        **_said(wanted),
    }


def _said(wanted: Choice) -> dict[str, str]:
    arrival, departure = wanted.arrival, wanted.departure
    return {
        "dates_said": months.range_of(arrival, departure) if arrival and departure else "",
        "dates_query": urlencode([*wanted.dates, *wanted.all_fields]),
    }


def _has_guests(wanted: Choice) -> bool:
    return bool(wanted.party_sizes or wanted.offered)


def _find(project: Project, wanted: Choice, without: Sequence[UUID]) -> list[Pick] | Reason:
    return stays.find(
        project,
        wanted.service,
        wanted.arrival or project.today,
        wanted.nights,
        party=wanted.party,
        resource=wanted.resource,
        extras=wanted.extras,
        location=wanted.location,
        without=without,
    )


def _quote(project: Project, wanted: Choice, picked: Sequence[Pick]) -> Quote:
    return pricing.quote(
        project,
        wanted.service,
        starts_at=stays.check_in(project, wanted.service, wanted.arrival or project.today),
        nights=wanted.nights,
        party=wanted.party,
        resource=picked[0].resource if picked else wanted.resource,
        extras={extra.pk: qty for extra, qty in wanted.extras.items()},
    )
