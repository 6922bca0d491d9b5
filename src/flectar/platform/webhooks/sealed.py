"""The secrets of endpoints: sealed at rest, shown once, rolled with a day's overlap."""

import base64
import os
from collections.abc import Iterator

from django.db import transaction

from flectar.core import clock, crypto
from flectar.platform.webhooks.models import Endpoint

PREFIX = "whsec_"


def fresh() -> str:
    """256 random bits, as the specification writes them."""
    return PREFIX + base64.b64encode(os.urandom(32)).decode()


def seal(endpoint: Endpoint, secret: str) -> bytes:
    return crypto.seal(secret.encode(), _place(endpoint))


def good_now(endpoint: Endpoint) -> list[str]:
    """The secrets to sign with, newest first."""
    secrets = [crypto.open_sealed(bytes(endpoint.secret), _place(endpoint)).decode()]
    if endpoint.old_secret and endpoint.old_secret_until and endpoint.old_secret_until > clock.now():
        secrets.append(crypto.open_sealed(bytes(endpoint.old_secret), _place(endpoint)).decode())
    return secrets


def _place(endpoint: Endpoint) -> str:
    return f"webhooks {endpoint.project_id} {endpoint.pk}"


def under_the_active_key() -> Iterator[int]:
    """Each row by itself and locked. As the owner of the tables, who sees every project."""
    for pk in list(Endpoint._base_manager.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = Endpoint._base_manager.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            row.secret = crypto.rewrap(bytes(row.secret), _place(row))
            if row.old_secret:
                row.old_secret = crypto.rewrap(bytes(row.old_secret), _place(row))
            row.save(update_fields=["secret", "old_secret"])
        yield 1
