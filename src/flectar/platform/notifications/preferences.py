"""What one person chose: a kind by a channel, beside what would hold without a choice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.functional import Promise

from flectar.platform.audit.log import changes, record
from flectar.platform.notifications.kinds import CHANNELS, EMAIL, TEXT, Kind, channels, kinds
from flectar.platform.notifications.models import Preference
from flectar.platform.notifications.readers import may
from flectar.platform.organizations.models import Membership
from flectar.platform.projects.models import Project


@dataclass(frozen=True, slots=True)
class Choice:
    channel: str
    label: str | Promise
    name: str  # of the box in the form
    is_on: bool
    is_fixed: bool = False  # a mail that goes out whatever one chooses, a text message without a proven phone


@dataclass(frozen=True, slots=True)
class Line:
    kind: Kind
    choices: tuple[Choice | None, ...]  # None: this kind does not go that way


def of_member(project: Project, member: Membership) -> list[Line]:
    """A line for each kind that this person may know of."""
    chosen = {(each.kind, each.channel): each.is_on for each in Preference.objects.filter(user=member.user_id)}
    return [
        Line(
            kind,
            tuple(_choice(kind, channel, chosen.get((kind.key, channel)), member) for channel in channels()),
        )
        for kind in kinds().values()
        if (not kind.module or project.has(kind.module)) and may(member, kind.permission, project)
    ]


def _choice(kind: Kind, channel: str, chosen: bool | None, member: Membership) -> Choice | None:
    if channel == TEXT and not kind.in_short:
        return None
    has_no_phone = channel == TEXT and not member.user.phone_verified_at
    is_fixed = has_no_phone or (channel == EMAIL and kind.is_mailed_anyway)
    is_on = kind.by_default(channel, member.role) if chosen is None or is_fixed else chosen
    return Choice(channel, CHANNELS[channel], f"{kind.key}:{channel}", is_on, is_fixed)


@transaction.atomic
def choose(project: Project, member: Membership, ticked: Mapping[str, Any]) -> bool:
    """Have exactly these boxes ticked; whether that changed anything."""
    before = {
        choice.name: choice.is_on
        for line in of_member(project, member)
        for choice in line.choices
        if choice and not choice.is_fixed
    }
    after = {name: name in ticked for name in before}
    old, new = changes(before, after)
    for name in new:
        kind, _colon, channel = name.partition(":")
        Preference.objects.update_or_create(
            user=member.user, kind=kind, channel=channel, defaults={"is_on": after[name]}
        )
    if new:
        record("notifications.chosen", target=member.user, old=old, new=new)
    return bool(new)
