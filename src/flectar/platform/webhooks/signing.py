"""Signatures by Standard Webhooks: HMAC-SHA256 over id, moment and body, one for each secret that is good."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from flectar.platform.webhooks.sealed import PREFIX


def headers(secrets: Sequence[str], message_id: str, moment: int, body: bytes) -> dict[str, str]:
    """`moment` in seconds since 1970."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(_signature(secret, message_id, moment, body) for secret in secrets),
    }


def _signature(secret: str, message_id: str, moment: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{message_id}.{moment}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed.digest()).decode()
