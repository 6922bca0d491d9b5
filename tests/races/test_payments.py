"""Messages of a provider, cancellations and holds that run out, all at the same moment: one truth, no deadlock."""

from datetime import timedelta

import pytest

from flectar.core import clock
from flectar.core.money import Money
from flectar.core.tenancy import project_scope
from flectar.money.payments import asking
from flectar.money.payments.asking import TooMuch
from flectar.money.payments.capturing import CAPTURED, Event, take_in
from flectar.money.payments.models import LedgerIntent, PaymentEvent, PaymentIntent
from flectar.offers.booking.deeds import lifecycle
from flectar.offers.booking.deeds.due import run_out
from flectar.offers.booking.errors import BookingError
from flectar.offers.booking.models import Booking
from flectar.offers.booking.payment import charging, paying
from tests.offers.booking import make
from tests.races.test_booking import SLOT, at_once, place  # noqa: F401 - a fixture


@pytest.fixture
def held(place, settings) -> Booking:  # noqa: F811 - the fixture
    settings.TEST_PAYMENTS = True
    with project_scope(place.pk):
        service = make.service(make.staff("Noa Vidal"), price_minor=5000, pay="full")
        booking = make.booking(place, service, SLOT)
        Booking.objects.filter(pk=booking.pk).update(
            status="held", due_minor=5000, hold_until=clock.now() + timedelta(minutes=15), version=1
        )
        fresh = Booking.objects.with_people().get(pk=booking.pk)
        charging._ask_for(fresh)
    return fresh


def told(intent: PaymentIntent, key: str) -> Event:
    return Event("test", key, CAPTURED, intent.pk, intent.amount_minor, intent.currency)


def test_one_message_from_twelve_deliveries_is_one_payment(place, held):  # noqa: F811 - the fixture
    with project_scope(place.pk):
        intent = PaymentIntent.objects.get()

    results = at_once(place, [lambda: take_in(told(intent, "evt"))] * 12)

    assert sorted(map(str, results)) == ["None"] * 11 + ["applied"], results
    with project_scope(place.pk):
        assert PaymentEvent.objects.count() == 1
        assert (Booking.objects.get().status, Booking.objects.get().paid_minor) == ("confirmed", 5000)


def test_paying_cancelling_and_running_out_at_once_leave_one_truth_and_no_lost_cent(place, held):  # noqa: F811 - the fixture
    with project_scope(place.pk):
        intent = PaymentIntent.objects.get()
        looks = [Booking.objects.with_people().get(pk=held.pk) for _ in range(4)]
    deeds = [
        *(lambda key=f"evt-{n}": take_in(told(intent, key)) for n in range(4)),
        *(lambda one=one: lifecycle.cancel(one, by_team=True, notify=False) for one in looks[:2]),
        *(lambda one=one: paying.extend(one) for one in looks[2:]),
        *(lambda: run_out.run(project_id=place.pk, booking_id=held.pk) for _ in range(2)),
    ]

    results = at_once(place, deeds)

    unexpected = [one for one in results if isinstance(one, Exception) and not isinstance(one, BookingError)]
    assert unexpected == []
    with project_scope(place.pk):
        booking = Booking.objects.get()
        sent_back = sum(LedgerIntent.objects.filter(kind="refund").values_list("amount_minor", flat=True))
        assert PaymentIntent.objects.get(state="captured") == intent
        assert not PaymentIntent.objects.waiting().exists()
        if booking.status == "confirmed":
            assert (booking.paid_minor, sent_back) == (5000, 0)
        else:
            assert (booking.status, sent_back) == ("cancelled", 5000)


def test_sixteen_refunds_at_once_never_send_back_more_than_came(place, held):  # noqa: F811 - the fixture
    with project_scope(place.pk):
        take_in(told(PaymentIntent.objects.get(), "evt"))
        about = charging.subject_of(held)
    third = Money(1500, "EUR")

    results = at_once(place, [lambda n=n: asking.refund(about, third, reason="r", key=f"key-{n}") for n in range(16)])

    assert sum(isinstance(one, LedgerIntent) for one in results) == 3, results
    assert sum(isinstance(one, TooMuch) for one in results) == 13, results
