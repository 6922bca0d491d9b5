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
from uuid import UUID

from django.conf import settings

from flectar.core import clock
from flectar.platform.audit.log import record
from flectar.platform.organizations.models import Organization
from flectar.platform.webapi.models import ApiKey

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
PUBLIC_LENGTH = 12
SECRET_LENGTH = 43  # 62^43 > 2^256
CHECK_LENGTH = 6
NOTED_EVERY = timedelta(hours=1)


def make(
    organization: Organization,
    *,
    name: str,
    scopes: Iterable[str],
    project_ids: Iterable[UUID] = (),
    expires_at: datetime | None = None,
    created_by: UUID | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its text, which is not stored and cannot be shown again."""
    environment = "demo" if settings.DEMO else "live"
    prefix = f"fb_{environment}_{_random(PUBLIC_LENGTH)}"
    body = f"{prefix}_{_random(SECRET_LENGTH)}"
    text = body + _check(body)
    key = ApiKey.objects.create(
        organization=organization,
        name=name,
        prefix=prefix,
        digest=_digest(text),
        scopes=sorted(scopes),
        project_ids=sorted(str(pk) for pk in project_ids),
        expires_at=expires_at,
        created_by_id=created_by,
    )
    record(
        "keys.created",
        target=key,
        new={
            "name": name,
            "prefix": prefix,
            "scopes": key.scopes,
            "projects": key.project_ids,
            "expires_at": expires_at,
        },
        organization_id=organization.pk,
    )
    return key, text


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


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _check(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    while len(digits) < CHECK_LENGTH:
        number, rest = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[rest] + digits
    return digits


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
