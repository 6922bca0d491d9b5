"""Addresses of public sites: the first language has no prefix, whichever it is."""

from django.test import Client

from flectar.core.tenancy import project_scope
from flectar.platform.projects.links import site_url
from tests import make
from tests.offers.booking import make as offers


def test_two_sites_with_other_first_languages_keep_their_own_addresses(db):
    salon = make.project("brizna", locale="en", locales=["en", "es"])
    clinic = make.project("paso", locale="es", locales=["es", "en"])

    assert site_url(salon, "booking:book", language="es").endswith("/es/book")
    assert site_url(clinic, "booking:book", language="es").endswith("/book")
    assert site_url(clinic, "booking:book", language="en").endswith("/en/book")
    assert site_url(salon, "booking:book", language="en").endswith(":8000/book")


def test_a_page_links_within_its_own_site_after_another_was_served(db):
    for slug, locale in (("brizna", "en"), ("paso", "es")):
        project = make.project(slug, locale=locale, locales=["en", "es"])
        with project_scope(project.pk):
            offers.service(name="Cut", slug="cut")
            offers.service(name="Curl cut", slug="curl-cut")

    salon, clinic = (Client(headers={"host": f"{slug}.localhost:8000"}) for slug in ("brizna", "paso"))
    assert 'href="/es/book/cut"' in salon.get("/es/book").content.decode()
    assert 'href="/book/cut"' in clinic.get("/book").content.decode()
    assert clinic.get("/book/cut").status_code == 200
    assert clinic.get("/es/book").status_code == 404
