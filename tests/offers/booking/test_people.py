"""Each person of an appointment or a class is marked alone, and the booking follows; only while attendance is on."""

import re
from datetime import timedelta

import pytest

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Attendee, Booking, BookingEvent
from tests.offers.booking import make
from tests.offers.booking.make import MONDAY, at

pytestmark = pytest.mark.usefixtures("monday_morning")
Status = Booking.Status


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def switch(salon, *, on: bool) -> None:
    with project_scope(salon.pk):
        salon.modules = [one for one in salon.modules if one != "attendance"] + ["attendance"] * on
        salon.save()


@pytest.fixture
def three(salon) -> Booking:
    """An appointment for three, today at ten."""
    switch(salon, on=True)
    with project_scope(salon.pk):
        service = make.service(make.staff("Noa Vidal"), name="Lesson", max_party=4)
        return make.booking(
            salon, service, at(salon, "10:00", MONDAY), party=3, customer=make.customer(salon, "Olga Roig")
        )


@pytest.fixture
def quarter_past(monday_morning, three):
    with clock.frozen(three.starts_at + timedelta(minutes=15)):
        yield


@pytest.fixture
def tap(signed_in, salon, three):
    """Mark them one after another: 1="arrived"."""

    def taps(*marks: tuple[int, str]) -> None:
        for number, mark in marks:
            signed_in.post(f"/nacar/bookings/{three.pk}/people/{number}", {"mark": mark})

    return taps


def now(salon, booking) -> tuple[str, list[str]]:
    with project_scope(salon.pk):
        people = booking.attendees.order_by("number", "id").values_list("attendance", flat=True)
        return Booking.objects.get(pk=booking.pk).status, list(people)


@pytest.mark.usefixtures("quarter_past")
def test_one_by_one_they_are_marked_and_it_can_be_undone(signed_in, salon, three, tap):
    page = text(signed_in.get(f"/nacar/bookings/{three.pk}"))
    assert "Who comes" in page
    assert "Olga Roig Expected" in page
    assert page.count("Guest of Olga Roig Expected") == 2

    tap((1, "arrived"), (3, "no_show"))
    assert now(salon, three) == (Status.IN_PROGRESS, ["arrived", "expected", "no_show"])
    assert "Olga Roig Arrived, 10:15" in text(signed_in.get(f"/nacar/bookings/{three.pk}"))

    tap((1, "expected"))
    assert now(salon, three) == (Status.CONFIRMED, ["expected", "expected", "no_show"])


@pytest.mark.parametrize("order", [(1, 2, 3), (2, 3, 1), (3, 1, 2)])
@pytest.mark.usefixtures("quarter_past")
def test_when_nobody_came_the_booking_is_a_no_show_until_one_is_taken_back(salon, three, tap, order):
    tap(*[(number, "excused" if number == 2 else "no_show") for number in order])
    assert now(salon, three) == (Status.NO_SHOW, ["no_show", "excused", "no_show"])

    tap((3, "expected"))
    assert now(salon, three) == (Status.CONFIRMED, ["no_show", "excused", "expected"])


@pytest.mark.usefixtures("quarter_past")
def test_all_of_them_excused_is_no_no_show(salon, three, tap):
    tap((1, "excused"), (2, "excused"), (3, "excused"))

    assert now(salon, three) == (Status.CONFIRMED, ["excused"] * 3)


@pytest.mark.usefixtures("quarter_past")
def test_what_is_said_of_all_leaves_what_was_said_of_one(signed_in, salon, three, tap):
    tap((2, "no_show"))
    signed_in.post(f"/nacar/bookings/{three.pk}/arrival")
    signed_in.post(f"/nacar/bookings/{three.pk}/completion")
    assert now(salon, three) == (Status.COMPLETED, ["attended", "no_show", "attended"])

    signed_in.post(f"/nacar/bookings/attendance/undoing?id={three.pk}")
    assert now(salon, three) == (Status.CONFIRMED, ["expected", "no_show", "expected"])


def test_nobody_is_marked_before_their_time(salon, three, tap):
    tap((1, "arrived"), (2, "no_show"))

    assert now(salon, three) == (Status.CONFIRMED, [])


@pytest.mark.usefixtures("quarter_past")
def test_one_of_a_closed_booking_is_corrected_with_a_reason_and_the_booking_follows(signed_in, salon, three, tap):
    signed_in.post(f"/nacar/bookings/{three.pk}/absence")
    page = f"/nacar/bookings/{three.pk}/people/2/correction"
    tap((2, "arrived"))
    assert signed_in.post(page, {"to": "attended", "reason": ""}).status_code == 422
    assert now(salon, three)[0] == Status.NO_SHOW

    answer = signed_in.post(page, {"to": "attended", "reason": "She sat in the garden."}, follow=True)

    assert now(salon, three) == (Status.COMPLETED, ["no_show", "attended", "no_show"])
    assert "She sat in the garden." in text(answer)
    with project_scope(salon.pk):
        assert BookingEvent.objects.get(kind="corrected").after == {"place": 2, "attendance": "attended"}

    signed_in.post(page, {"to": "no_show", "reason": "It was another."})
    assert now(salon, three) == (Status.NO_SHOW, ["no_show"] * 3)


def test_after_thirty_days_nobody_is_corrected(signed_in, salon, three, quarter_past):
    signed_in.post(f"/nacar/bookings/{three.pk}/absence")
    with clock.frozen(three.ends_at + timedelta(days=31)):
        page = f"/nacar/bookings/{three.pk}/people/2/correction"
        answer = signed_in.post(page, {"to": "attended", "reason": "Late"})

    assert answer.status_code == 409
    assert now(salon, three)[0] == Status.NO_SHOW


def test_who_was_left_open_is_marked_when_the_booking_is_done_by_itself(salon, three, tap):
    with project_scope(salon.pk):
        Booking.objects.update(status=Status.COMPLETED)
    with clock.frozen(three.ends_at + timedelta(days=2)):
        tap((1, "arrived"), (2, "no_show"))
        assert now(salon, three) == (Status.COMPLETED, ["attended", "no_show", "expected"])
        tap((1, "no_show"))

    assert now(salon, three) == (Status.COMPLETED, ["attended", "no_show", "expected"])


def test_the_people_of_a_class_have_their_places_on_the_page_of_the_booking(signed_in, salon):
    switch(salon, on=True)
    with project_scope(salon.pk):
        yoga = make.class_of(make.staff("Noa Vidal"))
        date = make.session(salon, yoga, "10:00", MONDAY)
        make.booking(salon, yoga, date.starts_at)
        pair = make.booking(salon, yoga, date.starts_at, party=2)
    with clock.frozen(date.starts_at):
        page = signed_in.get(f"/nacar/bookings/{pair.pk}").content.decode()
        signed_in.post(f"/nacar/bookings/{pair.pk}/people/3", {"mark": "arrived"})
        beyond = signed_in.post(f"/nacar/bookings/{pair.pk}/people/1", {"mark": "arrived"})

    assert re.findall(r'id="person-(\d)"', page) == ["2", "3"]
    assert beyond.status_code == 404
    assert now(salon, pair) == (Status.IN_PROGRESS, ["expected", "arrived"])


def test_a_stay_is_marked_as_a_whole(signed_in, salon):
    switch(salon, on=True)
    with project_scope(salon.pk):
        week = make.stay(salon, make.stay_service(), make.dec(1), make.dec(4), party=2)

    assert signed_in.post(f"/nacar/bookings/{week.pk}/people/1", {"mark": "arrived"}).status_code == 404


# --- The switch -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quarter_past")
def test_without_attendance_the_door_is_gone_and_what_became_of_the_booking_can_still_be_said(
    signed_in, salon_site, salon, three
):
    with project_scope(salon.pk):
        yoga = make.class_of(make.staff("Marc Soler"))
        date = make.session(salon, yoga, "12:00", MONDAY)
        seat = make.booking(salon, yoga, date.starts_at).attendees.get()
    switch(salon, on=False)
    own, dashboard = three.token, f"/nacar/bookings/{three.pk}"

    for address in (
        "/nacar/check-in",
        f"/nacar/check-in?code={three.code}",
        f"/nacar/check-in/{seat.token}",
        f"{dashboard}/people/1/correction",
    ):
        assert signed_in.get(address).status_code == 404, address
    for address in (
        f"/nacar/check-in/{seat.token}",
        f"/nacar/classes/{date.pk}/attendance/{seat.pk}",
        f"{dashboard}/people/1",
        f"{dashboard}/people/1/correction",
    ):
        assert signed_in.post(address, {"mark": "arrived", "to": "attended", "reason": "x"}).status_code == 404, address
    for address in (f"/booking/{own}/check-in.svg", f"/booking/{seat.booking.token}/place/1.svg"):
        assert salon_site.get(address).status_code == 404, address
    with project_scope(salon.pk):
        assert set(Attendee.objects.values_list("attendance", flat=True)) == {"expected"}
    assert "Who comes" not in text(signed_in.get(dashboard))
    assert "Here" not in text(signed_in.get(f"/nacar/classes/{date.pk}/list"))

    for deed, status in (("arrival", Status.IN_PROGRESS), ("completion", Status.COMPLETED)):
        signed_in.post(f"{dashboard}/{deed}")
        assert now(salon, three)[0] == status
    signed_in.post(f"{dashboard}/correction", {"to": "no_show", "reason": "It was another."})
    assert now(salon, three)[0] == Status.NO_SHOW
