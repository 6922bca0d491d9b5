"""Who is told of a kind, and by which channels: the members with the right to know, each with their own choices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flectar.platform.notifications.kinds import TEXT, Kind, channels
from flectar.platform.notifications.models import Preference
from flectar.platform.organizations.models import RUNS_ALL, Membership
from flectar.platform.organizations.roles import Seat
from flectar.platform.projects.models import Project


@dataclass(frozen=True, slots=True)
class Reader:
    user: Any
    locale: str
    channels: frozenset[str]
    is_own_only: bool = False  # of bookings: what stands in their own calendar

    @property
    def to(self) -> tuple[str, str]:
        return str(self.user), self.user.email


def readers(project: Project, kind: Kind) -> list[Reader]:
    """In the order in which they joined."""
    if kind.module and not project.has(kind.module):
        return []
    chosen: dict[UUID, dict[str, bool]] = {}
    for user_id, channel, is_on in Preference.objects.filter(kind=kind.key).values_list("user_id", "channel", "is_on"):
        chosen.setdefault(user_id, {})[channel] = is_on
    return [
        Reader(
            member.user,
            member.user.locale or project.locale,
            _channels(kind, member, chosen.get(member.user_id, {})),
            member.is_own_only and member.role not in RUNS_ALL,
        )
        for member in members(project)
        if may(member, kind.permission, project)
    ]


def members(project: Project) -> list[Membership]:
    found = Membership.objects.filter(organization_id=project.organization_id, user__is_active=True)
    return list(found.select_related("user", "custom_role").order_by("created_at", "id"))


def may(member: Membership, permission: str, project: Project) -> bool:
    """As `can`, for a row that has been read already: a team is asked in one question."""
    own = member.custom_role.permissions if member.custom_role else ()
    reach = None if member.project_ids is None else frozenset(member.project_ids)
    seat = Seat(member.role, frozenset(own), reach)
    return seat.reaches(project.pk) and seat.allows(permission)


def _channels(kind: Kind, member: Membership, chosen: Mapping[str, bool]) -> frozenset[str]:
    reached = [key for key in channels() if key != TEXT or (kind.in_short and member.user.phone_verified_at)]
    return frozenset(key for key in reached if chosen.get(key, kind.by_default(key, member.role)))
