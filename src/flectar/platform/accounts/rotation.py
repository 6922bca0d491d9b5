"""Second factors under the active key: the secret of an authenticator app, the seed of recovery codes."""

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from flectar.core.crypto import rewrap_text
from flectar.platform.accounts.sealed import SECOND_FACTOR

_SEALED = ("secret", "seed")


def second_factors() -> Iterator[int]:
    """Each row by itself and locked, because somebody may use up a recovery code meanwhile."""
    for pk in list(Authenticator.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            row.data = _rewrapped(row.data)
            row.save(update_fields=["data"])
        yield 1


def _rewrapped(data: dict[str, Any]) -> dict[str, Any]:
    fresh: dict[str, Any] = {name: rewrap_text(data[name], SECOND_FACTOR) for name in _SEALED if data.get(name)}
    if codes := data.get("migrated_codes"):
        fresh["migrated_codes"] = [rewrap_text(code, SECOND_FACTOR) for code in codes]
    return {**data, **fresh}
