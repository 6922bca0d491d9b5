"""Which addresses a project may have."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import get_resolver

from flectar.platform.projects.addresses import RESERVED, looks_reserved, slug_from, validate_slug


@pytest.mark.parametrize("slug", ["nacar", "casa-rosa", "24h", "studio-1", "bar-10", "a1b"])
def test_a_host_label_is_an_address(slug: str):
    validate_slug(slug)


@pytest.mark.parametrize("slug", ["", "ab", "-nacar", "nacar-", "na car", "Nacar", "nácar", "nаcar", "x" * 49, "a.b"])
def test_what_is_no_host_label_is_refused(slug: str):
    with pytest.raises(ValidationError, match="3 to 48 small letters"):
        validate_slug(slug)


@pytest.mark.parametrize("slug", ["admin", "account", "www", "projects", "adm1n", "l0gin", "log-in", "he1p", "rnail"])
def test_ours_and_what_looks_like_ours_is_refused(slug: str):
    with pytest.raises(ValidationError, match="reserved"):
        validate_slug(slug)


def test_punycode_cannot_come_in():
    with pytest.raises(ValidationError, match="one hyphen"):
        validate_slug("xn--ncar-5qa")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Nácar", "nacar"),
        ("Peluquería “El Niño” & Co.", "peluqueria-el-nino-co"),
        ("L'Atelier d’Anna", "latelier-danna"),
        ("Help", "help-studio"),
        ("Q", "q-studio"),
        ("東京", ""),
        ("  ", ""),
    ],
)
def test_a_name_suggests_an_address(name: str, slug: str):
    assert slug_from(name) == slug


def test_a_long_name_is_cut_between_words():
    slug = slug_from("Gabinete de Fisioterapia y Osteopatía de la Plaza Mayor")

    assert slug == "gabinete-de-fisioterapia-y-osteopatia-de-la"
    validate_slug(slug)


def test_every_first_part_of_a_path_of_ours_is_reserved():
    firsts = {str(pattern.pattern).lstrip("^").split("/")[0].split(".")[0] for pattern in get_resolver().url_patterns}
    ours = {first for first in firsts if first and "<" not in first}

    assert {first for first in ours if not looks_reserved(first)} == set()
    assert ours
    assert "projects" in RESERVED
