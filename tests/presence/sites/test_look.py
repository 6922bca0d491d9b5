"""Letters, corners and a logo of the owner's own; and trying a look on before anybody else sees it."""

import io
import random
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from flectar.core.tenancy import project_scope
from flectar.platform.audit.models import Entry
from flectar.presence.sites.colour import contrast
from flectar.presence.sites.models import Logo, Site
from flectar.presence.sites.skins import CORNERS, PAIRS, SKINS
from flectar.presence.sites.theme import palette, style_sheet
from tests import make
from tests.cast import PlatformClient

LOOK = {"skin": "salon", "brand": "#1f3fa8", "accent": "", "tagline": "Cut for how it dries."}


def picture(kind: str = "PNG", size: tuple[int, int] = (800, 200)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "#c02c03").save(out, kind)
    return SimpleUploadedFile(f"logo.{kind.lower()}", out.getvalue())


def upload(client, file, **more):
    return client.post("/nacar/website/pictures/logo", {"logo": file, **more})


def icon_of(page: str) -> str:
    return re.findall(r'<link rel="icon" href="([^"]+)"', page)[0]


# Letters and corners


@pytest.mark.parametrize("pair", [key for key, _label in PAIRS])
@pytest.mark.parametrize("corners", [key for key, _label in CORNERS])
def test_any_letters_and_corners_fit_any_look(pair, corners):
    for skin in SKINS.values():
        tokens = skin.tokens_with(typeface=pair, corners=corners)
        lender = next(each for each in SKINS.values() if each.pair == pair)

        assert tokens.display == lender.tokens.display
        assert f"--r:{tokens.radius}px" in style_sheet(tokens)
        assert tokens.brand == skin.tokens.brand


def test_letters_and_corners_are_on_the_page(salon, signed_in, salon_site):
    signed_in.post("/nacar/website/look", LOOK | {"typeface": "table", "corners": "square"})

    page = salon_site.get("/").content.decode()
    assert "Kalnia" in page
    assert "--r:0px" in page
    with project_scope(salon.pk):
        entry = Entry.objects.get(action="site.changed")
    assert (entry.new["typeface"], entry.new["corners"]) == ("table", "square")


@pytest.mark.parametrize("wrong", [{"typeface": "comic"}, {"corners": "spiky"}])
def test_what_is_not_offered_is_refused(salon, signed_in, wrong):
    assert signed_in.post("/nacar/website/look", LOOK | wrong).status_code == 422
    with project_scope(salon.pk):
        assert not Site.objects.filter(brand="#1f3fa8").exists()


def test_twenty_thousand_colours_stay_readable():
    dice, skins = random.Random(20_000), sorted(SKINS)

    for number in range(20_000):
        brand, accent = (f"#{dice.randrange(1 << 24):06x}" for _ in range(2))
        tokens = SKINS[skins[number % len(skins)]].tokens_with(brand=brand, accent=accent)
        colours = palette(tokens, dark=number % 2 == 0)
        worst = min(contrast(colours[words], colours["tint"]) for words in ("fg", "link", "muted"))
        label = min(contrast(colours[f"on-{name}"], colours[name]) for name in ("btn", "brand", "accent"))
        assert min(worst, label) >= 4.5, (brand, accent)


# Logo


def test_a_logo_stands_in_the_page_and_in_the_tab(salon, signed_in, salon_site):
    letter = icon_of(salon_site.get("/").content.decode())

    answer = upload(signed_in, picture())

    assert answer.status_code == 302
    page = salon_site.get("/").content.decode()
    [(path, width, height)] = re.findall(r'<img src="(/_theme/[^"]+)" alt="Nácar" width="(\d+)" height="(\d+)"', page)
    assert (width, height) == ("512", "128")
    assert icon_of(page) != letter
    for each in (path, icon_of(page)):
        file = salon_site.get(each)
        assert (file.status_code, file.headers["Content-Type"]) == (200, "image/png")
        assert "immutable" in file.headers["Cache-Control"]
    assert Image.open(io.BytesIO(file.content)).size == (64, 64)
    dashboard = signed_in.get("/nacar/website/").content.decode()
    [own] = re.findall(r'src="(/nacar/website/pictures/logo/[^"]+)"', dashboard)
    assert signed_in.get(own).status_code == 200


def test_a_logo_is_replaced_and_removed(salon, signed_in, salon_site):
    upload(signed_in, picture())
    upload(signed_in, picture("JPEG", (100, 100)))
    with project_scope(salon.pk):
        assert Logo.objects.get().kind == "jpg"

    signed_in.post("/nacar/website/pictures/logo", {"removal": "yes"})

    assert "<b" not in icon_of(salon_site.get("/").content.decode())
    with project_scope(salon.pk):
        assert not Logo.objects.exists()
        assert Entry.objects.filter(action="site.logo_changed").count() == 3


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>"),
        SimpleUploadedFile("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        SimpleUploadedFile("logo.png", b""),
    ],
)
def test_what_is_no_picture_is_said_beside_the_field(salon, signed_in, file):
    answer = upload(signed_in, file)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    with project_scope(salon.pk):
        assert not Logo.objects.exists()


# Trying on


def tried(client, **typed) -> str:
    page = client.post("/nacar/website/look/preview", LOOK | typed).content.decode()
    return re.findall(r'<iframe class="live" src="http://nacar.localhost:8000(/_preview[^"]+)"', page)[0]


def test_a_look_is_tried_on_and_nobody_else_sees_it(salon, signed_in, salon_site):
    path = tried(signed_in, brand="#00ff00", tagline="Only for me", skin="clinic")

    shown = salon_site.get(path.replace("&amp;", "&"))

    assert shown.status_code == 200
    assert "Only for me" in shown.content.decode()
    assert (shown.headers["Cache-Control"], shown.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert "frame-ancestors http://localhost:8000" in shown.headers["Content-Security-Policy"]
    assert "data:image/svg+xml" in shown.content.decode()
    assert "Only for me" not in salon_site.get("/").content.decode()
    with project_scope(salon.pk):
        assert not Entry.objects.filter(action="site.changed").exists()


def test_a_tried_look_of_another_project_opens_nothing(salon, clinic, signed_in):
    path = tried(signed_in)

    assert PlatformClient("clinica.localhost:8000").get(path).status_code == 404
    assert PlatformClient("nacar.localhost:8000").get("/_preview?look=forged").status_code == 404


def test_a_wrong_colour_is_said_and_not_tried_on(salon, signed_in):
    answer = signed_in.post("/nacar/website/look/preview", LOOK | {"brand": "greenish"})

    assert answer.status_code == 422
    assert "is not a colour" in answer.content.decode()


def test_a_viewer_changes_neither_look_nor_logo(salon):
    person = make.user("eva@example.com")
    make.member(salon.organization, person, "viewer")
    client = PlatformClient()
    client.force_login(person)

    assert client.post("/nacar/website/look/preview", LOOK).status_code == 403
    assert upload(client, picture()).status_code == 403
