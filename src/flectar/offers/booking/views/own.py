"""A customer's own page of one booking: whoever has the link may see it, pay, answer, move it, cancel it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from babel.dates import format_date
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import clock
from flectar.core.money import Money
from flectar.offers.booking import answers, zones
from flectar.offers.booking.deeds import asking, lifecycle, queries, series
from flectar.offers.booking.deeds.lifecycle import Asked
from flectar.offers.booking.errors import BookingError
from flectar.offers.booking.forms.visitor_forms import QuestionsForm
from flectar.offers.booking.messages.invitation import Method, place_line
from flectar.offers.booking.messages.invitation import calendar_file as file_of
from flectar.offers.booking.messages.notices import manage_url
from flectar.offers.booking.models import Booking
from flectar.offers.booking.payment import charging, paying
from flectar.offers.booking.prices import terms
from flectar.offers.booking.public import times
from flectar.offers.booking.scheduling import locations
from flectar.offers.booking.views import own_nights as nights_of_one
from flectar.offers.booking.views.look import public_context
from flectar.platform.projects.access import ProjectRequest, limited, site_view
from flectar.platform.projects.models import BusinessProfile
from flectar.ui import formats


def _find(request: ProjectRequest, token: str) -> Booking:
    booking: Booking = get_object_or_404(Booking.objects.with_people(), token=token)
    return booking


@site_view(module="booking")
@require_safe
def manage(request: ProjectRequest, token: str) -> HttpResponse:
    return _page(request, _find(request, token))


def _page(request: ProjectRequest, booking: Booking, *, refusal: str = "", status: int = 200) -> HttpResponse:
    context = _context(
        request,
        booking,
        is_new="new" in request.GET,
        refusal=refusal,
        others=_of_the_visit(booking),
        lines=_lines(booking),
        extras=list(booking.extras.order_by("id")),
        given=answers.of(booking),
        is_asked=bool(answers.open_questions(booking)),
        policy=terms.in_words(booking.policy_snapshot),
        fee=terms.cancellation_fee(booking, clock.now()),
        may_move=not lifecycle.is_moved_enough(booking),
        is_waiting=_is_open(booking),
        pay_url=charging.pay_url(request.project, booking),
        may_be_held_again=booking.has_ended_without and paying.may_be_held_again(booking),
    )
    return render(request, "booking/public/booking.html", context, status=status)


def _of_the_visit(booking: Booking) -> list[Booking]:
    """The other services of the same visit, and the other dates of a series that are still to come."""
    if booking.visit:
        found = Booking.objects.filter(visit=booking.visit)
    elif booking.series_id:
        gone = (Booking.Status.CANCELLED, Booking.Status.EXPIRED)
        found = Booking.objects.filter(series=booking.series_id, starts_at__gt=clock.now()).exclude(status__in=gone)
    else:
        return []
    return list(found.exclude(pk=booking.pk).order_by("starts_at", "id")[:60])


def _lines(booking: Booking) -> list[tuple[str, Money]]:
    """The price as it was broken down when it was booked; nothing where there is only one line."""
    lines = booking.price_snapshot.get("lines", ())
    currency = booking.price.currency
    return [(str(line["label"]), Money(int(line["minor"]), currency)) for line in lines] if len(lines) > 1 else []


@limited("booking.own", limit=60, per_seconds=60)
@site_view(module="booking")
@require_POST
def agreement(request: ProjectRequest, token: str) -> HttpResponse:
    """Yes to the time that the business has proposed."""
    booking = _find(request, token)
    try:
        asking.agree(booking)
    except BookingError as refused:
        return _page(request, _find(request, token), refusal=str(refused), status=409)
    return redirect(f"{reverse('booking:manage', kwargs={'token': token})}?agreed=1")


@limited("booking.own", limit=60, per_seconds=60)
@site_view(module="booking")
@require_POST
def hold(request: ProjectRequest, token: str) -> HttpResponse:
    """More time to pay; or, when it had run out, the same time once more."""
    booking = _find(request, token)
    try:
        if booking.status == Booking.Status.HELD and not booking.is_hold_over:
            paying.extend(booking)
        else:
            paying.hold_again(booking)
    except BookingError as refused:
        return _page(request, _find(request, token), refusal=str(refused), status=409)
    return redirect("booking:manage", token=token)


@limited("booking.own", limit=60, per_seconds=60)
@site_view(module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: ProjectRequest, token: str) -> HttpResponse:
    """What is still to be answered, also after the visit."""
    booking = _find(request, token)
    asked = answers.open_questions(booking)
    if not asked:
        return redirect("booking:manage", token=token)
    form = QuestionsForm(request.POST or None, request.FILES or None, questions=asked)
    if request.method == "POST" and form.is_valid():
        answers.keep(booking, form.answers)
        return redirect(f"{reverse('booking:manage', kwargs={'token': token})}?answered=1")
    context = _context(request, booking, form=form)
    return render(request, "booking/public/questions.html", context, status=422 if form.is_bound else 200)


@site_view(module="booking")
@require_safe
def answer_file(request: ProjectRequest, token: str, answer_id: UUID) -> HttpResponse:
    """A file of one's own, as a download; not a sealed one, for links are forwarded."""
    answer = get_object_or_404(_find(request, token).answers.exclude(file="").filter(sealed=None), pk=answer_id)
    response = HttpResponse(answers.file_of(answer), content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(answer.file_name)}"
    response["Cache-Control"] = "private, no-store"
    return response


@limited("booking.own", limit=60, per_seconds=60)
@site_view(module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def time(request: ProjectRequest, token: str) -> HttpResponse:
    """Choose another time; a tap on it moves the booking."""
    booking = _find(request, token)
    if booking.nights:
        return nights_of_one.move(request, booking, _context(request, booking))
    refusal = ""
    if request.method == "POST":
        starts_at = times.read_instant(request.POST.get("at", ""))
        if starts_at is None:
            return redirect("booking:own_time", token=token)
        try:
            queries.move(booking, starts_at)
            return redirect(f"{reverse('booking:manage', kwargs={'token': token})}?moved=1")
        except BookingError as refused:
            booking, refusal = _find(request, token), str(refused)
    elif not booking.can_be_changed_by_customer() or lifecycle.is_moved_enough(booking):
        return redirect("booking:manage", token=token)
    here = locations.there(booking)
    strip = times.strip(
        here,
        booking.service,
        day=times.read_day(request.GET, "day"),
        first=times.read_day(request.GET, "from"),
        without=booking,
        asked=[Asked(booking.service, None, {}, booking.location)],
    )
    context = _context(
        request,
        booking,
        strip=strip,
        days=[(day, times.in_a_word(day)) for day in strip.days],
        why_empty=times.why_empty(here, booking.service, strip.chosen),
        refusal=refusal,
    )
    return render(request, "booking/public/move.html", context, status=409 if refusal else 200)


@limited("booking.own", limit=60, per_seconds=60)
@site_view(module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def cancellation(request: ProjectRequest, token: str) -> HttpResponse:
    booking = _find(request, token)
    refusal = ""
    reaches = _reaches(booking)
    if request.method == "POST":
        wanted = request.POST.get("reach", "one")
        how_far = wanted if booking.series_id and wanted in ("following", "all") else "one"
        try:
            gone = series.cancel(booking, how_far, reason=request.POST.get("reason", ""))
            page = reverse("booking:manage", kwargs={"token": token})
            return redirect(f"{page}?cancelled={len(gone)}" if len(gone) > 1 else page)
        except BookingError as refused:
            refusal = str(refused)
    elif not (booking.can_be_changed_by_customer() or _is_open(booking)):
        return redirect("booking:manage", token=token)
    fee = terms.cancellation_fee(booking, clock.now()) if booking.is_confirmed else None
    context = _context(
        request,
        booking,
        refusal=refusal,
        fee=fee,
        back=terms.to_give_back(booking, fee) if fee is not None else None,
        reaches=reaches,
        reach=request.POST.get("reach", "one"),
        policy=terms.in_words(booking.policy_snapshot),
    )
    return render(request, "booking/public/cancel.html", context, status=409 if refusal else 200)


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of a series is cancelled: so many dates, for so much."""

    how_far: str
    count: int
    fee: Money


def _reaches(booking: Booking) -> list[Reach]:
    """Empty where there is only the one."""
    found: list[Reach] = []
    for how_far in ("one", "following", "all") if booking.series_id else ():
        dates = [one for one in series.reach(booking, how_far) if series.may_go(one)]
        fees = [terms.cancellation_fee(one, clock.now()).minor for one in dates if one.is_confirmed]
        reach = Reach(how_far, len(dates), Money(sum(fees), booking.price.currency))
        if dates and reach.count not in [known.count for known in found]:
            found.append(reach)
    return found if len(found) > 1 else []


@site_view(module="booking")
@require_safe
def calendar_file(request: ProjectRequest, token: str) -> HttpResponse:
    booking = _find(request, token)
    profile = BusinessProfile.objects.first()
    link = manage_url(request.project, booking)
    together = [booking]
    if booking.series_id and booking.is_confirmed:
        dates = Booking.objects.with_people().filter(series=booking.series_id, status=Booking.Status.CONFIRMED)
        together = list(dates.order_by("starts_at", "id"))
    content = file_of(request.project, together, Method.PUBLISH, profile=profile, link=link)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{booking.code}.ics"'
    return response


def _context(request: ProjectRequest, booking: Booking, **more: Any) -> dict[str, Any]:
    context = public_context(locations.there(booking), booking=booking, heading=_heading(request, booking), **more)
    place = locations.address(booking.location, context["profile"])
    zone = zones.read(request.GET.get(zones.NAME, "")) or booking.own_zone
    return context | zones.page(request, zone) | {"address": place_line(booking, context["profile"]), "place": place}


def _is_open(booking: Booking) -> bool:
    """Asked for or held: it may be given up at any time, for nothing."""
    waiting = (Booking.Status.REQUESTED, Booking.Status.HELD)
    return booking.status in waiting and not booking.is_hold_over


def _heading(request: ProjectRequest, booking: Booking) -> str:
    status = Booking.Status
    if booking.is_hold_over or booking.status == status.EXPIRED:
        return _("The time is no longer kept for you.")
    if booking.status == status.REQUESTED:
        return _("Does this time suit you?") if booking.is_proposed else _("We have your request.")
    said = {
        status.HELD: _("One step is left: the payment."),
        status.CANCELLED: _("This booking is cancelled."),
        status.DECLINED: _("We cannot offer this time."),
        status.PAID_LATE: _("Your payment came too late."),
    }.get(status(booking.status))
    if said:
        return said
    if booking.is_confirmed and ({"new", "moved", "agreed"} & set(request.GET)):
        day = booking.starts_at.astimezone(locations.there(booking).tz).date()
        return _("See you on %(day)s.") % {"day": format_date(day, "EEEE", locale=formats.locale())}
    return _("Your booking")
