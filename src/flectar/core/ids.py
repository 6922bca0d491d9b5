"""Names for rows and links. Row ids tell when they were made; what goes into a public link must not."""

import secrets
import time
from uuid import UUID

from django.db import models

# No 0/O, 1/I/L, 5/S, 8/B, U/V: codes are read aloud over the phone.
_CLEAR_LETTERS = "ACDEFGHJKMNPQRTWXY34679"


class UUIDv7(models.Func):
    """PostgreSQL's own time-ordered uuid: neighbours in time are neighbours in the index."""

    function = "uuidv7"
    arity = 0
    output_field = models.UUIDField()


def new_row_id() -> UUID:
    """The same, made here: for rows that are written and referred to in one go (RFC 9562, version 7)."""
    stamp, random = time.time_ns() // 1_000_000, secrets.randbits(74)
    return UUID(int=stamp << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & (1 << 62) - 1)


def new_token() -> str:
    """192 random bits, url-safe: for links that are themselves the right to see something."""
    return secrets.token_urlsafe(24)


def new_code(length: int = 6) -> str:
    """A short code for people; unique only where a constraint makes it so."""
    return "".join(secrets.choice(_CLEAR_LETTERS) for _ in range(length))
