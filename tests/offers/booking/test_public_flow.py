"""A visitor books on the salon's own host, with plain links and forms."""

import re

import pytest

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import lifecycle
from flectar.offers.booking.models import Booking, Service
from flectar.people.customers.models import Customer
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.wording import as_read
from tests.offers.booking import make
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")
NAMED = {"name": "Marta Ferrer", "email": "marta@ferrer.example", "phone": "", "note": "Short, please", "key": "k1"}


@pytest.fixture
def curl_cut(salon):
    with project_scope(salon.pk):
        return make.service(make.staff("Noa Vidal"), slug="curl-cut", description="Cut dry, curl by curl.")


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def bookings(salon) -> list[Booking]:
    with project_scope(salon.pk):
        return list(Booking.objects.with_people().order_by("created_at"))


def test_three_taps_from_service_to_booked(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        make.service(make.staff("Iker Sanz"), name="Fringe trim", slug="fringe")

    services = salon_site.get("/book")
    assert 'href="/book/curl-cut"' in services.content.decode()
    times = salon_site.get("/book/curl-cut")
    slot = re.search(r'name="at" value="([^"]+)"', times.content.decode())[1]
    details = salon_site.get(f"/book/curl-cut/details?at={slot}")
    key = re.search(r'name="key" value="([^"]+)"', details.content.decode())[1]
    booked = salon_site.post("/book/curl-cut/details", {**NAMED, "at": slot, "key": key})

    booking = bookings(salon)[0]
    assert booked.status_code == 302
    assert booked["Location"] == f"/booking/{booking.token}?new=1"
    done = salon_site.get(booked["Location"])
    assert "See you on Monday." in text(done)
    assert booking.code in text(done)
    assert booking.note == "Short, please"


def test_one_service_needs_no_choice(salon_site, curl_cut):
    response = salon_site.get("/book")

    assert response.status_code == 302
    assert response["Location"] == "/book/curl-cut"


def test_a_booking_mails_the_customer_with_a_calendar_file_and_the_owner(salon_site, salon, curl_cut, lucia):
    salon_site.post("/book/curl-cut/details", {**NAMED, "at": "2026-11-24T15:00Z"})

    with project_scope(salon.pk):
        customer, owner = map(as_read, Message.objects.order_by("event"))
    token = bookings(salon)[0].token
    assert (customer.event, customer.to_address) == ("booking.confirmed", "marta@ferrer.example")
    assert f"http://nacar.localhost:8000/booking/{token}" in customer.text
    assert customer.attachments[0]["content_type"] == "text/calendar; method=REQUEST; charset=utf-8"
    assert (owner.event, owner.to_address) == ("booking.team_confirmed", lucia.email)
    assert "Short, please" in owner.text


def test_a_time_that_is_gone_answers_409_with_the_nearest_and_keeps_what_was_typed(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        make.booking(salon, curl_cut, at(salon, "16:00"))

    response = salon_site.post("/book/curl-cut/details", {**NAMED, "at": "2026-11-24T15:00Z"})

    page = response.content.decode()
    assert response.status_code == 409
    assert "Someone was quicker" in page
    assert 'value="2026-11-24T14:00Z"' in page
    assert 'value="marta@ferrer.example"' in page
    assert "Short, please" in page
    assert len(bookings(salon)) == 1
    with project_scope(salon.pk):
        assert not Customer.objects.filter(name="Marta Ferrer", emails__email="marta@ferrer.example").exists()


def test_another_time_is_one_tap_from_the_refusal(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        make.booking(salon, curl_cut, at(salon, "16:00"))

    response = salon_site.post("/book/curl-cut/details", {**NAMED, "at": "2026-11-24T14:00Z"})

    assert response.status_code == 302
    assert bookings(salon)[1].starts_at == at(salon, "15:00")


def test_a_double_click_books_once(salon_site, salon, curl_cut):
    first = salon_site.post("/book/curl-cut/details", {**NAMED, "at": "2026-11-24T15:00Z"})
    second = salon_site.post("/book/curl-cut/details", {**NAMED, "at": "2026-11-24T15:00Z"})

    assert first["Location"] == second["Location"]
    assert len(bookings(salon)) == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"email": "marta@ferrer"}, "Type the whole address, as in marta@ferrer.es"),
        ({"email": ""}, "Type an email or a phone number, so that we can reach you."),
        ({"email": "", "phone": "12"}, "phone"),
        ({"website": "https://spam.example"}, "Leave the field “Website” empty"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_booked(salon_site, salon, curl_cut, wrong, sentence):
    response = salon_site.post("/book/curl-cut/details", {**NAMED, **wrong, "at": "2026-11-24T15:00Z"})

    assert response.status_code == 422
    assert sentence in text(response)
    assert bookings(salon) == []


def test_a_phone_is_enough(salon_site, salon, curl_cut):
    salon_site.post("/book/curl-cut/details", {**NAMED, "email": "", "phone": "600 000 142", "at": "2026-11-24T15:00Z"})

    booking = bookings(salon)[0]
    with project_scope(salon.pk):
        assert booking.customer.phone == "+34600000142"
        assert not Message.objects.filter(event="booking.confirmed").exists()


@pytest.mark.parametrize("at_", ["", "soon", "2026-11-24", "2026-11-24T25:00Z", "9999-99-99T00:00Z"])
def test_a_nonsense_time_leads_back_to_the_times(salon_site, salon, curl_cut, at_):
    assert salon_site.get("/book/curl-cut/details", {"at": at_})["Location"] == "/book/curl-cut"
    assert salon_site.post("/book/curl-cut/details", {**NAMED, "at": at_})["Location"] == "/book/curl-cut"
    assert bookings(salon) == []


@pytest.mark.parametrize(
    "query", ["day=soon", "from=0001-01-01", "day=9999-12-31&from=9999-12-31", "with=nobody", "with=%F0"]
)
def test_nonsense_in_the_address_still_shows_times(salon_site, curl_cut, query):
    assert salon_site.get(f"/book/curl-cut?{query}").status_code == 200


def test_days_say_in_words_why_they_have_no_times(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        for hour in range(9, 17):
            make.booking(salon, curl_cut, at(salon, f"{hour}:00"))
        make.closure(at(salon, "00:00", make.TUESDAY.replace(day=25)), at(salon, "23:00", make.TUESDAY.replace(day=25)))

    page = text(salon_site.get("/book/curl-cut"))

    assert "Tue 24 Full" in page
    assert "Wed 25 Away" in page
    assert "Sat 28 Closed" in page
    assert "Madrid time (UTC+1)" in page


def test_the_strip_begins_where_the_first_free_time_is(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        make.closure(at(salon, "00:00", make.MONDAY), at(salon, "23:59", make.MONDAY.replace(day=30)))
        Service.objects.update(horizon_days=60)
    page = text(salon_site.get("/book/curl-cut"))

    assert "Tue 1" in page


def test_the_page_speaks_the_visitors_language(salon_site, curl_cut):
    page = salon_site.get("/es/book/curl-cut")

    assert page.status_code == 200
    assert 'lang="es"' in page.content.decode()
    assert 'action="/es/book/curl-cut/hold"' in page.content.decode()


def test_a_service_that_is_off_or_elsewhere_is_not_there(salon_site, salon, clinic, curl_cut):
    with project_scope(clinic.pk):
        make.service(slug="walk-test")
    with project_scope(salon.pk):
        Service.objects.update(is_active=False)

    assert salon_site.get("/book/curl-cut").status_code == 404
    assert salon_site.get("/book/walk-test").status_code == 404
    assert "Nothing can be booked here" in text(salon_site.get("/book"))


def test_a_form_from_another_origin_books_nothing(salon_site, salon, curl_cut):
    response = salon_site.post(
        "/book/curl-cut/details", {**NAMED, "at": "2026-11-24T15:00Z"}, HTTP_ORIGIN="http://evil.example"
    )

    assert response.status_code == 403
    assert bookings(salon) == []


# --- The customer's own page ------------------------------------------------------------------------------------------


@pytest.fixture
def booked(salon, curl_cut) -> Booking:
    with project_scope(salon.pk):
        return make.booking(salon, curl_cut, at(salon, "16:00"), note="secret words")


def test_the_link_shows_the_booking_and_no_name(salon_site, booked):
    page = text(salon_site.get(f"/booking/{booked.token}"))

    assert "Tue 24 Nov, 16:00" in page
    assert booked.code in page
    assert "Marta" not in page
    assert "secret words" not in page


def test_the_link_moves_the_booking(salon_site, salon, booked):
    times = salon_site.get(f"/booking/{booked.token}/time?day=2026-11-25")
    assert 'value="2026-11-25T10:00Z"' in times.content.decode()

    response = salon_site.post(f"/booking/{booked.token}/time", {"at": "2026-11-25T10:00Z"})

    assert response["Location"] == f"/booking/{booked.token}?moved=1"
    assert bookings(salon)[0].starts_at == at(salon, "11:00", make.TUESDAY.replace(day=25))
    with project_scope(salon.pk):
        assert Message.objects.filter(event="booking.moved").count() == 1


def test_a_move_to_a_taken_time_keeps_the_old_one(salon_site, salon, curl_cut, booked):
    with project_scope(salon.pk):
        make.booking(salon, curl_cut, at(salon, "12:00"))

    response = salon_site.post(f"/booking/{booked.token}/time", {"at": "2026-11-24T11:00Z"})

    assert response.status_code == 409
    assert "Someone was quicker" in text(response)
    assert bookings(salon)[0].starts_at == at(salon, "16:00")


def test_the_link_cancels_once(salon_site, salon, booked):
    for _ in range(2):
        salon_site.post(f"/booking/{booked.token}/cancellation", {"reason": "ill"})

    assert bookings(salon)[0].is_cancelled
    assert "This booking is cancelled." in text(salon_site.get(f"/booking/{booked.token}"))
    with project_scope(salon.pk):
        message = as_read(Message.objects.get(event="booking.cancelled"))
        assert "METHOD:CANCEL" in _decoded(message)


def _decoded(message) -> str:
    import base64

    return base64.b64decode(message.attachments[0]["content"]).decode()


def test_after_the_deadline_the_page_says_whom_to_call(salon_site, salon, booked):
    with clock.frozen(at(salon, "15:30")):
        page = salon_site.get(f"/booking/{booked.token}")
        refused = salon_site.post(f"/booking/{booked.token}/cancellation")

    assert "too late" in text(page)
    assert "tel:+34960000141" in page.content.decode()
    assert refused.status_code == 409
    assert bookings(salon)[0].is_confirmed


def test_the_calendar_file_keeps_its_uid_and_counts_changes(salon_site, salon, booked):
    with project_scope(salon.pk):
        lifecycle.move(Booking.objects.with_people().get(), at(salon, "14:00"), notify=False)

    file = salon_site.get(f"/booking/{booked.token}/calendar.ics")

    content = file.content.decode()
    assert file["Content-Type"].startswith("text/calendar")
    assert f"UID:{booked.pk}@booking.flectar" in content
    assert "SEQUENCE:1" in content
    assert "DTSTART:20261124T130000Z" in content


@pytest.mark.parametrize("page", ["", "/time", "/cancellation", "/calendar.ics"])
def test_a_wrong_link_shows_nothing(salon_site, booked, page):
    assert salon_site.get(f"/booking/{booked.token[::-1]}{page}").status_code == 404


def test_another_business_does_not_know_the_link(salon_site, clinic, booked):
    from tests.cast import PlatformClient

    assert PlatformClient("clinica.localhost:8000").get(f"/booking/{booked.token}").status_code == 404
