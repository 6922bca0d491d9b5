"""What stands before every operation of the API."""

import json
from typing import Any

import pytest
from django.test import Client

from flectar.config.api import api
from flectar.config.modules import PERMISSIONS
from flectar.core.tenancy import project_scope
from flectar.people.customers.models import Customer
from flectar.platform.audit.models import Entry
from flectar.platform.webapi import gate
from tests.cast import PlatformClient
from tests.platform.webapi import make
from tests.platform.webapi.make import Program

URL = "/api/v1/projects/nacar"
CUSTOMERS = URL + "/customers"


@pytest.fixture
def program(salon) -> Program:
    return Program(make.key(salon)[1])


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(response.content)
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["title"]
    return body


# --- Who may ---


def test_every_operation_says_what_it_needs():
    operations = api.operations()

    assert len(operations) >= 5
    for path, operation in operations:
        assert operation.view_func.needs.permission in PERMISSIONS, path
        assert path.startswith("/projects/{slug:project}"), "the scope is opened by the project in the address"


@pytest.mark.parametrize(("path", "operation"), api.operations(), ids=lambda value: str(getattr(value, "path", value)))
def test_no_operation_answers_without_the_key_the_project_or_the_permission(salon, clinic, path, operation):
    address = "/api/v1" + path.replace("{slug:project}", "nacar")
    for name in ("customer_id", "service_id", "booking_id", "endpoint_id", "merge_id", "coupon_id"):
        address = address.replace(f"{{uuidstr:{name}}}", "01890000-0000-7000-8000-000000000000")
    assert "{" not in address, "say above what stands for this part of the address"
    nobody, elsewhere = Program(), Program(make.key(clinic, *PERMISSIONS)[1])
    unable = Program(make.key(salon, "keys.manage")[1])

    for method in operation.methods:
        problem(nobody.send(method, address, {}), 401, "wrong_key")
        problem(elsewhere.send(method, address, {}), 404, "not_found")
        missing = problem(unable.send(method, address, {}), 403, "missing_permission")
        assert missing["permission"] == operation.view_func.needs.permission


def test_a_key_reads_its_project(program):
    response = program.get(URL)

    body = response.json()
    assert (body["slug"], body["time_zone"], body["address"]["city"]) == ("nacar", "Europe/Madrid", "Valencia")


def test_a_key_for_one_project_does_not_reach_its_sister(salon):
    from tests import make as platform

    platform.project("sister", salon.organization)
    one, every = Program(make.key(salon)[1]), Program(make.key(salon, project_ids=[])[1])

    problem(one.get("/api/v1/projects/sister"), 404, "not_found")
    assert every.get("/api/v1/projects/sister").status_code == 200


def test_what_belongs_to_another_project_is_not_found_by_its_id(salon, clinic, program):
    with project_scope(clinic.pk):
        theirs = Customer.objects.create(name="Ana", sort_key="ana", collected_via="dashboard")

    problem(program.get(f"{CUSTOMERS}/{theirs.pk}"), 404, "not_found")
    problem(program.send("PATCH", f"{CUSTOMERS}/{theirs.pk}", {"name": "Eva"}), 404, "not_found")

    with project_scope(clinic.pk):
        assert Customer.objects.get().name == "Ana"


def test_an_unknown_project_looks_like_a_foreign_one(program):
    foreign = problem(program.get("/api/v1/projects/clinica"), 404, "not_found")
    unknown = problem(program.get("/api/v1/projects/nowhere"), 404, "not_found")

    assert foreign == unknown


def test_a_module_that_is_off_is_not_there(salon, program):
    salon.modules = []
    salon.save(update_fields=["modules"])

    problem(program.get(CUSTOMERS), 404, "not_found")


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic Zm9vOmJhcg==", "Bearer", "Bearer \x80"])
def test_a_wrong_key_is_named_as_such(salon, header):
    response = Client(headers={"host": "localhost:8000", "authorization": header}).get(URL)

    problem(response, 401, "wrong_key")
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_wrong_key_does_not_fall_back_to_the_session(salon, signed_in):
    problem(signed_in.get(URL, headers={"authorization": "Bearer nonsense"}), 401, "wrong_key")


def test_what_a_key_does_is_its_deed(salon, program):
    program.send("POST", CUSTOMERS, {"name": "Ana"})

    with project_scope(salon.pk):
        entry = Entry.objects.get(action="customer.created")
    assert (entry.actor_kind, entry.actor_name) == ("key", "Website")


# --- A signed-in person ---


def test_a_signed_in_person_may_what_their_role_may(signed_in, signed_in_stranger, salon):
    assert signed_in.get(URL).status_code == 200
    problem(signed_in_stranger.get(URL), 404, "not_found")


def test_a_page_elsewhere_cannot_use_the_session(salon, lucia):
    browser = Client(enforce_csrf_checks=True, headers={"host": "localhost:8000"})
    browser.force_login(lucia)
    body = {"data": b'{"name": "Ana"}', "content_type": "application/json"}

    elsewhere = browser.post(CUSTOMERS, **body, headers={"origin": "https://evil.example"})
    without_token = browser.post(CUSTOMERS, **body, headers={"origin": "http://localhost:8000"})

    assert (elsewhere.status_code, without_token.status_code) == (403, 403)
    assert without_token["Content-Type"] == "application/problem+json"
    with project_scope(salon.pk):
        assert not Customer.objects.exists()


def test_a_page_of_ours_can(salon, signed_in):
    assert isinstance(signed_in, PlatformClient)
    response = signed_in.post(CUSTOMERS, data=b'{"name": "Ana"}', content_type="application/json")

    assert response.status_code == 201


# --- Problems ---


def test_unknown_addresses_and_methods(program):
    assert program.get("/api/v1/nothing")["Content-Type"] == "application/problem+json"
    response = program.send("DELETE", CUSTOMERS)
    problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_json"),
        (b"{", 400, "bad_json"),
        (b'{"name": NaN}', 400, "bad_json"),
        (b"\xff\xfe", 400, "bad_json"),
        (b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, "bad_json"),
        (b'{"name": ' + b"[" * 30 + b"]" * 30 + b"}", 400, "bad_json"),
        (b'{"name": ' + b"9" * 10_000 + b"}", 400, "bad_json"),
        (b'{"name": "A\\u0000na"}', 422, "bad_text"),
        (b'{"name": "A\\ud800na"}', 422, "bad_text"),
        (b'{"A\\u0000": 1}', 422, "bad_text"),
        (b"[]", 422, "invalid"),
        (b"null", 422, "invalid"),
        (b'"text"', 422, "invalid"),
        (b"{}", 422, "invalid"),
        (b'{"name": 5}', 422, "invalid"),
        (b'{"name": "Ana", "admin": true}', 422, "invalid"),
        (b'{"emails": "ana@example.com"}', 422, "invalid"),
        (b'{"emails": ["ana@"]}', 422, "invalid"),
    ],
)
def test_a_bad_body_is_a_clear_answer_and_adds_nobody(salon, program, body, status, code):
    problem(program.send("POST", CUSTOMERS, body), status, code)

    with project_scope(salon.pk):
        assert not Customer.objects.exists()


def test_complaints_point_into_the_body(program):
    wrong = problem(program.send("POST", CUSTOMERS, {"name": 5, "emails": [7]}), 422, "invalid")

    assert [one["pointer"] for one in wrong["errors"]] == ["#/name", "#/emails/0"]


def test_only_json_is_taken(program):
    for content_type in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        problem(program.send("POST", CUSTOMERS, "{}", content_type=content_type), 415, "not_json")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "cursor=nonsense", "cursor=WyJhIiwiYiJd", "archived=perhaps"]
)
def test_bad_parameters(program, query):
    response = program.get(f"{CUSTOMERS}?{query}")

    assert response.status_code in (400, 422)
    assert response["Content-Type"] == "application/problem+json"


def test_a_nul_in_the_address(program):
    response = program.get(f"{CUSTOMERS}?q=%00")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_a_failure_of_ours_is_a_problem_too_and_leaves_nothing(salon, program, monkeypatch):
    from flectar.people.customers import api as customers_api

    def broken(customer: Customer) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(customers_api, "as_shown", broken)
    response = program.send("POST", CUSTOMERS, {"name": "Ana"}, Idempotency_Key="k")

    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
    with project_scope(salon.pk):
        assert not Customer.objects.exists()
    monkeypatch.undo()
    assert program.send("POST", CUSTOMERS, {"name": "Ana"}, Idempotency_Key="k").status_code == 201


# --- Limits ---


def test_a_key_is_told_what_is_left_and_stopped_at_the_end(salon, program, monkeypatch):
    monkeypatch.setattr(gate, "LIMIT", 2)

    first, second, third = (program.get(URL) for _ in range(3))

    assert first["RateLimit-Policy"] == '"key";q=2;w=60'
    assert [answer["RateLimit"] for answer in (first, second)] == ['"key";r=1;t=60', '"key";r=0;t=60']
    problem(third, 429, "too_many_requests")
    assert 1 <= int(third["Retry-After"]) <= 60


def test_guessing_keys_is_slowed(salon, monkeypatch):
    monkeypatch.setattr(gate, "WRONG_KEYS", 2)
    guesser = Program("fb_live_guess_guess")

    assert [guesser.get(URL).status_code for _ in range(3)] == [401, 401, 429]


# --- The description ---


def test_the_description_is_openapi_31(visitor):
    document = visitor.get("/api/v1/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    listing = document["paths"]["/api/v1/projects/{project}/customers"]
    assert listing["get"]["x-permission"] == "customers.read"
    assert listing["get"]["security"] == [{"key": []}]
    assert "Idempotency-Key" in [parameter["name"] for parameter in listing["post"]["parameters"]]
    assert "Problem" in document["components"]["schemas"]
    for methods in document["paths"].values():
        for operation in methods.values():
            assert {"401", "403", "404"} <= set(operation["responses"])


def test_every_reference_in_the_description_leads_somewhere(visitor):
    text = visitor.get("/api/v1/openapi.json").content.decode()
    document = json.loads(text)

    import re

    for name in set(re.findall(r'"#/components/schemas/([^"]+)"', text)):
        assert name in document["components"]["schemas"]


def test_the_reference_page_needs_nothing_from_elsewhere(visitor):
    response = visitor.get("/api/v1/")
    page = response.content.decode()

    assert response.status_code == 200
    assert "GET /api/v1/projects/{project}/customers" in page
    assert "customers.write" in page
    assert "https://" not in page
    assert "<script>" not in page
    assert "style=" not in page
