"""Each deed that touches an organization's safety emits exactly one event, and every event of the list has its deed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from flectar.core import clock
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import record
from flectar.platform.audit.models import Entry
from flectar.platform.audit.security import ORGANIZATION, SecurityEvent
from flectar.platform.organizations import handover, invitations, membership, own_roles, second_step, support
from flectar.platform.organizations.models import (
    CustomRole,
    Handover,
    Invitation,
    Organization,
    Role,
    SupportVisit,
)
from flectar.platform.projects import deletion, transfer
from flectar.platform.projects.models import Project
from flectar.platform.webapi import keys
from tests import make
from tests.cast import PlatformClient, just_said_who
from tests.platform.webapi import make as programs

ENDING = "/nacar/settings/project"


class Stage:
    """An organization with somebody and something of each kind, so that each deed has what it needs."""

    def __init__(self, salon: Project, lucia: User) -> None:
        self.salon, self.lucia, self.here = salon, lucia, salon.organization
        Authenticator.objects.create(user=lucia, type=Authenticator.Type.TOTP, data={})
        self.marc = make.member(self.here, make.user("marc@nacar.example"), Role.MANAGER)
        self.eva = make.user("eva@example.com")
        self.olga = make.operator(make.user("olga@platform.example"))
        self.olga.refresh_from_db()
        self.key, self.text = programs.key(salon)
        self.role = CustomRole.objects.create(organization=self.here, name="Desk", permissions=["bookings.read"])
        Organization.objects.update(support_until=clock.now() + timedelta(hours=1), second_step_from=clock.now())

    def invitation(self) -> Invitation:
        return invitations.invite(self.here, "eva@example.com", Role.STAFF, locale="en", by=self.lucia)

    def offer(self) -> Handover:
        return handover.offer(self.here, self.marc.pk, by=self.lucia)

    def accepted(self) -> Handover:
        made = self.offer()
        handover.accept(made, by=self.marc.user)
        return made

    def visit(self) -> SupportVisit:
        return support.visit(self.marc, by=self.olga, reason="x", ticket="1")

    def given(self) -> str:
        _offer, token = transfer.offer(self.salon, self.eva.email, by=self.lucia)
        return token

    def browser(self, person: User) -> Client:
        client = PlatformClient()
        client.force_login(person)
        return client


def join(stage: Stage) -> None:
    stage.invitation()
    Invitation.objects.update(digest=invitations._digest("token"))
    invitations.accept("token", user=stage.eva)


def refused(stage: Stage) -> None:
    second_step.drop(stage.here)
    make.member(stage.here, stage.eva, Role.STAFF)
    stage.browser(stage.eva).post("/nacar/settings/modules")


def taken_over(stage: Stage) -> None:
    """To an organization that keeps a log of its own: each hears of it once."""
    make.organization("Norte SL", stage.eva)
    token = stage.given()
    transfer.accept(token, transfer.organizations_of(stage.eva, but=stage.here.pk)[0], user=stage.eva)


def erased(stage: Stage) -> None:
    deletion.ask(stage.salon)
    Project.objects.filter(pk=stage.salon.pk).update(leaves_at=clock.now() - timedelta(minutes=1))
    deletion.erase(stage.salon)


DEEDS: dict[SecurityEvent, Callable[[Stage], object]] = {
    SecurityEvent.ORGANIZATION_CREATED: lambda on: membership.found("New SL", by=on.eva),
    SecurityEvent.ORGANIZATION_RENAMED: lambda on: membership.rename(on.here, "New name"),
    SecurityEvent.MEMBER_INVITED: lambda on: on.invitation(),
    SecurityEvent.INVITATION_WITHDRAWN: lambda on: invitations.withdraw(on.invitation(), by=on.lucia),
    SecurityEvent.MEMBER_JOINED: join,
    SecurityEvent.ROLE_CHANGED: lambda on: membership.change_role(on.marc, Role.VIEWER, by=on.lucia),
    SecurityEvent.MEMBER_REMOVED: lambda on: membership.remove(on.marc, by=on.lucia),
    SecurityEvent.MEMBER_PUT_BACK: lambda on: membership.put_back(on.here, on.eva.pk, Role.STAFF, by=on.lucia),
    SecurityEvent.ROLE_CREATED: lambda on: own_roles.make(on.here, "Help", ["bookings.read"], by=on.lucia),
    SecurityEvent.ROLE_EDITED: lambda on: own_roles.change(on.role, "Help", ["bookings.read"], by=on.lucia),
    SecurityEvent.ROLE_REMOVED: lambda on: own_roles.remove(on.role),
    SecurityEvent.ACCESS_REFUSED: refused,
    SecurityEvent.OWNERSHIP_OFFERED: lambda on: on.offer(),
    SecurityEvent.OWNERSHIP_WITHDRAWN: lambda on: handover.withdraw(on.offer(), by=on.lucia),
    SecurityEvent.OWNERSHIP_MOVED: lambda on: on.accepted(),
    SecurityEvent.OWNERSHIP_UNDONE: lambda on: handover.undo(on.accepted(), by=on.lucia),
    SecurityEvent.SECOND_STEP_ASKED: lambda on: second_step.ask(on.here, clock.now(), by=on.lucia),
    SecurityEvent.SECOND_STEP_DROPPED: lambda on: second_step.drop(on.here),
    SecurityEvent.SUPPORT_LET_IN: lambda on: support.let_in(on.here, timedelta(hours=1), may_write=False, by=on.lucia),
    SecurityEvent.SUPPORT_KEPT_OUT: lambda on: support.keep_out(on.here),
    SecurityEvent.SUPPORT_VISITED: lambda on: on.visit(),
    SecurityEvent.SUPPORT_LOOKED: lambda on: (on.visit(), on.browser(on.olga).get("/nacar/bookings")),
    SecurityEvent.SUPPORT_LEFT: lambda on: support.leave(on.visit()),
    SecurityEvent.OPERATOR_LOOKED: lambda on: on.browser(on.olga).get(f"/operator/organizations/{on.here.pk}"),
    SecurityEvent.KEY_CREATED: lambda on: programs.key(on.salon),
    SecurityEvent.KEY_ROLLED: lambda on: keys.roll(on.key, overlap=timedelta(0), by=on.lucia.pk),
    SecurityEvent.KEY_LEAKED: lambda on: keys.report_leak(on.text),
    SecurityEvent.KEY_REVOKED: lambda on: keys.revoke(on.key),
    SecurityEvent.PROJECT_COPIED: lambda on: just_said_who(on.browser(on.lucia)).post(ENDING + "/exports"),
    SecurityEvent.PROJECT_OFFERED: lambda on: on.given(),
    SecurityEvent.PROJECT_OFFER_WITHDRAWN: lambda on: (on.given(), transfer.withdraw(on.salon)),
    SecurityEvent.PROJECT_TRANSFERRED: taken_over,
    SecurityEvent.PROJECT_DELETION_ASKED: lambda on: deletion.ask(on.salon),
    SecurityEvent.PROJECT_KEPT: lambda on: (deletion.ask(on.salon), deletion.restore(on.salon)),
    SecurityEvent.PROJECT_DELETED: erased,
}


def test_every_event_of_an_organization_has_its_deed_here():
    assert set(DEEDS) == {event for event in SecurityEvent if event.source == ORGANIZATION}


@pytest.mark.parametrize("event", DEEDS)
def test_a_deed_emits_exactly_one_event_in_the_organizations_log(salon: Project, lucia: User, event: SecurityEvent):
    stage = Stage(salon, lucia)
    mark = record("test.begins").pk

    DEEDS[event](stage)

    found = list(Entry.objects.filter(pk__gt=mark, action=event.action).order_by("pk"))
    # A project that goes over is told to both: where it was, where it is.
    assert len(found) == (2 if event is SecurityEvent.PROJECT_TRANSFERRED else 1)
    assert {entry.project_id for entry in found} == {None}
    if event is not SecurityEvent.ORGANIZATION_CREATED:
        assert found[0].organization_id == salon.organization_id
