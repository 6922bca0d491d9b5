"""Classes for the team: which dates there are, plan, change and cancel them, who comes, who waits, a list to print."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import clock
from flectar.offers.booking import reach
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds import sessions, waiting
from flectar.offers.booking.errors import BookingError, SeriesTaken
from flectar.offers.booking.forms.class_forms import PlanForm, SessionCancellationForm, SessionForm
from flectar.offers.booking.models import Attendee, Booking, Resource, Service, Session, Waiting
from flectar.offers.booking.public import times
from flectar.offers.booking.scheduling import seats
from flectar.offers.booking.templatetags.booking import full_when, near, wall
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.ui import cells
from flectar.ui import index as ui
from flectar.ui.toasts import toast

SHOWN = 100


@dashboard("bookings.read", module="booking")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    """By day; what lies ahead, or what was."""
    look = ui.Look.read(request.GET, views=("coming", "past"), filters=("class",))
    classes = list(Service.objects.filter(mode=Service.Mode.SESSION).in_order())
    some = list(_matching(look).filter(reach.of(request.user, request.project))[: SHOWN + 1])
    found = some[:SHOWN]
    places, waits = seats.left(found), _waiting(found)
    groups: dict[date, list[ui.Row]] = {}
    for one in found:
        day = one.starts_at.astimezone(request.project.tz).date()
        groups.setdefault(day, []).append(_row(request, one, places[one.pk], waits.get(one.pk, 0)))
    writes = can(request.user, "bookings.write", request.project)
    plan = ui.Way(_("Plan a class"), _url(request, "new_class"), "plus", is_primary=True)
    is_bare = not found and not look.is_narrowed and look.view == "coming"
    return ui.show(
        request,
        ui.Index(
            key="classes",
            title=_("Classes"),
            look=look,
            views=[ui.Tab("coming", _("Coming")), ui.Tab("past", _("Past"))],
            columns=COLUMNS,
            groups=[ui.Group(rows, title=near(day, request.project.today)) for day, rows in groups.items()],
            filters=[ui.Filter("class", _("Class"), _("All classes"), [(str(one.pk), one.name) for one in classes])]
            if len(classes) > 1
            else [],
            ways=[plan] if writes and classes else [],
            empty=ui.Empty(
                _("No class is planned"),
                _("Plan a date, or many at once: customers then book places in it.")
                if classes
                else _("First make a service of the kind “Class with places”. Then plan its dates here."),
                (plan if classes else ui.Way(_("Services"), _url(request, "services"))) if writes else None,
            ),
            nothing=_("No date matches."),
            next=f"{times.written(found[-1].starts_at)}_{found[-1].pk}" if len(some) > SHOWN else "",
            is_bare=is_bare and not Session.objects.exists(),
        ),
    )


COLUMNS = (
    ui.Column(gettext_lazy("Time"), "lead", "name"),
    ui.Column(gettext_lazy("Class"), "name"),
    ui.Column(gettext_lazy("Led by"), "line"),
    ui.Column(gettext_lazy("Places"), "line", says=True),
    ui.Column(gettext_lazy("Waiting"), "line", says=True),
    ui.Column(gettext_lazy("State"), "end"),
)


def _matching(look: ui.Look) -> Any:
    now = clock.now()
    found = Session.objects.select_related("service", "resource")
    if look.view == "past":
        found = found.filter(ends_at__lt=now).order_by("-starts_at", "-id")
    else:
        found = found.filter(ends_at__gte=now).order_by("starts_at", "id")
    try:
        if "class" in look.chosen:
            found = found.filter(service=UUID(look.chosen["class"]))
        return found.filter(_behind(look)) if look.after else found
    except ValueError:
        return found.none()


def _behind(look: ui.Look) -> Q:
    """What follows the last date of the page before. ValueError where that is none."""
    text, _line, pk = look.after.partition("_")
    last, at = UUID(pk), times.read_instant(text)
    if at is None:
        raise ValueError(text)
    if look.view == "past":
        return Q(starts_at__lt=at) | Q(starts_at=at, pk__lt=last)
    return Q(starts_at__gt=at) | Q(starts_at=at, pk__gt=last)


def _waiting(found: list[Session]) -> dict[UUID, int]:
    rows = Waiting.objects.filter(session__in=found, state__in=(Waiting.State.WAITING, Waiting.State.OFFERED))
    return dict(rows.order_by().values_list("session").annotate(people=Count("pk")))


def _row(request: ProjectRequest, one: Session, left: int, waits: int) -> ui.Row:
    url = _url(request, "class", session_id=one.pk)
    about = f"{one.service.name}, {full_when(one.starts_at, request.project)}"
    taken = max(0, one.capacity - left)
    return ui.Row(
        one.pk,
        about,
        [
            wall(one.starts_at, request.project),
            cells.link(one.service.name, url),
            one.resource.name,
            _("%(taken)s of %(places)s") % {"taken": taken, "places": one.capacity},
            str(waits) if waits else "",
            _state(one, taken),
        ],
    )


def _state(one: Session, taken: int) -> Any:
    if one.is_cancelled:
        return cells.status(_("Cancelled"), "bad")
    if one.ends_at <= clock.now():
        return cells.status(_("Over"))
    if taken >= one.capacity:
        return cells.status(_("Full"), "ok")
    if taken < one.least:
        return cells.status(_("Too few yet"), "wait")
    return cells.status(_("Open"))


@dashboard("bookings.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    """One date or many. What cannot be is named, and may be left out; nothing is saved before."""
    first = Service.objects.active().filter(mode=Service.Mode.SESSION).in_order().first()
    chosen = _service(request.GET.get("class", "")) or first
    form = PlanForm(
        request.POST or None,
        project=request.project,
        service=chosen,
        people=_people(request),
        initial=_initial(request, chosen),
    )
    conflicts: list[Any] = []
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                made = sessions.plan(request.project, form.wanted, rule=form.rule, skip=form.skip)
            except SeriesTaken as taken:
                conflicts, status = _said(taken), 409
            except BookingError as refused:
                form.add_error(None, str(refused))
            else:
                said = ngettext("%(count)s date is planned.", "%(count)s dates are planned.", len(made))
                toast(request, said % {"count": len(made)})
                return redirect("booking:classes", project=request.project.slug)
    context = {"form": form, "conflicts": conflicts, "skipped": form.skip if form.is_bound else [], "service": chosen}
    return render(request, "booking/class_plan.html", context, status=status)


def _initial(request: ProjectRequest, service: Service | None) -> dict[str, Any]:
    day = request.project.today + timedelta(days=1)
    base: dict[str, Any] = {"day": day, "time": "18:00", "waiting_max": 20, "least": 0}
    return base | (
        {"service": service.pk, "minutes": service.duration_min, "capacity": service.capacity} if service else {}
    )


def _said(taken: SeriesTaken) -> list[dict[str, Any]]:
    return [
        {"day": one.day, "value": one.day.isoformat(), "who": ", ".join(one.who), "why": _why(one.reason)}
        for one in taken.conflicts
    ]


def _why(reason: Reason) -> str:
    """For the team, which knows its calendars."""
    return {
        Reason.CLOSED: _("does not work then"),
        Reason.CLOSURE: _("that time is blocked"),
        Reason.EXTERNAL: _("busy in another calendar"),
        Reason.BUFFER: _("too close to something else"),
        Reason.CAPACITY: _("not enough room for so many"),
    }.get(reason, _("something else is there"))


@dashboard("bookings.read", module="booking")
@require_safe
def one(request: ProjectRequest, session_id: UUID) -> HttpResponse:
    """Who comes, who waits, what can be done."""
    session = _find(session_id)
    return render(request, "booking/class.html", _context(request, session))


def _context(request: ProjectRequest, session: Session) -> dict[str, Any]:
    people = people_of(session)
    left = seats.left([session])[session.pk]
    entries = list(waiting.in_order(session))
    return {
        "session": session,
        "people": people,
        "left": left,
        "taken": max(0, session.capacity - left),
        "entries": entries,
        "marks": request.project.has("attendance") and not session.is_cancelled,
        "is_short": session.least > session.capacity - left,
        "undecided": (Booking.Status.REQUESTED, Booking.Status.HELD),
        "is_over": session.ends_at <= clock.now(),
        "minutes": int((session.ends_at - session.starts_at).total_seconds()) // 60,
        "at": session.starts_at.astimezone(request.project.tz),
    }


def people_of(session: Session) -> list[Attendee]:
    """By place; those of a hold that has run out are gone."""
    over = Q(booking__status__in=(Booking.Status.REQUESTED, Booking.Status.HELD), booking__hold_until__lte=clock.now())
    found = Attendee.objects.filter(session=session).exclude(over).order_by("number")
    return list(found.select_related("booking__customer").prefetch_related("booking__customer__phones"))


@dashboard("bookings.read", module="booking")
@require_safe
def print_list(request: ProjectRequest, session_id: UUID) -> HttpResponse:
    """On paper, for the door."""
    return render(request, "booking/class_list.html", _context(request, _find(session_id)))


@dashboard("bookings.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: ProjectRequest, session_id: UUID) -> HttpResponse:
    session = _find(session_id)
    form = SessionForm.of(session, request.POST or None, _people(request, session.service))
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            sessions.change(session, form.wanted)
        except BookingError as refused:
            form.add_error(None, str(refused))
            status = 409
        else:
            toast(request, _("Saved. Who booked was told if the time or the person changed."))
            return redirect("booking:class", project=request.project.slug, session_id=session.pk)
    return render(request, "booking/class_change.html", {"form": form, "session": session}, status=status)


@dashboard("bookings.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def cancellation(request: ProjectRequest, session_id: UUID) -> HttpResponse:
    session = _find(session_id)
    form = SessionCancellationForm(request.POST or None)
    if session.repeats is None:
        del form.fields["how_far"]
    if form.is_valid():
        far = form.cleaned_data.get("how_far") or "one"
        try:
            gone = sessions.cancel(session, how_far=far, reason=form.cleaned_data["reason"])
        except BookingError as refused:
            form.add_error(None, str(refused))
        else:
            said = ngettext("%(count)s date is cancelled.", "%(count)s dates are cancelled.", len(gone))
            toast(request, said % {"count": len(gone)})
            return redirect("booking:class", project=request.project.slug, session_id=session.pk)
    booked = sessions.bookings_of(session).count()
    context = {"form": form, "session": session, "booked": booked}
    return render(request, "booking/class_cancel.html", context, status=422 if form.is_bound else 200)


@dashboard("bookings.write", module="booking")
@require_POST
def waiting_removal(request: ProjectRequest, session_id: UUID, waiting_id: UUID) -> HttpResponse:
    """Somebody called: they wait no more."""
    entries = Waiting.objects.select_related("service", "customer", "project", "offer__service", "offer__customer")
    entry = get_object_or_404(entries, pk=waiting_id, session=session_id)
    waiting.leave(entry)
    toast(request, _("Taken off the waiting list."))
    return redirect("booking:class", project=request.project.slug, session_id=session_id)


def _find(session_id: UUID) -> Session:
    found = Session.objects.select_related("service", "resource", "project")
    session: Session = get_object_or_404(found, pk=session_id)
    return session


def _service(text: str) -> Service | None:
    try:
        found: Service | None = Service.objects.filter(pk=UUID(text), mode=Service.Mode.SESSION).first()
    except ValueError:
        return None
    return found


def _people(request: ProjectRequest, service: Service | None = None) -> Mapping[UUID, Resource]:
    """Who may lead: those of the first group of any class, or of this one."""
    needed = Q(needed_by__service=service) if service else Q(needed_by__service__mode=Service.Mode.SESSION)
    mine = reach.calendars(request.user, request.project)
    found = Resource.objects.active().filter(needed, mine, kind=Resource.Kind.STAFF).distinct()
    return {one.pk: one for one in found.in_order()}


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"booking:{name}", kwargs={"project": request.project.slug, **kwargs})
