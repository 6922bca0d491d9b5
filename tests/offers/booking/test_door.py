"""The door without a camera: the code of a booking is typed, or brought by the picture on the customer's page."""

import base64
import re
from datetime import timedelta
from io import BytesIO

import pytest
import segno

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.messages import notices
from flectar.offers.booking.models import Booking, Session
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.wording import as_read
from tests.offers.booking import make
from tests.offers.booking.make import MONDAY, at

pytestmark = pytest.mark.usefixtures("monday_morning")


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def today(salon) -> Booking:
    """At ten, with attendance switched on."""
    with project_scope(salon.pk):
        salon.modules = [*salon.modules, "attendance"]
        salon.save()
        who = make.customer(salon, "Amélie Ñúñez")
        return make.booking(salon, make.service(make.staff("Noa Vidal")), at(salon, "10:00", MONDAY), customer=who)


def test_a_code_finds_the_booking_and_one_tap_says_that_they_are_here(signed_in, salon, today):
    with clock.frozen(today.starts_at - timedelta(minutes=5)):
        found = signed_in.get(f"/nacar/check-in?code={today.code[:3].lower()}+{today.code[3:]}")
        assert "Amélie Ñúñez" in text(found)
        assert f'action="/nacar/bookings/{today.pk}/arrival"' in found.content.decode()
        signed_in.post(f"/nacar/bookings/{today.pk}/arrival")

    with project_scope(salon.pk):
        today.refresh_from_db()
        assert today.status == Booking.Status.IN_PROGRESS


def test_a_wrong_code_and_another_day_are_said(signed_in, salon, today):
    wrong = signed_in.get("/nacar/check-in?code=NOBODY7")
    with clock.frozen(today.starts_at - timedelta(days=2)):
        early = signed_in.get(f"/nacar/check-in?code={today.code}")

    assert wrong.status_code == 404
    assert "No booking has this code." in text(wrong)
    assert "Not today: this code is for" in text(early)
    assert "/arrival" not in early.content.decode()


def test_the_customers_page_shows_the_code_of_an_appointment_while_attendance_is_on(salon_site, salon, today):
    url = f"/booking/{today.token}/check-in.svg"

    assert url in salon_site.get(f"/booking/{today.token}").content.decode()
    assert salon_site.get(url)["Content-Type"] == "image/svg+xml"
    with project_scope(salon.pk):
        salon.modules = [one for one in salon.modules if one != "attendance"]
        salon.save()
    assert salon_site.get(url).status_code == 404
    assert "check-in.svg" not in salon_site.get(f"/booking/{today.token}").content.decode()


# --- In the mails -----------------------------------------------------------------------------------------------------


def told(salon, event) -> Message:
    """The mail with its words."""
    with project_scope(salon.pk):
        return as_read(Message.objects.get(event=event))


def pictures(mail) -> dict[str, bytes]:
    return {one["cid"]: base64.b64decode(one["content"]) for one in mail.attachments if "cid" in one}


def qr(url) -> bytes:
    into = BytesIO()
    segno.make(url, error="m").save(into, kind="png", scale=5, border=4, dark="#000", light="#fff")
    return into.getvalue()


def test_confirmation_and_reminder_carry_the_code_as_a_picture_of_their_own(salon, today):
    with project_scope(salon.pk):
        notices.confirmed(salon, today)
        notices.reminder(salon, today)

    for mail in (told(salon, "booking.confirmed"), told(salon, "booking.reminder")):
        cid = f"{today.code}@check-in.flectar"
        assert pictures(mail) == {cid: qr(f"http://localhost:8000/nacar/check-in?code={today.code}")}
        assert f'<img src="cid:{cid}"' in mail.html
        assert f'alt="Check-in code {today.code}"' in mail.html
        assert f"show the picture or say the code {today.code}." in mail.text
        assert re.findall(r'src="([^"]+)"', mail.html) == [f"cid:{cid}"]


def test_of_a_class_each_place_has_its_picture(salon):
    with project_scope(salon.pk):
        salon.modules = [*salon.modules, "attendance"]
        salon.save()
        yoga = make.class_of(make.staff("Noa Vidal"))
        date = make.session(salon, yoga, "10:00")
        two = make.booking(salon, yoga, date.starts_at, party=2, notify=True)
        tokens = list(two.attendees.order_by("number").values_list("token", flat=True))

    mail = told(salon, "booking.confirmed")

    assert list(pictures(mail).values()) == [qr(f"http://localhost:8000/nacar/check-in/{one}") for one in tokens]
    assert "Place 2" in mail.html


@pytest.mark.parametrize("case", ["switched off", "only asked for", "cancelled since"])
def test_there_is_no_code_where_nobody_would_be_let_in_by_it(salon, today, case):
    with project_scope(salon.pk):
        if case == "switched off":
            salon.modules = [one for one in salon.modules if one != "attendance"]
            salon.save()
        notices.confirmed(salon, today)
        states = {"only asked for": "requested", "cancelled since": "cancelled"}
        Booking.objects.update(status=states.get(case, "confirmed"))

    mail = told(salon, "booking.confirmed")

    assert pictures(mail) == {}
    assert "cid:" not in mail.html
    assert "door" not in mail.text


def test_dates_of_classes_go_on_on_further_pages(signed_in, salon):
    with project_scope(salon.pk):
        noa = make.staff("Noa Vidal")
        yoga = make.class_of(noa)
        times = [at(salon, "10:00") + timedelta(hours=n) for n in range(103)]
        half = timedelta(minutes=30)
        Session.objects.bulk_create(
            Session(service=yoga, resource=noa, starts_at=one, ends_at=one + half, tz=salon.zone, capacity=5)
            for one in times
        )

    first = signed_in.get("/nacar/classes").content.decode()
    after = re.search(r"after=([^\"&]+)", first)[1]
    second = signed_in.get(f"/nacar/classes?after={after}").content.decode()

    assert (first.count("0 of 5"), second.count("0 of 5")) == (100, 3)
    assert signed_in.get("/nacar/classes?after=nonsense").status_code == 200
