"""Keys and envelopes: secrets at rest, signed links, blind indexes.

An envelope is version (1 byte), key id (2), nonce (12), wrapped data key (48), nonce (12), ciphertext and tag.
Its context (who, what, where) is authenticated: copied to another project or field it does not open.
"""

import base64
import hashlib
import hmac
import os
import struct
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core import signing
from django.core.exceptions import ImproperlyConfigured

_VERSION = 1
_HEADER = struct.Struct(">BH")


class CannotOpen(Exception):
    """The envelope was altered, moved, or sealed with a key that this installation does not have."""


class Expired(Exception):
    """The signed link was right, but its time is over."""


class BadSignature(Exception):
    """Not one of our signed links."""


@cache
def _ring(keys: str) -> dict[int, bytes]:
    """Key id to 32 bytes; the first is the active one. Format: "2:<base64>,1:<base64>"."""
    ring: dict[int, bytes] = {}
    for entry in filter(None, (part.strip() for part in keys.split(","))):
        number, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise ImproperlyConfigured("FLECTAR_KEYS is not of the form 2:<base64>,1:<base64>") from error
        is_id = number.isascii() and number.isdecimal() and len(number) <= 5 and 0 < int(number) < 65536
        if not is_id or len(key) != 32:
            raise ImproperlyConfigured("FLECTAR_KEYS needs ids from 1 to 65535 and keys of 32 bytes each")
        if int(number) in ring:
            raise ImproperlyConfigured(f"FLECTAR_KEYS names key {number} twice")
        ring[int(number)] = key
    return ring


def active_key_id() -> int:
    """The key that seals from now on."""
    ring = _ring(settings.FLECTAR_KEYS)
    if not ring:
        raise ImproperlyConfigured('FLECTAR_KEYS is empty; make one with `flectar keys new` and set it to "1:<key>"')
    return next(iter(ring))


@cache
def _derived(master: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"flectar " + purpose.encode()).derive(master)


def _wrapping_key(key_id: int) -> AESGCM:
    master = _ring(settings.FLECTAR_KEYS).get(key_id)
    if master is None:
        raise CannotOpen(f"key {key_id} is not in FLECTAR_KEYS")
    return AESGCM(_derived(master, "envelopes"))


def seal(plain: bytes, context: str) -> bytes:
    """Encrypt for this place only."""
    key_id = active_key_id()
    header = _HEADER.pack(_VERSION, key_id)
    bound = header + context.encode()
    data_key = AESGCM.generate_key(256)
    outer, inner = os.urandom(12), os.urandom(12)
    wrapped = _wrapping_key(key_id).encrypt(outer, data_key, bound)
    # The payload is not bound to the key id, so that a rotation re-wraps the data key alone.
    return header + outer + wrapped + inner + AESGCM(data_key).encrypt(inner, plain, context.encode())


def open_sealed(blob: bytes, context: str) -> bytes:
    """The plain bytes, or `CannotOpen`."""
    try:
        data_key = _data_key(blob, context)
        return AESGCM(data_key).decrypt(blob[63:75], blob[75:], context.encode())
    except (InvalidTag, struct.error, ValueError) as error:
        raise CannotOpen(f"this envelope does not belong to {context}") from error


def rewrap(blob: bytes, context: str) -> bytes:
    """The same payload under the active key."""
    key_id = active_key_id()
    try:
        data_key = _data_key(blob, context)
    except (InvalidTag, struct.error, ValueError) as error:
        raise CannotOpen(f"this envelope does not belong to {context}") from error
    header, outer = _HEADER.pack(_VERSION, key_id), os.urandom(12)
    return header + outer + _wrapping_key(key_id).encrypt(outer, data_key, header + context.encode()) + blob[63:]


def _data_key(blob: bytes, context: str) -> bytes:
    version, key_id = _HEADER.unpack(blob[:3])
    if version != _VERSION:
        raise CannotOpen(f"envelope version {version} is not known")
    return _wrapping_key(key_id).decrypt(blob[3:15], blob[15:63], blob[:3] + context.encode())


def key_id_of(blob: bytes) -> int:
    """Which key wrapped this envelope."""
    return int(_HEADER.unpack(blob[:3])[1])


def seal_text(plain: str, context: str) -> str:
    """`seal` for a text column: base64 of the envelope."""
    return base64.b64encode(seal(plain.encode(), context)).decode()


def open_text(sealed: str, context: str) -> str:
    """The text that `seal_text` sealed, or `CannotOpen`."""
    return open_sealed(_blob(sealed), context).decode()


def rewrap_text(sealed: str, context: str) -> str:
    """`rewrap` for a text column."""
    return base64.b64encode(rewrap(_blob(sealed), context)).decode()


def _blob(sealed: str) -> bytes:
    try:
        return base64.b64decode(sealed, validate=True)
    except ValueError as error:
        raise CannotOpen("not an envelope") from error


type Rotation = Callable[[], Iterator[int]]
_rotations: dict[str, Rotation] = {}


def rotates(name: str, rotation: Rotation) -> None:
    """An app that stores envelopes says how to re-wrap them: a generator that yields the size of each batch."""
    _rotations[name] = rotation


def rotate() -> dict[str, int]:
    """Bring every stored envelope under the active key. Can be repeated and interrupted."""
    return {name: sum(rotation()) for name, rotation in _rotations.items()}


def blind_index(text: str, purpose: str) -> str:
    """A keyed hash to find an equal value by, without storing it. Hex, 64 characters.

    Uses the oldest key, which therefore stays in the ring: a new key would orphan every index.
    """
    ring = _ring(settings.FLECTAR_KEYS)
    active_key_id()
    oldest = ring[min(ring)]
    return hmac.new(_derived(oldest, f"index {purpose}"), text.encode(), hashlib.sha256).hexdigest()


def sign(purpose: str, value: str) -> str:
    """A url-safe signed value that only `unsign` of the same purpose accepts."""
    return signing.TimestampSigner(salt=f"flectar.{purpose}").sign(value)


def unsign(purpose: str, token: str, *, within: timedelta | None = None) -> str:
    """The value, or `BadSignature`, or `Expired` when it is older than `within`."""
    try:
        return signing.TimestampSigner(salt=f"flectar.{purpose}").unsign(token, max_age=within)
    except signing.SignatureExpired as error:
        raise Expired(purpose) from error
    except (signing.BadSignature, ValueError) as error:  # ValueError: half of a surrogate pair
        raise BadSignature(purpose) from error
