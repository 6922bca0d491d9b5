"""Every refusal says what happened, in words on a page and as a problem to a program; a failure leaves nothing."""

import json
from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client

from flectar.platform.accounts.models import User
from flectar.platform.projects.models import Project
from tests.config import some_urls


@pytest.fixture(autouse=True)
def its_urls(settings: Any) -> None:
    settings.ROOT_URLCONF = settings.SITE_URLCONF = "tests.config.some_urls"


@pytest.fixture
def browser() -> Client:
    return client("localhost")


def client(host: str, address: str = "10.0.0.9") -> Client:
    headers = {"host": host, "origin": f"http://{host}"}
    return Client(headers=headers, raise_request_exception=False, REMOTE_ADDR=address)


def refusal(browser: Client, status: int, prefix: str) -> Any:
    """How each of them comes about."""
    match status:
        case 400:
            return browser.get(f"{prefix}/echo?a=%00")
        case 403:
            return browser.get(f"{prefix}/deed/denied")
        case 404:
            return browser.get(f"{prefix}/nowhere")
        case 405:
            return browser.put(f"{prefix}/remember")
        case 413:
            return browser.post(f"{prefix}/echo", data=b'"' + b"a" * 2_000_000 + b'"', content_type="application/json")
        case 421:
            return browser.get(f"{prefix}/echo", headers={"host": "unknown.localhost"})
        case 429:
            return [browser.get(f"{prefix}/look") for _ in range(2)][1]
        case 503:
            return browser.get(f"{prefix}/deed/away")
        case _:
            return browser.get(f"{prefix}/deed/crash")


ALL = [400, 403, 404, 405, 413, 421, 429, 500, 503]


@pytest.mark.parametrize("status", ALL)
def test_a_person_reads_what_happened_and_what_to_do(db: None, browser: Client, status: int):
    answer = refusal(browser, status, "")

    html = answer.content.decode()
    assert answer.status_code == status
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert '<html lang="en">' in html
    assert '<p class="lead">' in html
    assert "Traceback" not in html
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("status", ALL)
def test_in_spanish_too(db: None, browser: Client, status: int):
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"

    html = refusal(browser, status, "").content.decode()
    english = refusal(client("localhost", "10.0.0.8"), status, "").content.decode()

    assert '<html lang="es">' in html
    assert html.partition("<h1>")[2].partition("</h1>")[0] not in english


@pytest.mark.parametrize("status", ALL)
def test_a_program_reads_a_problem(db: None, browser: Client, status: int):
    answer = refusal(browser, status, "/api/v1")

    problem = json.loads(answer.content)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert problem["title"]
    assert problem["code"]


@pytest.mark.parametrize("status", ALL)
def test_a_refusal_on_a_sites_host_is_a_page_too(db: None, salon: Project, status: int):
    answer = refusal(client("nacar.localhost"), status, "")

    assert answer.status_code == status
    assert "<h1" in answer.content.decode()


def test_a_refused_method_is_told_which_ones_there_are(db: None, browser: Client):
    assert refusal(browser, 405, "")["Allow"] == "GET, HEAD"
    assert refusal(browser, 405, "/api/v1")["Allow"] == "GET, HEAD"


def test_a_database_that_is_away_is_told_from_a_fault(db: None, browser: Client, monkeypatch: pytest.MonkeyPatch):
    away = OperationalError("no answer")
    away.__cause__ = psycopg.OperationalError("connection refused")
    monkeypatch.setitem(some_urls.ENDINGS, "away", away)

    answer = browser.get("/deed/away")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "connection refused" not in answer.content.decode()


@pytest.mark.parametrize("end", ["crash", "away", "500", "503"])
def test_a_failure_leaves_no_half_written_row(transactional_db: None, browser: Client, end: str):
    assert browser.post(f"/deed/{end}").status_code >= 500

    assert not User.objects.exists()


def test_a_fault_names_the_number_of_its_request(db: None, browser: Client):
    answer = browser.get("/deed/crash")

    assert answer["X-Request-ID"] in answer.content.decode()


@pytest.mark.parametrize("path", ["/remember", "/echo", "/page"])
def test_whoever_reads_may_ask_for_the_head_alone(db: None, browser: Client, path: str):
    answer = browser.head(path)

    assert answer.status_code in (200, 404)
    assert answer.content == b""
