"""The permissions that a key can carry: those that some operation needs. Handed down once by config/api.py."""

from collections.abc import Mapping

from django.utils.functional import Promise

_scopes: Mapping[str, str | Promise] = {}


def connect(scopes: Mapping[str, str | Promise]) -> None:
    global _scopes
    _scopes = scopes


def scopes() -> Mapping[str, str | Promise]:
    return _scopes
