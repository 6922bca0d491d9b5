"""Requests, one after another: accept, propose another time, or decline; the next one opens by itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import clock
from flectar.offers.booking import answers, reach
from flectar.offers.booking.deeds import asking, history, series_requests
from flectar.offers.booking.deeds.states import Status
from flectar.offers.booking.errors import BookingError, NotChangeable, SeriesTaken
from flectar.offers.booking.forms.team import CancellationForm
from flectar.offers.booking.models import Booking, BookingQuerySet
from flectar.offers.booking.payment import sums
from flectar.offers.booking.scheduling import locations
from flectar.offers.booking.views import another_time, moves
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.ui import formats
from flectar.ui.toasts import toast

MOST_AROUND = 12
MOST_PROPOSED = 50


@dashboard("bookings.read", module="booking")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    """The oldest one, or the one that the address names."""
    return _page(request, _asked_for(request, request.GET.get("request", "")))


@dashboard("bookings.write", module="booking")
@require_POST
def acceptance(request: ProjectRequest, booking_id: UUID) -> HttpResponse:
    """From the queue or from the calendar, which it goes back to."""
    one, calendar = _find(booking_id), moves.calendar_page(request, request.POST.get("back", ""))
    try:
        series_requests.must_be_seen_whole(one, reach.of(request.user, request.project))
        accepted = series_requests.accept(one)
    except BookingError as refused:
        if calendar:
            facts = {"name": one.customer.name, "why": refused}
            messages.error(request, _("%(name)s’s request was not accepted. %(why)s") % facts)
            return HttpResponseRedirect(calendar)
        return _page(request, _asked_for(request, str(booking_id)), refusal=refused)
    one = accepted[0]
    facts = {"name": one.customer.name, "when": _when(request, accepted)}
    said = _("%(name)s is accepted for %(when)s.") if one.is_confirmed else _("%(name)s is asked to pay for %(when)s.")
    toast(request, said % facts)
    return HttpResponseRedirect(calendar) if calendar else _next(request)


@dashboard("bookings.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def time(request: ProjectRequest, booking_id: UUID) -> HttpResponse:
    """Another time: a tap on a free one, or an exact one. It is kept until the customer answers."""
    one = _find(booking_id)
    form = another_time.form_for(request, one)
    refusal: BookingError | None = None if one.status == Status.REQUESTED else NotChangeable()
    if request.method == "POST" and form.is_valid() and refusal is None:
        try:
            asking.propose(
                one,
                form.instant,
                resource=form.person,
                reason=request.POST.get("reason", "").strip()[:300],
                notify=form.cleaned_data["notify"],
            )
            facts = {"name": one.customer.name, "when": formats.when(one.starts_at, request.project)}
            toast(request, _("%(when)s is proposed to %(name)s.") % facts)
            return _next(request)
        except BookingError as refused:
            one, refusal = _find(booking_id), refused
    context = another_time.context(request, one, form, refusal)
    context |= {
        "path": _url(request, "request_time", booking_id=booking_id),
        "back": f"{_url(request, 'requests')}?request={booking_id}",
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "booking/request_time.html", context, status=status)


@dashboard("bookings.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def refusal(request: ProjectRequest, booking_id: UUID) -> HttpResponse:
    """No, with the reason that the customer reads."""
    one, asked = _find(booking_id), request.POST or request.GET
    back = moves.calendar_page(request, asked.get("back", ""))
    form = CancellationForm(request.POST or None)
    said = "" if one.status == Status.REQUESTED else str(NotChangeable())
    if request.method == "POST" and form.is_valid() and not said:
        try:
            series_requests.must_be_seen_whole(one, reach.of(request.user, request.project))
            series_requests.decline(one, reason=form.cleaned_data["reason"], notify=form.cleaned_data["notify"])
            undo = _url(request, "reopening", booking_id=booking_id) + (f"?{urlencode({'back': back})}" if back else "")
            toast(request, _("%(name)s’s request is declined.") % {"name": one.customer.name}, undo=undo)
            return HttpResponseRedirect(back) if back else _next(request)
        except BookingError as refused:
            one, said = _find(booking_id), str(refused)
    context = {"booking": one, "form": form, "refusal": said, "back": back}
    status = 409 if said else 422 if form.errors else 200
    page = "booking/parts/quick_refusal.html" if request.GET.get("part") == "quick" else "booking/request_refusal.html"
    return render(request, page, context, status=status)


@dashboard("bookings.write", module="booking")
@require_POST
def reopening(request: ProjectRequest, booking_id: UUID) -> HttpResponse:
    """Undo a refusal. If somebody has the time by now, the booking's page says so."""
    one = _find(booking_id)
    try:
        series_requests.must_be_seen_whole(one, reach.of(request.user, request.project))
        series_requests.reopen(one)
    except BookingError as refused:
        messages.error(request, str(refused))
        return _to(request, "booking", booking_id=booking_id)
    toast(request, _("%(name)s’s request waits again.") % {"name": one.customer.name})
    if back := moves.calendar_page(request, request.GET.get("back", "")):
        return HttpResponseRedirect(back)
    return HttpResponseRedirect(f"{_url(request, 'requests')}?request={booking_id}")


def _page(request: ProjectRequest, one: Booking | None, refusal: BookingError | None = None) -> HttpResponse:
    """The request at hand, what stands around its time, and what waits for customers."""
    mine = reach.of(request.user, request.project)
    waiting = list(asking.queue().filter(mine).values_list("pk", flat=True)[:200])
    context: dict[str, Any] = {"booking": one, "waiting": len(waiting), "refusal": refusal}
    context["proposed"] = list(_proposed().filter(mine).prefetch_related("customer")[:MOST_PROPOSED])
    if one is not None:
        place = waiting.index(one.pk) if one.pk in waiting else -1
        context |= {
            "place": place + 1,
            "later": waiting[(place + 1) % len(waiting)] if len(waiting) > 1 else None,
            "is_open": one.is_open_request,
            "nearest": another_time.nearest(refusal),
            "dates": _dates(request, one, refusal),
            "past": history.past_of(one.customer),
            "around": _around(one),
            "answers": answers.of(one, opens_sealed=can(request.user, "bookings.write", request.project)),
            "extras": list(one.extras.order_by("name")),
            "sums": sums.of(one),
        }
    return render(request, "booking/requests.html", context, status=409 if refusal else 200)


def _dates(request: ProjectRequest, one: Booking, refusal: BookingError | None) -> list[tuple[Booking, bool]]:
    """Of a series each date that its reader may see, and whether somebody else has it, as accepting has found."""
    if one.series_id is None:
        return []
    taken = {conflict.day for conflict in refusal.conflicts} if isinstance(refusal, SeriesTaken) else set()
    mine = set(Booking.objects.filter(reach.of(request.user, request.project), series=one.series_id).values_list("pk"))
    return [
        (each, each.starts_at.astimezone(locations.there(each).tz).date() in taken)
        for each in series_requests.dates_of(one)
        if (each.pk,) in mine
    ]


def _when(request: ProjectRequest, accepted: Sequence[Booking]) -> str:
    first = formats.when(accepted[0].starts_at, request.project)
    more = len(accepted) - 1
    said = ngettext("%(first)s and %(more)s more date", "%(first)s and %(more)s more dates", more)
    return said % {"first": first, "more": more} if more else first


def _asked_for(request: ProjectRequest, text: str) -> Booking | None:
    mine = reach.of(request.user, request.project)
    try:
        named = Booking.objects.with_people().filter(mine, pk=UUID(text)).first()
    except ValueError:
        named = None
    found: Booking | None = named or asking.queue().filter(mine).with_people().first()
    return found


def _proposed() -> BookingQuerySet:
    """What waits for the customer's answer, what ends first in front."""
    found: BookingQuerySet = Booking.objects.filter(
        status=Status.REQUESTED, is_proposed=True, hold_until__gt=clock.now()
    ).order_by("hold_until", "id")
    return found


def _around(one: Booking) -> list[Booking]:
    """What else that person or place has on the day."""
    start, end = _day(one)
    found = Booking.objects.holding_time().overlapping(start, end).filter(resource=one.resource_id)
    return list(found.exclude(pk=one.pk).prefetch_related("customer").order_by("starts_at", "id")[:MOST_AROUND])


def _day(one: Booking) -> tuple[datetime, datetime]:
    zone = one.project.tz
    return clock.day_bounds(one.starts_at.astimezone(zone).date(), zone)


def _next(request: ProjectRequest) -> HttpResponse:
    return HttpResponseRedirect(_url(request, "requests"))


def _find(booking_id: UUID) -> Booking:
    found: Booking = get_object_or_404(Booking.objects.with_people(), pk=booking_id)
    return found


def _url(request: ProjectRequest, name: str, **kwargs: Any) -> str:
    return reverse(f"booking:{name}", kwargs={"project": request.project.slug, **kwargs})


def _to(request: ProjectRequest, name: str, **kwargs: Any) -> HttpResponse:
    return HttpResponseRedirect(_url(request, name, **kwargs))
