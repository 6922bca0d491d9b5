"""The owner sells nights: a stay with its rules, and its seasons."""

import re

import pytest

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Season, Service
from flectar.offers.booking.scheduling import stays
from flectar.platform.audit.models import Entry
from tests.offers.booking import make
from tests.offers.booking.make import dec

pytestmark = pytest.mark.usefixtures("monday_morning")
STAY = {
    "name": "The flat upstairs", "group": "", "description": "", "price": "145", "check_in": "16:00",
    "check_out": "10:30", "buffer_before": "0", "buffer_after": "180", "min_nights": "2", "max_nights": "21",
    "min_party": "1", "max_party": "4", "notice_min": "1440", "horizon_days": "365", "change_notice_min": "1440",
    "approval": "none", "is_active": "on", "position": "0", "slug": "",
}  # fmt: skip
SEASON = {"name": "Christmas", "first": "2026-12-19", "last": "2027-01-06", "price": "190.50", "min_nights": "7"}


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def casa(salon) -> Service:
    with project_scope(salon.pk):
        return make.stay_service(make.house(), slug="casa")


def test_a_stay_is_made_and_can_be_booked(signed_in, salon):
    with project_scope(salon.pk):
        house = make.house()
        make.staff("Noa Vidal")

    form = text(signed_in.get("/nacar/services/stays/new"))
    response = signed_in.post("/nacar/services/stays/new", {**STAY, "people": [str(house.pk)]})

    assert response.status_code == 302
    assert "Casa Salina" in form
    assert "Noa Vidal" not in form
    with project_scope(salon.pk):
        service = Service.objects.get()
        assert (service.mode, service.check_in_min, service.check_out_min) == ("stay", 960, 630)
        assert (service.price_minor, service.buffer_after, service.slug) == (14500, 180, "the-flat-upstairs")
        assert isinstance(stays.find(salon, service, dec(10), 2, party=2), list)
    assert "By the night" in text(signed_in.get("/nacar/services"))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"max_nights": "1"}, "Type a number that is not below the first one."),
        ({"max_party": "0"}, "greater than or equal to 1"),
        ({"min_party": "5"}, "Type a number that is not below the first one."),
        ({"check_in": "25:00"}, "Type hours and minutes, as in 16:30"),
        ({"price": "much"}, "Type an amount, as in 38 or 12.50"),
    ],
)
def test_a_wrong_stay_is_not_saved(signed_in, salon, wrong, sentence):
    response = signed_in.post("/nacar/services/stays/new", {**STAY, **wrong})

    assert response.status_code == 422
    assert sentence in text(response)
    with project_scope(salon.pk):
        assert not Service.objects.exists()


def test_a_stay_is_changed_on_a_page_of_its_own(signed_in, salon, casa):
    assert 'name="check_in"' in signed_in.get(f"/nacar/services/{casa.pk}").content.decode()

    with project_scope(salon.pk):
        house = str(casa.needs.get().resource_id)
    signed_in.post(f"/nacar/services/{casa.pk}", {**STAY, "slug": "casa", "people": [house], "min_nights": "3"})

    with project_scope(salon.pk):
        casa.refresh_from_db()
    assert (casa.mode, casa.min_nights) == ("stay", 3)


def test_a_season_is_added_changed_and_taken_away(signed_in, salon, casa):
    added = signed_in.post(
        f"/nacar/services/{casa.pk}/seasons/new", {**SEASON, "arrival_days": ["5"], "fills_gaps": "on"}
    )

    assert added["Location"] == f"/nacar/services/{casa.pk}"
    page = text(signed_in.get(added["Location"]))
    assert "Christmas" in page
    assert "€190.50 · from 7 nights on · arrival Sat · shorter stays fill gaps" in page
    with project_scope(salon.pk):
        season = Season.objects.get()
        assert (season.price_minor, season.arrival_days, season.departure_days) == (19050, [5], [])
    url = f"/nacar/services/{casa.pk}/seasons/{season.pk}"
    assert 'value="190.50"' in signed_in.get(url).content.decode()
    signed_in.post(url, {**SEASON, "price": "", "max_nights": "14"})
    with project_scope(salon.pk):
        season.refresh_from_db()
        assert (season.price_minor, season.max_nights, season.arrival_days) == (None, 14, [])
    signed_in.post(f"{url}/removal")
    with project_scope(salon.pk):
        assert not Season.objects.exists()
        actions = list(Entry.objects.filter(action__startswith="season.").values_list("action", flat=True))
    assert sorted(actions) == ["season.added", "season.changed", "season.removed"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"last": "2026-12-18"}, "The end must come after the beginning."),
        ({"first": "1999-12-18"}, "Type a year between 2000 and 2200."),
        ({"min_nights": "0"}, "Type a number from 1 to 365."),
        ({"max_nights": "3"}, "Type a number that is not below the first one."),
        ({"price": "-5"}, "Type an amount that is not negative."),
        ({"price": "", "min_nights": ""}, "This season changes nothing."),
        ({"arrival_days": ["9"]}, "9"),
    ],
)
def test_a_wrong_season_is_not_saved(signed_in, salon, casa, wrong, sentence):
    response = signed_in.post(f"/nacar/services/{casa.pk}/seasons/new", {**SEASON, **wrong})

    assert response.status_code == 422
    assert sentence in text(response)
    with project_scope(salon.pk):
        assert not Season.objects.exists()


def test_the_team_books_a_stay_on_the_phone(signed_in, salon, casa):
    wish = {
        "service": str(casa.pk),
        "resource": "",
        "day": "2026-12-11",
        "time": "",
        "name": "Tom de Vries",
        "key": "k1",
    }

    wanting = signed_in.post("/nacar/bookings/new", wish)
    booked = signed_in.post("/nacar/bookings/new", {**wish, "nights": "4", "party": "3"})

    assert wanting.status_code == 422
    assert "Type how many nights." in text(wanting)
    assert booked.status_code == 302
    with project_scope(salon.pk):
        booking = Booking.objects.get()
    assert (booking.nights, booking.party, booking.local_start) == (4, 3, "2026-12-11T15:00")
    assert "Fri 11 Dec – Tue 15 Dec, Casa Salina" in text(signed_in.get(booked["Location"])).replace("\u2009", " ")


def test_an_hour_needs_a_time_where_stays_are_sold_too(signed_in, salon, casa):
    with project_scope(salon.pk):
        cut = make.service()

    response = signed_in.post(
        "/nacar/bookings/new",
        {"service": str(cut.pk), "resource": "", "day": "2026-12-11", "time": "", "name": "Tom", "key": "k1"},
    )

    assert response.status_code == 422
    assert "Type hours and minutes, as in 16:30" in text(response)


def test_seasons_belong_to_stays_of_this_business(signed_in, signed_in_stranger, salon, casa):
    with project_scope(salon.pk):
        cut = make.service()
        season = make.season(casa, dec(1), dec(5), min_nights=2)

    assert signed_in.get(f"/nacar/services/{cut.pk}/seasons/new").status_code == 404
    assert signed_in.get(f"/nacar/services/{cut.pk}/seasons/{season.pk}").status_code == 404
    assert signed_in_stranger.post(f"/nacar/services/{casa.pk}/seasons/{season.pk}/removal").status_code == 404
    with project_scope(salon.pk):
        assert Season.objects.exists()
