"""The closed list of security events, and where they are kept."""

from flectar.config.deeds import DEEDS
from flectar.core.tenancy import project_scope
from flectar.platform.audit.log import record
from flectar.platform.audit.models import Entry
from flectar.platform.audit.security import SecurityEvent, actions_about, event_of, subjects
from flectar.platform.projects.models import Project

SENSITIVE = (
    *("account.", "organization.", "member.", "keys.", "operator.", "role.", "ownership.", "support."),
    *("project.exported", "project.offer", "project.transferred", "project.delet"),
)
# Deeds of those names that touch nobody's safety.
HARMLESS = {"account.changed", "account.picture_changed"}


def test_a_tag_is_source_subject_action():
    for event in SecurityEvent:
        source, subject, action = event.split(":")
        assert source in {"account", "organization", "platform"}
        assert subject.isidentifier()
        assert action.isidentifier()


def test_every_sensitive_deed_is_exactly_one_event():
    sensitive = {action for action in DEEDS if action.startswith(SENSITIVE)} - HARMLESS

    assert sensitive <= {event.action for event in SecurityEvent}, "name it in platform/audit/security.py"
    assert {event.action for event in SecurityEvent} <= set(DEEDS)
    assert len({event.action for event in SecurityEvent}) == len(SecurityEvent)


def test_an_event_is_found_by_its_action():
    assert event_of("member.invited") is SecurityEvent.MEMBER_INVITED
    assert event_of("booking.moved") is None
    assert "keys.revoked" in actions_about("organization", "key")
    assert "account.opened" not in actions_about("organization")
    assert "operator" in subjects("platform")


def test_what_is_done_to_the_organization_is_kept_outside_its_projects(salon: Project):
    with project_scope(salon.pk):
        record("keys.created", organization_id=salon.organization_id)
        record("hours.changed")
        assert [*Entry.objects.values_list("action", flat=True)] == ["hours.changed"]

    [entry] = Entry.objects.all()
    assert (entry.action, entry.organization_id) == ("keys.created", salon.organization_id)
