"""Making and checking API keys: `fb_<env>_<public part>_<secret><check>`.

The check digits tell a typing mistake and let leak scanners recognise a key without asking us.
"""

import hashlib
import hmac
import secrets
import string
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.origins import platform_origin
from flectar.platform.audit.log import record
from flectar.platform.organizations.models import Organization, Role
from flectar.platform.outbox import send_mail
from flectar.platform.webapi.models import ApiKey

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
PUBLIC_LENGTH = 12
SECRET_LENGTH = 43  # 62^43 > 2^256
CHECK_LENGTH = 6
NOTED_EVERY = timedelta(hours=1)


class NotWorking(Exception):
    """A key that is revoked, has run out or was rolled already. Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("This key no longer works. Make a new one."))


def make(
    organization: Organization,
    *,
    name: str,
    scopes: Iterable[str],
    project_ids: Iterable[UUID] = (),
    expires_at: datetime | None = None,
    created_by: UUID | None = None,
    networks: Iterable[str] = (),
) -> tuple[ApiKey, str]:
    """A new key and its text, which is not stored and cannot be shown again."""
    key, text = _write(
        organization,
        name=name,
        scopes=sorted(scopes),
        project_ids=sorted(str(pk) for pk in project_ids),
        expires_at=expires_at,
        created_by_id=created_by,
        networks=list(networks),
    )
    record("keys.created", target=key, new=_said(key), organization_id=organization.pk)
    return key, text


@transaction.atomic
def roll(key: ApiKey, *, overlap: timedelta, by: UUID | None) -> tuple[ApiKey, str]:
    """Another text for the same rights. The old one works on for a while, so that programs can change over.

    The new key lasts as long as the old one was made to. Raises NotWorking.
    """
    old = ApiKey.objects.select_for_update(of=("self",)).select_related("organization").get(pk=key.pk)
    if not old.is_working or old.rolled_into_id is not None:
        raise NotWorking
    now = clock.now()
    new, text = _write(
        old.organization,
        name=old.name,
        scopes=old.scopes,
        project_ids=old.project_ids,
        expires_at=now + (old.expires_at - old.created_at) if old.expires_at else None,
        created_by_id=by,
        networks=old.networks,
    )
    old.rolled_into = new
    old.expires_at = min(old.expires_at or now + overlap, now + overlap)
    old.save(update_fields=["rolled_into", "expires_at"])
    record(
        "keys.rolled",
        target=new,
        old={"prefix": old.prefix, "expires_at": old.expires_at},
        new=_said(new),
        organization_id=old.organization_id,
    )
    return new, text


def _write(organization: Organization, **values: Any) -> tuple[ApiKey, str]:
    environment = "demo" if settings.DEMO else "live"
    prefix = f"fb_{environment}_{_random(PUBLIC_LENGTH)}"
    body = f"{prefix}_{_random(SECRET_LENGTH)}"
    text = body + _check(body)
    key = ApiKey.objects.create(
        organization=organization,
        prefix=prefix,
        digest=_digest(text),
        **values,
    )
    return key, text


def _said(key: ApiKey) -> dict[str, Any]:
    """For the log."""
    return {
        "name": key.name,
        "prefix": key.prefix,
        "scopes": key.scopes,
        "projects": key.project_ids,
        "networks": key.networks,
        "expires_at": key.expires_at,
    }


def find(text: str) -> ApiKey | None:
    """The working key with this text. Malformed ones do not reach the database."""
    if not looks_right(text):
        return None
    key = ApiKey.objects.working().filter(prefix=text.rpartition("_")[0]).first()
    if key is None or not hmac.compare_digest(key.digest, _digest(text)):
        return None
    return key


def looks_right(text: str) -> bool:
    parts = text.split("_")
    if len(text) > 120 or not text.isascii() or len(parts) != 4 or parts[0] != "fb":
        return False
    body, check = text[:-CHECK_LENGTH], text[-CHECK_LENGTH:]
    return hmac.compare_digest(_check(body), check)


def note_use(key: ApiKey) -> None:
    """To the hour: a write for every call would cost more than it tells."""
    now = clock.now()
    if key.last_used_at is None or key.last_used_at < now - NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def revoke(key: ApiKey) -> None:
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        key.save(update_fields=["revoked_at"])
        record("keys.revoked", target=key, new={"prefix": key.prefix}, organization_id=key.organization_id)


@transaction.atomic
def report_leak(text: str, *, where: str = "") -> bool:
    """Somebody found this key in public: revoke it and write to every owner. False if it is no working key of ours.

    Holding the whole text is proof enough: whoever has it could use it.
    """
    found = find(text)
    if found is None:
        return False
    key = ApiKey.objects.select_for_update(of=("self",)).select_related("organization").get(pk=found.pk)
    if key.revoked_at is not None:
        return False
    key.revoked_at, key.is_leaked = clock.now(), True
    key.save(update_fields=["revoked_at", "is_leaked"])
    record(
        "keys.leaked", target=key, new={"prefix": key.prefix, "where": where[:500]}, organization_id=key.organization_id
    )
    for owner in key.organization.memberships.filter(role=Role.OWNER).select_related("user"):
        send_mail(
            event="keys.leaked",
            to=(owner.user.name if owner.user.first_name else "", owner.user.email),
            locale=owner.user.locale,
            context={
                "organization": key.organization.name,
                "name": key.name,
                "prefix": key.prefix,
                "where": where[:500],
                "address": f"{platform_origin()}{reverse('organizations:security', args=[key.organization_id])}",
            },
        )
    return True


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _place in range(length))


def _check(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    while len(digits) < CHECK_LENGTH:
        number, rest = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[rest] + digits
    return digits


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
