"""Whether they came: arrived, done, did not come, each with a way back; and corrections with a reason."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from flectar.offers.booking import reach
from flectar.offers.booking.deeds import attendance, series_requests
from flectar.offers.booking.deeds.states import Status
from flectar.offers.booking.errors import BookingError
from flectar.offers.booking.forms.team import CorrectionForm
from flectar.offers.booking.models import Booking
from flectar.offers.booking.views import lists
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui import index as ui
from flectar.ui.toasts import toast

MOST_TO_UNDO = 25
"""The way back names each of them in its address."""


@dashboard("bookings.write", module="booking")
@require_POST
def arrival(request: ProjectRequest, booking_id: UUID) -> HttpResponse:
    return _mark(request, booking_id, attendance.arrive, _("%(name)s is here."))


@dashboard("bookings.write", module="booking")
@require_POST
def completion(request: ProjectRequest, booking_id: UUID) -> HttpResponse:
    return _mark(request, booking_id, attendance.complete, _("%(name)s’s booking is done."))


@dashboard("bookings.write", module="booking")
@require_POST
def absence(request: ProjectRequest, booking_id: UUID) -> HttpResponse:
    return _mark(request, booking_id, attendance.did_not_come, _("%(name)s did not come."))


def _mark(request: ProjectRequest, booking_id: UUID, deed: Callable[[Booking], Any], said: str) -> HttpResponse:
    one = _find(booking_id)
    try:
        deed(one)
    except BookingError as refused:
        messages.error(request, str(refused))
    else:
        toast(request, said % {"name": one.customer.name}, undo=_undo(request, [one.pk]))
    return _to(request, one)


@dashboard("bookings.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: ProjectRequest, booking_id: UUID) -> HttpResponse:
    """What was marked wrongly, for thirty days, with a reason that stays in the history."""
    one = _find(booking_id)
    form = CorrectionForm(request.POST or None, booking=one)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            attendance.correct(one, form.cleaned_data["to"], reason=form.cleaned_data["reason"])
            toast(request, _("%(name)s’s booking is corrected.") % {"name": one.customer.name})
            return _to(request, one)
        except BookingError as refused:
            one, refusal = _find(booking_id), str(refused)
    context = {"booking": one, "form": form, "refusal": refusal}
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "booking/correct.html", context, status=status)


@dashboard("bookings.write", module="booking")
@require_POST
def undoing(request: ProjectRequest) -> HttpResponse:
    """As if nothing had been marked: the way back of the note that says it."""
    ids = [pk for text in request.GET.getlist("id")[:MOST_TO_UNDO] if (pk := _uuid(text))]
    mine = reach.of(request.user, request.project)
    found = list(Booking.objects.with_people().filter(mine, pk__in=ids).order_by("starts_at", "id"))
    outcome = ui.Outcome()
    for one in found:
        try:
            with transaction.atomic():
                if one.status == Status.IN_PROGRESS:
                    attendance.unarrive(one)
                else:
                    attendance.correct(one, Status.CONFIRMED, reason=_("Taken back at once"))
            outcome.done += 1
        except BookingError as refused:
            outcome.skipped.append((one.customer.name, str(refused)))
    text = ngettext("%(count)s booking is as it was", "%(count)s bookings are as they were", outcome.done)
    outcome.tell(request, text % {"count": outcome.done})
    if len(found) == 1:
        return _to(request, found[0])
    return redirect("booking:bookings", project=request.project.slug)


# Many at once


@dashboard("bookings.write", module="booking")
@require_POST
def completions(request: ProjectRequest) -> HttpResponse:
    return _mark_many(
        request,
        attendance.complete,
        lambda count: ngettext("%(count)s booking is done", "%(count)s bookings are done", count),
    )


@dashboard("bookings.write", module="booking")
@require_POST
def absences(request: ProjectRequest) -> HttpResponse:
    return _mark_many(
        request,
        attendance.did_not_come,
        lambda count: ngettext("%(count)s customer did not come", "%(count)s customers did not come", count),
    )


@dashboard("bookings.write", module="booking")
@require_POST
def acceptances(request: ProjectRequest) -> HttpResponse:
    """Requests, as many as are ticked. What somebody else has by now stays a request."""
    mine = reach.of(request.user, request.project)

    def accept(one: Booking) -> None:
        series_requests.must_be_seen_whole(one, mine)
        series_requests.accept(one)

    return _mark_many(
        request,
        accept,
        lambda count: ngettext("%(count)s request is accepted", "%(count)s requests are accepted", count),
        can_undo=False,
    )


def _mark_many(
    request: ProjectRequest, deed: Callable[[Booking], Any], said: Callable[[int], str], *, can_undo: bool = True
) -> HttpResponse:
    selection = ui.Selection.read(request.POST)
    chosen = lists.chosen(request, selection, lists.MOST_AT_ONCE).with_people().order_by("starts_at", "id")
    outcome, marked = ui.Outcome(), []
    for one in chosen:
        try:
            with transaction.atomic():
                deed(one)
            outcome.done += 1
            marked.append(one.pk)
        except BookingError as refused:
            outcome.skipped.append((one.customer.name, str(refused)))
    undo = _undo(request, marked) if can_undo and len(marked) <= MOST_TO_UNDO else ""
    outcome.tell(request, said(outcome.done) % {"count": outcome.done}, undo=undo)
    return lists.back(request, selection)


def _undo(request: ProjectRequest, ids: list[UUID]) -> str:
    url = reverse("booking:attendance_undoing", kwargs={"project": request.project.slug})
    return f"{url}?{urlencode([('id', str(pk)) for pk in ids])}"


def _find(booking_id: UUID) -> Booking:
    found: Booking = get_object_or_404(Booking.objects.with_people(), pk=booking_id)
    return found


def _to(request: ProjectRequest, one: Booking) -> HttpResponse:
    return HttpResponseRedirect(
        reverse("booking:booking", kwargs={"project": request.project.slug, "booking_id": one.pk})
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
