"""Bookings for the team: the list, one booking, move, cancel, bring back, and a new one."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import clock
from flectar.offers.booking import answers, reach
from flectar.offers.booking.deeds import attendance, history, lifecycle, queries, series
from flectar.offers.booking.deeds.lifecycle import Asked
from flectar.offers.booking.deeds.series import Planned
from flectar.offers.booking.errors import BookingError, SeriesTaken
from flectar.offers.booking.forms.team import CancellationForm, NewBookingForm, ReachForm
from flectar.offers.booking.messages.notices import manage_url
from flectar.offers.booking.models import Attendee, Booking, BookingEvent, Service
from flectar.offers.booking.payment import sums
from flectar.offers.booking.public import times
from flectar.offers.booking.views import another_time, anyway, moves
from flectar.people.customers import directory
from flectar.people.customers.contacts import BadContact
from flectar.people.customers.models import Customer
from flectar.people.customers.search import search
from flectar.platform.audit.log import record
from flectar.platform.lists import recents
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.platform.projects.models import Project
from flectar.ui import formats
from flectar.ui.toasts import toast

MATCHES = 8


@dashboard("bookings.read", module="booking")
@require_safe
def booking(request: ProjectRequest, booking_id: UUID) -> HttpResponse:
    one = _find(booking_id)
    recents.note(request, "booking", one.pk)
    context = {
        "booking": one,
        "entries": history.entries(one),
        "steps": _steps(request, one),
        "visits": Booking.objects.filter(customer=one.customer_id).exclude(status=Booking.Status.CANCELLED).count(),
        "is_over": one.ends_at <= clock.now(),
        "own_page": manage_url(request.project, one),
        "sums": sums.of(one),
        "extras": list(one.extras.order_by("name")),
        "answers": answers.of(one, opens_sealed=can(request.user, "bookings.write", request.project)),
        "others": _others(one, reach.of(request.user, request.project)),
        "people": _people(request, one),
        **_ways(one),
    }
    return render(request, "booking/booking.html", context)


def _people(request: ProjectRequest, one: Booking) -> list[Attendee]:
    """Whom to mark, one by one."""
    Status = Booking.Status
    certain = (Status.CONFIRMED, Status.IN_PROGRESS, Status.COMPLETED, Status.NO_SHOW)
    if one.party < 2 or one.status not in certain or not request.project.has("attendance"):
        return []
    people = attendance.people_of(one)
    for person in people:
        person.booking = one
    return people


def _ways(one: Booking) -> dict[str, bool]:
    """What can be done with it now."""
    now, Status = clock.now(), Booking.Status
    stands = one.status in (Status.CONFIRMED, Status.IN_PROGRESS)
    return {
        "may_change": one.status in lifecycle.CHANGEABLE and not one.is_hold_over,
        "may_arrive": one.is_confirmed and now >= one.starts_at - attendance.EARLIEST_ARRIVAL,
        "may_mark": now >= one.starts_at - attendance.EARLIEST_ARRIVAL and now <= one.ends_at + attendance.CORRECTABLE,
        "may_complete": stands and now >= one.starts_at,
        "may_miss": one.is_confirmed and now >= one.starts_at + attendance.GRACE,
        "may_correct": one.status in (Status.COMPLETED, Status.NO_SHOW) and now <= one.ends_at + attendance.CORRECTABLE,
    }


def _others(one: Booking, mine: Q) -> list[Booking]:
    """Those of the same series, or of the same visit."""
    if one.series_id is None and one.visit is None:
        return []
    among = Q(series=one.series_id) if one.series_id else Q(visit=one.visit)
    return list(Booking.objects.filter(mine, among).exclude(pk=one.pk).order_by("starts_at", "id")[: series.MOST_DATES])


@dashboard("bookings.write", module="booking")
@require_safe
def answer_file(request: ProjectRequest, booking_id: UUID, answer_id: UUID) -> HttpResponse:
    """What the customer sent along, as a download; a sealed one is opened for the team."""
    answer = get_object_or_404(_find(booking_id).answers.exclude(file=""), pk=answer_id)
    record("booking.answer_opened", target=answer.booking, new={"question": answer.label})
    response = HttpResponse(answers.file_of(answer), content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(answer.file_name)}"
    response["Cache-Control"] = "private, no-store"
    return response


@dashboard("bookings.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def cancellation(request: ProjectRequest, booking_id: UUID) -> HttpResponse:
    one = _find(booking_id)
    form = (ReachForm if one.series_id else CancellationForm)(request.POST or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            typed = form.cleaned_data
            gone = series.cancel(
                one, typed.get("reach", "one"), by_team=True, reason=typed["reason"], notify=typed["notify"]
            )
            _say_cancelled(request, one, gone)
            return _to(request, "booking", booking_id=booking_id)
        except BookingError as refused:
            one, refusal = _find(booking_id), str(refused)
    context = {"booking": one, "form": form, "refusal": refusal, "sums": sums.of(one), **_ways(one)}
    return render(request, "booking/cancel.html", context, status=409 if refusal else 422 if form.errors else 200)


def _say_cancelled(request: ProjectRequest, one: Booking, gone: list[Booking]) -> None:
    if len(gone) > 1:
        text = ngettext("%(count)s booking cancelled", "%(count)s bookings cancelled", len(gone))
        toast(request, text % {"count": len(gone)})
        return
    undo = reverse("booking:restoration", kwargs={"project": request.project.slug, "booking_id": one.pk})
    was_certain = one.is_cancelled and gone and gone[0].events.filter(from_status=Booking.Status.CONFIRMED).exists()
    said = _("%(name)s’s booking is cancelled.") % {"name": one.customer.name}
    toast(request, said, undo=undo if was_certain else "")


@dashboard("bookings.write", module="booking")
@require_POST
def restoration(request: ProjectRequest, booking_id: UUID) -> HttpResponse:
    """Undo a cancellation. If the time was taken meanwhile, the page to choose another one says so."""
    one = _find(booking_id)
    try:
        queries.restore(one)
    except BookingError as refused:
        context = {"booking": _find(booking_id), "form": CancellationForm(), "refusal": str(refused)}
        return render(request, "booking/cancel.html", context, status=409)
    when = formats.when(one.starts_at, request.project)
    toast(request, _("%(name)s is booked again for %(when)s.") % {"name": one.customer.name, "when": when})
    return _to(request, "booking", booking_id=booking_id)


@dashboard("bookings.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    """A booking by the team: for somebody known, for whoever is on the phone, or for whoever has just walked in.

    The calendar asks for a short form to lay over itself (`part=quick`), or only for customers who are called so.
    """
    part = request.GET.get("part", "")
    if part == "matches" and request.method != "POST":
        return render(request, "booking/parts/matches.html", {"matches": _matches(request.GET.get("q", "")[:100])})
    chosen = request.POST.get("customer") or request.GET.get("customer", "")
    customer = Customer.objects.filter(pk=times.uuid(chosen)).first()
    form = NewBookingForm(
        request.POST or None,
        project=request.project,
        customer=customer,
        initial=_asked_for(request),
        only=reach.calendars(request.user, request.project),
    )
    asked, refusal = anyway.read(request), None
    dates: list[Planned] = []
    if request.method == "POST" and form.is_valid():
        try:
            booked = _book(request, form, customer, asked)
            when = formats.when(booked.starts_at, request.project)
            toast(request, _("%(name)s is booked for %(when)s.") % {"name": booked.customer.name, "when": when})
            back = moves.calendar_page(request, request.POST.get("back", ""))
            return HttpResponseRedirect(back) if back else _to(request, "booking", booking_id=booked.pk)
        except BookingError as refused:
            refusal = refused
            dates = _dates(request, form) if isinstance(refused, SeriesTaken) else []
        except BadContact as wrong:
            form.add_error("phone" if form.cleaned_data["phone"] else "email", str(wrong))
    text = request.GET.get("q", "")[:100]
    context = {
        "form": form,
        "refusal": refusal,
        "nearest": another_time.nearest(refusal),
        "dates": dates,
        "customer": customer,
        "text": text,
        "matches": _matches(text),
        "kept": _query(request, q="", customer=""),
        **anyway.context(request, asked, refusal),
        "whole": _query(request, part="", back=""),
        "back": request.POST.get("back") or request.GET.get("back", ""),
    }
    page = "booking/parts/quick.html" if part == "quick" else "booking/new.html"
    return render(request, page, context, status=409 if refusal else 422 if form.errors else 200)


def _asked_for(request: ProjectRequest) -> dict[str, Any]:
    """What the address asks for: a tap on free time in the calendar brings the time and the person; whoever walks in
    is here now, and leaves no name."""
    is_walk_in = request.GET.get("at") == "now"
    at = _five_minutes(clock.now()) if is_walk_in else times.read_instant(request.GET.get("at", ""))
    local = (at or clock.now()).astimezone(request.project.tz)
    first = Service.objects.active().in_order().first()
    return {
        "service": request.GET.get("service") or (first.pk if first else None),
        "resource": request.GET.get("with", ""),
        "day": local.date(),
        "time": f"{local:%H:%M}" if at else "",
        "name": _("Walk-in") if is_walk_in else "",
    }


def _five_minutes(moment: datetime) -> datetime:
    """The team's own steps, backwards: whoever is here has come already."""
    return moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0)


def _walk_in(name: str) -> Customer | None:
    """One entry for all who leave no name, or the list of customers would fill with them."""
    if name != _("Walk-in"):
        return None
    found = Customer.objects.current().filter(name=name, emails=None, phones=None)
    nobody: Customer | None = found.order_by("id").first()
    return nobody


@transaction.atomic
def _book(request: ProjectRequest, form: NewBookingForm, customer: Customer | None, asked: anyway.Anyway) -> Booking:
    """The customer and the booking are one deed: a refusal leaves neither."""
    typed = form.cleaned_data
    if customer is None and not typed["email"] and not typed["phone"]:
        customer = _walk_in(typed["name"])
    if customer is None:
        customer = directory.find_or_create(
            request.project,
            name=typed["name"],
            email=typed["email"],
            phone=typed["phone"],
            collected_via="dashboard",
        )
    options: dict[str, Any] = {
        "resource": form.person,
        "nights": typed.get("nights") or 0,
        "party": typed.get("party") or 1,
        "source": Booking.Source.STAFF,
        "note": typed["note"],
        "by_team": True,
        "notify": typed["notify"],
        "idempotency_key": f"team:{typed['key']}",
    }
    if (repeat := form.repeats) is None:
        options |= {"is_forced": asked.is_forced, "reason": asked.reason}
        return queries.book(request.project, typed["service"], form.instant, customer, **options)
    rule = repeat.rule(form.instant, request.project)
    options |= {"skip": repeat.skip, "instead": repeat.instead}
    return series.book(request.project, typed["service"], form.instant, rule, customer, **options)[0]


def _dates(request: ProjectRequest, form: NewBookingForm) -> list[Planned]:
    """Every date of what is to be repeated, with what is free around those that are not."""
    repeat = form.repeats
    if repeat is None:
        return []
    return series.look(
        request.project,
        Asked(form.cleaned_data["service"], form.person),
        form.instant,
        repeat.rule(form.instant, request.project),
        skip=repeat.skip,
        instead=repeat.instead,
        by_team=True,
        party=form.cleaned_data.get("party") or 1,
    )


def _matches(text: str) -> list[Customer]:
    if not text.strip():
        return []
    ids = search(text, limit=MATCHES)
    found = {customer.pk: customer for customer in Customer.objects.filter(pk__in=ids).with_contacts()}
    return [found[pk] for pk in ids if pk in found]


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    note: str
    state: str


def _steps(request: ProjectRequest, one: Booking) -> list[Step]:
    """Where a booking stands, in a few words."""
    now, zone, Status = clock.now(), request.project, Booking.Status
    was_asked = one.status == Status.REQUESTED or one.events.filter(kind=BookingEvent.Kind.REQUESTED).exists()
    steps = [Step(_("Requested") if was_asked else _("Booked"), formats.when(one.created_at, zone), "done")]
    ahead = [Step(_("Expected"), "", ""), Step(_("Arrived"), "", ""), Step(_("Done"), "", "")]
    if one.status == Status.REQUESTED:
        who = _("the customer’s answer") if one.is_proposed else _("your answer")
        return [*steps, Step(_("Waits for"), who, "here"), *ahead]
    if one.status == Status.HELD and not one.is_hold_over:
        return [*steps, Step(_("To be paid"), _until(one, zone), "here"), *ahead]
    if one.status == Status.NO_SHOW or one.has_ended_without:
        return [*steps, Step(str(one.get_status_display()), "", "here")]
    expected = Step(_("Expected"), formats.clock(one.starts_at, zone), "done")
    arrived = Step(_("Arrived"), formats.clock(one.arrived_at, zone) if one.arrived_at else "", "done")
    if one.status == Status.COMPLETED:
        return [*steps, expected, *([arrived] if one.arrived_at else []), Step(_("Done"), "", "here")]
    if one.status == Status.IN_PROGRESS:
        return [*steps, expected, replace(arrived, state="here"), ahead[2]]
    note = formats.ago(one.starts_at) if now < one.starts_at else formats.clock(one.starts_at, zone)
    return [*steps, Step(_("Expected"), note, "here"), *ahead[1:]]


def _until(one: Booking, zone: Project) -> str:
    return _("until %(until)s") % {"until": formats.when(one.hold_until, zone)} if one.hold_until else ""


def _find(booking_id: UUID) -> Booking:
    found: Booking = get_object_or_404(Booking.objects.with_people(), pk=booking_id)
    return found


def _query(request: ProjectRequest, **changes: str) -> str:
    values = {**request.GET.dict(), **changes}
    return urlencode({name: value for name, value in values.items() if value})


def _to(request: ProjectRequest, name: str, **kwargs: Any) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"booking:{name}", kwargs={"project": request.project.slug, **kwargs}))
