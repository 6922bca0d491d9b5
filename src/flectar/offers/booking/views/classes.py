"""Classes on the public page: choose a date, or wait for a place; and the page of whoever waits."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import clock, limits
from flectar.offers.booking import zones
from flectar.offers.booking.deeds import waiting
from flectar.offers.booking.errors import BookingError, PlacesLeft
from flectar.offers.booking.forms.class_forms import WaitForm
from flectar.offers.booking.messages import class_notices
from flectar.offers.booking.models import Service, Session, Waiting
from flectar.offers.booking.payment import charging
from flectar.offers.booking.public import choice, times
from flectar.offers.booking.public.choice import Choice
from flectar.offers.booking.scheduling import locations, seats
from flectar.offers.booking.views.look import public_context
from flectar.people.customers import directory
from flectar.people.customers.contacts import BadContact
from flectar.platform.projects.access import ProjectRequest, limited, site_view
from flectar.platform.projects.models import Location, Project

SHOWN = 20
MAILS_AN_HOUR = 20


@site_view(module="booking", takes_in=True)
@require_safe
def dates(request: ProjectRequest, service: str) -> HttpResponse:
    """The dates by day, with the places that are left; a full one leads to its waiting list."""
    chosen = _class(service)
    party = _party(chosen, request.GET.get("people", ""))
    begin = clock.now()
    if day := times.read_day(request.GET, "from"):
        begin = max(begin, clock.day_bounds(day, request.project.tz)[0])
    until = clock.now() + timedelta(days=chosen.horizon_days + 1)
    found = seats.open_for_customers(request.project, chosen, begin, until)
    places = list({one.resource.location: None for one in found if one.resource.location})
    place = locations.find(places, request.GET.get("location", ""))
    if place is not None:
        found = [one for one in found if one.resource.location == place]
    shown, later = found[:SHOWN], found[SHOWN:]
    left = seats.left(shown)
    days: dict[Any, list[dict[str, Any]]] = {}
    for one in shown:
        there = locations.here(request.project, one.resource.location)
        local = one.starts_at.astimezone(there.tz).date()
        days.setdefault(local, []).append(
            {
                "session": one,
                "left": left[one.pk],
                "fits": left[one.pk] >= party,
                "there": there,
                "place": one.resource.location if len(places) > 1 else None,
                "at": times.written(one.starts_at),
            }
        )
    context = public_context(
        request.project,
        service=chosen,
        price=chosen.price(request.project.currency),
        days=days.items(),
        later=later[0].starts_at.astimezone(request.project.tz).date() if later else None,
        is_later="from" in request.GET,
        party=party,
        sizes=_sizes(chosen),
        places=places if len(places) > 1 else [],
        **zones.page(request, zones.read(request.GET.get(zones.NAME, ""))),
        place=place,
        steps=_steps(),
    )
    return render(request, "booking/public/dates.html", context)


@limited("booking.wait", limit=30, per_seconds=60)
@site_view(module="booking", takes_in=True)
@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: ProjectRequest, service: str) -> HttpResponse:
    """Onto the list: of one date of a class, or for any time within some days at one location."""
    chosen = get_object_or_404(choice.bookable(), slug=service, has_waiting_list=True)
    asked = request.POST if request.method == "POST" else request.GET
    session = _session(chosen, asked.get("at", ""), asked.get("with", ""))
    if session is None and chosen.mode == Service.Mode.SESSION:
        return redirect("booking:book_class", service=service)
    party = _party(chosen, asked.get("people", ""))
    wanted = None if session else choice.read(chosen, asked)
    place = wanted.location if wanted else session.resource.location if session else None
    here, zone = locations.here(request.project, place), zones.read(asked.get(zones.NAME, ""))
    form = WaitForm(
        request.POST or None,
        is_for_a_time=session is None,
        today=here.today,
        sizes=_sizes(chosen),
        places=wanted.places if wanted else (),
        initial={"people": party, "location": str(place.pk) if place else "", **_that_day(here, asked)},
    )
    refusal, status = "", 422 if form.is_bound else 200
    has_places = False
    if form.is_valid() and _may_be_mailed(form):
        try:
            entry = _join(request, here, chosen, session, form, location=place, zone=zone)
        except BadContact as wrong:
            form.add_error("phone" if form.cleaned_data["phone"] else "email", str(wrong))
        except PlacesLeft as left:
            refusal, status, has_places = str(left), 409, True
        except BookingError as refused:
            refusal, status = str(refused), 409
        else:
            return redirect("booking:waiting", token=entry.token)
    context = public_context(
        here,
        service=chosen,
        session=session,
        place=place if session or (wanted and len(wanted.places) > 1) else None,
        at=asked.get("at", ""),
        instant=session.starts_at if session else clock.now(),
        form=form,
        refusal=refusal,
        has_places=has_places,
        more=_back(wanted, zone),
        **zones.page(request, zone),
    )
    return render(request, "booking/public/wait.html", context, status=status)


def _back(wanted: Choice | None, zone: ZoneInfo | None) -> str:
    """To the free times, as they were looked at."""
    pairs = wanted.all_fields if wanted else [(zones.NAME, zone.key)] if zone else []
    return f"?{urlencode(pairs)}" if pairs else ""


def _that_day(here: Project, asked: Mapping[str, str]) -> dict[str, Any]:
    """From a full day: for that day, unless one says otherwise."""
    day = times.read_day(asked, "day")
    return {"first_day": day, "last_day": day} if day and day >= here.today else {}


def _join(
    request: ProjectRequest,
    here: Project,
    service: Service,
    session: Session | None,
    form: WaitForm,
    *,
    location: Location | None,
    zone: ZoneInfo | None,
) -> Waiting:
    """The customer and the entry are one deed: a refusal leaves neither. Days are those of the location."""
    typed = form.cleaned_data
    stretch: dict[str, Any] = {}
    if session is None:
        stretch = {
            "location": location,
            "earliest": clock.day_bounds(typed["first_day"], here.tz)[0],
            "latest": clock.day_bounds(typed["last_day"], here.tz)[1] - timedelta(minutes=1),
        }
    with transaction.atomic():
        customer = directory.find_or_create(
            request.project,
            name=typed["name"],
            email=typed["email"],
            phone=typed["phone"],
            locale=get_language() or "",
            collected_via="booking",
            collected_from=request.path,
        )
        return waiting.join(
            request.project,
            service,
            customer,
            session=session,
            party=int(typed["people"] or 1),
            locale=get_language() or "",
            customer_zone=zone.key if zone else "",
            **stretch,
        )


def _may_be_mailed(form: WaitForm) -> bool:
    email = form.cleaned_data["email"].lower()
    if limits.hit(f"waiting mail {email}", limit=MAILS_AN_HOUR, per_seconds=3600).allowed:
        return True
    form.add_error("email", _("This address has asked very often. Try again in an hour."))
    return False


@site_view(module="booking")
@require_safe
def own(request: ProjectRequest, token: str) -> HttpResponse:
    """Whoever has the link sees their turn, says yes to an offer, or leaves the list."""
    return _own_page(request, _entry(token))


@limited("booking.own", limit=60, per_seconds=60)
@site_view(module="booking")
@require_POST
def acceptance(request: ProjectRequest, token: str) -> HttpResponse:
    entry = _entry(token)
    try:
        booking = waiting.accept_offer(entry)
    except BookingError as refused:
        return _own_page(request, _entry(token), refusal=str(refused))
    if pay := charging.pay_url(request.project, booking):
        return redirect(pay)
    return redirect("booking:manage", token=booking.token)


@limited("booking.own", limit=60, per_seconds=60)
@site_view(module="booking")
@require_POST
def departure(request: ProjectRequest, token: str) -> HttpResponse:
    waiting.leave(_entry(token))
    return redirect("booking:waiting", token=token)


def _own_page(request: ProjectRequest, entry: Waiting, *, refusal: str = "") -> HttpResponse:
    is_over = entry.offer is not None and entry.offer.is_hold_over
    ends_at = entry.session.starts_at if entry.session else entry.latest
    is_past = ends_at is not None and ends_at <= clock.now()
    offer = entry.offer if entry.state == Waiting.State.OFFERED and not is_over else None
    starts_at = offer.starts_at if offer else entry.session.starts_at if entry.session else None
    place = entry.place
    here = locations.here(request.project, place)
    context = public_context(
        here,
        entry=entry,
        days="" if entry.session else class_notices.days_of(entry, here),
        starts_at=starts_at,
        instant=starts_at or clock.now(),
        offer=offer,
        is_over=is_past or (entry.state == Waiting.State.OFFERED and is_over),
        turn=waiting.turn_of(entry) if entry.state == Waiting.State.WAITING else 0,
        refusal=refusal,
        place=place,
        **zones.page(request, zones.read(request.GET.get(zones.NAME, "")) or zones.read(entry.customer_zone)),
    )
    return render(request, "booking/public/waiting.html", context, status=409 if refusal else 200)


def _entry(token: str) -> Waiting:
    entry: Waiting = get_object_or_404(
        Waiting.objects.select_related(
            "service",
            "customer",
            "project",
            "location",
            "session__resource__location",
            "offer__location",
            "offer__service",
            "offer__customer",
            "offer__resource",
            "offer__project",
        ),
        token=token,
    )
    return entry


def _class(slug: str) -> Service:
    chosen: Service = get_object_or_404(Service.objects.active(), slug=slug, mode=Service.Mode.SESSION)
    return chosen


def _session(service: Service, at: str, led_by: str) -> Session | None:
    starts_at = times.read_instant(at)
    if starts_at is None or service.mode != Service.Mode.SESSION:
        return None
    found = Session.objects.filter(service=service, starts_at=starts_at, is_cancelled=False)
    if led_by:
        try:
            found = found.filter(resource=UUID(led_by))
        except ValueError as error:
            raise Http404 from error
    session: Session | None = found.select_related("resource__location").order_by("id").first()
    if session is None:
        raise Http404
    return session


def _sizes(service: Service) -> range:
    """Empty where there is nothing to choose."""
    least, most = service.min_party, service.max_party
    return range(least, most + 1) if most > least else range(0)


def _party(service: Service, text: str) -> int:
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    return max(service.min_party, min(wanted, service.max_party))


def _steps() -> list[str]:
    return [_("Service"), _("Date"), _("Details")]
