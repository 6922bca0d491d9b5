"""The looks' own typefaces: asked for only when the owner wants them, from this house, and within their weight."""

import re

import pytest

from flectar.presence.sites import fonts
from flectar.presence.sites.compile import compile_page, theme_url
from flectar.presence.sites.models import Site
from flectar.presence.sites.skins import SKINS
from flectar.ui import assets
from tests.presence.sites.test_views import LOOK, site_of

PAIRS = sorted({skin.pair for skin in SKINS.values()})


@pytest.mark.parametrize("pair", PAIRS)
def test_a_pair_comes_from_this_house_and_weighs_what_a_page_can_bear(pair):
    rules = fonts.rules(pair)
    addresses = re.findall(r"url\(([^)]+)\)", rules)
    latin = [address for address in addresses if "-latin-ext-" not in address]

    assert addresses
    assert all(address.startswith("/static/dist/a/") and address.endswith(".woff2") for address in addresses)
    assert fonts.first_file(pair) == latin[0]
    assert rules.count("font-display:swap") == len(addresses)
    assert sum((assets.DIST / "a" / address.rpartition("/")[2]).stat().st_size for address in latin) <= 170_000


@pytest.mark.parametrize("skin", sorted(SKINS))
def test_each_look_names_the_letters_that_its_pair_brings(skin):
    brought = set(re.findall(r'font-family:"?([^;"]+)"?;', fonts.rules(SKINS[skin].pair)))
    wanted = set(re.findall(r'"([\w ]+ (?:Variable|Fallback))"', SKINS[skin].tokens.display + SKINS[skin].tokens.text))

    assert wanted == brought


@pytest.mark.parametrize("has_fonts", [True, False])
def test_a_page_asks_for_them_only_if_its_owner_wants_it(in_salon, has_fonts):
    Site.objects.create(skin="salon", has_fonts=has_fonts)

    page = compile_page(in_salon, "en").body.decode()

    assert ('as="font"' in page) is has_fonts
    assert ("@font-face" in page) is has_fonts


def test_the_booking_pages_bring_the_same_letters(in_salon, salon_site):
    Site.objects.create(skin="clinic", has_fonts=True)

    sheet = salon_site.get(theme_url(in_salon))

    assert sheet.status_code == 200
    assert fonts.rules("clinic") in sheet.content.decode()


def test_an_owner_turns_them_on_and_off(salon, signed_in):
    signed_in.post("/nacar/website/look", LOOK | {"has_fonts": "on"})
    assert site_of(salon).has_fonts

    signed_in.post("/nacar/website/look", LOOK)
    assert not site_of(salon).has_fonts


def test_before_the_first_build_the_device_lends_its_letters(monkeypatch):
    monkeypatch.setattr(assets, "_names", dict)

    assert fonts.rules.__wrapped__("poster") == ""
