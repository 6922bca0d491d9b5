"""What a visitor, a search engine and a machine read on the published page."""

import gzip
import json
import re
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from flectar.platform.projects.models import BusinessProfile, SpecialDay
from flectar.presence.sites.compile import compile_page, compile_site, look, recipe, summary
from flectar.presence.sites.models import Site, site_of
from flectar.presence.sites.skins import SKINS
from tests import make

NASTY = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&{{ 7|add:7 }}"


class Reader(HTMLParser):
    """Elements with their attributes, and the texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


def html(project, locale="en") -> str:
    return compile_page(project, locale).body.decode()


def structured(page: str) -> list[dict]:
    return json.loads(re.search(r'ld\+json">(.*?)</script>', page).group(1))["@graph"]


def test_the_page_says_services_prices_people_hours_and_place(in_salon, services):
    BusinessProfile.objects.update(tagline="Cut for how it dries.", description="A small salon.\n\nOne chair.")

    page = html(in_salon)

    for words in (
        "<h1>Cut for how it dries.</h1>",
        "A small salon.",
        "One chair.",
        "Cut and finish",
        "45 min",
        "€38",
        ">Free<",
        "Noa",
        "Monday to Friday",
        "9:00–17:00",
        "Carrer de Cadis 41<br>46006 Valencia",
        "mailto:hola@nacar.example",
        "tel:+34960000141",
        "+34 960 00 01 41",
        "Book a chair",
        "Next free:",
        "https://www.openstreetmap.org/search?query=Carrer+de+Cadis+41",
    ):
        assert words in page
    assert "open now" not in page.lower()


def test_the_other_language_has_its_own_page_words_and_marks(in_salon, services):
    BusinessProfile.objects.update(tagline="Cut for how it dries.")

    page = html(in_salon, "es")

    assert '<html lang="es"' in page
    assert '<h1 lang="en">Cut for how it dries.</h1>' in page
    assert "Lunes a viernes" in page
    assert 'rel="canonical" href="http://nacar.localhost:8000/es/"' in page


def test_a_text_written_in_the_other_language_is_used_there_only(in_salon):
    BusinessProfile.objects.update(tagline="Cut for how it dries.")
    site = site_of(in_salon, "salon")
    site.texts = {"es": {"tagline": "Cortar pensando en cómo se seca."}}
    site.save()

    assert "<h1>Cortar pensando en cómo se seca.</h1>" in html(in_salon, "es")
    assert "<h1>Cut for how it dries.</h1>" in html(in_salon)


def test_languages_name_each_other_and_the_default(in_salon):
    expected = {
        "en": "http://nacar.localhost:8000/",
        "es": "http://nacar.localhost:8000/es/",
        "x-default": "http://nacar.localhost:8000/",
    }

    for locale in ("en", "es"):
        links = Reader(html(in_salon, locale)).all("link")
        assert {link["hreflang"]: link["href"] for link in links if link.get("rel") == "alternate"} == expected


def test_one_language_alone_has_no_switch(in_salon):
    in_salon.locales = ["en"]

    assert "hreflang" not in html(in_salon)
    assert [built.path for built in compile_site(in_salon) if built.language] == ["/"]


@pytest.mark.parametrize("skin", sorted(SKINS))
def test_a_page_runs_nothing_and_asks_nobody(in_salon, services, skin):
    Site.objects.create(skin=skin)
    built = compile_page(in_salon, "en")

    page = Reader(built.body.decode())

    assert [script.get("type") for script in page.all("script")] == ["application/ld+json"]
    for _, attributes in page.elements:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        assert not str(attributes.get("src") or "/").startswith(("http", "//"))
    assert all(str(link["href"]).startswith("/") for link in page.all("link") if link["rel"] in ("stylesheet", "icon"))
    assert "script-src" not in built.csp
    assert "unsafe" not in built.csp
    assert built.csp.startswith("default-src 'none'; style-src 'self' 'sha256-")
    assert "frame-ancestors http://localhost:8000" in built.csp


def test_the_policy_names_the_very_bytes_of_the_style(in_salon):
    import base64
    import hashlib

    built = compile_page(in_salon, "en")
    style = re.search(r"<style>(.*?)</style>", built.body.decode(), re.DOTALL).group(1)

    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in built.csp
    assert len(style) <= 10_000


@pytest.mark.parametrize("skin", sorted(SKINS))
def test_every_picture_and_file_that_a_page_names_is_published(in_salon, services, skin):
    Site.objects.create(skin=skin)
    site = {built.path: built for built in compile_site(in_salon)}

    for path in ("/", "/es/"):
        page = Reader(site[path].body.decode())
        named = [image["src"] for image in page.all("img")] + [source["srcset"] for source in page.all("source")]
        named += [link["href"] for link in page.all("link") if link["rel"] == "icon"]
        assert set(named) <= set(site)
        assert all(image.get("alt") is not None and image["width"] and image["height"] for image in page.all("img"))


@pytest.mark.parametrize("skin", sorted(SKINS))
def test_a_page_weighs_little(in_salon, services, skin):
    Site.objects.create(skin=skin)

    assert len(gzip.compress(compile_page(in_salon, "en").body)) < 5_000


def test_what_an_owner_writes_is_text_and_nothing_else(in_salon, services, monkeypatch):
    BusinessProfile.objects.update(
        tagline=NASTY[:120], description=NASTY, street=NASTY[:100], legal_name=NASTY, city=NASTY[:70], tax_id="<b>"
    )
    SpecialDay.objects.create(day=in_salon.today, windows=[], note=NASTY)
    in_salon.name = NASTY

    for locale in ("en", "es"):
        page = Reader(html(in_salon, locale))
        assert [script.get("type") for script in page.all("script")] == ["application/ld+json"]
        assert not [image for image in page.all("img") if image["src"] == "x"]
        assert "{{ 7|add:7 }}" in "".join(page.texts)
    assert structured(html(in_salon))[0]["name"] == NASTY
    assert all(b"<script" not in built.body for built in compile_site(in_salon) if built.path.endswith(".svg"))


def test_machines_read_the_same_facts(in_salon, services):
    BusinessProfile.objects.update(latitude="39.4610", longitude="-0.3730", legal_name="Nácar SL", tax_id="B00")
    SpecialDay.objects.create(day=date(2099, 12, 8), windows=[])
    make.hours(in_salon.pk, {4: [(1200, 360)]})

    business, page = structured(html(in_salon))

    assert business["@type"] == "HealthAndBeautyBusiness"
    assert business["address"]["addressLocality"] == "Valencia"
    assert business["geo"]["latitude"] == 39.461
    assert business["telephone"] == "+34960000141"
    assert business["legalName"] == "Nácar SL"
    friday, holiday = business["openingHoursSpecification"]
    assert (friday["dayOfWeek"], friday["opens"], friday["closes"]) == ("https://schema.org/Friday", "20:00", "02:00")
    assert (holiday["validFrom"], holiday["opens"], holiday["closes"]) == ("2099-12-08", "00:00", "00:00")
    assert business["makesOffer"][0] == {
        "@type": "Offer",
        "itemOffered": {"@type": "Service", "name": "Cut and finish"},
        "price": "38.00",
        "priceCurrency": "EUR",
    }
    assert page["url"] == "http://nacar.localhost:8000/"


def test_a_known_spot_opens_on_the_map_itself(in_salon):
    BusinessProfile.objects.update(latitude="39.4610", longitude="-0.3730")

    assert "https://www.openstreetmap.org/?mlat=39.461000&amp;mlon=-0.373000#map=18/39.461000/-0.373000" in html(
        in_salon
    )


def test_crawlers_find_the_map_of_the_site(in_salon):
    site = {built.path: built.body.decode() for built in compile_site(in_salon)}

    assert "Sitemap: http://nacar.localhost:8000/sitemap.xml" in site["/robots.txt"]
    root = ET.fromstring(site["/sitemap.xml"])  # noqa: S314, our own bytes
    found = [element.text for element in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert found == ["http://nacar.localhost:8000/", "http://nacar.localhost:8000/es/"]


def test_a_demo_asks_search_engines_to_stay_away(in_salon):
    in_salon.is_demo = True

    site = {built.path: built.body.decode() for built in compile_site(in_salon)}

    assert site["/robots.txt"] == "User-agent: *\nDisallow: /\n"
    assert '<meta name="robots" content="noindex">' in site["/"]


def test_a_business_that_says_nothing_of_itself_still_has_a_page(in_salon):
    BusinessProfile.objects.all().delete()
    make.hours(in_salon.pk, {})

    page = html(in_salon)

    assert "<h1>Nácar</h1>" in page
    assert 'id="find"' not in page
    assert 'href="#' not in page.replace('href="#main"', "")


@pytest.mark.parametrize(
    ("tagline", "shape"),
    [
        ("Cut for how it dries.", "poster"),
        ("A house by the sea that takes its time", "split"),
        ("Peluquería Mediterránea", "split"),
    ],
)
def test_a_poster_takes_short_words_only(tagline, shape):
    assert look("poster", tagline) == shape
    assert look("frame", tagline) == "frame"


def test_a_summary_ends_with_a_whole_word():
    text = "word " * 60

    assert len(summary(text)) <= 155
    assert summary(text).endswith("word…")
    assert summary("Short.") == "Short."


def test_the_same_code_has_the_same_recipe():
    assert recipe() == recipe()
    assert re.fullmatch(r"[0-9a-f]{24}", recipe())
