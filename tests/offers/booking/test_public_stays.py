"""A visitor books nights: two taps on the months, guests, details; plain links and forms."""

import re

import pytest

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Claim, ServiceExtra
from flectar.people.customers.models import Customer
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.wording import as_read
from tests.cast import PlatformClient
from tests.offers.booking import make
from tests.offers.booking.make import dec

pytestmark = pytest.mark.usefixtures("monday_morning")
NAMED = {"name": "Tom de Vries", "email": "tom@vries.example", "phone": "", "note": "", "key": "k1"}
WISH = {"arrive": "2026-12-11", "nights": "4", "people": "2"}


@pytest.fixture
def casa(salon):
    with project_scope(salon.pk):
        service = make.stay_service(make.house("Casa Salina"), slug="casa", check_in_min=960, horizon_days=90)
        make.stay(salon, service, dec(4), dec(9))
        make.season(service, dec(20), dec(31), arrival_days=[5], min_nights=7)
        return service


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def cell(response, day: int) -> str:
    """What stands on that day of the first month."""
    month = response.content.decode().split("</table>")[0]
    return re.search(rf"<td>(<(?:a|span)[^>]*>{day}<span.*?</span></(?:a|span)>)</td>", month)[1]


def stays_of(salon) -> list[Booking]:
    with project_scope(salon.pk):
        return list(Booking.objects.with_people().filter(starts_at__day__gte=10))


def test_two_taps_and_a_name_from_the_months_to_booked(salon_site, salon, casa):
    months = salon_site.get("/book/casa?from=2026-12")
    arrived = salon_site.get(
        "/book/casa?" + re.search(r'href="[^?]*\?([^"]+)"', cell(months, 11))[1].replace("&amp;", "&")
    )
    chosen = salon_site.get(
        "/book/casa?" + re.search(r'href="[^?]*\?([^"]+)"', cell(arrived, 15))[1].replace("&amp;", "&")
    )
    assert "4 nights, €580 in all" in text(chosen)
    guests = salon_site.get("/book/casa/guests?arrive=2026-12-11&nights=4")
    details = salon_site.get("/book/casa/details?arrive=2026-12-11&nights=4&people=3")
    booked = salon_site.post("/book/casa/details", {**NAMED, **WISH, "people": "3"})

    assert guests.status_code == details.status_code == 200
    assert "4 nights, 3 people. Arrive from 16:00, leave by 11:00." in text(details)
    assert "Book – pay €580 there" in text(details)
    [booking] = stays_of(salon)
    assert booked["Location"] == f"/booking/{booking.token}?new=1"
    assert (booking.nights, booking.party, booking.price.minor) == (4, 3, 58000)
    assert salon_site.get(booked["Location"]).status_code == 200


def test_the_months_say_of_each_date_what_it_is(salon_site, casa):
    page = salon_site.get("/book/casa?from=2026-12")

    assert cell(page, 4) == '<span class="off">4<span class="vh"> taken, others arrive</span></span>'
    assert cell(page, 5) == '<span class="off">5<span class="vh"> taken</span></span>'
    assert 'href="/book/casa?arrive=2026-12-09' in cell(page, 9)
    assert cell(page, 21) == '<span class="shut">21<span class="vh"> no arrival</span></span>'
    assert "arrive" in cell(page, 26)
    assert "Arrive from 16:00, leave by 11:00. Struck days are taken." in text(page)


def test_after_the_first_tap_the_days_to_leave_are_marked(salon_site, casa):
    page = salon_site.get("/book/casa?arrive=2026-12-01")

    assert 'class="from"' in cell(page, 1)
    for day in (2, 3, 4):
        assert f"arrive=2026-12-01&amp;nights={day - 1}" in cell(page, day)
    assert 'class="off"' in cell(page, 5)
    assert "arrive=2026-12-10&" in cell(page, 10)
    assert "Now tap the day you leave, from Wed 2 Dec to Fri 4 Dec." in text(page)


def test_the_months_begin_where_the_first_night_is_free(salon_site, salon, casa):
    with project_scope(salon.pk):
        make.stay(salon, casa, dec(-7), dec(4))
        make.stay(salon, casa, dec(9), dec(33))

    page = salon_site.get("/book/casa").content.decode()

    assert "January 2027" in page
    assert "December 2026" not in page


@pytest.mark.parametrize("query", ["arrive=2026-12-05", "arrive=2026-12-05&nights=2", "arrive=2026-12-03&nights=3"])
def test_nights_that_are_taken_are_said_and_the_choice_begins_anew(salon_site, casa, query):
    page = text(salon_site.get(f"/book/casa?{query}"))

    assert "Some of these nights are taken. Choose others." in page
    assert "Tap the day you arrive." in page


@pytest.mark.parametrize(
    "query", ["arrive=soon&nights=x", "arrive=2026-12-11&nights=99999", "from=9999-99&with=x&people=-1", "nights=3"]
)
def test_nonsense_leads_somewhere(salon_site, casa, query):
    assert salon_site.get(f"/book/casa?{query}").status_code == 200
    assert salon_site.get(f"/book/casa/guests?{query}").status_code in (200, 302)
    assert salon_site.get(f"/book/casa/details?{query}").status_code in (200, 302, 409)


def test_extras_are_added_to_the_sum_before_details(salon_site, salon, casa):
    with project_scope(salon.pk):
        dog = ServiceExtra.objects.create(service=casa, name="A dog", price_minor=2000)
        wood = ServiceExtra.objects.create(
            service=casa, name="Firewood", price_minor=1200, max_qty=3, is_per_night=True
        )

    asked = f"arrive=2026-12-11&nights=4&people=2&extra_{dog.pk}=on&extra_{wood.pk}=2"
    guests = text(salon_site.get(f"/book/casa/guests?{asked}"))
    salon_site.post("/book/casa/details", {**NAMED, **WISH, f"extra_{dog.pk}": "1", f"extra_{wood.pk}": "2"})

    total = 4 * 14500 + 2000 + 2 * 4 * 1200
    assert f"Total €{total // 100}" in guests
    [booking] = stays_of(salon)
    assert booking.price.minor == total


def test_nights_that_went_meanwhile_answer_409_with_others_and_keep_what_was_typed(salon_site, salon, casa):
    with project_scope(salon.pk):
        make.stay(salon, casa, dec(12), dec(14))

    response = salon_site.post("/book/casa/details", {**NAMED, **WISH})

    page = response.content.decode()
    assert response.status_code == 409
    assert "Some of these nights are taken" in page
    assert 'name="arrive" value="2026-12-14"' in page
    assert 'value="tom@vries.example"' in page
    assert len(stays_of(salon)) == 1
    with project_scope(salon.pk):
        assert not Customer.objects.filter(name="Tom de Vries").exists()
    assert salon_site.post("/book/casa/details", {**NAMED, **WISH, "arrive": "2026-12-14"}).status_code == 302


def test_a_double_click_books_once(salon_site, salon, casa):
    first = salon_site.post("/book/casa/details", {**NAMED, **WISH})
    second = salon_site.post("/book/casa/details", {**NAMED, **WISH})

    assert first["Location"] == second["Location"]
    assert len(stays_of(salon)) == 1


def test_a_mistake_stands_beside_its_field(salon_site, salon, casa):
    response = salon_site.post("/book/casa/details", {**NAMED, **WISH, "email": "tom@vries"})

    assert response.status_code == 422
    assert "Type the whole address" in text(response)
    assert stays_of(salon) == []


def test_a_party_that_does_not_fit_is_asked_again(salon_site, salon):
    with project_scope(salon.pk):
        make.stay_service(make.house(seats_max=2), slug="loft", max_party=4)

    response = salon_site.get("/book/loft/details?arrive=2026-12-11&nights=2&people=3")

    assert response.status_code == 409
    assert "That is not a number of people we have room for." in text(response)
    assert "Change guests or extras" in text(response)


def test_a_room_can_be_wished_for(salon_site, salon):
    with project_scope(salon.pk):
        first, second = make.house("Sea room"), make.house("Garden room")
        make.stay_service(first, second, slug="rooms")

    page = salon_site.get("/book/rooms").content.decode()
    salon_site.post("/book/rooms/details", {**NAMED, **WISH, "with": str(first.pk)})

    assert "Wherever there is room" in page
    [booking] = stays_of(salon)
    assert booking.resource == first


def test_the_page_of_a_stay_says_nights_and_its_mail_says_when_to_leave(salon_site, salon, casa):
    booked = salon_site.post("/book/casa/details", {**NAMED, **WISH})

    page = text(salon_site.get(booked["Location"]))
    assert "Fri 11 Dec – Tue 15 Dec" in page.replace("\u2009", " ")
    assert "The whole house, 4 nights. Arrive from 16:00, leave by 11:00." in page
    with project_scope(salon.pk):
        mail = as_read(Message.objects.get(event="booking.confirmed"))
    assert "Friday 11 December, 16:00– Tue 15 Dec, 11:00" in mail.text


def test_a_guest_moves_a_stay_on_the_months(salon_site, salon, casa):
    salon_site.post("/book/casa/details", {**NAMED, **WISH})
    [booking] = stays_of(salon)
    url = f"/booking/{booking.token}/time"

    months = salon_site.get(url)
    chosen = salon_site.get(f"{url}?arrive=2026-12-12")
    moved = salon_site.post(url, {"arrive": "2026-12-12"})

    assert 'class="from"' in cell(months, 11)
    assert f'href="{url}?arrive=2026-12-12' in cell(months, 12)
    assert "too few nights" in cell(months, 2)
    assert "Move to these nights" in text(chosen)
    assert moved["Location"] == f"/booking/{booking.token}?moved=1"
    [booking] = stays_of(salon)
    assert (booking.starts_at.day, booking.ends_at.day) == (12, 16)


def test_nights_that_went_meanwhile_do_not_move_a_stay(salon_site, salon, casa):
    salon_site.post("/book/casa/details", {**NAMED, **WISH})
    [booking] = stays_of(salon)

    refused = salon_site.post(f"/booking/{booking.token}/time", {"arrive": "2026-12-05"})

    assert refused.status_code == 409
    assert "Some of these nights are taken" in text(refused)
    assert stays_of(salon)[0].starts_at == booking.starts_at


def test_the_details_of_an_hour_lead_back_to_the_months(salon_site, casa):
    response = salon_site.get("/book/casa/details?at=2026-12-11T15:00Z")

    assert response["Location"] == "/book/casa"


# --- While somebody types ---------------------------------------------------------------------------------------------

NIGHTS = {"arrive": "2026-12-11", "nights": "3", "people": "2"}


def test_the_nights_are_kept_while_a_guest_types_and_become_the_booking(salon_site, salon, casa):
    kept = salon_site.post("/book/casa/hold", NIGHTS)

    details = salon_site.get(kept["Location"])
    assert "We hold these nights for you until" in text(details)
    other = PlatformClient("nacar.localhost:8000")
    assert other.get("/book/casa/details", NIGHTS).status_code == 409
    assert salon_site.get("/book/casa/guests", NIGHTS).status_code == 200

    hold = re.search(r"hold=([^&]+)", kept["Location"])[1]
    typed = {**NIGHTS, "name": "Tom", "email": "tom@vries.example", "key": "k", "hold": hold}
    assert salon_site.post("/book/casa/details", typed).status_code == 302
    with project_scope(salon.pk):
        assert Booking.objects.get(customer__name="Tom").nights == 3
        assert not Claim.objects.exclude(held_by=None).exists()


def test_nights_that_went_meanwhile_lead_to_what_is_left(salon_site, salon, casa):
    PlatformClient("nacar.localhost:8000").post("/book/casa/hold", NIGHTS)

    answer = salon_site.post("/book/casa/hold", NIGHTS)

    page = salon_site.get(answer["Location"])
    assert page.status_code == 409
    assert "Those nights are gone" in text(page)
    assert 'name="arrive" value="2026-12-14"' in page.content.decode()


def test_other_nights_give_the_former_ones_back(salon_site, casa):
    salon_site.post("/book/casa/hold", NIGHTS)
    salon_site.post("/book/casa/hold", {**NIGHTS, "arrive": "2026-12-15"})

    assert PlatformClient("nacar.localhost:8000").get("/book/casa/details", NIGHTS).status_code == 200
