"""Where a person begins on the platform's host."""

from django.test import Client

from flectar.platform.accounts.models import User
from flectar.platform.organizations.models import Role
from flectar.platform.projects.models import Project
from tests import make


def test_a_visitor_is_sent_to_sign_in(visitor: Client, db: None):
    response = visitor.get("/")

    assert response.status_code == 302
    assert response.headers["Location"] == "/account/login/?next=/"


def test_who_has_one_project_is_taken_to_it(signed_in: Client, salon: Project):
    response = signed_in.get("/")

    assert (response.status_code, response.headers["Location"]) == (302, "/nacar/")


def test_who_has_none_is_shown_how_to_begin(signed_in: Client, lucia: User, clinic: Project):
    page = signed_in.get("/").content.decode()

    assert "Your first project" in page
    assert 'href="/projects/new"' in page
    assert "Clínica" not in page


def test_who_has_several_chooses_by_organization(signed_in: Client, lucia: User, salon: Project, clinic: Project):
    make.project("nacar-ruzafa", salon.organization, name="Nácar Ruzafa")
    make.member(clinic.organization, lucia, Role.STAFF)
    make.project("elsewhere", name="Elsewhere")

    page = signed_in.get("/").content.decode()

    places = [page.index(word) for word in ("Clínica SL", "Clínica Sala", "Nácar SL", "/nacar/", "Nácar Ruzafa")]
    assert places == sorted(places)
    assert "Elsewhere" not in page


def test_the_chooser_never_redirects(signed_in: Client, salon: Project):
    page = signed_in.get("/projects").content.decode()

    assert 'href="/nacar/"' in page
    assert f'href="/organizations/{salon.organization_id}/"' in page
