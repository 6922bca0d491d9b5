"""The bell's panel, the whole list, following a line to its page, and who is told of what."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.platform.notifications import bell
from flectar.platform.notifications import preferences as choices
from flectar.platform.notifications.kinds import TEXT, channels, kinds
from flectar.platform.notifications.models import Notification
from flectar.platform.notifications.readers import members
from flectar.platform.organizations.models import Membership
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.ui import cells, formats
from flectar.ui import index as ui
from flectar.ui.toasts import toast

PAGE = 50
IN_PANEL = 12
COLUMNS = (
    ui.Column(gettext_lazy("What"), "name", "wrap"),
    ui.Column(gettext_lazy("When"), "line", "r muted"),
)


@dashboard("home.read")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    look = ui.Look.read(request.GET, views=("all", "new"), filters=("kind",))
    found = bell.of_person(request.user)
    if look.view == "new":
        found = found.unread()
    if look.chosen.get("kind"):
        found = found.filter(kind=look.chosen["kind"])
    new, count = ui.tally(request, "notifications", [bell.of_person(request.user).unread(), found])
    rows = list(_behind(found, look.after)[: PAGE + 1])
    lines = bell.lines(request.project, rows[:PAGE])
    told_of = {line.kind.key: line.kind.label for line in choices.of_member(request.project, _own(request))}
    return ui.show(
        request,
        ui.Index(
            key="notifications",
            title=_("Notifications"),
            look=look,
            columns=COLUMNS,
            groups=[ui.Group([_row(request, line) for line in lines])],
            views=[ui.Tab("all", _("All")), ui.Tab("new", _("New"), ui.said(new, bell.MOST_COUNTED) if new else None)],
            filters=[ui.Filter("kind", _("About"), _("anything"), list(told_of.items()))],
            ways=[ui.Way(_("What I am told of"), _url(request, "preferences"), "settings-2")],
            deeds=[ui.Deed(_("Mark as read"), "check", _url(request, "reading"))] if new else [],
            next=str(rows[PAGE - 1].pk) if len(rows) > PAGE else "",
            nothing=_("Nothing of that kind."),
            empty=_empty(look),
            is_bare=not count and not look.is_narrowed and look.view == "all",
        ),
        "notifications/index.html",
        new=new,
    )


def _behind(found: Any, after: str) -> Any:
    """The page behind this one, newest first."""
    try:
        place = Notification.objects.filter(pk=UUID(after)).values_list("at", "pk").first()
    except ValueError:
        place = None
    if place is None:
        return found.newest()
    at, pk = place
    return found.newest().filter(Q(at__lte=at), Q(at__lt=at) | Q(id__lt=pk))


def _row(request: ProjectRequest, line: bell.Line) -> ui.Row:
    link = cells.link(line.title, _url(request, "notification", notification_id=line.pk))
    new = cells.tag(_("New")) if line.is_new else ""
    return ui.Row(
        line.pk,
        line.title,
        [cells.two(cells.joined([link, new]), line.detail), cells.at(line.at, formats.when(line.at, request.project))],
    )


def _empty(look: ui.Look) -> ui.Empty:
    if look.view == "new":
        return ui.Empty(_("You have read everything"), art="letter")
    return ui.Empty(_("Nothing yet"), _("New bookings, changes and whatever needs a look stand here."), art="letter")


@dashboard("home.read")
@require_safe
def panel(request: ProjectRequest) -> HttpResponse:
    """The newest lines, for the drawer beside any page."""
    found = bell.of_person(request.user).newest()[:IN_PANEL]
    context = {"lines": bell.lines(request.project, found), "new": bell.new_count(request.user)}
    return render(request, "notifications/panel.html", context)


@dashboard("home.read")
@require_safe
def opened(request: ProjectRequest, notification_id: UUID) -> HttpResponse:
    """Follow a line to its page. Whoever follows it has read it."""
    found = get_object_or_404(bell.of_person(request.user), pk=notification_id)
    bell.mark_read(request.user, [found.pk])
    return redirect(kinds()[found.kind].path(request.project, found.facts))


@dashboard("home.read")
@require_POST
def reading(request: ProjectRequest) -> HttpResponse:
    """Those ticked, or all."""
    selection = ui.Selection.read(request.POST)
    everything = selection.is_everything or "all" in request.POST
    count = bell.mark_read(request.user, None if everything else selection.ids)
    toast(request, ngettext("%(count)s marked as read", "%(count)s marked as read", count) % {"count": count})
    return redirect(_url(request, "index"))


@dashboard("home.read")
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: ProjectRequest) -> HttpResponse:
    """One's own; whoever manages members sees and sets those of the others too."""
    manages = can(request.user, "members.manage", request.project)
    team = members(request.project) if manages else []
    member = _chosen(request, team) if request.GET.get("person") else _own(request)
    if request.method == "POST":
        choices.choose(request.project, member, request.POST)
        toast(request, _("Saved: what %(name)s is told of") % {"name": member.user})
        query = f"?person={member.user_id}" if member.user_id != request.user.pk else ""
        return redirect(f"{_url(request, 'preferences')}{query}")
    context = {
        "lines": choices.of_member(request.project, member),
        "channels": list(channels().values()),
        "lacks_phone": TEXT in channels() and not member.user.phone_verified_at,
        "member": member,
        "team": team if len(team) > 1 else [],
        "is_own": member.user_id == request.user.pk,
    }
    return render(request, "notifications/preferences.html", context)


def _own(request: ProjectRequest) -> Membership:
    found = Membership.objects.select_related("user", "custom_role")
    return get_object_or_404(found, user=request.user, organization_id=request.project.organization_id)


def _chosen(request: ProjectRequest, team: list[Membership]) -> Membership:
    if not team:
        raise PermissionDenied
    found = next((member for member in team if str(member.user_id) == request.GET["person"]), None)
    if found is None:
        raise Http404
    return found


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"notifications:{name}", kwargs={"project": request.project.slug, **kwargs})
