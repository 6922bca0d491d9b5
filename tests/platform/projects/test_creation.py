"""A person makes a project, and with the first one their organization."""

import re
import threading
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client

from flectar.core import events
from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import Membership, Organization, Role
from flectar.platform.projects.creation import NewProject, create
from flectar.platform.projects.facts import ProjectCreated
from flectar.platform.projects.models import BusinessProfile, Project
from flectar.platform.projects.taken import AddressTaken, free_slug
from tests import make
from tests.cast import PlatformClient

PLAN = NewProject(
    name="Casa Rosa",
    slug="casa-rosa",
    kind="salon",
    zone="Europe/Madrid",
    currency="EUR",
    locale="es",
    country="ES",
    organization=None,
    organization_name="Rosa SL",
)
TYPED = {
    "name": "Casa Rosa",
    "slug": "casa-rosa",
    "kind": "salon",
    "country": "ES",
    "zone": "Europe/Madrid",
    "currency": "EUR",
    "locale": "es",
    "organization_name": "",
}


@pytest.fixture
def ana(db: None) -> User:
    """Somebody with an account and nothing else."""
    return make.user("ana@example.com", first_name="Ana")


@pytest.fixture
def ana_browser(ana: User) -> Client:
    client = PlatformClient()
    client.force_login(ana)
    return client


def test_the_first_project_brings_its_organization(ana: User):
    project = create(PLAN, by=ana)

    assert project.organization.name == "Rosa SL"
    assert Membership.objects.get().role == Role.OWNER
    assert (project.locale, project.locales) == ("es", ["es"])
    with project_scope(project.pk):
        assert BusinessProfile.objects.get().kind == "salon"
        assert Entry.objects.get().action == "project.created"


def test_a_new_project_is_announced_inside_its_scope(ana: User, monkeypatch: pytest.MonkeyPatch):
    heard = []
    monkeypatch.setattr(
        events, "_reactions", {ProjectCreated: [lambda fact: heard.append((fact, BusinessProfile.objects.count()))]}
    )

    project = create(PLAN, by=ana)

    assert heard == [(ProjectCreated(project.pk), 1)]


def test_a_taken_address_leaves_nothing(ana: User, salon: Project):
    with pytest.raises(AddressTaken, match="“nacar” is taken"):
        create(replace(PLAN, slug="nacar"), by=ana)

    assert Project.objects.get() == salon
    assert not Organization.objects.filter(name="Rosa SL").exists()


def test_of_two_people_who_want_one_address_one_gets_it(transactional_db: None):
    people = [make.user("ana@example.com"), make.user("eva@example.com")]
    barrier = threading.Barrier(2, timeout=20)
    outcomes: list[str] = []

    def attempt(person: User) -> None:
        try:
            barrier.wait()
            create(PLAN, by=person)
            outcomes.append("made")
        except AddressTaken:
            outcomes.append("taken")
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) == ["made", "taken"]
    assert Project.objects.count() == 1
    assert Organization.objects.count() == 1


def test_a_free_address_counts_up(salon: Project):
    make.project("nacar-2")

    assert free_slug("Nácar") == "nacar-3"
    assert free_slug("Casa Rosa") == "casa-rosa"
    assert free_slug("東京") == ""


# The page


def test_the_form_makes_a_project(ana_browser: Client):
    response = ana_browser.post("/projects/new", TYPED)

    project = Project.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, "/casa-rosa/settings/hours")
    assert (project.slug, project.name, project.organization.name) == ("casa-rosa", "Casa Rosa", "Casa Rosa")


def test_an_empty_address_is_made_from_the_name(ana_browser: Client, salon: Project):
    ana_browser.post("/projects/new", TYPED | {"name": "Nácar", "slug": ""})

    assert Project.objects.exclude(pk=salon.pk).get().slug == "nacar-2"


def test_a_name_without_letters_asks_for_an_address(ana_browser: Client):
    response = ana_browser.post("/projects/new", TYPED | {"name": "東京", "slug": ""})

    assert response.status_code == 422
    assert "in letters a to z" in response.content.decode()
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"slug": "nacar"}, "is taken"),
        ({"slug": "adm1n"}, "reserved"),
        ({"slug": "Casa Rosa"}, "3 to 48 small letters"),
        ({"name": ""}, "This field is required"),
        ({"zone": "Europe/Atlantis"}, "Select a valid choice"),
        ({"currency": "XXX"}, "Select a valid choice"),
        ({"country": "ZZ"}, "Select a valid choice"),
        ({"kind": "spaceship"}, "Select a valid choice"),
    ],
)
def test_a_wrong_answer_is_said_and_makes_nothing(ana_browser: Client, salon: Project, typed: dict, said: str):
    response = ana_browser.post("/projects/new", TYPED | typed)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert Project.objects.get() == salon
    assert Organization.objects.get() == salon.organization


def test_an_address_taken_while_typing_is_a_form_error(
    ana_browser: Client, salon: Project, monkeypatch: pytest.MonkeyPatch
):
    def lose(plan: NewProject, *, by: User) -> Project:
        return create(replace(plan, slug="nacar"), by=by)

    monkeypatch.setattr("flectar.platform.projects.views.start.create", lose)

    response = ana_browser.post("/projects/new", TYPED)

    assert response.status_code == 422
    assert "“nacar” is taken" in response.content.decode()
    assert Project.objects.get() == salon


def test_an_owner_adds_a_project_to_their_organization(signed_in: Client, salon: Project):
    signed_in.post("/projects/new", TYPED | {"organization": str(salon.organization_id)})

    assert Project.objects.get(slug="casa-rosa").organization == salon.organization


def test_nobody_adds_a_project_to_a_strangers_organization(signed_in: Client, salon: Project, clinic: Project):
    response = signed_in.post("/projects/new", TYPED | {"organization": str(clinic.organization_id)})

    assert response.status_code == 422
    assert not Project.objects.filter(slug="casa-rosa").exists()


def test_staff_cannot_add_to_the_organization_they_work_for(ana: User, ana_browser: Client, salon: Project):
    make.member(salon.organization, ana, Role.STAFF)

    ana_browser.post("/projects/new", TYPED | {"organization": str(salon.organization_id)})

    assert Project.objects.get(slug="casa-rosa").organization != salon.organization


def test_the_page_suggests_an_address_for_the_name_typed_so_far(ana_browser: Client, salon: Project):
    page = ana_browser.get("/projects/new", {"name": "Nácar", "kind": "clinic"}).content.decode()

    assert "Free: nacar-2" in page
    [clinic_button] = re.findall(r'<input[^>]*value="clinic"[^>]*>', page)
    assert "checked" in clinic_button


def test_a_visitor_is_sent_to_sign_in(visitor: Client, db: None):
    response = visitor.post("/projects/new", TYPED)

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/account/")
    assert not Project.objects.exists()
