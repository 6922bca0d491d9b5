"""Is this webhook from Resend? The Standard Webhooks scheme (Svix headers), over the raw bytes of the body."""

import base64
import binascii
import hashlib
import hmac

TOLERANCE_SECONDS = 300
PREFIX = "whsec_"


def is_authentic(secret: str, event_id: str, timestamp: str, signatures: str, body: bytes, *, now: float) -> bool:
    """True if one of the space-separated `signatures` is ours and the sending is at most five minutes away.

    A sender that changes its secret signs with the old and the new one for a while, hence several.
    """
    key = _key(secret)
    if not key or not event_id or not _is_recent(timestamp, now):
        return False
    signed = b".".join([event_id.encode(), timestamp.encode(), body])
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
    given = [
        value for version, _, value in (entry.partition(",") for entry in signatures.split(" ")) if version == "v1"
    ]
    # No early way out: the time taken does not say which of the signatures was nearly right.
    verdicts = [hmac.compare_digest(expected, value.encode()) for value in given]
    return True in verdicts


def _key(secret: str) -> bytes:
    """An unreadable or empty secret gives no key, and with no key nothing is authentic."""
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _is_recent(timestamp: str, now: float) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit()):
        return False
    return abs(now - int(timestamp)) <= TOLERANCE_SECONDS
