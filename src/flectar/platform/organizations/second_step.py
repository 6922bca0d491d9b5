"""A second step at sign-in for everybody: asked for by the organization, from a day on.

Until that day a notice stands on every page; from then on whoever has none sees only how to set one up. A passkey asks
for finger, face or PIN, so it counts alone.
"""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.origins import platform_origin
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import record
from flectar.platform.organizations.membership import SECOND_STEPS
from flectar.platform.organizations.models import Membership, Organization
from flectar.platform.outbox import send_mail


class OwnStepFirst(Exception):
    """Whoever asks it of others has it themselves, or would be kept out of their own organization. Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("Set up two-step sign-in for yourself first."))


@transaction.atomic
def ask(organization: Organization, since: datetime, *, by: User) -> None:
    """Whoever has none yet hears of it by mail. Another day later: the same again."""
    locked = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if not has_second_step(by):
        raise OwnStepFirst
    if locked.second_step_from == since:
        return
    before, locked.second_step_from = locked.second_step_from, since
    locked.save(update_fields=["second_step_from"])
    record(
        "organization.second_step_asked",
        target=locked,
        old={"second_step_from": before},
        new={"second_step_from": since},
        organization_id=locked.pk,
    )
    for each in without(locked):
        _tell(each.user, locked, since)


@transaction.atomic
def drop(organization: Organization) -> None:
    locked = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if locked.second_step_from is None:
        return
    before, locked.second_step_from = locked.second_step_from, None
    locked.save(update_fields=["second_step_from"])
    record(
        "organization.second_step_dropped",
        target=locked,
        old={"second_step_from": before},
        organization_id=locked.pk,
    )


def without(organization: Organization) -> list[Membership]:
    """The members who have no second step."""
    secured = Authenticator.objects.filter(type__in=SECOND_STEPS).values("user")
    return list(organization.memberships.select_related("user").exclude(user__in=secured))


def has_second_step(user: Any) -> bool:
    """Remembered on the user object, which lives as long as the request."""
    known: bool | None = user.__dict__.get("_has_second_step")
    if known is None:
        known = Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_STEPS).exists()
        user.__dict__["_has_second_step"] = known
    return known


def is_asked_of(user: Any, organization: Organization) -> bool:
    """Today or on a day to come, and the person has none."""
    return organization.second_step_from is not None and not has_second_step(user)


def keeps_out(user: Any, organization: Organization) -> bool:
    """The day has come, and the person has none."""
    since = organization.second_step_from
    return since is not None and since <= clock.now() and not has_second_step(user)


def _tell(user: User, organization: Organization, since: datetime) -> None:
    send_mail(
        event="organization.second_step_asked",
        to=(user.name if user.first_name else "", user.email),
        locale=user.locale,
        context={
            "organization": organization.name,
            "since": since,
            "address": platform_origin() + reverse("mfa_index"),
        },
    )
