"""The inventory's lines for the tables of libraries, which cannot classify themselves."""

from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from procrastinate.contrib.django.models import (
    ProcrastinateEvent,
    ProcrastinateJob,
    ProcrastinatePeriodicDefer,
    ProcrastinateWorker,
)

from flectar.core.inventory import ACCOUNT, CONTRACT, LEGITIMATE, NONE, OPERATE, PLATFORM, PROTECT, P, Purpose, classify

_AS_THE_ACCOUNT = "While the account exists, and 30 days after it is closed."
_SESSION = "Until sign-out, at most 14 days."


def _account(model: Any, retention: str, personal: Mapping[str, P], purposes: tuple[Purpose, ...] = (ACCOUNT,)) -> None:
    names = [field.name for field in model._meta.concrete_fields]
    classify(
        model,
        subject="user",
        controller=PLATFORM,
        purposes=purposes,
        basis=CONTRACT,
        retention=retention,
        fields={name: personal.get(name, NONE) for name in names},
    )


_account(EmailAddress, _AS_THE_ACCOUNT, {"user": P("user.unique_id"), "email": P("user.contact.email")})
_account(
    EmailConfirmation,
    "15 minutes.",
    {"email_address": P("user.contact.email"), "key": P("user.authorization", export=False, sensitive=True)},
)
_account(
    Authenticator,
    _AS_THE_ACCOUNT,
    {
        "user": P("user.unique_id"),
        "data": P("user.authorization", export=False, sensitive=True),
        "created_at": P("user.behavior"),
        "last_used_at": P("user.behavior"),
    },
    (ACCOUNT, PROTECT),
)
_account(
    UserSession,
    _SESSION,
    {
        "user": P("user.unique_id"),
        "created_at": P("user.behavior"),
        "ip": P("user.device.ip_address"),
        "last_seen_at": P("user.behavior"),
        "session_key": P("user.authorization", export=False, sensitive=True),
        "user_agent": P("user.device"),
        "data": P("user.device"),
    },
    (ACCOUNT, PROTECT),
)
_account(
    Session,
    _SESSION,
    {
        "session_key": P("user.authorization", export=False, sensitive=True),
        "session_data": P("user.account", export=False, sensitive=True),
    },
)

_account(
    SocialAccount,
    _AS_THE_ACCOUNT,
    {
        "user": P("user.unique_id"),
        "uid": P("user.unique_id"),
        "extra_data": P("user.contact.email"),
        "last_login": P("user.behavior"),
        "date_joined": P("user.account"),
    },
)
# Empty: the provider's keys come from the settings, and no token is kept.
_account(SocialToken, "Never filled.", {"account": P("user.unique_id", export=False)})

for technical in (SocialApp, Permission, Group, Group.permissions.through, ContentType):
    _account(technical, "No personal data.", {})

# Arguments of jobs are ids only (core/jobs.py), so these hold pseudonyms at most.
for jobs, pseudonyms in (
    (ProcrastinateJob, {"args", "lock", "queueing_lock"}),
    (ProcrastinateEvent, set[str]()),
    (ProcrastinatePeriodicDefer, set[str]()),
    (ProcrastinateWorker, set[str]()),
):
    classify(
        jobs,
        subject="",
        controller=PLATFORM,
        purposes=(OPERATE,),
        basis=LEGITIMATE,
        note="Work must be queued to be done; arguments are ids of rows, never their contents.",
        retention="3 days after the job is done; 30 days if it failed.",
        fields={
            field.name: P("user.unique_id.pseudonymous", export=False) if field.name in pseudonyms else NONE
            for field in jobs._meta.concrete_fields
        },
    )
