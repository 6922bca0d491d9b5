"""What happens here arrives there, signed; what cannot arrive is tried by the schedule and then given up."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import lifecycle
from flectar.people.customers import directory
from flectar.people.customers.directory import Details
from flectar.platform.audit.models import Entry
from flectar.platform.outbox.models import Message
from flectar.platform.projects.models import Project
from flectar.platform.webhooks import endpoints, sending
from flectar.platform.webhooks.models import Attempt, Delivery, Endpoint
from tests.offers.booking import make as bookings
from tests.offers.booking.conftest import NOW
from tests.platform.webhooks.receiver import Receiver


def queued() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'delivery_id' FROM procrastinate_jobs WHERE task_name = 'webhooks.send' ORDER BY id"
        )
        return [delivery_id for (delivery_id,) in cursor.fetchall()]


def deliver(salon: Project) -> list[datetime | None]:
    """What the worker would do with the jobs that wait."""
    return [sending.attempt(UUID(delivery_id), salon.pk) for delivery_id in queued()]


def one(salon: Project) -> Delivery:
    with project_scope(salon.pk):
        return Delivery.objects.select_related("endpoint").get()


def a_test(salon: Project, endpoint: Endpoint) -> None:
    with project_scope(salon.pk):
        endpoints.send_test(endpoint)


def test_a_booking_arrives_with_what_the_api_shows(salon: Project, endpoint: Endpoint, receiver: Receiver):
    with clock.frozen(NOW), project_scope(salon.pk):
        noa = bookings.staff("Noa Vidal", {1: [(540, 480)]})
        booking = bookings.booking(salon, bookings.service(noa, slug="cut"), bookings.at(salon, "10:00"))
        lifecycle.cancel(booking, by_team=True)

    deliver(salon)

    told = {message["type"]: message["data"] for message in receiver.messages}
    assert told["booking.cancelled"]["id"] == str(booking.pk)
    assert told["booking.cancelled"]["status"] == "cancelled"
    assert "customer" in told["booking.cancelled"]
    assert receiver.refused == 0


def test_a_customer_arrives_when_added_and_when_changed(salon: Project, endpoint: Endpoint, receiver: Receiver):
    with project_scope(salon.pk):
        ana = directory.add(salon, Details(name="Ana Ruiz", emails=["ana@example.com"]))
        directory.change(ana, Details(name="Ana Ruiz Gil", emails=["ana@example.com"]))

    deliver(salon)

    assert [(each["type"], each["data"]["name"]) for each in receiver.messages] == [
        ("customer.added", "Ana Ruiz"),
        ("customer.changed", "Ana Ruiz Gil"),
    ]


def test_what_an_endpoint_did_not_choose_is_not_sent(salon: Project, endpoint: Endpoint, receiver: Receiver):
    with project_scope(salon.pk):
        endpoints.change(endpoint, events=["booking.confirmed"])
        directory.add(salon, Details(name="Ana Ruiz"))

    assert queued() == []


def test_a_deed_that_fails_sends_nothing(salon: Project, endpoint: Endpoint):
    with pytest.raises(RuntimeError), project_scope(salon.pk):
        directory.add(salon, Details(name="Ana Ruiz"))
        raise RuntimeError

    assert queued() == []


def test_another_project_hears_nothing(salon: Project, clinic: Project, endpoint: Endpoint):
    with project_scope(clinic.pk):
        directory.add(clinic, Details(name="Ana Ruiz"))

    assert queued() == []


def test_a_failure_is_tried_again_by_the_schedule_under_the_same_id(
    salon: Project, endpoint: Endpoint, receiver: Receiver
):
    receiver.status, receiver.answer = 500, b"down"
    with clock.frozen(NOW):
        a_test(salon, endpoint)
        (again_at,) = deliver(salon)

        assert again_at is not None
        assert timedelta(seconds=5) <= again_at - NOW <= timedelta(seconds=5.5)
        delivery = one(salon)
        assert (delivery.state, delivery.tries, delivery.next_at) == ("waiting", 1, again_at)

        receiver.status = 204
        assert deliver(salon) == [None]

    assert one(salon).state == "delivered"
    assert receiver.ids == [delivery.message_id] * 2
    with project_scope(salon.pk):
        assert list(Attempt.objects.order_by("at", "id").values_list("status", "answer")) == [(500, "down"), (204, "")]


def test_after_the_last_try_it_is_given_up(salon: Project, endpoint: Endpoint, receiver: Receiver):
    receiver.status = 503
    a_test(salon, endpoint)

    waits = [deliver(salon)[0] for _ in range(len(sending.SCHEDULE) + 1)]

    assert [wait is None for wait in waits] == [*[False] * 9, True]
    assert (one(salon).state, one(salon).tries) == ("failed", 10)
    deliver(salon)
    assert len(receiver.messages) == 10


def test_a_redirect_is_not_followed(salon: Project, endpoint: Endpoint, receiver: Receiver):
    receiver.status, receiver.headers = 302, {"Location": "http://169.254.169.254/latest/meta-data"}
    a_test(salon, endpoint)

    deliver(salon)

    assert one(salon).state == "waiting"
    assert len(receiver.messages) == 1


def test_a_long_answer_with_a_secret_is_capped_and_masked(salon: Project, endpoint: Endpoint, receiver: Receiver):
    receiver.answer = b"Authorization: Bearer fb_live_abc_0123456789abcdef0123456789abcdef " + b"x" * 9000
    a_test(salon, endpoint)

    deliver(salon)

    with project_scope(salon.pk):
        answer = Attempt.objects.get().answer
    assert len(answer) <= 2000
    assert "0123456789abcdef0123456789abcdef" not in answer


def test_gone_switches_the_endpoint_off_at_once_and_tells_the_owners(
    salon: Project, endpoint: Endpoint, receiver: Receiver
):
    receiver.status = 410
    a_test(salon, endpoint)

    deliver(salon)

    delivery = one(salon)
    assert (delivery.state, delivery.endpoint.is_on) == ("failed", False)
    assert delivery.endpoint.switched_off_at
    mail = Message.objects.get(event="webhooks.switched_off")
    assert mail.to_address == "lucia@nacar.example"
    assert receiver.url in mail.text


def test_five_days_of_failure_switch_it_off_and_one_success_begins_anew(
    salon: Project, endpoint: Endpoint, receiver: Receiver
):
    receiver.status = 500
    with clock.frozen(NOW):
        a_test(salon, endpoint)
        deliver(salon)
    receiver.status = 200
    with clock.frozen(NOW + timedelta(days=4)):
        deliver(salon)
        assert one(salon).endpoint.failing_since is None
    receiver.status = 500
    with clock.frozen(NOW + timedelta(days=6)):
        with project_scope(salon.pk):
            endpoints.replay(Delivery.objects.get())
        deliver(salon)
        assert one(salon).endpoint.is_on
    with clock.frozen(NOW + timedelta(days=11)):
        deliver(salon)

    assert not one(salon).endpoint.is_on
    assert Message.objects.filter(event="webhooks.switched_off").count() == 1


def test_a_rolled_secret_leaves_the_old_one_good_for_a_day(salon: Project, endpoint: Endpoint, receiver: Receiver):
    old = receiver.secret
    with clock.frozen(NOW):
        with project_scope(salon.pk):
            new = endpoints.roll(endpoint)
        for secret in (old, new):
            receiver.secret = secret
            a_test(salon, endpoint)
            deliver(salon)
            with project_scope(salon.pk):
                Delivery.objects.all().delete()
        assert (len(receiver.messages), receiver.refused) == (2, 0)
    with clock.frozen(NOW + timedelta(hours=25)):
        receiver.secret = old
        a_test(salon, endpoint)
        deliver(salon)

    assert receiver.refused == 1


def test_a_replay_sends_the_same_message_again(salon: Project, endpoint: Endpoint, receiver: Receiver):
    a_test(salon, endpoint)
    deliver(salon)

    with project_scope(salon.pk):
        endpoints.replay(Delivery.objects.get())
    sending.attempt(one(salon).pk, salon.pk)

    assert receiver.messages[0] == receiver.messages[1]
    assert receiver.ids[0] == receiver.ids[1]
    with project_scope(salon.pk):
        assert Entry.objects.filter(action="webhook.replayed").count() == 1


def test_an_address_inside_is_never_called(salon: Project, receiver: Receiver):
    """Without the fixture that lets loopback through: the guard of every outgoing call stands."""
    with project_scope(salon.pk):
        made, _secret = endpoints.make(url=receiver.url, events=["booking.confirmed"])
        endpoints.send_test(made)

    deliver(salon)

    assert receiver.messages == []
    with project_scope(salon.pk):
        assert "not allowed" in Attempt.objects.get().error


def test_what_is_a_month_old_is_forgotten(salon: Project, endpoint: Endpoint, receiver: Receiver):
    with clock.frozen(NOW):
        a_test(salon, endpoint)
        deliver(salon)
    with clock.frozen(NOW + timedelta(days=31)):
        a_test(salon, endpoint)
        deliver(salon)

    assert one(salon).created_at > NOW
