"""The two choices of a device."""

import pytest
from django.test import Client

from flectar.platform.accounts.models import User
from flectar.platform.projects.models import Project
from tests.cast import PlatformClient


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_the_look_is_kept_in_a_cookie(visitor: Client, theme: str, db: None):
    response = visitor.post("/appearance", {"theme": theme})

    assert response.status_code == 302
    assert response.cookies["theme"].value == theme
    assert response.cookies["theme"]["samesite"] == "Lax"


def test_an_unknown_look_changes_nothing(visitor: Client, db: None):
    response = visitor.post("/appearance", {"theme": "<script>"})
    assert response.status_code == 302
    assert "theme" not in response.cookies


def test_a_language_is_kept(visitor: Client, db: None):
    response = visitor.post("/language", {"language": "es"})
    assert response.cookies["language"].value == "es"


def test_an_unknown_language_changes_nothing(visitor: Client, db: None):
    response = visitor.post("/language", {"language": "xx"})
    assert "language" not in response.cookies


@pytest.mark.parametrize(
    ("target", "answer"),
    [("/nacar/", "/nacar/"), ("https://evil.example/", "/"), ("//evil.example", "/"), ("javascript:alert(1)", "/")],
)
def test_it_goes_back_only_to_pages_of_ours(visitor: Client, target: str, answer: str, db: None):
    response = visitor.post("/language", {"language": "es", "next": target})
    assert response.headers["Location"] == answer


def test_neither_changes_by_a_link(visitor: Client, db: None):
    assert visitor.get("/appearance").status_code == 405
    assert visitor.get("/language").status_code == 405


def test_what_somebody_chooses_comes_along_to_their_other_browser(signed_in: Client, lucia: User, salon: Project):
    other = PlatformClient()
    other.force_login(lucia)

    signed_in.post("/appearance", {"theme": "dark"})
    signed_in.post("/language", {"language": "es"})

    lucia.refresh_from_db()
    assert (lucia.theme, lucia.locale) == ("dark", "es")
    page = other.get("/nacar/").content.decode()
    assert '<html lang="es" data-theme="dark">' in page


def test_what_a_visitor_chooses_changes_no_account(visitor: Client, lucia: User):
    visitor.post("/appearance", {"theme": "dark"})
    visitor.post("/language", {"language": "es"})

    lucia.refresh_from_db()
    assert (lucia.theme, lucia.locale) == ("system", "en")
