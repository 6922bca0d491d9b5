"""Closures: blocked time. A new one cancels nothing; it lists the bookings that lie in it."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import clock
from flectar.offers.booking.calendars import rota
from flectar.offers.booking.forms.team import ClosureForm
from flectar.offers.booking.models import Closure, Resource
from flectar.offers.booking.public import times
from flectar.offers.booking.scheduling import touched
from flectar.offers.booking.templatetags.booking import full_when
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.ui import cells
from flectar.ui import index as ui
from flectar.ui.toasts import toast

BUSINESS = "business"


@dashboard("staff.read", module="booking")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    """What lies ahead, or what has been; `closure` names one whose bookings are shown."""
    look = ui.Look.read(request.GET, views=("coming", "past"), filters=("who",))
    closures, further = _page(look)
    named = times.uuid(request.GET.get("closure", ""))
    opened = _with_names().filter(pk=named).first() if named else None
    is_bare = not closures and not look.is_narrowed and not look.after and not Closure.objects.exists()
    writes = can(request.user, "staff.write", request.project)
    block = ui.Way(_("Block time"), _url(request, "new_closure"), "plus", is_primary=True)
    bring = ui.Way(_("Import a calendar"), _url(request, "import"), "calendar-arrow-down")
    return ui.show(
        request,
        ui.Index(
            key="closures",
            title=_("Blocked time"),
            look=look,
            views=[ui.Tab("coming", _("Coming")), ui.Tab("past", _("Past"))],
            columns=COLUMNS if look.view == "coming" else COLUMNS_OF_PAST,
            groups=[ui.Group([_row(request, one, look.view) for one in closures])],
            filters=[] if is_bare else [ui.Filter("who", _("Who"), _("anyone"), _whose())],
            nothing=_("No blocked time matches."),
            next=further,
            ways=[bring, block] if writes else [],
            crumb=(_url(request, "staff"), _("People and places")),
            empty=ui.Empty(
                _("No time is blocked") if look.view == "coming" else _("No time was blocked"),
                _(
                    "Holidays, a course, an afternoon off: block it, and nobody can book it. "
                    "Bookings that are there already stay."
                ),
                block if writes else None,
                art="calendar",
            ),
            is_bare=is_bare,
        ),
        "booking/closures.html",
        opened=opened,
        touched=touched.by(opened) if opened else None,
    )


def _with_names() -> QuerySet[Closure]:
    found: QuerySet[Closure] = Closure.objects.select_related("resource", "service")
    return found


def _page(look: ui.Look) -> tuple[Sequence[Closure], str]:
    """The next one first; of the past the last one."""
    found, now = _with_names(), clock.now()
    who = look.chosen.get("who", "")
    if who == BUSINESS:
        found = found.filter(resource=None, service=None)
    elif person := times.uuid(who):
        found = found.filter(resource=person)
    if look.view == "past":
        return ui.newest(found.filter(ends_at__lte=now), "starts_at", look.after)
    return ui.cut(list(found.filter(ends_at__gt=now).order_by("starts_at", "id")), look.after)


def _whose() -> list[tuple[str, str]]:
    """The business, and everybody who has been blocked at some time."""
    people = Resource.objects.filter(closures__isnull=False).distinct().in_order()
    return [(BUSINESS, _("The whole business")), *((str(one.pk), one.name) for one in people)]


COLUMNS = (
    ui.Column(gettext_lazy("From"), "name", "name"),
    ui.Column(gettext_lazy("Until"), "line", says=True),
    ui.Column(gettext_lazy("Who"), "line"),
    ui.Column(gettext_lazy("Reason"), "line", "muted wrap"),
    ui.Column(gettext_lazy("Change"), "foot", "r"),
)
COLUMNS_OF_PAST = COLUMNS[:-1]


def _row(request: ProjectRequest, one: Closure, view: str) -> ui.Row:
    begins = full_when(one.starts_at, request.project)
    who = one.resource.name if one.resource else one.service.name if one.service else _("The whole business")
    opening = _url(request, "closure_removal", closure_id=one.pk)
    writes = can(request.user, "staff.write", request.project)
    opens_again = [cells.button(_("Open again"), opening, about=begins) if writes else ""]
    return ui.Row(
        one.pk,
        begins,
        [
            cells.link(begins, f"?view={view}&closure={one.pk}"),
            full_when(one.ends_at, request.project),
            who,
            cells.joined([one.reason, cells.tag(_("Shown to customers")) if one.is_public else ""]),
            *(opens_again if view == "coming" else []),
        ],
    )


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"booking:{name}", kwargs={"project": request.project.slug, **kwargs})


@dashboard("staff.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    """What lies in that time is shown first, and blocked only when the owner says so."""
    form = ClosureForm(request.POST or None, project=request.project, initial={"first_day": request.project.today})
    if request.method != "POST" or not form.is_valid():
        return render(request, "booking/closure.html", {"form": form}, status=422 if form.errors else 200)
    closure = form.closure
    met = touched.by(closure)
    if met and not request.POST.get("sure"):
        return render(request, "booking/closure.html", {"form": form, "touched": met})
    rota.close(closure)
    toast(request, _said(met.count) if met else _("Blocked. No booking lies in that time."))
    page = redirect("booking:closures", project=request.project.slug)
    if met:
        page["Location"] += f"?closure={closure.pk}"
    return page


def _said(count: int) -> str:
    return ngettext(
        "Blocked. %(count)s booking lies in that time.", "Blocked. %(count)s bookings lie in that time.", count
    ) % {"count": count}


@dashboard("staff.write", module="booking")
@require_POST
def removal(request: ProjectRequest, closure_id: UUID) -> HttpResponse:
    rota.reopen(get_object_or_404(Closure.objects.select_related("resource"), pk=closure_id))
    toast(request, _("The time is open again."))
    return redirect("booking:closures", project=request.project.slug)
