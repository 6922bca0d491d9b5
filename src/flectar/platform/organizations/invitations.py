"""Inviting people into an organization by mail, and taking an invitation up.

Whatever is wrong with a link (used, run out, withdrawn, another person's, never made), the answer is the same: it tells
nobody which addresses were invited.
"""

import hashlib

from allauth.account.models import EmailAddress
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.ids import new_token
from flectar.core.origins import platform_origin
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import record
from flectar.platform.organizations.membership import Given, OwnersOnly, check_role
from flectar.platform.organizations.models import Invitation, Membership, Organization, Role
from flectar.platform.organizations.roles import role_in
from flectar.platform.outbox import send_mail

# More at once is no team any more, but somebody's mailing list.
MOST_WAITING = 50


class NotInvited(Exception):
    """The link opens nothing for this person."""


class MemberAlready(Exception):
    """Fit to show."""

    def __init__(self, email: str) -> None:
        super().__init__(_("%(email)s is a member already.") % {"email": email})


class TooMany(Exception):
    """Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("%(count)s invitations are waiting. Withdraw some first.") % {"count": MOST_WAITING})


@transaction.atomic
def invite(organization: Organization, email: str, given: Given | str, *, locale: str, by: User) -> Invitation:
    """Hold a seat and send the link. Who is invited already gets a new link, and the old one dies."""
    given = Given(given) if isinstance(given, str) else given
    email = email.strip().lower()
    locked = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    _check_role(locked, given, by)
    if _is_member(locked, email):
        raise MemberAlready(email)
    waiting = Invitation.objects.waiting().filter(organization=locked)
    known = waiting.filter(email=email).first()
    if known is None and waiting.count() >= MOST_WAITING:
        raise TooMany
    invitation = known or Invitation(organization=locked, email=email)
    for name, value in given.values().items():
        setattr(invitation, name, value)
    invitation.locale, invitation.invited_by = locale, by
    _send(invitation, by)
    record("member.invited", target=invitation, new={"email": email, **given.said()}, organization_id=locked.pk)
    return invitation


@transaction.atomic
def send_again(invitation: Invitation, *, by: User) -> None:
    """A new link, good for another week."""
    current = _waiting(invitation)
    given = _given(current)
    _check_role(current.organization, given, by)
    _send(current, by)
    record(
        "member.invited",
        target=current,
        new={"email": current.email, **given.said()},
        organization_id=current.organization_id,
    )


@transaction.atomic
def withdraw(invitation: Invitation, *, by: User) -> None:
    """The link is dead from now on."""
    current = _waiting(invitation)
    given = _given(current)
    if given.role == Role.OWNER:
        _owners_only(current.organization, by)
    current.withdrawn_at = clock.now()
    current.save(update_fields=["withdrawn_at"])
    record(
        "member.invitation_withdrawn",
        target=current,
        old={"email": current.email, **given.said()},
        organization_id=current.organization_id,
    )


def find(token: str) -> Invitation:
    """The invitation behind a link, while it is good."""
    found = (
        Invitation.objects.waiting()
        .select_related("organization", "invited_by", "custom_role")
        .filter(digest=_digest(token))
    )
    invitation = found.first()
    if invitation is None or invitation.is_expired:
        raise NotInvited
    return invitation


def is_for(invitation: Invitation, user: User) -> bool:
    """An address counts once its owner has confirmed it."""
    return bool(EmailAddress.objects.filter(user=user, email__iexact=invitation.email, verified=True).exists())


@transaction.atomic
def accept(token: str, *, user: User) -> Organization:
    """Become a member. Two windows that accept at once: the second finds the seat taken, by the same person."""
    found = find(token)
    Organization.objects.select_for_update(no_key=True).get(pk=found.organization_id)
    invitation = find(token)
    if not is_for(invitation, user):
        raise NotInvited
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    organization, given = invitation.organization, _given(invitation)
    _, is_new = Membership.objects.get_or_create(organization=organization, user=user, defaults=given.values())
    if is_new:
        record("member.joined", target=user, new=given.said(), organization_id=organization.pk)
    return organization


def _waiting(invitation: Invitation) -> Invitation:
    Organization.objects.select_for_update(no_key=True).get(pk=invitation.organization_id)
    found = Invitation.objects.waiting().select_related("organization", "custom_role").filter(pk=invitation.pk).first()
    if found is None:
        raise NotInvited
    return found


def _send(invitation: Invitation, by: User) -> None:
    token = new_token()
    invitation.digest, invitation.sent_at = _digest(token), clock.now()
    invitation.save()
    send_mail(
        event="organization.invited",
        to=("", invitation.email),
        locale=invitation.locale,
        context={
            "organization": invitation.organization.name,
            "by": by.name,
            "role": invitation.role_name,
            "address": platform_origin() + reverse("invitations:invitation", kwargs={"token": token}),
            "until": invitation.expires_at,
        },
        reply_to=by.email,
    )


def _given(invitation: Invitation) -> Given:
    ids = invitation.project_ids
    return Given(
        invitation.role,
        invitation.custom_role,
        None if ids is None else tuple(ids),
        is_own_only=invitation.is_own_only,
    )


def _check_role(organization: Organization, given: Given, by: User) -> None:
    check_role(organization, given)
    if given.role == Role.OWNER:
        _owners_only(organization, by)


def _owners_only(organization: Organization, by: User) -> None:
    if role_in(by.pk, organization.pk) != Role.OWNER:
        raise OwnersOnly


def _is_member(organization: Organization, email: str) -> bool:
    holders = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user")
    return (
        Membership.objects.filter(organization=organization, user__in=holders).exists()
        or Membership.objects.filter(organization=organization, user__email=email).exists()
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
