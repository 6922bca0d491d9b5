"""The whole API, driven by its own description with Schemathesis: what the description allows and what it forbids, each
answer held against it."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import schemathesis
from django.conf import settings as configured
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from flectar.config.api import api  # noqa: F401 - puts the description together
from flectar.platform.webapi.schema import document
from tests.border.conftest import World, rolled_back
from tests.border.hostile import EXAMPLES, border

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = [each.ok() for each in schemathesis.openapi.from_dict(document()).get_all_operations()]
HOST = "localhost:8000"
CSRF = "c" * 32
numbers = count()

every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.label)


@pytest.fixture
def app() -> Iterator[Any]:
    """The product as a server calls it, but within the test's transaction, as Django's own client does it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def told(world: World, caller: str) -> dict[str, str]:
    """Who asks: a program with its key, or a person in a browser."""
    if caller == "key":
        return {"Authorization": f"Bearer {world.key}"}
    session = world.cookies[configured.SESSION_COOKIE_NAME].value
    cookies = {configured.SESSION_COOKIE_NAME: session, configured.CSRF_COOKIE_NAME: CSRF}
    return {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "Origin": f"http://{HOST}",
        "X-CSRFToken": CSRF,
    }


def asked(case: Any, app: Any, world: World, caller: str = "key") -> Any:
    """Nothing of it stays; from an address of its own, so that no limit stops the test."""
    number = next(numbers)
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"

    def from_there(environ: dict[str, Any], start_response: Any) -> Any:
        return app(environ | {"REMOTE_ADDR": address}, start_response)

    with rolled_back():
        return case.call(app=from_there, base_url=f"http://{HOST}", headers=told(world, caller))


def places(operation: Any, world: World) -> dict[str, str]:
    names = [parameter.name for parameter in operation.path_parameters]
    return {name: (world.ids.get(name) or world.ids["any"])[0] for name in names}


@every_operation
def test_an_operation_answers_what_exists_as_it_is_described(world: World, app: Any, operation: Any):
    """With the names of what is there: the good answer, in the shape that the description gives it."""
    body = GOOD.get(operation.definition.raw["operationId"])
    sent = {"body": body(world) if callable(body) else body, "media_type": "application/json"} if body else {}
    case = operation.Case(path_parameters=places(operation, world), **sent)

    answer = asked(case, app, world)

    assert answer.status_code < 300, answer.content
    case.validate_response(answer, checks=CHECKS)


# A good body for each operation that takes one.
GOOD: dict[str, Any] = {
    "create_customer": {"name": "Ana"},
    "change_customer": {"name": "Ana"},
    "merge_customers": lambda world: {"gone_id": world.ids["customer_id"][1]},
    "create_booking": lambda world: {
        "service_id": world.ids["service_id"][0],
        "starts_at": "2026-12-01T11:00:00Z",
        "customer": {"name": "Ana", "email": "ana.new@example.com"},
    },
    "create_coupon": {"percent": 10},
    "change_coupon": {"is_active": False},
    "create_webhook": {"url": "https://example.com/hooks", "events": ["customer.added"]},
    "change_webhook": {"description": "Mine"},
    "move_booking": {"starts_at": "2026-12-01T12:00:00Z"},
    "cancel_booking": {"reason": "Ill"},
}


def test_the_check_of_answers_can_fail(world: World, app: Any):
    operation = next(each for each in OPERATIONS if each.label.endswith("/customers") and each.method == "get")
    case = operation.Case(path_parameters=places(operation, world))
    answer = asked(case, app, world)

    answer.content = b'{"items": [], "next": 7}'

    with pytest.raises(FailureGroup):
        case.validate_response(answer, checks=CHECKS)


@pytest.mark.parametrize("caller", ["key", "person"])
@every_operation
def test_an_operation_keeps_to_its_description_whatever_comes(world: World, app: Any, operation: Any, caller: str):
    right, wrong = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)
    there = places(operation, world)

    @settings(border, max_examples=max(EXAMPLES // 10, 10))
    @given(case=right | wrong)
    def keeps(case: Any) -> None:
        case.path_parameters = {**(case.path_parameters or {}), **there}
        case.validate_response(asked(case, app, world, caller), checks=CHECKS)

    keeps()
