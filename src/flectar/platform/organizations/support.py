"""The platform's support looks at an organization: only while an owner lets it in, as one of the members, half an hour.

A visit borrows the member's rights, and of those only what is read, unless the owner allowed changes too. What is
reserved to owners and admins (members, keys, the log) is never lent, and neither are exports; the member's own account
stays out of reach because the operator stays signed in as themselves. Both names stand in the log.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.origins import platform_origin
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import Actor, record
from flectar.platform.organizations.membership import OwnersOnly
from flectar.platform.organizations.models import Membership, Organization, Role, SupportVisit
from flectar.platform.organizations.roles import Seat, grantable, role_in, seat_in
from flectar.platform.outbox import send_mail

LONGEST = timedelta(days=7)
KEPT = timedelta(days=730)


class NotLetIn(Exception):
    """No owner has opened the door, or not for changes. Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("The organization lets nobody in at the moment. An owner opens it on its Security page."))


@transaction.atomic
def let_in(organization: Organization, lasting: timedelta, *, may_write: bool, by: User) -> None:
    """Open the door. Raises OwnersOnly."""
    locked = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if role_in(by.pk, locked.pk) != Role.OWNER:
        raise OwnersOnly
    locked.support_until, locked.support_may_write = clock.now() + min(lasting, LONGEST), may_write
    locked.save(update_fields=["support_until", "support_may_write"])
    record(
        "support.let_in",
        target=locked,
        new={"support_until": locked.support_until, "may_write": may_write},
        organization_id=locked.pk,
    )


@transaction.atomic
def keep_out(organization: Organization) -> None:
    """Close the door, and end every visit."""
    locked = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if locked.support_until is None:
        return
    locked.support_until, locked.support_may_write = None, False
    locked.save(update_fields=["support_until", "support_may_write"])
    now = clock.now()
    locked.support_visits.filter(ended_at=None, ends_at__gt=now).update(ended_at=now)
    record("support.kept_out", target=locked, organization_id=locked.pk)


def is_open(organization: Organization) -> bool:
    return organization.support_until is not None and clock.now() < organization.support_until


@transaction.atomic
def visit(membership: Membership, *, by: User, reason: str, ticket: str, may_write: bool = False) -> SupportVisit:
    """Come in as this member. A visit that still runs there ends. Raises NotLetIn."""
    locked = Organization.objects.select_for_update(no_key=True).get(pk=membership.organization_id)
    is_let = is_open(locked) and (locked.support_may_write or not may_write)
    if not by.is_operator or not is_let or role_in(by.pk, locked.pk) is not None:
        raise NotLetIn
    now = clock.now()
    SupportVisit.objects.filter(operator=by, ended_at=None, ends_at__gt=now).update(ended_at=now)
    made = SupportVisit.objects.create(
        organization=locked,
        operator=by,
        member=membership.user,
        reason=reason,
        ticket=ticket,
        may_write=may_write,
        ends_at=min(now + SupportVisit.LASTS, locked.support_until or now),
    )
    record(
        "support.visited",
        target=membership.user,
        new={"reason": reason, "ticket": ticket, "may_write": may_write, "on_behalf_of": membership.user_id},
        organization_id=locked.pk,
    )
    for owner in locked.memberships.filter(role=Role.OWNER).select_related("user"):
        _tell(owner.user, made)
    return made


@transaction.atomic
def leave(found: SupportVisit) -> None:
    current = SupportVisit.objects.select_for_update(of=("self",)).select_related("organization").get(pk=found.pk)
    if current.is_running:
        current.ended_at = clock.now()
        current.save(update_fields=["ended_at"])
        record("support.left", target=current.member, organization_id=current.organization_id)


def visit_of(user: Any, organization_id: UUID) -> SupportVisit | None:
    """The visit that this operator is on, while the door is open."""
    if not getattr(user, "is_operator", False):
        return None
    now = clock.now()
    running = SupportVisit.objects.filter(operator=user.pk, organization=organization_id, ended_at=None)
    open_door = running.filter(ends_at__gt=now, organization__support_until__gt=now)
    return open_door.select_related("organization", "member", "operator").order_by("-started_at").first()


def lent(found: SupportVisit) -> Seat | None:
    """What the visit may do: of what the member may, the part that is lent. None if the member has left."""
    seat = seat_in(found.member_id, found.organization_id)
    if seat is None:
        return None
    may = {name for name in grantable() if seat.allows(name) and not name.endswith(".export")}
    if not found.may_write:
        may = {name for name in may if name.endswith(".read")}
    return Seat(Role.CUSTOM, frozenset(may), seat.project_ids, seat.is_own_only)


def actor(found: SupportVisit) -> Actor:
    """Both names and both ids stand with every deed."""
    name = _("%(operator)s for %(member)s") % {"operator": found.operator.name, "member": found.member.name}
    return Actor("support", found.operator_id, name, found.organization_id, on_behalf_of=found.member_id)


def _tell(owner: User, found: SupportVisit) -> None:
    address = reverse("organizations:security", kwargs={"organization_id": found.organization_id})
    send_mail(
        event="organization.support_visit",
        to=(owner.name if owner.first_name else "", owner.email),
        locale=owner.locale,
        context={
            "organization": found.organization.name,
            "operator": found.operator.name,
            "member": found.member.name,
            "reason": found.reason,
            "ticket": found.ticket,
            "until": found.ends_at,
            "address": platform_origin() + address,
        },
    )
