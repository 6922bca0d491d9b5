"""“Why is this time not free?” says what booking says, with everything behind it."""

import re
from datetime import timedelta

import pytest

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds import lifecycle
from flectar.offers.booking.errors import SlotTaken
from flectar.offers.booking.models import Resource, ServiceNeed
from flectar.offers.booking.scheduling import why
from tests.offers.booking import make
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def noa(salon):
    with project_scope(salon.pk):
        return make.staff("Noa Vidal")


@pytest.fixture
def cut(salon, noa):
    with project_scope(salon.pk):
        return make.service(noa, name="Curl cut")


def test_each_need_says_who_is_taken_and_by_whom(in_salon, salon, noa, cut):
    room = make.staff("Room 1", kind=Resource.Kind.ROOM)
    ServiceNeed.objects.create(service=cut, resource=room, group_no=2)
    other = make.service(room, name="Massage")
    taken = make.booking(salon, other, at(salon, "10:00"))

    answer = why.ask(salon, cut, at(salon, "10:00"))

    assert not answer.is_free
    assert answer.told == Reason.CLAIMED
    first, second = answer.needs
    assert [one.is_free for one in first.seen] == [True]
    assert first.is_met
    assert [one.booking for one in second.seen[0].because] == [taken]
    assert not second.is_met


def test_all_reasons_are_told_not_only_the_first(in_salon, salon, noa, cut):
    make.booking(salon, cut, at(salon, "10:00"))
    make.closure(at(salon, "10:30"), at(salon, "12:00"), resource=noa, reason="Course")

    [need] = why.ask(salon, cut, at(salon, "10:00")).needs

    assert [one.reason for one in need.seen[0].because] == [Reason.CLOSURE, Reason.CLAIMED]
    assert need.seen[0].because[0].closure.reason == "Course"


def test_it_agrees_with_booking_at_every_half_hour(in_salon, salon, cut):
    make.booking(salon, cut, at(salon, "10:00"))
    make.closure(at(salon, "13:00"), at(salon, "14:00"))
    for minutes in range(8 * 60, 19 * 60, 30):
        start = at(salon, f"{minutes // 60}:{minutes % 60:02}")
        try:
            lifecycle.check(salon, cut, start)
            told = None
        except SlotTaken as taken:
            told = taken.reason
        assert why.ask(salon, cut, start).told == told


def test_another_moment_can_be_tried(in_salon, salon, noa):
    service = make.service(noa, notice_min=24 * 60)

    assert why.ask(salon, service, at(salon, "07:00") + timedelta(hours=3), now=at(salon, "08:00")).told == (
        Reason.TOO_SOON
    )
    assert why.ask(salon, service, at(salon, "10:00"), now=clock.now() - timedelta(days=2)).is_free


def test_the_page_leads_to_the_booking_behind(signed_in, salon, noa, cut):
    with project_scope(salon.pk):
        booked = make.booking(salon, cut, at(salon, "10:00"), customer=make.customer(salon, "Olga Roig"))
    asked = {"service": cut.pk, "day": "2026-11-24", "time": "10:30", "resource": "", "party": "1"}

    answer = signed_in.get("/nacar/calendar/why", asked)

    assert "Not free" in text(answer)
    assert "Taken by Olga Roig, Curl cut" in text(answer)
    assert f'href="/nacar/bookings/{booked.pk}"' in answer.content.decode()
    assert "Someone was quicker" in text(answer)


def test_the_page_takes_another_day_and_another_customer(signed_in, salon, noa, cut):
    with project_scope(salon.pk):
        make.customer(salon, "Marta Climent")
    asked = {"service": cut.pk, "day": "2026-11-24", "time": "10:00", "resource": "", "party": "1"}

    page = text(signed_in.get("/nacar/calendar/why", asked | {"as_day": "2026-11-25", "customer": "climent"}))

    assert "As seen on Wed 25 Nov" in page
    assert "Marta Climent" in page
    assert "Too soon" in page
    assert signed_in.get("/nacar/calendar/why", asked | {"as_day": "0001-01-01"}).status_code == 422
    assert signed_in.get("/nacar/calendar/why", {"service": "x", "time": "99"}).status_code == 422


def test_a_stranger_asks_in_vain(signed_in_stranger, salon, cut):
    assert signed_in_stranger.get("/nacar/calendar/why").status_code == 404


def test_of_a_class_the_planned_dates_and_their_places_count(signed_in, salon, noa):
    with project_scope(salon.pk):
        yoga = make.class_of(noa)
        date = make.session(salon, yoga, "10:00", capacity=2)
        make.booking(salon, yoga, date.starts_at)

        one, two = (why.ask(salon, yoga, date.starts_at, party=party) for party in (1, 2))
        unplanned = why.ask(salon, yoga, at(salon, "12:00"))
        early = why.ask(salon, yoga, date.starts_at, now=date.starts_at - timedelta(days=300))

    assert (one.is_free, one.told) == (True, None)
    assert (two.is_free, two.told) == (False, Reason.CAPACITY)
    assert (unplanned.is_free, unplanned.told) == (False, Reason.CLOSED)
    assert early.told == Reason.PAST_HORIZON
    page = signed_in.get(f"/nacar/calendar/why?service={yoga.pk}&day=2026-11-24&time=12:00&party=1")
    assert "No date of this class is planned at that time." in text(page)
