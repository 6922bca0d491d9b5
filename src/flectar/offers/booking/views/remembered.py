"""“Remember me on this phone”: name and address of a visitor in a sealed cookie of theirs, for a year, only if ticked.

We keep nothing ourselves. The cookie belongs to one business's host and opens nothing: it only fills in a form.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from flectar.core import crypto
from flectar.platform.projects.access import ProjectRequest

A_YEAR = 365 * 24 * 3600
_FIELDS = ("name", "email", "phone")


def read(request: ProjectRequest) -> dict[str, Any]:
    """Initial values for the form; empty for everybody who has not ticked."""
    sealed = request.COOKIES.get(settings.VISITOR_COOKIE, "")
    if not sealed:
        return {}
    try:
        kept = json.loads(crypto.open_text(sealed, _place(request)))
    except (crypto.CannotOpen, ValueError):
        return {}
    return {**{name: str(kept.get(name, "")) for name in _FIELDS}, "remember": True}


def write(request: ProjectRequest, response: HttpResponse, typed: Mapping[str, Any]) -> None:
    """As the tick says: kept, or forgotten. In a frame there is no tick."""
    if request.is_framed:
        return
    if typed.get("remember"):
        kept = json.dumps({name: typed[name] for name in _FIELDS})
        response.set_cookie(
            settings.VISITOR_COOKIE,
            crypto.seal_text(kept, _place(request)),
            max_age=A_YEAR,
            samesite="Lax",
            secure=settings.HTTPS,
            httponly=True,
        )
    elif settings.VISITOR_COOKIE in request.COOKIES:
        response.delete_cookie(settings.VISITOR_COOKIE, samesite="Lax")


def _place(request: ProjectRequest) -> str:
    return f"visitor {request.project.pk}"
