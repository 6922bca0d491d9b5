"""Who calls the API, said before a project's scope is open: a key in the header, else a signed-in person.

A key is counted here, outside any transaction: a counter's row would otherwise stay locked for the whole request.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from flectar.core import limits
from flectar.platform.audit.log import Actor
from flectar.platform.organizations import second_step
from flectar.platform.projects.access import actor_at, can, is_member, seat_at
from flectar.platform.projects.models import Project
from flectar.platform.webapi import keys
from flectar.platform.webapi.models import ApiKey
from flectar.platform.webapi.problems import answer

PREFIX = "/api/v1/"
LIMIT = 600
PER_SECONDS = 60
WRONG_KEYS = 30


@dataclass(frozen=True, slots=True)
class Caller:
    """A key or a person."""

    key: ApiKey | None = None
    person: Any = None

    @property
    def id(self) -> UUID:
        found: UUID = self.key.pk if self.key else self.person.pk
        return found

    def knows(self, project: Project) -> bool:
        """Whether the project may be named to this caller at all."""
        if self.key:
            return self.key.reaches(project)
        return is_member(self.person, project)

    def may(self, permission: str, project: Project) -> bool:
        if self.key:
            return self.key.reaches(project) and permission in self.key.scopes
        return can(self.person, permission, project)

    def lacks_second_step(self, project: Project) -> bool:
        """The organization asks for one, and the person has none; nor has whoever made the key and is still here."""
        organization = project.organization
        if organization.second_step_from is None:
            return False
        if self.key is None:
            return second_step.keeps_out(self.person, organization)
        maker = self.key.created_by
        return (
            maker is not None
            and seat_at(maker, organization.pk) is not None
            and (second_step.keeps_out(maker, organization))
        )

    def actor(self, project: Project) -> Actor:
        if self.key:
            return Actor(kind="key", id=self.key.pk, name=self.key.name, organization_id=project.organization_id)
        return actor_at(self.person, project.organization_id)


class ApiGate:
    """Middleware. Sets `request.caller` under /api/v1/; a wrong key is answered at once."""

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if request.zone != "platform" or not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        request.caller = None
        authorization = request.headers.get("Authorization", "")
        if not authorization:
            if request.user.is_authenticated:
                request.caller = Caller(person=request.user)
            else:
                # There is no session that a form's token could protect: whoever asks is told that a key is missing.
                request._dont_enforce_csrf_checks = True
            return self.get_response(request)
        return self._with_key(request, authorization)

    def _with_key(self, request: Any, authorization: str) -> HttpResponse:
        scheme, _space, text = authorization.partition(" ")
        key = keys.find(text.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            verdict = limits.hit(f"wrong api keys {request.client_address}", limit=WRONG_KEYS, per_seconds=60)
            return wrong_key() if verdict.allowed else too_many(verdict.retry_after)
        verdict = limits.hit(f"api key {key.pk}", limit=LIMIT, per_seconds=PER_SECONDS)
        if not verdict.allowed:
            return _with_limits(too_many(verdict.retry_after), 0)
        if not key.comes_from(request.client_address):
            return answer(403, "address_not_allowed", _("This key works from other addresses only."))
        keys.note_use(key)
        request.caller = Caller(key=key)
        # A browser never sends this header on its own, so there is nothing for the token of a form to prove.
        request._dont_enforce_csrf_checks = True
        return _with_limits(self.get_response(request), verdict.remaining)


def wrong_key() -> HttpResponse:
    return answer(
        401,
        "wrong_key",
        _("The API key is missing, wrong, expired or revoked."),
        headers={"WWW-Authenticate": 'Bearer realm="api"'},
    )


def too_many(seconds: float) -> HttpResponse:
    wait = max(1, math.ceil(seconds))
    return answer(429, "too_many_requests", _("Too many requests. Wait a moment."), headers={"Retry-After": str(wait)})


def _with_limits(response: HttpResponse, remaining: int) -> HttpResponse:
    """As in the IETF draft on RateLimit header fields."""
    response["RateLimit-Policy"] = f'"key";q={LIMIT};w={PER_SECONDS}'
    response["RateLimit"] = f'"key";r={remaining};t={PER_SECONDS}'
    return response
