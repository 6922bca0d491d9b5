"""Signed tokens (RS256) and the keys to check them by, put together by hand."""

import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256


class Signer:
    """A key with a name."""

    def __init__(self, kid: str) -> None:
        self.kid = kid
        self._key: RSAPrivateKey = generate_private_key(public_exponent=65537, key_size=2048)

    def sign(self, claims: dict[str, Any], *, as_kid: str = "") -> str:
        """A JWT. `as_kid` lies about which key signed it."""
        header = {"alg": "RS256", "kid": as_kid or self.kid, "typ": "JWT"}
        content = f"{_packed(json.dumps(header).encode())}.{_packed(json.dumps(claims).encode())}"
        return f"{content}.{_packed(self._key.sign(content.encode(), PKCS1v15(), SHA256()))}"

    def public(self) -> dict[str, str]:
        """As a JWK."""
        numbers = self._key.public_key().public_numbers()
        return {
            "kty": "RSA",
            "alg": "RS256",
            "use": "sig",
            "kid": self.kid,
            "n": _packed(numbers.n.to_bytes(256)),
            "e": _packed(numbers.e.to_bytes(3)),
        }


def unsigned(claims: dict[str, Any]) -> str:
    """What a forger hopes that somebody takes: algorithm "none"."""
    header = _packed(json.dumps({"alg": "none", "typ": "JWT"}).encode())
    return f"{header}.{_packed(json.dumps(claims).encode())}."


def _packed(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
