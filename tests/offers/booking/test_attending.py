"""The team marks who came, one or many at once, takes it back, and corrects it with a reason."""

import re
from datetime import timedelta

import pytest

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import series
from flectar.offers.booking.models import Booking, Requirement, RequirementAnswer
from flectar.platform.outbox.models import Message
from tests.offers.booking import make
from tests.offers.booking.make import MONDAY, at

pytestmark = pytest.mark.usefixtures("monday_morning")
Status = Booking.Status


@pytest.fixture
def cut(salon):
    with project_scope(salon.pk):
        return make.service(make.staff("Noa Vidal"), name="Curl cut", slug="curl-cut")


@pytest.fixture
def olga(salon, cut) -> Booking:
    with project_scope(salon.pk):
        return make.booking(salon, cut, at(salon, "09:00", MONDAY), customer=make.customer(salon, "Olga Roig"))


@pytest.fixture
def at_eleven(monday_morning, salon, olga):
    """Monday, eleven o'clock: Olga's hour is over."""
    with clock.frozen(at(salon, "11:00", MONDAY)):
        yield


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def fresh(salon, booking) -> Booking:
    with project_scope(salon.pk):
        return Booking.objects.with_people().get(pk=booking.pk)


@pytest.mark.parametrize(
    "mark",
    [
        ("arrival", "Olga Roig is here.", Status.IN_PROGRESS),
        ("completion", "Olga Roig’s booking is done.", Status.COMPLETED),
        ("absence", "Olga Roig did not come.", Status.NO_SHOW),
    ],
)
@pytest.mark.usefixtures("at_eleven")
def test_a_mark_is_said_and_can_be_taken_back(signed_in, salon, olga, mark):
    deed, said, status = mark
    answer = signed_in.post(f"/nacar/bookings/{olga.pk}/{deed}", follow=True)

    assert said in text(answer)
    assert fresh(salon, olga).status == status
    undo = f"/nacar/bookings/attendance/undoing?id={olga.pk}"
    assert f'action="{undo}"' in answer.content.decode()

    signed_in.post(undo)

    assert fresh(salon, olga).status == Status.CONFIRMED
    assert fresh(salon, olga).attendance == Booking.Attendance.EXPECTED


def test_nobody_can_be_missing_before_their_time(signed_in, salon, olga):
    answer = signed_in.post(f"/nacar/bookings/{olga.pk}/absence", follow=True)

    assert "too early" in text(answer)
    assert fresh(salon, olga).status == Status.CONFIRMED


def test_a_correction_needs_a_reason_and_keeps_it(signed_in, salon, olga, at_eleven):
    signed_in.post(f"/nacar/bookings/{olga.pk}/absence")
    page = f"/nacar/bookings/{olga.pk}/correction"
    assert signed_in.post(page, {"to": "completed", "reason": ""}).status_code == 422
    assert fresh(salon, olga).status == Status.NO_SHOW

    answer = signed_in.post(page, {"to": "completed", "reason": "She sat in the garden."}, follow=True)

    assert fresh(salon, olga).status == Status.COMPLETED
    assert "She sat in the garden." in text(answer)


def test_a_correction_after_thirty_days_is_refused(signed_in, salon, olga, at_eleven):
    signed_in.post(f"/nacar/bookings/{olga.pk}/absence")
    with clock.frozen(clock.now() + timedelta(days=31)):
        answer = signed_in.post(f"/nacar/bookings/{olga.pk}/correction", {"to": "completed", "reason": "Late"})

    assert answer.status_code == 409
    assert fresh(salon, olga).status == Status.NO_SHOW


def test_many_are_marked_at_once_and_taken_back_at_once(signed_in, salon, cut, olga, at_eleven):
    with project_scope(salon.pk):
        later = make.booking(salon, cut, at(salon, "16:00", MONDAY), customer=make.customer(salon, "Ximo Bellver"))
    chosen = {"id": [str(olga.pk), str(later.pk)]}

    answer = signed_in.post("/nacar/bookings/completions", chosen, follow=True)

    assert "1 booking is done, 1 skipped" in text(answer)
    assert "Ximo Bellver: It is too early" in text(answer)
    assert fresh(salon, olga).status == Status.COMPLETED
    [undo] = re.findall(r'action="(/nacar/bookings/attendance/undoing[^"]+)"', answer.content.decode())
    signed_in.post(undo.replace("&amp;", "&"))
    assert fresh(salon, olga).status == Status.CONFIRMED


def test_no_shows_have_a_view_of_their_own(signed_in, salon, olga, at_eleven):
    signed_in.post("/nacar/bookings/absences", {"id": [str(olga.pk)]})

    assert "Olga Roig" in text(signed_in.get("/nacar/bookings?view=no-shows"))


def test_requests_are_a_view_and_are_accepted_together(signed_in, salon):
    with project_scope(salon.pk):
        service = make.service(make.staff("Marc Soler"), name="Balayage", approval="all")
        asked = [
            make.booking(salon, service, at(salon, time), by_team=False, customer=make.customer(salon, name))
            for time, name in (("10:00", "Noa Benítez"), ("12:00", "Rosa Peris"))
        ]
    page = text(signed_in.get("/nacar/bookings?view=requests"))
    assert "Requests 2" in page
    assert "Rosa Peris" in page

    answer = signed_in.post("/nacar/bookings/acceptances", {"id": [str(one.pk) for one in asked]}, follow=True)

    assert "2 requests are accepted" in text(answer)
    assert [fresh(salon, one).status for one in asked] == [Status.CONFIRMED, Status.CONFIRMED]


def test_unpaid_are_those_with_money_to_come_that_was_due_beforehand(signed_in, salon, cut, settings):
    settings.TEST_PAYMENTS = True
    with project_scope(salon.pk):
        make.booking(salon, cut, at(salon, "09:00"), customer=make.customer(salon, "Pays There"))
        service = make.service(make.staff("Marc Soler"), name="Balayage", pay="deposit", deposit_percent=30)
        held = make.booking(
            salon, service, at(salon, "10:00"), by_team=False, customer=make.customer(salon, "Owes Some")
        )
    page = text(signed_in.get("/nacar/bookings?view=unpaid"))

    assert "Owes Some" in page
    assert "€58 to collect" in page
    assert "Pays There" not in page
    assert fresh(salon, held).status == Status.HELD


def test_the_page_says_what_cancelling_would_cost_and_what_goes_back(signed_in, salon, cut):
    with project_scope(salon.pk):
        booked = make.booking(salon, cut, at(salon, "10:00"))
        booked.policy_snapshot["tiers"] = [{"hours": 48, "percent": 0}, {"hours": 1, "percent": 50}]
        booked.paid_minor = 2900
        booked.save()

    page = text(signed_in.get(f"/nacar/bookings/{booked.pk}/cancellation"))

    assert "If the customer cancelled now, €29 would be charged." in page
    assert "When you cancel, nothing is charged. €29 goes back to the customer." in page


def test_of_a_series_this_one_and_those_after_it_are_cancelled(signed_in, salon, cut):
    with project_scope(salon.pk):
        made = series.book(
            salon, cut, at(salon, "10:00"), "FREQ=WEEKLY;COUNT=4", make.customer(salon), by_team=True, notify=False
        )
    page = text(signed_in.get(f"/nacar/bookings/{made[1].pk}"))
    assert "Series" in page
    typed = {"reach": "following", "reason": "", "notify": "on"}

    answer = signed_in.post(f"/nacar/bookings/{made[1].pk}/cancellation", typed, follow=True)

    assert "3 bookings cancelled" in text(answer)
    assert [fresh(salon, one).status for one in made] == [Status.CONFIRMED, *[Status.CANCELLED] * 3]


def test_a_held_booking_is_cancelled_and_the_way_back_is_not_promised(signed_in, salon, settings):
    settings.TEST_PAYMENTS = True
    with project_scope(salon.pk):
        service = make.service(make.staff("Marc Soler"), name="Balayage", pay="full")
        held = make.booking(salon, service, at(salon, "10:00"), by_team=False)

    answer = signed_in.post(f"/nacar/bookings/{held.pk}/cancellation", {"notify": "on"}, follow=True)

    assert fresh(salon, held).status == Status.CANCELLED
    assert "restoration" not in answer.content.decode().split("<main")[0]
    with project_scope(salon.pk):
        assert Message.objects.filter(event="booking.cancelled").exists()


def test_answers_stand_on_the_page(signed_in, salon, cut, olga):
    with project_scope(salon.pk):
        asked = Requirement.objects.create(service=cut, kind="text", label="Any allergies?")
        RequirementAnswer.objects.create(booking=olga, requirement=asked, label="Any allergies?", text="Nuts, badly")

    page = text(signed_in.get(f"/nacar/bookings/{olga.pk}"))

    assert "Any allergies?" in page
    assert "Nuts, badly" in page


def test_a_stranger_marks_nothing(signed_in_stranger, salon, olga, at_eleven):
    for deed in ("arrival", "completion", "absence", "correction"):
        assert signed_in_stranger.post(f"/nacar/bookings/{olga.pk}/{deed}").status_code == 404
    for deed in ("completions", "absences", "acceptances", f"attendance/undoing?id={olga.pk}"):
        assert signed_in_stranger.post(f"/nacar/bookings/{deed}", {"id": str(olga.pk)}).status_code == 404
    assert fresh(salon, olga).status == Status.CONFIRMED
