"""Views that people keep of a list."""

import re
from typing import Any

import pytest
from django.test import Client

from flectar.core.tenancy import project_scope
from flectar.people.customers import directory
from flectar.platform.lists.models import FirstView, SavedView
from flectar.platform.organizations.models import Role
from flectar.platform.projects.models import Project
from tests import make as platform
from tests.cast import PlatformClient
from tests.people.customers import make

ARCHIVED = {"list": "customers", "query": "view=archived&sort=-added", "path": "/nacar/customers/"}


@pytest.fixture
def dani(salon: Project) -> Client:
    """A colleague's browser."""
    person = platform.user("dani@nacar.example")
    platform.member(salon.organization, person, Role.STAFF)
    client = PlatformClient()
    client.force_login(person)
    return client


def text(response: Any) -> str:
    return response.content.decode()


def views(salon: Project) -> list[SavedView]:
    with project_scope(salon.pk):
        return list(SavedView.objects.order_by("created_at"))


def test_a_view_is_kept_as_a_tab_with_its_count_and_shared(signed_in, dani, salon):
    with project_scope(salon.pk):
        directory.archive(make.customer(salon, "Noa Benítez"))

    answer = signed_in.post("/nacar/views/", {**ARCHIVED, "name": "Gone lately", "is_shared": "on"})

    tab = 'href="?sort=-added&amp;view=archived" aria-current="page">Gone lately<span class="n">1</span>'
    assert answer.url == "/nacar/customers/?sort=-added&view=archived"
    assert tab in text(signed_in.get(answer.url))
    assert tab in text(dani.get(answer.url))


def test_a_view_of_ones_own_is_nobody_elses(signed_in, dani, salon):
    signed_in.post("/nacar/views/", {**ARCHIVED, "name": "Mine"})
    [view] = views(salon)

    assert "Mine" not in text(dani.get("/nacar/customers/"))
    assert dani.post(f"/nacar/views/{view.pk}", {"name": "Theirs"}).status_code == 404
    assert dani.post(f"/nacar/views/{view.pk}/removal").status_code == 404
    assert [each.name for each in views(salon)] == ["Mine"]


def test_a_shared_view_is_changed_by_its_owner_and_opened_first_by_anybody(signed_in, dani, salon):
    signed_in.post("/nacar/views/", {**ARCHIVED, "name": "Gone", "is_shared": "on"})
    [view] = views(salon)

    dani.post(f"/nacar/views/{view.pk}", {"name": "Taken over", "is_first": "on", "path": "/nacar/customers/"})

    assert [each.name for each in views(salon)] == ["Gone"]
    assert dani.get("/nacar/customers/").url == "?sort=-added&view=archived"
    assert signed_in.get("/nacar/customers/").status_code == 200
    dani.post(f"/nacar/views/{view.pk}", {"path": "/nacar/customers/"})
    with project_scope(salon.pk):
        assert not FirstView.objects.exists()


def test_a_removed_view_comes_back_as_itself(signed_in, salon):
    signed_in.post("/nacar/views/", {**ARCHIVED, "name": "Gone", "is_shared": "on"})
    before = views(salon)

    answer = signed_in.post(f"/nacar/views/{before[0].pk}/removal", {"path": "/nacar/customers/"})
    assert views(salon) == []
    undo = re.search(r'action="(/nacar/views/restoration[^"]*)"', text(signed_in.get(answer.url)))[1]
    signed_in.post(undo)

    assert views(salon) == before
    assert views(salon)[0].is_shared


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [({"name": "Gone"}, "You already have a view called “Gone”."), ({"name": " "}, "This field is required.")],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(signed_in, salon, typed, sentence):
    signed_in.post("/nacar/views/", {**ARCHIVED, "name": "Gone"})

    answer = signed_in.post("/nacar/views/", {**ARCHIVED, **typed})

    assert sentence in text(signed_in.get(answer.url))
    assert len(views(salon)) == 1


def test_a_view_leads_nowhere_but_into_its_project(signed_in, salon):
    answer = signed_in.post("/nacar/views/", {**ARCHIVED, "name": "Gone", "path": "https://evil.example/nacar/x"})
    other = signed_in.post("/nacar/views/", {**ARCHIVED, "name": "More", "path": "//evil.example/"})

    assert answer.url.startswith("/nacar/x?")
    assert other.url.startswith("/nacar/?")
