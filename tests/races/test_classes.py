"""Many people want the last places of a class: real threads, real commits, never one too many."""

from datetime import UTC, datetime, timedelta

import pytest

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import attendance, lifecycle, sessions, waiting
from flectar.offers.booking.errors import BookingError, SlotTaken
from flectar.offers.booking.models import Attendee, Booking, Session, Waiting
from flectar.offers.booking.scheduling import seats
from tests.offers.booking import make
from tests.races.test_booking import at_once, place  # noqa: F401 - a fixture

STARTS_AT = datetime(2030, 11, 26, 14, 0, tzinfo=UTC)  # a Tuesday, 15:00 in Madrid


@pytest.fixture
def session(place):  # noqa: F811 - the fixture
    with project_scope(place.pk):
        service = make.class_of(make.staff("Noa Vidal"), horizon_days=730)
        plan = sessions.Plan(service, STARTS_AT, minutes=60, capacity=10)
        return sessions.plan(place, plan)[0]


@pytest.mark.parametrize("clients", [12, 50])
def test_many_clients_on_ten_places_take_exactly_ten(place, session, clients):  # noqa: F811 - the fixture
    """Scenario 28, first half."""
    with project_scope(place.pk):
        people = [make.customer(place) for _ in range(clients)]
    deed = lambda who: lambda: lifecycle.book(place, session.service, STARTS_AT, who, by_team=True, notify=False)  # noqa: E731 - a deed for a thread

    results = at_once(place, [deed(who) for who in people])

    assert sum(isinstance(result, Booking) for result in results) == 10, results
    assert sum(isinstance(result, SlotTaken) for result in results) == clients - 10
    with project_scope(place.pk):
        numbers = Attendee.objects.filter(session=session).values_list("number", flat=True)
        assert sorted(numbers) == list(range(1, 11))


def test_cancelling_changing_waiting_and_booking_at_once_leave_one_truth(place, session):  # noqa: F811 - the fixture
    with project_scope(place.pk):
        booked = [make.booking(place, session.service, STARTS_AT) for _ in range(10)]
        people = [make.customer(place) for _ in range(8)]
        waits = [waiting.join(place, session.service, who, session=session) for who in people[:3]]
        later = sessions.Plan(session.service, STARTS_AT, minutes=60, capacity=11)
    deeds = [lambda one=one: lifecycle.cancel(one, by_team=True, notify=False) for one in booked[:4]]
    deeds += [
        lambda who=who: lifecycle.book(place, session.service, STARTS_AT, who, by_team=True, notify=False)
        for who in people[3:]
    ]
    deeds += [lambda one=one: waiting.leave(one) for one in waits[:1]]
    deeds += [lambda: sessions.change(Session.objects.select_related("project").get(pk=session.pk), later)]

    with clock.frozen(STARTS_AT - timedelta(days=10)):
        results = at_once(place, deeds)

    assert all(isinstance(one, Booking | Waiting | Session | BookingError) for one in results), results
    with project_scope(place.pk):
        held = Booking.objects.filter(session=session).holding_time()
        taken = seats.taken([session.pk])[session.pk]
        assert taken == held.count() <= 11
        assert set(Attendee.objects.values_list("booking", flat=True)) == set(held.values_list("pk", flat=True))


def test_four_phones_at_the_door_mark_four_people_of_one_booking(place):  # noqa: F811 - the fixture
    with project_scope(place.pk):
        service = make.service(make.staff("Iván Soler"), max_party=4, horizon_days=730)
        booking = make.booking(place, service, STARTS_AT, party=4)
    marks = ["arrived", "no_show", "excused", "arrived"]

    def deed(number, mark):
        def tap():
            with clock.frozen(STARTS_AT + timedelta(minutes=15)):
                return attendance.mark_one(booking, number, mark)

        return tap

    results = at_once(place, [deed(number, mark) for number, mark in enumerate(marks, 1)])

    assert all(isinstance(one, Booking) for one in results), results
    with project_scope(place.pk):
        assert list(booking.attendees.order_by("id").values_list("attendance", flat=True)) == marks
        assert Booking.objects.get(pk=booking.pk).status == Booking.Status.IN_PROGRESS
