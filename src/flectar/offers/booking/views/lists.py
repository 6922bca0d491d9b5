"""The list of bookings, one of them at a glance, and deeds on many."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from flectar.core.money import format_money
from flectar.core.spreadsheet import csv_bytes
from flectar.offers.booking import reach
from flectar.offers.booking.customer_actions import in_short
from flectar.offers.booking.deeds import history, listing, no_shows, queries
from flectar.offers.booking.errors import BookingError
from flectar.offers.booking.forms.team import CancellationForm
from flectar.offers.booking.models import Booking, BookingQuerySet, Resource, Service
from flectar.offers.booking.templatetags.booking import near, wall
from flectar.platform.audit.log import record
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.ui import cells
from flectar.ui import index as ui

MOST_AT_ONCE = 200
MOST_IN_A_FILE = 10_000


@dashboard("bookings.read", module="booking")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    mine = reach.of(request.user, request.project)
    panel = ui.peek(request, "booking/peek.html", lambda pk: _glance(pk, mine))
    if ui.is_peek_alone(request):
        return HttpResponse(panel)
    project, look = request.project, listing.read(request.GET)
    people = list(Resource.objects.filter(reach.calendars(request.user, request.project)).in_order())
    found = listing.matching(project, look, mine)
    page = listing.page(project, look, found, people=people)
    upcoming, count = _counts(request, look, found, page, mine)
    names = listing.view_names()
    # The menu counts requests on each page anyway.
    asked = request.in_the_shell[1] if hasattr(request, "in_the_shell") else None
    counts = {"upcoming": ui.said(upcoming, listing.COUNT_TO), "requests": asked or None}
    return ui.show(
        request,
        ui.Index(
            key="bookings",
            title=_("Bookings"),
            look=look,
            columns=COLUMNS,
            groups=[_day(request, day, bookings, look) for day, bookings in page.days],
            views=[ui.Tab(key, name, counts.get(key)) for key, name in names.items()],
            search=_("Name, code or phone"),
            filters=_filters(look, people),
            sorts=("when", "-when"),
            ways=_ways(request, look),
            deeds=_deeds(request, look),
            said=_said(count),
            count=count if count and count <= MOST_AT_ONCE else None,
            next=page.next,
            nothing=_("No booking fits."),
            empty=_empty(request, look),
            has_peek=True,
            peeked=panel,
        ),
    )


def _counts(
    request: ProjectRequest, look: ui.Look, found: BookingQuerySet, page: listing.Page, mine: Q
) -> tuple[int | None, int]:
    """How many are to come, for their tab, and how many the list shows. What a page has shown whole is not counted."""
    is_upcoming = look.view == "upcoming" and not look.is_narrowed
    # People found by name are few, and their bookings lie anywhere in the order of time.
    listed = None if page.count is not None else found.order_by() if look.text else found
    upcoming, count = ui.tally(
        request,
        "bookings",
        [listed if is_upcoming else listing.upcoming().filter(mine), listed],
        counted=lambda asked: listing.counted(request.project, asked, mine),
        to=listing.COUNT_TO,
    )
    count = page.count if count is None else count
    return count if is_upcoming else upcoming, count or 0


COLUMNS = (
    ui.Column(gettext_lazy("When"), "lead", sort="when"),
    ui.Column(gettext_lazy("Customer"), "name", "name"),
    ui.Column(gettext_lazy("Service")),
    ui.Column(gettext_lazy("With"), "hidden", "muted"),
    ui.Column(gettext_lazy("Status"), "foot"),
    ui.Column(gettext_lazy("Price"), "end", "r"),
)


def _day(request: ProjectRequest, day: date, bookings: Sequence[Booking], look: ui.Look) -> ui.Group:
    note = ngettext("%(count)s booking", "%(count)s bookings", len(bookings)) % {"count": len(bookings)}
    return ui.Group([_row(request, one, look) for one in bookings], near(day, request.project.today), note)


def _row(request: ProjectRequest, one: Any, look: ui.Look) -> ui.Row:
    said_at = wall(one.starts_at, request.project)
    return ui.Row(
        one.pk,
        f"{one.customer_name}, {said_at}",
        [
            cells.at(one.starts_at, said_at),
            cells.link(one.customer_name, _url(request, "booking", booking_id=one.pk)),
            format_html("{} {}", one.service_name, _with(one)),
            one.resource.first_name,
            _status(one),
            cells.two(_price(one), _still(one)) if look.view == "unpaid" else _price(one),
        ],
        edit_url=_url(request, "time", booking_id=one.pk) if one.is_confirmed else "",
    )


def _with(one: Booking) -> str:
    """On a card it stands behind the service; a table has a column for it."""
    said = _("with %(person)s") % {"person": one.resource.first_name}
    return format_html('<span class="only-cards">{}</span>', said)


def _status(one: Booking) -> str:
    word = one.get_status_display()
    if one.is_happening or one.status == one.Status.IN_PROGRESS:
        return cells.status(_("Now") if one.is_confirmed else word, "now")
    tone, icon = LOOKS.get(one.status, ("", ""))
    return cells.status(word, tone, icon)


LOOKS: dict[str, tuple[str, str]] = {
    Booking.Status.REQUESTED: ("wait", ""),
    Booking.Status.HELD: ("wait", ""),
    Booking.Status.NO_SHOW: ("", "user-x"),
    Booking.Status.CANCELLED: ("", "calendar-x"),
    Booking.Status.DECLINED: ("", "calendar-x"),
    Booking.Status.EXPIRED: ("", "calendar-x"),
    Booking.Status.PAID_LATE: ("bad", ""),
}


def _price(one: Booking) -> str:
    if not one.price:
        return "" if one.mode == Service.Mode.COVERS else _("Free")
    return format_money(one.price, get_language() or "en")


def _still(one: Booking) -> str:
    return _("%(amount)s to collect") % {"amount": format_money(one.owed, get_language() or "en")}


def _filters(look: ui.Look, people: Sequence[Resource]) -> list[ui.Filter]:
    services = Service.objects.in_order().values_list("pk", "name")
    statuses = listing.statuses(look.view)
    return [
        ui.Filter("with", _("With"), _("anyone"), [(str(person.pk), person.name) for person in people]),
        ui.Filter("dates", _("Dates"), _("any"), listing.dates()),
        ui.Filter("service", _("Service"), _("any"), [(str(pk), name) for pk, name in services]),
        *([ui.Filter("status", _("Status"), _("any"), statuses)] if len(statuses) > 1 else []),
    ]


def _ways(request: ProjectRequest, look: ui.Look) -> list[ui.Way]:
    if not can(request.user, "bookings.write", request.project):
        return []
    is_asked = look.view == "requests"
    door = [ui.Way(_("Check in"), _url(request, "door"), "qr-code")] if request.project.has("attendance") else []
    ways = [*door, ui.Way(_("New booking"), _url(request, "new"), "plus", is_primary=not is_asked, no_phone=is_asked)]
    if not is_asked and can(request.user, "customers.manage", request.project):
        ways.insert(0, ui.Way(_("Import"), _url(request, "former"), "file-up", no_phone=True))
    if is_asked:
        ways.append(ui.Way(_("One after another"), _url(request, "requests"), "hourglass", is_primary=True))
    return ways


def _deeds(request: ProjectRequest, look: ui.Look) -> list[ui.Deed]:
    deeds = []
    if can(request.user, "bookings.write", request.project):
        if look.view == "requests":
            deeds.append(ui.Deed(_("Accept"), "check", _url(request, "acceptances")))
        if look.view in ("upcoming", "past"):
            deeds.append(ui.Deed(_("Was there"), "user-check", _url(request, "completions")))
            deeds.append(ui.Deed(_("Did not come"), "user-x", _url(request, "absences")))
    if can(request.user, "bookings.export", request.project):
        deeds.append(ui.Deed(_("Export"), "download", _url(request, "exports"), is_file=True))
    if look.view == "upcoming" and can(request.user, "bookings.write", request.project):
        deeds.append(ui.Deed(_("Cancel…"), "calendar-x", _url(request, "cancellations")))
    return deeds


def _said(count: int) -> str:
    if count > listing.COUNT_TO:
        return _("More than %(count)s bookings") % {"count": listing.COUNT_TO}
    return ngettext("%(count)s booking", "%(count)s bookings", count) % {"count": count}


def _empty(request: ProjectRequest, look: ui.Look) -> ui.Empty:
    if look.view == "requests":
        return ui.Empty(_("Every request is answered"), art="calendar")
    if look.view != "upcoming":
        return ui.Empty(_("Nothing here"))
    return ui.Empty(
        _("Nothing is booked yet"),
        _("Bookings from your page and from your team stand here, in the order of time."),
        next(iter(_ways(request, look)), None),
    )


def _glance(pk: UUID, mine: Q) -> dict[str, Any] | None:
    one = Booking.objects.with_people().filter(mine, pk=pk).first()
    if one is None:
        return None
    past = in_short(no_shows.past_of(one.project, one.customer))
    return {"booking": one, "entries": history.entries(one)[:5], "past": past}


# Deeds on many


@dashboard("bookings.write", module="booking")
@require_POST
def cancellations(request: ProjectRequest) -> HttpResponse:
    """The list asks; a page says how many it would be and takes the reason; its own button does it."""
    selection = ui.Selection.read(request.POST)
    bookings = list(chosen(request, selection, MOST_AT_ONCE).with_people().order_by("starts_at", "id"))
    form = CancellationForm(request.POST if request.POST.get("is_meant") else None)
    if not bookings:
        return back(request, selection)
    if not form.is_valid():
        context = {
            "form": form,
            "bookings": bookings,
            "query": ui.tidy(selection.asked),
            "back": _list(request, selection),
        }
        return render(request, "booking/cancel_many.html", context, status=422 if form.errors else 200)
    outcome = ui.Outcome()
    for one in bookings:
        try:
            with transaction.atomic():
                queries.cancel(
                    one, by_team=True, reason=form.cleaned_data["reason"], notify=form.cleaned_data["notify"]
                )
            outcome.done += 1
        except BookingError as refused:
            outcome.skipped.append((one.customer.name, str(refused)))
    text = ngettext("%(count)s booking cancelled", "%(count)s bookings cancelled", outcome.done)
    outcome.tell(request, text % {"count": outcome.done})
    return back(request, selection)


@dashboard("bookings.export", module="booking")
@require_POST
def exports(request: ProjectRequest) -> HttpResponse:
    """As CSV, times on the clock of the business."""
    among = chosen(request, ui.Selection.read(request.POST), MOST_IN_A_FILE)
    found = list(among.listed_with_people().order_by("starts_at", "id"))
    record("bookings.exported", new={"bookings": len(found)})
    content = csv_bytes(
        [
            _("Code"),
            _("Date"),
            _("Time"),
            _("Minutes"),
            _("Customer"),
            _("Service"),
            _("With"),
            _("Status"),
            _("Price"),
        ],
        (_line(request, one) for one in found),
    )
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="bookings-{request.project.slug}.csv"'
    return response


def _line(request: ProjectRequest, one: Booking) -> list[str]:
    at = one.starts_at.astimezone(request.project.tz)
    return [
        one.code,
        at.date().isoformat(),
        f"{at:%H:%M}",
        str(one.minutes),
        one.customer.name,
        one.service_name,
        one.resource.name,
        str(one.get_status_display()),
        _price(one),
    ]


def chosen(request: ProjectRequest, selection: ui.Selection, most: int) -> BookingQuerySet:
    mine = reach.of(request.user, request.project)
    if selection.is_everything:
        found = listing.matching(request.project, listing.read(selection.asked), mine)
    else:
        found = Booking.objects.filter(mine, pk__in=selection.ids)
    among: BookingQuerySet = Booking.objects.filter(pk__in=list(found.values_list("pk", flat=True)[:most]))
    return among


def _list(request: ProjectRequest, selection: ui.Selection) -> str:
    query = ui.tidy(selection.asked)
    return f"{_url(request, 'bookings')}{f'?{query}' if query else ''}"


def back(request: ProjectRequest, selection: ui.Selection) -> HttpResponse:
    return redirect(_list(request, selection))


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"booking:{name}", kwargs={"project": request.project.slug, **kwargs})
