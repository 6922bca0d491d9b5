"""People type addresses with and without the last slash; both lead to the page, and nowhere else."""

import pytest
from django.test import Client

from flectar.platform.projects.models import Project


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("/nacar/calendar/", "/nacar/calendar"),
        ("/nacar/calendar/?view=week&d=2026-11-23", "/nacar/calendar?view=week&d=2026-11-23"),
        ("/nacar/customers", "/nacar/customers/"),
        ("/account/login", "/account/login/"),
        ("/projects/", "/projects"),
    ],
)
def test_the_other_ending_leads_there(salon: Project, signed_in: Client, asked: str, found: str):
    answer = signed_in.get(asked)

    assert (answer.status_code, answer.headers["Location"]) == (301, found)


def test_on_a_sites_host_too(salon: Project, salon_site: Client):
    assert salon_site.get("/book/").headers["Location"] == "/book"


@pytest.mark.parametrize("path", ["//evil.example/", "//evil.example", "/nowhere-at-all/deep", "/nowhere-at-all/deep/"])
def test_what_is_nowhere_stays_nowhere(salon: Project, signed_in: Client, path: str):
    assert signed_in.get("/", PATH_INFO=path).status_code == 404


def test_a_thing_that_is_gone_is_not_looked_for_twice(salon: Project, signed_in: Client):
    gone = "/nacar/customers/01a20847-71f0-763a-aca5-9e1228772f6a"

    assert signed_in.get(gone).status_code == 404
    assert signed_in.get(f"{gone}/").headers["Location"] == gone


def test_a_form_is_never_sent_on(salon: Project, signed_in: Client):
    assert signed_in.post("/nacar/customers/new/", {"name": "Ana"}).status_code == 404
