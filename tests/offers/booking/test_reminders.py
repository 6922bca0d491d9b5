"""What customers hear before they come, and the link to all their bookings."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import due, lifecycle
from flectar.offers.booking.models import Booking, Service
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.wording import as_read
from tests.cast import PlatformClient
from tests.offers.booking import make
from tests.offers.booking.conftest import NOW
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")
WEDNESDAY = make.TUESDAY.replace(day=25)


@pytest.fixture
def curl_cut(salon):
    with project_scope(salon.pk):
        return make.service(make.staff("Noa Vidal"), slug="curl-cut")


def booked(salon, curl_cut, day=WEDNESDAY, **values) -> Booking:
    with project_scope(salon.pk):
        who = make.customer(salon, email="marta@ferrer.example")
        return make.booking(salon, curl_cut, at(salon, "16:00", day), customer=who, **values)


def remind(booking: Booking, starts_at=None) -> None:
    with project_scope(booking.project_id):
        due.remind.run(
            project_id=booking.project_id,
            booking_id=booking.pk,
            starts_at=(starts_at or booking.starts_at).isoformat(),
        )


def moments() -> list[datetime]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'booking.remind' ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def sent(salon, event: str = "booking.reminder") -> list[Message]:
    with project_scope(salon.pk):
        return list(Message.objects.filter(event=event))


def test_a_day_before_the_customer_is_reminded_once(salon, curl_cut):
    booking = booked(salon, curl_cut, locale="es")

    with clock.frozen(booking.starts_at - timedelta(days=1)):
        remind(booking)
        remind(booking)
        with project_scope(salon.pk):
            message = as_read(sent(salon)[0])

    assert len(sent(salon)) == 1
    assert message.locale == "es"
    assert "a las 16:00" in message.text
    assert "Europe/Madrid" in message.text
    assert f"/booking/{booking.token}" in message.text


def test_the_job_is_made_with_the_booking_for_its_moment(salon, curl_cut):
    booking = booked(salon, curl_cut)

    assert moments() == [booking.starts_at - timedelta(days=1)]


def test_who_books_at_short_notice_or_where_nobody_is_reminded_gets_none(salon, curl_cut):
    booked(salon, curl_cut, make.MONDAY)
    with project_scope(salon.pk):
        Service.objects.update(remind_min=0)
    booked(salon, curl_cut)

    assert moments() == []


def test_a_booking_that_moved_is_reminded_of_at_its_new_time_only(salon, curl_cut):
    booking = booked(salon, curl_cut)
    before = booking.starts_at
    with project_scope(salon.pk):
        lifecycle.move(booking, at(salon, "12:00", WEDNESDAY), by_team=True, notify=False)

    remind(booking, before)
    assert sent(salon) == []
    remind(booking)
    assert len(sent(salon)) == 1


def test_nobody_is_reminded_of_what_is_cancelled_or_has_begun(salon, curl_cut):
    booking = booked(salon, curl_cut)
    with clock.frozen(booking.starts_at):
        remind(booking)
    with project_scope(salon.pk):
        lifecycle.cancel(booking, by_team=True, notify=False)
    remind(booking)

    assert sent(salon) == []


# --- All my bookings --------------------------------------------------------------------------------------------------


def link_in(message: Message) -> str:
    return re.search(r"(/bookings/\S+)", message.text)[1]


def test_the_answer_is_the_same_for_every_address(salon_site, salon, curl_cut):
    booked(salon, curl_cut)

    known = salon_site.post("/bookings", {"email": "Marta@Ferrer.example"})
    unknown = salon_site.post("/bookings", {"email": "nobody@ferrer.example"})

    assert known.content == unknown.content
    assert [message.to_address for message in sent(salon, "booking.my_bookings")] == ["marta@ferrer.example"]


def test_the_link_shows_ones_own_bookings_and_nobody_elses(salon_site, salon, curl_cut):
    mine = booked(salon, curl_cut)
    with project_scope(salon.pk):
        other = make.booking(salon, curl_cut, at(salon, "10:00", WEDNESDAY))
    salon_site.post("/bookings", {"email": "marta@ferrer.example"})

    page = salon_site.get(link_in(sent(salon, "booking.my_bookings")[0]))

    assert f"/booking/{mine.token}" in page.content.decode()
    assert other.token not in page.content.decode()


def test_the_link_is_over_after_a_day_and_is_worth_nothing_elsewhere(salon_site, salon, clinic, curl_cut):
    booked(salon, curl_cut)
    salon_site.post("/bookings", {"email": "marta@ferrer.example"})
    link = link_in(sent(salon, "booking.my_bookings")[0])

    with clock.frozen(NOW + timedelta(days=1, minutes=1)):
        over = salon_site.get(link)

    assert over.status_code == 410
    assert salon_site.get(link[:-1] + ("a" if link[-1] != "a" else "b")).status_code == 404
    assert PlatformClient("clinica.localhost:8000").get(link).status_code == 404


def test_nobody_can_fill_a_mailbox_with_links(salon_site, salon, curl_cut):
    booked(salon, curl_cut)
    for _ in range(8):
        salon_site.post("/bookings", {"email": "marta@ferrer.example"})

    assert len(sent(salon, "booking.my_bookings")) == 5
