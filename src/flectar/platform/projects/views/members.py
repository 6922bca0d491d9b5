"""The list of members: of one project among its settings, of all on the organization's page."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from flectar.core.text import fold
from flectar.platform.organizations.membership import members_of
from flectar.platform.organizations.models import Membership, Organization, Role
from flectar.platform.projects.models import Project
from flectar.ui import cells, formats
from flectar.ui import index as ui
from flectar.ui.templatetags.ui import initials, joined

VIEWS = ("everybody", "unsafe")
FILTERS = ("role",)

type Words = Mapping[UUID, str | Promise]

_calendars: Callable[[Project], Words] | None = None


def connect(calendars: Callable[[Project], Words]) -> None:
    """Called once, by config/apps.py: what is said of the calendar of a project's members, by the account's id."""
    global _calendars
    _calendars = calendars


def listed(
    request: Any, here: Organization, members: Sequence[Membership], *, places: Mapping[UUID, str] | None = None
) -> ui.Index:
    """`members` in their order; `places` names the projects, for those who hold in some of them only."""
    look = ui.Look.read(request.GET, views=VIEWS, filters=FILTERS)
    roles = {_role(each): each.role_name for each in members}
    unsafe = [each for each in members if not each.has_second_step]  # type: ignore[attr-defined]  # members_of
    asked = [each for each in (unsafe if look.view == "unsafe" else members) if _matches(each, look)]
    shown, further = ui.cut(asked, look.after)
    project: Project | None = request.project
    calendars = _calendars(project) if _calendars and project else None
    return ui.Index(
        key="team",
        title=_("Team") if project else here.name,
        sub=_said(len(members), here),
        look=look,
        columns=[column for column in COLUMNS if column is not CALENDAR or calendars],
        groups=[ui.Group([_row(request, here, each, calendars, places or {}) for each in shown])],
        views=[ui.Tab("everybody", _("Everybody"), len(members)), ui.Tab("unsafe", _("Without two-step"), len(unsafe))],
        search=_("Name or email"),
        filters=[ui.Filter("role", _("Role"), _("any"), list(roles.items()))] if len(roles) > 1 else [],
        next=further,
        nothing=_("Nobody matches."),
        empty=ui.Empty(_("Everybody has two-step sign-in")),
    )


def in_order(here: Organization) -> list[Membership]:
    """Owners first, then by name."""
    order = {role: number for number, role in enumerate(Role.values)}
    return sorted(members_of(here), key=lambda each: (order[each.role], each.user.sort_key))


CALENDAR = ui.Column(gettext_lazy("Calendar"), "line", says=True)
COLUMNS = (
    ui.Column(gettext_lazy("Person"), "name", "name"),
    ui.Column(gettext_lazy("Role"), "line", "wrap"),
    CALENDAR,
    ui.Column(gettext_lazy("Two-step"), "line", says=True),
    ui.Column(gettext_lazy("Last here"), "line", "muted", says=True),
    ui.Column(gettext_lazy("Change"), "foot", "r"),
)


def _said(number: int, here: Organization) -> str:
    return ngettext("One person works for %(organization)s.", "%(count)s people work for %(organization)s.", number) % {
        "count": number,
        "organization": here.name,
    }


def _role(each: Membership) -> str:
    return str(each.custom_role_id or each.role)


def _matches(each: Membership, look: ui.Look) -> bool:
    text, role = fold(look.text), look.chosen.get("role")
    return text in fold(f"{each.user.name} {each.user.email}") and role in (None, _role(each))


def _row(
    request: Any, here: Organization, each: Membership, calendars: Words | None, places: Mapping[UUID, str]
) -> ui.Row:
    person = each.user
    is_own = person.pk == request.user.pk
    name = cells.joined([person.name, cells.muted(_("you"))]) if is_own else person.name
    edit = _edit_url(request, here, each)
    row: list[object] = [cells.person(initials(person.name), name, person.email, picture=person.picture_url)]
    held = joined([places[pk] for pk in each.project_ids or () if pk in places])
    row.append(cells.two(each.role_name, held) if held else each.role_name)
    if calendars:
        row.append(calendars.get(person.pk) or _("No calendar"))
    has_second_step = each.has_second_step  # type: ignore[attr-defined]  # members_of
    seen_at = each.last_seen_at  # type: ignore[attr-defined]  # as above
    row.append(cells.status(_("On")) if has_second_step else cells.status(_("Off"), "wait", "triangle-alert"))
    row.append(_("Now") if is_own else formats.ago(seen_at) if seen_at else _("Not yet"))
    row.append(cells.way(_("Edit"), edit, about=person.name))
    return ui.Row(each.pk, person.name, row, edit)


def _edit_url(request: Any, here: Organization, each: Membership) -> str:
    if request.project:
        return reverse("settings:member", kwargs={"project": request.project.slug, "membership_id": each.pk})
    return reverse("organizations:member", kwargs={"organization_id": here.pk, "membership_id": each.pk})
