"""What touches safety: a closed list. Each sensitive deed is one of these events, and is recorded exactly once.

A tag is `source:subject:action`. `source` is whose safety it is: an account's, an organization's, or the platform's.
`record("member.invited", …)` is enough to emit `organization:member:invite`; a new sensitive deed gets a line here,
its words in config/deeds.py, and a test that it is recorded once.
"""

from enum import StrEnum
from typing import Self

ACCOUNT, ORGANIZATION, PLATFORM = "account", "organization", "platform"


class SecurityEvent(StrEnum):
    """The tag, and the action of the log that it stands for."""

    action: str

    def __new__(cls, tag: str, action: str) -> Self:
        event = str.__new__(cls, tag)
        event._value_ = tag
        event.action = action
        return event

    ACCOUNT_OPENED = "account:account:open", "account.opened"
    PASSWORD_CHANGED = "account:password:change", "account.password_changed"
    PASSWORD_SET = "account:password:set", "account.password_set"
    PASSWORD_RESET = "account:password:reset", "account.password_reset"
    EMAIL_CONFIRMED = "account:email:confirm", "account.email_confirm"
    EMAIL_CHANGED = "account:email:change", "account.email_changed"
    EMAIL_REMOVED = "account:email:remove", "account.email_deleted"
    TOTP_ADDED = "account:totp:add", "account.totp_activated"
    TOTP_REMOVED = "account:totp:remove", "account.totp_deactivated"
    RECOVERY_CODES_MADE = "account:recovery_codes:make", "account.recovery_codes_generated"
    PASSKEY_ADDED = "account:passkey:add", "account.webauthn_added"
    PASSKEY_REMOVED = "account:passkey:remove", "account.webauthn_removed"
    DEVICE_NEW = "account:device:sign_in", "account.new_device"
    DEVICE_TRUSTED = "account:device:trust", "account.device_trusted"
    DEVICE_DISTRUSTED = "account:device:distrust", "account.device_distrusted"
    SESSIONS_ENDED = "account:session:end_others", "account.sessions_ended"
    PHONE_CHANGED = "account:phone:change", "account.phone_changed"
    CLOSING_ASKED = "account:closing:ask", "account.closing_asked"
    CLOSING_CANCELLED = "account:closing:cancel", "account.closing_cancelled"
    ERASED = "account:account:erase", "account.erased"
    COPY_ASKED = "account:copy:ask", "account.copy_asked"
    GOOGLE_LINKED = "account:google:link", "account.google_linked"
    GOOGLE_UNLINKED = "account:google:unlink", "account.google_unlinked"
    SESSION_ENDED = "account:session:end", "account.session_ended"

    ORGANIZATION_CREATED = "organization:organization:create", "organization.created"
    ORGANIZATION_RENAMED = "organization:organization:rename", "organization.renamed"
    MEMBER_INVITED = "organization:invitation:send", "member.invited"
    INVITATION_WITHDRAWN = "organization:invitation:withdraw", "member.invitation_withdrawn"
    MEMBER_JOINED = "organization:member:join", "member.joined"
    ROLE_CHANGED = "organization:member:change_role", "member.role_changed"
    MEMBER_REMOVED = "organization:member:remove", "member.removed"
    MEMBER_PUT_BACK = "organization:member:put_back", "member.put_back"
    ROLE_CREATED = "organization:role:create", "role.created"
    ROLE_EDITED = "organization:role:change", "role.changed"
    ROLE_REMOVED = "organization:role:remove", "role.removed"
    ACCESS_REFUSED = "organization:permission:refuse", "access.refused"
    OWNERSHIP_OFFERED = "organization:ownership:offer", "ownership.offered"
    OWNERSHIP_WITHDRAWN = "organization:ownership:withdraw", "ownership.withdrawn"
    OWNERSHIP_MOVED = "organization:ownership:move", "ownership.moved"
    OWNERSHIP_UNDONE = "organization:ownership:undo", "ownership.undone"
    SECOND_STEP_ASKED = "organization:second_step:ask", "organization.second_step_asked"
    SECOND_STEP_DROPPED = "organization:second_step:drop", "organization.second_step_dropped"
    SUPPORT_LET_IN = "organization:support:let_in", "support.let_in"
    SUPPORT_KEPT_OUT = "organization:support:keep_out", "support.kept_out"
    SUPPORT_VISITED = "organization:support:visit", "support.visited"
    SUPPORT_LOOKED = "organization:support:look", "support.looked"
    SUPPORT_LEFT = "organization:support:leave", "support.left"
    OPERATOR_LOOKED = "organization:operator:look", "operator.looked"
    KEY_CREATED = "organization:key:create", "keys.created"
    KEY_ROLLED = "organization:key:roll", "keys.rolled"
    KEY_LEAKED = "organization:key:leak", "keys.leaked"
    KEY_REVOKED = "organization:key:revoke", "keys.revoked"
    PROJECT_COPIED = "organization:project:copy", "project.exported"
    PROJECT_OFFERED = "organization:project:offer", "project.offered"
    PROJECT_OFFER_WITHDRAWN = "organization:project:withdraw_offer", "project.offer_withdrawn"
    PROJECT_TRANSFERRED = "organization:project:transfer", "project.transferred"
    PROJECT_DELETION_ASKED = "organization:project:ask_deletion", "project.deletion_asked"
    PROJECT_KEPT = "organization:project:keep", "project.deletion_taken_back"
    PROJECT_DELETED = "organization:project:delete", "project.deleted"

    OPERATOR_ADDED = "platform:operator:add", "operator.added"
    ACCOUNT_SUSPENDED = "platform:account:suspend", "account.suspended"
    ACCOUNT_REACTIVATED = "platform:account:reactivate", "account.reactivated"
    SIGNED_OUT_BY_OPERATOR = "platform:sessions:end", "account.signed_out"
    PASSWORD_ENDED = "platform:password:end", "account.password_ended"
    SWITCHES_CHANGED = "platform:switches:change", "switches.changed"
    OPERATOR_REMOVED = "platform:operator:remove", "operator.removed"

    @property
    def source(self) -> str:
        return self.value.split(":")[0]

    @property
    def subject(self) -> str:
        return self.value.split(":")[1]


_BY_ACTION = {event.action: event for event in SecurityEvent}


def event_of(action: str) -> SecurityEvent | None:
    """The event that an action of the log is; None for what touches nobody's safety."""
    return _BY_ACTION.get(action)


def is_of_organization(action: str) -> bool:
    """Such a deed is the organization's, whichever project's page it was done on: it is kept outside all projects."""
    event = event_of(action)
    return event is not None and event.source == ORGANIZATION


def actions_about(source: str, subject: str = "") -> tuple[str, ...]:
    """The log's actions of one source, and of one subject of it."""
    return tuple(each.action for each in SecurityEvent if each.source == source and subject in ("", each.subject))


def subjects(source: str) -> tuple[str, ...]:
    """In the order of the list above."""
    return tuple(dict.fromkeys(each.subject for each in SecurityEvent if each.source == source))
