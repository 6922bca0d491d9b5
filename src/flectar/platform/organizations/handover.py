"""Handing an organization over: an owner offers, the other accepts within a week, and the one who gave stays admin.

For three days whoever gave can take it back, also if they were removed meanwhile: that is when a stolen account is
found out. Every owner hears of each step by mail.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.events import announce
from flectar.core.origins import platform_origin
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import record
from flectar.platform.organizations.facts import OwnershipOffered
from flectar.platform.organizations.membership import OwnersOnly
from flectar.platform.organizations.models import Handover, Membership, Organization, Role
from flectar.platform.outbox import send_mail

KEPT = timedelta(days=365)


class OfferWaiting(Exception):
    """Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("An offer is waiting already. Withdraw it first."))


class NotOpen(Exception):
    """The offer ran out, was withdrawn, or no longer fits who is in the organization. Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("This offer no longer stands."))


@transaction.atomic
def offer(organization: Organization, membership_id: UUID, *, by: User) -> Handover:
    """To a member who is no owner yet. Raises OwnersOnly, OfferWaiting, NotOpen."""
    locked = _lock(organization)
    if not _owns(locked, by):
        raise OwnersOnly
    taker = locked.memberships.select_related("user").exclude(role=Role.OWNER).filter(pk=membership_id).first()
    if taker is None:
        raise NotOpen
    waiting = locked.handovers.filter(accepted_at=None, ended_at=None).first()
    if waiting and waiting.is_open:
        raise OfferWaiting
    if waiting:
        _end(waiting)
    made = Handover.objects.create(organization=locked, giver=by, taker=taker.user)
    record("ownership.offered", target=taker.user, organization_id=locked.pk)
    _tell(made, "organization.handover_offered", {taker.user, *_owners(locked)})
    announce(OwnershipOffered(locked.pk, made.pk, taker.user_id, locked.name, by.name))
    return made


@transaction.atomic
def withdraw(handover: Handover, *, by: User) -> None:
    """By any owner, or by the one it was offered to."""
    current = _current(handover)
    if by != current.taker and not _owns(current.organization, by):
        raise OwnersOnly
    if current.accepted_at or current.ended_at:
        raise NotOpen
    _end(current)
    record("ownership.withdrawn", target=current.taker, organization_id=current.organization_id)


@transaction.atomic
def accept(handover: Handover, *, by: User) -> None:
    current = _current(handover)
    giver, taker = _seat(current, current.giver_id), _seat(current, current.taker_id)
    if by != current.taker or not current.is_open or taker is None or giver is None or giver.role != Role.OWNER:
        raise NotOpen
    current.accepted_at = clock.now()
    current.taker_role, current.taker_custom_role = taker.role, taker.custom_role
    current.taker_project_ids = taker.project_ids
    current.save()
    _give(taker, Role.OWNER)
    _give(giver, Role.ADMIN)
    record("ownership.moved", target=by, new={"role": Role.OWNER}, organization_id=current.organization_id)
    _tell(current, "organization.handover_accepted", {current.giver, *_owners(current.organization)})


@transaction.atomic
def undo(handover: Handover, *, by: User) -> None:
    """Both are again what they were."""
    current = _current(handover)
    if by != current.giver or not current.can_be_undone:
        raise NotOpen
    giver, taker = _seat(current, current.giver_id), _seat(current, current.taker_id)
    if giver is None:
        Membership.objects.create(organization=current.organization, user=current.giver, role=Role.OWNER)
    else:
        _give(giver, Role.OWNER)
    if taker is not None:
        own = current.taker_custom_role
        role = Role.VIEWER if current.taker_role == Role.CUSTOM and own is None else current.taker_role
        taker.role, taker.custom_role, taker.project_ids = role, own, current.taker_project_ids
        taker.save(update_fields=["role", "custom_role", "project_ids"])
    _end(current)
    record("ownership.undone", target=by, new={"role": Role.OWNER}, organization_id=current.organization_id)
    _tell(current, "organization.handover_undone", {current.taker, *_owners(current.organization)})


def offers_to(user: User) -> list[Handover]:
    """What this person could take over now."""
    waiting = Handover.objects.filter(taker=user, accepted_at=None, ended_at=None)
    return [each for each in waiting.select_related("organization", "giver") if each.is_open]


def _lock(organization: Organization) -> Organization:
    return Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


def _current(handover: Handover) -> Handover:
    """As it is now, with the organization locked before it."""
    Organization.objects.select_for_update(no_key=True).get(pk=handover.organization_id)
    return Handover.objects.select_related("organization", "giver", "taker", "taker_custom_role").get(pk=handover.pk)


def _seat(handover: Handover, user_id: UUID) -> Membership | None:
    found = handover.organization.memberships.select_related("custom_role")
    return found.filter(user_id=user_id).first()


def _give(seat: Membership, role: str) -> None:
    seat.role, seat.custom_role, seat.project_ids = role, None, None
    seat.save(update_fields=["role", "custom_role", "project_ids"])


def _end(handover: Handover) -> None:
    handover.ended_at = clock.now()
    handover.save(update_fields=["ended_at"])


def _owns(organization: Organization, user: User) -> bool:
    return organization.memberships.filter(user=user, role=Role.OWNER).exists()


def _owners(organization: Organization) -> list[User]:
    return [each.user for each in organization.memberships.select_related("user").filter(role=Role.OWNER)]


def _tell(handover: Handover, event: str, people: set[User]) -> None:
    place = {"organization_id": handover.organization_id, "handover_id": handover.pk}
    for person in sorted(people, key=lambda each: each.email):
        send_mail(
            event=event,
            to=(person.name if person.first_name else "", person.email),
            locale=person.locale,
            context={
                "organization": handover.organization.name,
                "giver": handover.giver.name,
                "taker": handover.taker.name,
                "address": platform_origin() + reverse("organizations:handover", kwargs=place),
                "until": handover.undone_until or handover.expires_at,
            },
        )
