"""Who is signed in here: what a page that has been open for long asks before it sends a form."""

import pytest
from django.test import Client

from flectar.platform.accounts.models import User


def test_it_names_the_person_and_gives_a_token(signed_in: Client, lucia: User):
    answer = signed_in.get("/account/here")

    assert answer.json()["person"] == str(lucia.pk)
    assert len(answer.json()["token"]) == 64
    assert answer["Cache-Control"] == "no-store"


def test_nobody_is_nobody(visitor: Client, db: None):
    assert visitor.get("/account/here").json() == {"person": "", "token": ""}


@pytest.mark.parametrize("header", [{"HX-Request": "true"}, {"X-Requested-With": "fetch"}])
def test_a_part_of_a_page_is_refused_without_a_sign_in_page(visitor: Client, salon: object, header: dict[str, str]):
    answer = visitor.get("/nacar/customers/?peek=x&part=peek", headers=header)

    assert (answer.status_code, answer.content) == (401, b"")
    assert visitor.get("/nacar/customers/").status_code == 302
