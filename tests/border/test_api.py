"""Every operation of the API, driven by its own description: each answer is JSON that the description names."""

import json
from itertools import count
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from flectar.config.api import api  # noqa: F401 - puts the description together
from flectar.platform.webapi.schema import METHODS, document
from tests.border.conftest import World, rolled_back
from tests.border.hostile import EXAMPLES, JSON, border, encoded, percent, words

numbers = count()
GENERAL = {400, 405, 409, 413, 415, 429}  # may be answered anywhere; the rest must be described


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return resolved(found)
    return schema


def values(schema: dict[str, Any], known: list[str]) -> st.SearchStrategy[Any]:
    """What the description allows, and beside it what it does not."""
    schema = resolved(schema)
    if choices := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        right: st.SearchStrategy[Any] = st.one_of([values(choice, known) for choice in choices])
    elif "enum" in schema:
        right = st.sampled_from(schema["enum"])
    elif schema.get("type") == "object":
        fields = {name: values(field, known) for name, field in schema.get("properties", {}).items()}
        required = set(schema.get("required", []))
        right = st.fixed_dictionaries(
            {name: one for name, one in fields.items() if name in required},
            optional={name: one for name, one in fields.items() if name not in required},
        )
        return st.one_of(
            right, right, right, st.builds(dict.__or__, right, st.dictionaries(words(), JSON, max_size=2)), JSON
        )
    elif schema.get("type") == "array":
        right = st.lists(values(schema.get("items", {}), known), max_size=4)
    elif schema.get("type") in ("integer", "number"):
        right = st.one_of(st.integers(-5, 200), st.integers(), st.floats())
    elif schema.get("type") == "boolean":
        right = st.booleans()
    else:
        right = words([*known, "Ana", "ana@example.com", "+34600000001", "2026-11-24T11:00:00Z", "2026-11-24"])
    return st.one_of(right, right, right, right, JSON)


def query(operation: dict[str, Any], known: list[str], data: st.DataObject) -> str:
    sent = []
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "query" and data.draw(st.booleans()):
            value = data.draw(values(parameter["schema"], known))
            sent.append((parameter["name"], value if isinstance(value, str) else json.dumps(value)))
    return encoded(sent)


def headers(operation: dict[str, Any], data: st.DataObject) -> dict[str, str]:
    key = data.draw(st.sampled_from(["", "", "", "once", "a" * 256, " ", "ñ"]))
    return {"idempotency-key": key} if key else {}


def breaches(value: Any, schema: dict[str, Any], place: str = "") -> list[str]:
    """Where a value is not as its JSON Schema says; the keywords are those that our description uses."""
    schema = resolved(schema)
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return (
            [] if any(not breaches(value, choice, place) for choice in choices) else [f"{place}: none of the choices"]
        )
    found = [f"{place}: not {one}" for one in schema.get("allOf", ()) if breaches(value, one, place)]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{place}: {value!r} is not in {schema['enum']}")
    if "const" in schema and value != schema["const"]:
        found.append(f"{place}: {value!r} is not {schema['const']!r}")
    if (kind := schema.get("type")) and not IS[kind](value):
        return [*found, f"{place}: {value!r} is no {kind}"]
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{place}/{name}: is missing" for name in schema.get("required", ()) if name not in value]
        found += [
            each
            for name, inner in value.items()
            if name in known
            for each in breaches(inner, known[name], f"{place}/{name}")
        ]
        if known and kind == "object" and place.startswith("#200"):
            found += [f"{place}/{name}: is not described" for name in value if name not in known]
    if isinstance(value, list) and "items" in schema:
        found += [each for n, inner in enumerate(value) for each in breaches(inner, schema["items"], f"{place}/{n}")]
    return found


IS: dict[str, Any] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "null": lambda value: value is None,
}


def undescribed(operation: dict[str, Any], answer: Any) -> list[str]:
    """What of this answer the description does not say."""
    described = operation["responses"].get(str(answer.status_code))
    if described is None:
        if answer.status_code not in GENERAL:
            return [f"{answer.status_code} is not described"]
        described = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    content = described.get("content", {})
    if not content:
        return ["a body where none is described"] if answer.content else []
    kind = answer["Content-Type"].partition(";")[0]
    if kind not in content:
        return [f"{kind} is not described"]
    good = "200" if answer.status_code < 300 else "other"
    return breaches(json.loads(answer.content), content[kind]["schema"], f"#{good}")


@pytest.mark.parametrize(("path", "method", "operation"), operations(), ids=lambda part: str(part)[:60])
def test_an_operation_answers_what_exists_as_it_is_described(
    world: World, path: str, method: str, operation: dict[str, Any]
):
    """With the names of what is there: the good answer, in the shape that the description gives it."""
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            known = world.ids.get(parameter["name"]) or world.ids["any"]
            path = path.replace("{" + parameter["name"] + "}", known[0])
    body = GOOD.get(operation["operationId"], {})
    client = Client(raise_request_exception=False)
    client.defaults |= {"HTTP_AUTHORIZATION": f"Bearer {world.key}", "HTTP_HOST": "localhost:8000"}

    answer = client.generic(
        method.upper(),
        path,
        data=json.dumps(body(world) if callable(body) else body).encode(),
        content_type="application/json",
    )

    assert answer.status_code < 300, answer.content
    assert undescribed(operation, answer) == []


# A good body for each operation that takes one.
GOOD: dict[str, Any] = {
    "create_customer": {"name": "Ana"},
    "create_booking": lambda world: {
        "service_id": world.ids["service_id"][0],
        "starts_at": "2026-12-01T11:00:00Z",
        "customer": {"name": "Ana", "email": "ana.new@example.com"},
    },
    "create_webhook": {"url": "https://example.com/hooks", "events": ["customer.added"]},
    "move_booking": {"starts_at": "2026-12-01T12:00:00Z"},
}


def test_the_check_of_answers_can_fail():
    page = {"$ref": "#/components/schemas/CustomerPage"}

    assert breaches({"items": [], "next": None}, page, "#200") == []
    assert breaches({"items": [], "next": 7}, page, "#200")
    assert breaches({"items": []}, page, "#200")
    assert breaches({"items": [{"id": "x"}], "next": None}, page, "#200")
    assert breaches({"items": [], "next": None, "more": 1}, page, "#200")


@pytest.mark.parametrize("caller", ["key", "person"])
def test_every_operation_answers_as_it_is_described(world: World, caller: str):
    every, tried = operations(), set[str]()
    assert len(every) >= 20

    @settings(border, max_examples=max(EXAMPLES, 130))
    @given(st.data())
    def answers(data: st.DataObject) -> None:
        path, method, operation = data.draw(st.sampled_from(every))
        tried.add(operation["operationId"])
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                name = parameter["name"]
                known = world.ids.get(name) or world.ids["any"]
                value = known[0] if name == "project" or data.draw(st.booleans()) else data.draw(words(known))
                path = path.replace("{" + name + "}", percent(value))
        body = b""
        if described := operation.get("requestBody"):
            schema = described["content"]["application/json"]["schema"]
            body = json.dumps(data.draw(values(schema, world.ids["any"]))).encode()
        client = world.browser(next(numbers))
        if caller == "key":
            client = Client(raise_request_exception=False, REMOTE_ADDR=client.defaults["REMOTE_ADDR"])
            client.defaults |= {"HTTP_AUTHORIZATION": f"Bearer {world.key}", "HTTP_HOST": "localhost:8000"}
        with rolled_back():
            answer = client.generic(
                method.upper(),
                f"{path}?{query(operation, world.ids['any'], data)}",
                data=body,
                content_type="application/json",
                headers=headers(operation, data),
            )
        assert answer.status_code < 500, f"{method} {path} {body!r}"
        if answer.content:
            kind = "application/problem+json" if answer.status_code >= 400 else "application/json"
            assert answer["Content-Type"].partition(";")[0] == kind
            json.loads(answer.content)
        if path.count("/") == document_path(operation, every).count("/"):
            described_statuses = {int(status) for status in operation["responses"]}
            assert answer.status_code in described_statuses | GENERAL, f"{method} {path} {body!r}"
            assert undescribed(operation, answer) == [], f"{method} {path} {body!r}"

    answers()
    assert tried == {operation["operationId"] for _path, _method, operation in every}


def document_path(operation: dict[str, Any], every: list[tuple[str, str, dict[str, Any]]]) -> str:
    return next(path for path, _method, each in every if each is operation)


def test_any_bytes_as_a_body_are_answered(world: World):
    posts = [(path, method) for path, method, operation in operations() if operation.get("requestBody")]

    @border
    @given(
        st.sampled_from(posts), st.one_of(st.binary(max_size=200), JSON.map(lambda value: json.dumps(value).encode()))
    )
    def answers(where: tuple[str, str], body: bytes) -> None:
        path, method = where
        for name in ("project", "customer_id", "booking_id", "endpoint_id"):
            path = path.replace("{" + name + "}", (world.ids.get(name) or world.ids["any"])[0])
        client = Client(raise_request_exception=False)
        with rolled_back():
            answer = client.generic(
                method.upper(),
                path,
                data=body,
                content_type="application/json",
                headers={"host": "localhost:8000", "authorization": f"Bearer {world.key}"},
            )
        assert answer.status_code < 500

    answers()


def cursors() -> st.SearchStrategy[str]:
    from flectar.platform.webapi.cursors import to_cursor

    made = st.lists(words(["2026-11-24T10:00:00+00:00", "ana"]), min_size=1, max_size=3).map(
        lambda parts: to_cursor(*parts)
    )
    return st.one_of(made, words(["W10", "bnVsbA", "eyJhIjogMX0"]))


def test_a_tampered_cursor_is_a_bad_request(world: World):
    lists = ["customers", "bookings"]

    @border
    @given(st.sampled_from(lists), cursors())
    def answers(where: str, cursor: str) -> None:
        client = Client(raise_request_exception=False)
        answer = client.get(
            f"/api/v1/projects/nacar/{where}?cursor={percent(cursor)}",
            headers={"host": "localhost:8000", "authorization": f"Bearer {world.key}"},
        )
        assert answer.status_code in (200, 400, 422, 429)
        if answer.status_code == 400:
            assert answer["Content-Type"] == "application/problem+json"

    answers()
