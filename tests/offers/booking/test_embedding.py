"""Booking on somebody else's website: who may show it, that it needs no cookie, and what its owner pastes."""

import re

import pytest

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Embedding, Hold
from flectar.offers.booking.public import embedding
from flectar.offers.booking.public.embedding import BadOrigin
from flectar.platform.audit.models import Entry
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.wording import as_read
from flectar.platform.projects.models import Location
from tests.offers.booking import make
from tests.offers.booking.conftest import NOW

pytestmark = pytest.mark.usefixtures("monday_morning")
SLOT = "2026-11-24T14:00Z"
LATER = "2026-11-24T15:00Z"
NAMED = {"name": "Marta Ferrer", "email": "marta@ferrer.example", "phone": "", "note": ""}
SITE = "https://www.marta-studio.example"


@pytest.fixture
def curl_cut(salon):
    with project_scope(salon.pk):
        return make.service(make.staff("Noa Vidal"), slug="curl-cut")


def allow(salon, allows, *origins):
    with project_scope(salon.pk):
        embedding.change(salon, allows=allows, origins=origins)


def ancestors(response) -> str:
    return re.search(r"frame-ancestors ([^;]+)", response["Content-Security-Policy"])[1]


def token_in(response) -> str:
    return re.search(r"hold=([\w-]+)", response["Location"])[1]


# --- Who may show it --------------------------------------------------------------------------------------------------


def test_only_the_dashboard_may_show_it_until_its_owner_says_otherwise(salon_site, curl_cut):
    page = salon_site.get("/embed/book/curl-cut")

    assert page.status_code == 200
    assert ancestors(page) == "http://localhost:8000"


def test_listed_websites_may_with_and_without_www(salon_site, salon, curl_cut):
    allow(salon, "listed", SITE, "http://localhost:3000")

    page = salon_site.get("/embed/book/curl-cut")

    assert ancestors(page) == f"http://localhost:8000 {SITE} https://marta-studio.example http://localhost:3000"
    assert "X-Frame-Options" not in page
    assert page["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "script-src 'self'" in page["Content-Security-Policy"]


def test_any_website_may_if_its_owner_wants_that(salon_site, salon, curl_cut):
    allow(salon, "any")

    assert ancestors(salon_site.get("/embed/es/book/curl-cut")) == "*"


@pytest.mark.parametrize("path", ["/book/curl-cut", "/book", "/bookings", "/es/book/curl-cut", "/nowhere"])
def test_every_other_page_stays_closed(salon_site, salon, curl_cut, path):
    allow(salon, "any")

    page = salon_site.get(path)

    assert ancestors(page) in ("'none'", "http://localhost:8000")
    assert page["X-Frame-Options"] == "DENY"
    assert page["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/embed/", "/embed/pay/abc", "/embed/robots.txt", "/embed/embed/book"])
def test_nothing_but_booking_is_there(salon_site, salon, curl_cut, path):
    allow(salon, "any")

    page = salon_site.get(path)

    assert page.status_code == 404
    assert ancestors(page) != "*"


def test_what_another_business_allows_is_its_own_affair(salon_site, salon, clinic, curl_cut):
    allow(clinic, "any")

    assert ancestors(salon_site.get("/embed/book/curl-cut")) == "http://localhost:8000"


# --- Without a cookie -------------------------------------------------------------------------------------------------


def test_the_whole_way_stays_in_the_frame_and_sets_no_cookie(salon_site, salon, curl_cut):
    times = salon_site.get("/embed/book/curl-cut")
    tapped = salon_site.post("/embed/book/curl-cut/hold", {"at": SLOT})
    details = salon_site.get(tapped["Location"])
    key = re.search(r'name="key" value="([^"]+)"', details.content.decode())[1]
    sent = {**NAMED, "at": SLOT, "key": key, "hold": token_in(tapped)}
    booked = salon_site.post("/embed/book/curl-cut/details", sent)
    own = salon_site.get(booked["Location"])
    again = salon_site.post("/embed/book/curl-cut/details", sent)  # Back brings out the browser's copy of the page

    assert 'action="/embed/book/curl-cut/hold"' in times.content.decode()
    assert tapped["Location"].startswith("/embed/book/curl-cut/details?")
    assert booked["Location"].startswith("/embed/booking/")
    assert again["Location"] == booked["Location"]
    assert details["Cache-Control"] == "private, max-age=300"
    assert key not in tapped["Location"]
    assert own.status_code == 200
    assert 'name="remember"' not in details.content.decode()
    assert "<header" not in details.content.decode()
    assert not salon_site.cookies
    with project_scope(salon.pk):
        booking = Booking.objects.get()
        assert f"{booking.starts_at:%H:%M}" == "14:00"
        assert Hold.objects.count() == 0


def test_another_time_takes_the_place_of_the_first_one(salon_site, salon, curl_cut):
    first = token_in(salon_site.post("/embed/book/curl-cut/hold", {"at": SLOT}))
    times = salon_site.get(f"/embed/book/curl-cut?day=2026-11-24&hold={first}").content.decode()
    salon_site.post("/embed/book/curl-cut/hold", {"at": LATER, "hold": first})

    assert f'name="hold" value="{first}"' in times
    assert f'value="{SLOT}"' in times
    with project_scope(salon.pk):
        assert [f"{hold.starts_at:%H:%M}" for hold in Hold.objects.filter(claims__isnull=False).distinct()] == ["15:00"]


def test_a_cookie_that_comes_along_all_the_same_counts_for_nothing(salon_site, salon, curl_cut):
    salon_site.post("/book/curl-cut/details", {**NAMED, "at": SLOT, "key": "k1", "remember": "on"})

    assert "marta" not in salon_site.get(f"/embed/book/curl-cut/details?at={LATER}").content.decode()


def test_the_mail_leads_to_the_page_outside_of_the_frame(salon_site, salon, curl_cut):
    salon_site.post("/embed/book/curl-cut/details", {**NAMED, "at": SLOT, "key": "k1"})

    with project_scope(salon.pk):
        text = as_read(Message.objects.get(event="booking.confirmed")).text
    assert "http://nacar.localhost:8000/booking/" in text
    assert "/embed/" not in text


def test_a_form_from_the_website_around_it_books_nothing(salon_site, salon, curl_cut):
    allow(salon, "any")

    sent = salon_site.post("/embed/book/curl-cut/details", {**NAMED, "at": SLOT, "key": "k1"}, HTTP_ORIGIN=SITE)

    assert sent.status_code == 403
    with project_scope(salon.pk):
        assert not Booking.objects.exists()


# --- The script -------------------------------------------------------------------------------------------------------


def test_the_script_may_be_loaded_from_anywhere_and_is_asked_anew_each_hour(salon_site, curl_cut):
    script = salon_site.get(embedding.SCRIPT)
    again = salon_site.get(embedding.SCRIPT, HTTP_IF_NONE_MATCH=script["ETag"])

    assert script["Content-Type"] == "text/javascript; charset=utf-8"
    assert script["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=3600" in script["Cache-Control"]
    assert not script.cookies
    assert again.status_code == 304


# --- The owner's page -------------------------------------------------------------------------------------------------


def test_the_page_gives_what_to_paste_for_a_service_and_a_person(signed_in, salon, curl_cut):
    with project_scope(salon.pk):
        carla = make.staff("Carla Duart")
        curl_cut.needs.create(resource=carla, group_no=1)

    page = signed_in.get(f"/nacar/settings/embed?service=curl-cut&person={carla.pk}&look=dialog&language=es")

    assert page.status_code == 200
    assert page.context["placed"].snippet == (
        f'<a href="http://nacar.localhost:8000/es/book/curl-cut?with={carla.pk}" data-flectar="dialog"'
        ' data-close="Cerrar">Reservar Curl cut</a>\n'
        '<script async src="http://nacar.localhost:8000/_embed/1.js"></script>'
    )
    assert f'src="http://nacar.localhost:8000/embed/es/book/curl-cut?with={carla.pk}"' in page.content.decode()
    assert "&lt;script async" in page.content.decode()
    assert "frame-src http://nacar.localhost:8000" in page["Content-Security-Policy"]


def test_nonsense_in_the_address_offers_everything(signed_in, salon, curl_cut):
    page = signed_in.get("/nacar/settings/embed?service=nothing&person=nobody&look=upside-down")

    assert page.context["placed"].url == "http://nacar.localhost:8000/book"
    assert page.context["placed"].look == "inline"


def test_the_owner_says_where_and_it_is_noted(signed_in, salon, curl_cut):
    sent = signed_in.post(
        "/nacar/settings/embed/websites", {"allows": "listed", "origins": "www.Marta-Studio.example/contact\n\n"}
    )

    assert sent.status_code == 302
    with project_scope(salon.pk):
        rule = Embedding.objects.get()
        assert (rule.allows, rule.origins) == ("listed", [SITE])
        assert Entry.objects.filter(action="embedding.changed").count() == 1


@pytest.mark.parametrize(
    ("allows", "origins", "sentence"),
    [
        ("listed", "", "Type the address of your website."),
        ("listed", "not a website", "“not a website” is not the address of a website."),
        ("any", "\n".join(f"a{n}.example" for n in range(21)), "These are too many."),
        ("everyone", "", "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(signed_in, salon, allows, origins, sentence):
    sent = signed_in.post("/nacar/settings/embed/websites", {"allows": allows, "origins": origins})

    assert sent.status_code == 422
    assert sentence in sent.content.decode()
    with project_scope(salon.pk):
        assert not Embedding.objects.exists()


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("example.com", "https://example.com"),
        ("HTTPS://Example.com:443/a?b#c", "https://example.com"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("peluquería.example", "https://xn--peluquera-n5a.example"),
    ],
)
def test_an_address_is_read_as_people_write_it(typed, origin):
    assert embedding.read_origin(typed) == origin


@pytest.mark.parametrize(
    "typed",
    ["", "*", "example", "ftp://example.com", "https://exa mple.com", "https://a.b;script-src *", "data:x", "[::1"],
)
def test_what_is_no_website_never_reaches_the_header(typed):
    with pytest.raises(BadOrigin):
        embedding.read_origin(typed)


def test_the_notice_of_a_hold_is_the_same_in_a_frame(salon_site, salon, curl_cut):
    tapped = salon_site.post("/embed/book/curl-cut/hold", {"at": SLOT})

    with clock.frozen(NOW.replace(minute=11)):
        page = salon_site.get(tapped["Location"]).content.decode()

    assert "The ten minutes are over. The time is still free." in page


def test_a_business_with_two_locations_may_offer_one_of_them(signed_in, salon, curl_cut):
    with project_scope(salon.pk):
        first = Location.objects.create(name="Centre", is_first=True, position=0)
        second = Location.objects.create(name="Harbour", position=1)

    page = signed_in.get(f"/nacar/settings/embed?location={second.pk}")

    assert f'href="http://nacar.localhost:8000/book?location={second.pk}"' in page.context["placed"].snippet
    assert first.name in page.content.decode()
