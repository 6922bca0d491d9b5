"""Limits of a person, of a room and of the whole business: listed, booked, moved and explained alike."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds import lifecycle, queries
from flectar.offers.booking.deeds.lifecycle import Asked
from flectar.offers.booking.errors import SlotTaken
from flectar.offers.booking.models import Booking, Limit
from flectar.offers.booking.scheduling import why
from tests.offers.booking import make
from tests.offers.booking.make import TUESDAY, at
from tests.offers.booking.test_engine import book, listed, needed, thing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
WEDNESDAY = TUESDAY + timedelta(days=1)


def limit(most: int, **values) -> Limit:
    return Limit.objects.create(most=most, **{"per": Limit.Per.DAY, **values})


def refused(project, service, time, **options) -> Reason:
    with pytest.raises(SlotTaken) as taken:
        book(project, service, time, **options)
    return taken.value.reason


# --- Of a person or a thing -------------------------------------------------------------------------------------------


def test_a_person_who_has_enough_for_the_day_is_not_offered(in_salon):
    ana = make.staff("Ana")
    cut = make.service(ana)
    limit(2, resource=ana)
    book(in_salon, cut, "09:00")
    book(in_salon, cut, "12:00")

    assert listed(in_salon, cut) == []
    assert "09:00" in listed(in_salon, cut, day=WEDNESDAY)
    assert refused(in_salon, cut, "15:00") is Reason.LIMIT
    assert Booking.objects.count() == 2


def test_another_person_takes_it_instead(in_salon):
    ana, ben = make.staff("Ana"), make.staff("Ben", rank=5)
    cut = make.service(ana, ben)
    limit(1, resource=ana)
    book(in_salon, cut, "09:00")

    assert "15:00" in listed(in_salon, cut)
    assert listed(in_salon, cut, resource=ana) == []
    assert book(in_salon, cut, "15:00").resource == ben


def test_minutes_are_the_time_that_is_taken(in_salon):
    ana = make.staff("Ana")
    long, short = make.service(ana, duration_min=90, buffer_after=30), make.service(ana, duration_min=60)
    limit(240, resource=ana, counts_minutes=True)
    book(in_salon, long, "09:00")

    assert "15:00" in listed(in_salon, long)
    book(in_salon, short, "12:00")

    assert listed(in_salon, long) == []
    assert refused(in_salon, long, "15:00") is Reason.LIMIT
    book(in_salon, short, "15:00")
    assert listed(in_salon, short) == []


def test_a_room_beside_the_person_has_its_own_limit(in_salon):
    room = thing("Sauna")
    steam = needed(make.service(make.staff("Ana"), make.staff("Ben")), 2, room)
    limit(1, resource=room, per=Limit.Per.WEEK)
    book(in_salon, steam, "09:00")

    assert listed(in_salon, steam) == []
    assert listed(in_salon, steam, day=TUESDAY + timedelta(days=3)) == []
    assert "09:00" in listed(in_salon, steam, day=TUESDAY + timedelta(days=7))
    assert refused(in_salon, steam, "15:00") is Reason.LIMIT


def test_a_visit_of_two_services_is_two_bookings_of_whoever_does_both(in_salon):
    ana = make.staff("Ana")
    cut, colour = make.service(ana), make.service(ana)
    limit(3, resource=ana)
    book(in_salon, cut, "09:00")
    book(in_salon, cut, "10:00")
    visit = [Asked(cut), Asked(colour)]

    [day] = queries.free_times(in_salon, cut, first_day=TUESDAY, days=1, also=visit[1:])
    assert day.slots == ()
    with pytest.raises(SlotTaken):
        lifecycle.book_visit(in_salon, visit, at(in_salon, "15:00"), make.customer(in_salon), notify=False)
    assert Booking.objects.count() == 2
    book(in_salon, colour, "15:00")


def test_a_booking_that_is_moved_does_not_count_against_itself(in_salon):
    ana = make.staff("Ana")
    cut = make.service(ana, change_notice_min=0)
    limit(1, resource=ana)
    limit(1)
    booked = book(in_salon, cut, "09:00")

    assert "15:00" in listed(in_salon, cut, without=booked)
    lifecycle.move(booked, at(in_salon, "15:00"), notify=False)

    assert booked.starts_at == at(in_salon, "15:00")


def test_what_is_cancelled_counts_no_more(in_salon):
    ana = make.staff("Ana")
    cut = make.service(ana, change_notice_min=0)
    limit(1, resource=ana)
    limit(1)
    lifecycle.cancel(book(in_salon, cut, "09:00"), notify=False)

    book(in_salon, cut, "15:00")


def test_a_class_fills_the_day_of_its_teacher_and_gives_its_places_all_the_same(in_salon):
    ana = make.staff("Ana")
    yoga, cut = make.class_of(ana), make.service(ana)
    limit(1, resource=ana)
    make.session(in_salon, yoga, "10:00")

    assert listed(in_salon, cut) == []
    assert refused(in_salon, cut, "15:00") is Reason.LIMIT
    book(in_salon, yoga, "10:00")
    book(in_salon, yoga, "10:00")


def test_a_house_that_takes_one_arrival_a_week_sends_guests_to_the_other(in_salon):
    one, other = make.house("One"), make.house("Other", rank=5)
    nights = make.stay_service(one, other)
    limit(1, resource=one, per=Limit.Per.WEEK)

    def stay(day):
        start = at(in_salon, "15:00", make.dec(day))
        return lifecycle.book(in_salon, nights, start, make.customer(in_salon), nights=1, notify=False)

    assert stay(7).resource == one
    assert stay(9).resource == other
    limit(1, resource=other, per=Limit.Per.WEEK)
    with pytest.raises(SlotTaken) as full:
        stay(11)
    assert full.value.reason is Reason.LIMIT
    assert stay(14).resource == one


# --- Of the whole business --------------------------------------------------------------------------------------------


def test_the_business_takes_so_many_a_day_whatever_and_with_whom(in_salon):
    cut, colour = make.service(make.staff("Ana")), make.service(make.staff("Ben"))
    limit(2)
    book(in_salon, cut, "09:00")
    book(in_salon, colour, "09:00")

    assert listed(in_salon, cut) == listed(in_salon, colour) == []
    assert refused(in_salon, colour, "15:00") is Reason.LIMIT
    assert "09:00" in listed(in_salon, cut, day=WEDNESDAY)


def test_a_visit_is_as_many_bookings_as_it_has_services(in_salon):
    cut, colour = make.service(make.staff("Ana")), make.service(make.staff("Ben"))
    limit(1)

    with pytest.raises(SlotTaken):
        lifecycle.book_visit(
            in_salon, [Asked(cut), Asked(colour)], at(in_salon, "09:00"), make.customer(in_salon), notify=False
        )
    book(in_salon, cut, "09:00")


def test_covers_come_in_at_the_pace_of_the_kitchen_over_all_services(in_salon):
    dinner = make.service(thing("Tables", units=9), mode="covers", max_party=8, step_min=15)
    tasting = make.service(thing("Bar", units=9), mode="covers", max_party=8, step_min=15)
    limit(6, per=Limit.Per.QUARTER, counts_people=True)
    book(in_salon, dinner, "13:00", party=4)

    assert "13:00" not in listed(in_salon, tasting, party=3)
    assert "13:00" in listed(in_salon, tasting, party=2)
    assert "13:15" in listed(in_salon, tasting, party=6)
    assert refused(in_salon, tasting, "13:00", party=3) is Reason.LIMIT


def test_a_full_business_lists_no_date_of_a_class(in_salon):
    yoga, cut = make.class_of(make.staff("Ana")), make.service(make.staff("Ben"))
    make.session(in_salon, yoga, "10:00")
    limit(1)
    book(in_salon, cut, "09:00")

    assert listed(in_salon, yoga) == []
    assert listed(in_salon, yoga, for_team=True) == ["10:00"]
    assert refused(in_salon, yoga, "10:00") is Reason.LIMIT


def test_the_team_may_go_beyond(in_salon):
    ana = make.staff("Ana")
    cut = make.service(ana)
    limit(1, resource=ana)
    limit(1)
    book(in_salon, cut, "09:00")

    assert "15:00" in listed(in_salon, cut, for_team=True)
    assert why.ask(in_salon, cut, at(in_salon, "15:00"), by_team=True).is_free
    book(in_salon, cut, "15:00", by_team=True)


# --- Why, and what it costs -------------------------------------------------------------------------------------------


def test_why_not_names_the_limit_and_whose_it_is(in_salon):
    ana, ben = make.staff("Ana"), make.staff("Ben")
    cut = make.service(ana, ben)
    own, general = limit(1, resource=ana), limit(2)
    book(in_salon, cut, "09:00", resource=ana)
    book(in_salon, cut, "11:00", resource=ben)

    answer = why.ask(in_salon, cut, at(in_salon, "15:00"))

    assert answer.told is Reason.LIMIT
    assert [one.limit for one in answer.general] == [general]
    assert {one.resource: [because.limit for because in one.because] for one in answer.needs[0].seen} == {
        ana: [own],
        ben: [],
    }


def test_minutes_are_of_a_resource_only(in_salon):
    with pytest.raises(IntegrityError), transaction.atomic():
        limit(60, counts_minutes=True)


@pytest.mark.parametrize(("deed", "more"), [("day", 1), ("month", 1), ("book", 2), ("move", 2)])
def test_limits_ask_once_more_and_once_again_behind_their_lock(in_salon, deed, more):
    ana, ben = make.staff("Ana"), make.staff("Ben")
    cut = make.service(ana, ben, change_notice_min=0)
    who, booked = make.customer(in_salon), book(in_salon, cut, "09:00")

    def asked() -> int:
        with CaptureQueriesContext(connection) as context, transaction.atomic():
            match deed:
                case "day":
                    listed(in_salon, cut)
                case "month":
                    queries.free_times(in_salon, cut, first_day=TUESDAY, days=31)
                case "book":
                    book(in_salon, cut, "12:00", customer=who)
                case "move":
                    lifecycle.move(Booking.objects.with_people().get(pk=booked.pk), at(in_salon, "15:00"), notify=False)
            transaction.set_rollback(True)
        return len(context)

    before = asked()
    limit(9, service=make.service(ana))
    assert asked() == before  # of another service
    for values in ({"resource": ana}, {"resource": ben}, {"service": cut}, {}, {"per": Limit.Per.QUARTER}):
        limit(9, **values)

    assert asked() == before + more
