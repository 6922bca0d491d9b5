"""A failed request leaves nothing half-written, and nobody is served as another project."""

from typing import Any

import pytest
from django.test import Client

from flectar.core.tenancy import current_project_id, project_scope
from flectar.platform.accounts.models import User
from flectar.platform.projects.models import Project, SpecialDay
from tests.core.test_tenancy import served


@pytest.fixture(autouse=True)
def some_urls(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.config.some_urls"


@pytest.fixture
def browser() -> Client:
    return Client(headers={"host": "localhost", "origin": "http://localhost"}, raise_request_exception=False)


def days(project: Project) -> int:
    with project_scope(project.pk):
        return SpecialDay.objects.count()


@pytest.mark.parametrize(
    ("end", "status"), [("crash", 500), ("500", 500), ("503", 503), ("missing", 404), ("denied", 403)]
)
def test_a_failed_deed_of_a_project_leaves_no_row(
    transactional_db: None, salon: Project, browser: Client, end: str, status: int
):
    answer = browser.post(f"/nacar/deed/{end}")

    assert answer.status_code == status
    assert days(salon) == 0


@pytest.mark.parametrize("status", [200, 302, 400, 404, 409, 422])
def test_a_deliberate_answer_keeps_what_it_wrote(transactional_db: None, salon: Project, browser: Client, status: int):
    answer = browser.post(f"/nacar/deed/{status}")

    assert answer.status_code == status
    assert days(salon) == 1


@pytest.mark.parametrize(("end", "status"), [("crash", 500), ("500", 500), ("denied", 403)])
def test_a_failed_deed_of_the_platform_leaves_no_row(transactional_db: None, browser: Client, end: str, status: int):
    answer = browser.post(f"/deed/{end}")

    assert answer.status_code == status
    assert User.objects.count() == 0


def test_a_deliberate_answer_of_the_platform_keeps_what_it_wrote(transactional_db: None, browser: Client):
    assert browser.post("/deed/400").status_code == 400

    assert User.objects.filter(email="half@written.example").exists()


@pytest.mark.parametrize("place", ["", "/nacar", "/api/v1"])
def test_an_answer_is_never_given_for_what_is_not_kept(
    transactional_db: None, salon: Project, browser: Client, place: str
):
    """A savepoint that could not be rolled back, because the database went away, dooms the transaction silently."""
    assert browser.post(f"{place}/deed/doomed").status_code == 503

    assert not User.objects.filter(email="half@written.example").exists()
    with project_scope(salon.pk):
        assert not SpecialDay.objects.exists()


def test_a_view_serves_the_project_of_its_address_only(salon: Project, clinic: Project, browser: Client):
    assert browser.get("/nacar/echo").json()["project"] == str(salon.pk)
    assert browser.get("/clinica/echo").json()["project"] == str(clinic.pk)
    assert browser.get("/echo").json()["project"] == ""


@pytest.mark.parametrize("path", ["/nacar/echo", "/nacar/deed/crash", "/nacar/deed/missing"])
def test_nothing_is_served_after_the_answer(salon: Project, browser: Client, path: str):
    browser.post(path)

    assert served() == ""
    assert current_project_id() is None


def test_an_answer_that_would_read_later_is_refused(salon: Project, browser: Client):
    with project_scope(salon.pk):
        SpecialDay.objects.create(day="2026-12-25")

    assert browser.get("/nacar/stream").status_code == 500
