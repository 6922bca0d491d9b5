"""Another time, another person or another length for a booking: by a form, or by a drag in the calendar; and back."""

from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds import queries, series
from flectar.offers.booking.errors import BookingError, ChangedMeanwhile, SlotTaken
from flectar.offers.booking.forms.team import NewTimeForm
from flectar.offers.booking.models import Booking, BookingEvent, Resource
from flectar.offers.booking.views import another_time, anyway
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui import formats
from flectar.ui.toasts import toast


@dashboard("bookings.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def time(request: ProjectRequest, booking_id: UUID) -> HttpResponse:
    """Another time: a tap on a free one, an exact one typed in, or a drop in the calendar, which it goes back to."""
    one = _find(booking_id)
    form, asked = another_time.form_for(request, one), anyway.read(request)
    refusal: BookingError | None = None
    calendar = calendar_page(request, request.POST.get("back", ""))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data["notify"]
        was, reach = one.version, form.cleaned_data.get("reach") or "one"
        try:
            if reach != "one":
                moved = series.move(one, form.instant, reach, resource=form.person, by_team=True, notify=told)
                said = ngettext("%(count)s booking moved", "%(count)s bookings moved", len(moved))
                toast(request, said % {"count": len(moved)})
                return HttpResponseRedirect(_page(request, one))
            queries.move(
                one,
                form.instant,
                resource=form.person,
                minutes=form.length,
                by_team=True,
                is_forced=asked.is_forced,
                reason=asked.reason,
                notify=told,
            )
            undo = _undo(request, one, told=told, back=calendar) if one.version != was else ""
            toast(request, _moved(request, one), undo=undo)
            return HttpResponseRedirect(calendar or _page(request, one))
        except BookingError as refused:
            one, refusal = _find(booking_id), refused
    if calendar:
        stays = _("%(name)s stays at %(when)s.") % _facts(request, one)
        messages.error(request, f"{stays} {_why(form, refusal)}")
        return HttpResponseRedirect(calendar)
    context = another_time.context(request, one, form, refusal) | anyway.context(request, asked, refusal)
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "booking/move.html", context, status=status)


@dashboard("bookings.write", module="booking")
@require_POST
def undoing(request: ProjectRequest, booking_id: UUID) -> HttpResponse:
    """The last move taken back: only while nothing else has happened to the booking since."""
    one = _find(booking_id)
    event = one.events.filter(kind=BookingEvent.Kind.MOVED).order_by("-at", "-id").first()
    try:
        if event is None or request.GET.get("version") != str(one.version):
            raise ChangedMeanwhile
        starts_at, ends_at = (datetime.fromisoformat(event.before[name]) for name in ("starts_at", "ends_at"))
        minutes = int((ends_at - starts_at).total_seconds() // 60)
        queries.move(
            one,
            starts_at,
            resource=get_object_or_404(Resource, pk=event.before["resource"]),
            minutes=None if minutes == one.minutes or one.nights or one.session_id else minutes,
            by_team=True,
            notify=request.GET.get("told") == "yes",
        )
        toast(request, _("%(name)s is back at %(when)s.") % _facts(request, one))
    except BookingError as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(calendar_page(request, request.GET.get("back", "")) or _page(request, one))


def _undo(request: ProjectRequest, one: Booking, *, told: bool, back: str) -> str:
    """Whoever was told of the move is told that it is taken back."""
    path = reverse("booking:time_undoing", kwargs={"project": request.project.slug, "booking_id": one.pk})
    return f"{path}?{urlencode({'version': one.version, 'told': 'yes' if told else '', 'back': back})}"


def _moved(request: ProjectRequest, one: Booking) -> str:
    return _("%(name)s moved to %(when)s.") % _facts(request, one)


def _facts(request: ProjectRequest, one: Booking) -> dict[str, str]:
    return {"name": one.customer.name, "when": formats.when(one.starts_at, request.project)}


def _why(form: NewTimeForm, refusal: BookingError | None) -> str:
    """In the team's words: what stands in the way, not which times a customer could have instead."""
    if refusal is None:
        return " ".join(str(error) for errors in form.errors.values() for error in errors)
    if not isinstance(refusal, SlotTaken):
        return str(refusal)
    if refusal.reason == Reason.CLAIMED and (other := _other(form)):
        until = formats.clock(other.ends_at, form.project)
        return _("It overlaps %(name)s until %(time)s.") % {"name": other.customer.name, "time": until}
    return {
        Reason.CLOSED: _("Nobody works then."),
        Reason.CLOSURE: _("That time is blocked."),
        Reason.EXTERNAL: _("That time is busy in another calendar."),
        Reason.BUFFER: _("That is too close to another booking."),
        Reason.CAPACITY: _("Not everything that it needs is free then."),
        Reason.CLAIMED: _("Something that it needs is taken then."),
    }.get(refusal.reason, str(refusal))


def _other(form: NewTimeForm) -> Booking | None:
    """What the person or place has at that time already."""
    if form.person is None:
        return None
    starts_at, ends_at = form.instant, form.instant + timedelta(minutes=form.length or form.booking.minutes)
    found = Booking.objects.holding_time().overlapping(starts_at, ends_at).filter(resource=form.person)
    other: Booking | None = found.exclude(pk=form.booking.pk).order_by("starts_at").with_people().first()
    return other


def calendar_page(request: ProjectRequest, back: str) -> str:
    """Only a page of this project's calendar is gone back to."""
    path = reverse("booking:calendar", kwargs={"project": request.project.slug})
    return back if back == path or back.startswith(f"{path}?") else ""


def _page(request: ProjectRequest, one: Booking) -> str:
    return reverse("booking:booking", kwargs={"project": request.project.slug, "booking_id": one.pk})


def _find(booking_id: UUID) -> Booking:
    found: Booking = get_object_or_404(Booking.objects.with_people(), pk=booking_id)
    return found
