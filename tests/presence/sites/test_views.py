"""The website page of the dashboard, and what a site's host answers from Django."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from flectar.core.tenancy import project_scope
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import Role
from flectar.platform.projects.models import BusinessProfile
from flectar.presence.sites.compile import theme_url
from flectar.presence.sites.jobs import publish
from flectar.presence.sites.models import Artifact, Edition, Site
from tests import make
from tests.cast import PlatformClient

LOOK = {"skin": "table", "brand": "#1F3FA8", "accent": "fc0", "tagline": "Cut for how it dries."}


def site_of(salon) -> Site:
    with project_scope(salon.pk):
        return Site.objects.get()


# The dashboard


def test_the_owner_sees_the_page_its_address_and_when_it_was_published(salon, signed_in):
    with project_scope(salon.pk):
        publish(salon)

    response = signed_in.get("/nacar/website/")

    page = response.content.decode()
    assert response.status_code == 200
    assert 'src="http://nacar.localhost:8000/"' in page
    assert "last published today" in page
    assert "frame-src http://nacar.localhost:8000" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_a_changed_look_is_on_the_page_at_once_and_in_the_log(salon, signed_in):
    response = signed_in.post("/nacar/website/look", LOOK | {"tagline_es": "Corte", "description_es": "Un salón."})

    assert (response.status_code, response["Location"]) == (302, "/nacar/website/")
    site = site_of(salon)
    assert (site.skin, site.brand, site.accent) == ("table", "#1f3fa8", "#ffcc00")
    assert site.texts == {"es": {"tagline": "Corte", "description": "Un salón."}}
    with project_scope(salon.pk):
        assert BusinessProfile.objects.get().tagline == "Cut for how it dries."
        assert Edition.objects.get().version == 1
        assert Artifact.objects.filter(path="/").exists()
        entry = Entry.objects.get(action="site.changed")
    assert (entry.old["brand"], entry.new["brand"]) == ("", "#1f3fa8")


def test_saving_the_same_look_records_nothing(salon, signed_in):
    signed_in.post("/nacar/website/look", LOOK)
    signed_in.post("/nacar/website/look", LOOK)

    with project_scope(salon.pk):
        assert Entry.objects.filter(action="site.changed").count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("brand", "red", "“red” is not a colour"),
        ("accent", "#12345", "is not a colour"),
        ("brand", "#fff;}</style>", "is not a colour"),
        ("skin", "nothing", "Select a valid choice"),
        ("tagline", "x" * 121, "at most 120"),
        ("tagline", "a\x00b", ""),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_changes_nothing(salon, signed_in, field, value, words):
    signed_in.get("/nacar/website/")

    response = signed_in.post("/nacar/website/look", LOOK | {field: value})

    assert response.status_code in (400, 422)
    assert words in response.content.decode()
    site = site_of(salon)
    assert (site.skin, site.brand) == ("salon", "")
    with project_scope(salon.pk):
        assert BusinessProfile.objects.get().tagline == ""
        assert not Edition.objects.exists()


def test_who_may_only_look_is_told_so(salon, lucia):
    viewer = make.user("vera@nacar.example")
    make.member(salon.organization, viewer, Role.VIEWER)
    browser = PlatformClient()
    browser.force_login(viewer)

    assert "not change it" in browser.get("/nacar/website/").content.decode()
    assert browser.post("/nacar/website/look", LOOK).status_code == 403
    with project_scope(salon.pk):
        assert not Site.objects.exclude(skin="salon").exists()


@pytest.mark.parametrize("path", ["/nacar/website/", "/nacar/website/looks/salon.svg"])
def test_a_stranger_finds_nothing(salon, clinic, signed_in_stranger, path):
    assert signed_in_stranger.get(path).status_code == 404


def test_a_stranger_changes_nothing(salon, clinic, signed_in_stranger):
    assert signed_in_stranger.post("/nacar/website/look", LOOK).status_code == 404
    with project_scope(salon.pk):
        assert not Site.objects.exists()


def test_each_look_shows_what_it_would_draw(salon, signed_in):
    response = signed_in.get("/nacar/website/looks/clinic.svg")

    assert response["Content-Type"] == "image/svg+xml"
    assert response.content.startswith(b"<svg")
    assert signed_in.get("/nacar/website/looks/nothing.svg").status_code == 404


def test_without_the_module_there_is_no_website_page(salon, signed_in):
    salon.modules = ["booking", "customers"]
    salon.save()

    assert signed_in.get("/nacar/website/").status_code == 404


# The site's own host


def test_a_page_not_stored_yet_is_made_live_and_asked_for(salon, salon_site):
    response = salon_site.get("/")

    assert response.status_code == 200
    assert "<h1>Nácar</h1>" in response.content.decode()
    assert response["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self' 'sha256-")
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert ProcrastinateJob.objects.filter(task_name="sites.renew").count() == 1


def test_the_live_page_speaks_the_language_of_its_address(salon, salon_site):
    assert '<html lang="es"' in salon_site.get("/es/").content.decode()
    assert salon_site.get("/en/").status_code == 404
    assert salon_site.get("/fr/").status_code == 404


def test_files_are_made_live_too_and_no_others(salon, salon_site):
    with project_scope(salon.pk):
        sheet = theme_url(salon)

    assert salon_site.get(sheet)["Cache-Control"] == "public, max-age=31536000, immutable"
    assert salon_site.get(sheet)["Content-Type"] == "text/css; charset=utf-8"
    assert b"User-agent" in salon_site.get("/robots.txt").content
    assert salon_site.get("/_theme/" + "0" * 24 + ".css").status_code == 404


def test_what_is_not_there_is_missed_in_the_sites_own_look(salon, salon_site):
    response = salon_site.get("/carta-<verano>/")

    page = response.content.decode()
    assert response.status_code == 404
    assert "This page is not here." in page
    assert "/carta-&lt;verano&gt;/" in page
    assert 'data-theme="salon"' in page
    assert response["Cache-Control"] == "no-store"


def test_the_page_for_what_is_missing_is_made_once_an_edition(salon, salon_site):
    with project_scope(salon.pk):
        publish(salon)
    salon_site.get("/first/")

    with CaptureQueriesContext(connection) as asked:
        again = salon_site.get("/second/").content.decode()
    reads = [query for query in asked if "SELECT" in query["sql"] and "set_config" not in query["sql"]]
    with project_scope(salon.pk):
        BusinessProfile.objects.update(legal_name="Nácar Belleza SL")
        publish(salon)
    changed = salon_site.get("/second/").content.decode()

    assert len(reads) == 2
    assert "<b>/second/</b>" in again
    assert "/first/" not in again
    assert "Nácar Belleza SL" not in again
    assert "Nácar Belleza SL" in changed


def test_without_the_module_the_host_shows_no_page(salon, salon_site):
    salon.modules = []
    salon.save()

    assert salon_site.get("/").status_code == 404


def test_a_host_serves_its_own_project_only(salon, clinic):
    pages = {slug: PlatformClient(f"{slug}.localhost:8000").get("/").content.decode() for slug in ("nacar", "clinica")}

    assert "Clínica Sala" in pages["clinica"]
    assert "Clínica" not in pages["nacar"]


def test_every_new_project_has_its_page_at_once(salon):
    from flectar.core.events import announce
    from flectar.platform.projects.facts import ProjectCreated

    announce(ProjectCreated(salon.pk))

    with project_scope(salon.pk):
        assert Edition.objects.get().version == 1
