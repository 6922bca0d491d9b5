"""Writing the log. The actor and the request come from the context that the middleware or a job has set."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from flectar.core import clock, logs
from flectar.core.events import announce
from flectar.core.tenancy import current_project_id, outside_projects
from flectar.platform.audit.facts import SafetyTouched
from flectar.platform.audit.models import Entry
from flectar.platform.audit.sealing import fingerprint
from flectar.platform.audit.security import is_of_organization


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person of the team, support on a visit, a customer, an API key, or the system itself."""

    kind: str = "system"
    id: UUID | None = None
    name: str = ""
    organization_id: UUID | None = None
    on_behalf_of: UUID | None = None  # the member whose rights support has borrowed


_SYSTEM = Actor()
_actor: ContextVar[Actor] = ContextVar("actor", default=_SYSTEM)


def current_actor() -> Actor:
    return _actor.get()


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Everything recorded inside is this actor's deed."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def record(
    action: str,
    *,
    target: models.Model | None = None,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    organization_id: UUID | None = None,
) -> Entry:
    """Note a change, in the transaction of the change. `action` is `thing.happened`: "booking.moved".

    What is done to the organization itself stands in its own log, not in that of the project whose page was used.
    """
    here = current_project_id()
    if not is_of_organization(action):
        return _write(action, target, old, new, organization_id)
    with outside_projects() if here is not None else nullcontext():
        entry = _write(action, target, old, new, organization_id)
        if entry.organization_id is not None:
            announce(SafetyTouched(entry.organization_id, action, entry.target_name, entry.actor_name, here))
    return entry


def _write(
    action: str,
    target: models.Model | None,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
    organization_id: UUID | None,
) -> Entry:
    actor = current_actor()
    actor_name, target_name = actor.name[:200], str(target)[:200] if target is not None else ""
    if actor.on_behalf_of is not None:
        new = {**(new or {}), "on_behalf_of": actor.on_behalf_of}
    before, after = _plain(old), _plain(new)
    salt = os.urandom(16)
    return Entry.objects.create(
        at=clock.now(),
        action=action,
        actor_id=actor.id,
        actor_kind=actor.kind,
        actor_name=actor_name,
        organization_id=organization_id or actor.organization_id,
        project_id=current_project_id(),
        target_type=target._meta.label_lower if target is not None else "",
        target_id=target.pk if target is not None else None,
        target_name=target_name,
        request_id=logs.request_id.get(),
        old=before,
        new=after,
        salt=salt,
        fingerprint=fingerprint(salt, actor_name, target_name, before, after),
    )


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only the values that differ, as (old, new)."""
    differing = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in differing}, {key: after[key] for key in differing}


# A booking's or a sign-in's code opens something; a postal code does not.
_SECRET = re.compile(r"password|secret|token|(?:^|_)keys?(?:$|_)|(?<!postal)(?<!country)(?:^|_)codes?$")


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """As the database will give it back, to the letter: the fingerprint is taken of this."""
    written = json.dumps(_masked(values or {}), cls=_AnyEncoder)
    plain: dict[str, Any] = json.loads(written, parse_float=str)
    return plain


def _masked(value: Any) -> Any:
    """At any depth: what a form or a program sent is kept as it came."""
    if isinstance(value, Mapping):
        return {name: "•••" if _SECRET.search(str(name).lower()) else _masked(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(inner) for inner in value]
    return value


class _AnyEncoder(DjangoJSONEncoder):
    def default(self, value: Any) -> Any:
        try:
            return super().default(value)
        except TypeError:
            return str(value)
