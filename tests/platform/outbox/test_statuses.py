"""News from the provider: in whatever order they come, the row ends the same."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from flectar.core.tenancy import project_scope
from flectar.platform.outbox.models import Message, Suppression
from flectar.platform.outbox.statuses import note
from tests.platform.outbox.make import hello, reread

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEWS = [("sent", NOON), ("delayed", NOON + timedelta(minutes=1)), ("delivered", NOON + timedelta(minutes=2))]


@pytest.mark.parametrize("order", list(permutations(NEWS)))
def test_the_order_of_the_news_does_not_matter(salon, order):
    message = hello(salon)
    with project_scope(salon.pk):
        for kind, at in order:
            assert note(message.pk, kind, at, provider_id="7")

    kept = reread(message, salon)
    assert kept.state == Message.State.SENT
    assert kept.outcome == "Delivered"
    assert (kept.delayed_at, kept.delivered_at) == (NEWS[1][1], NEWS[2][1])
    assert kept.provider_id == "7"


def test_bounced_and_then_delivered_stays_bounced_with_both_times(salon):
    message = hello(salon)
    with project_scope(salon.pk):
        note(message.pk, "bounced", NOON, is_permanent=True)
        note(message.pk, "delivered", NOON + timedelta(minutes=1))

    kept = reread(message, salon)
    assert kept.outcome == "Bounced"
    assert kept.needs_a_look
    assert (kept.bounced_at, kept.delivered_at) == (NOON, NOON + timedelta(minutes=1))


def test_the_same_news_twice_keeps_the_first_time(salon):
    message = hello(salon)
    with project_scope(salon.pk):
        note(message.pk, "delivered", NOON)
        note(message.pk, "delivered", NOON + timedelta(hours=1))

    assert reread(message, salon).delivered_at == NOON


def test_a_permanent_bounce_silences_the_address_in_this_project_only(salon, clinic):
    message = hello(salon)
    with project_scope(salon.pk):
        note(message.pk, "bounced", NOON, is_permanent=True)
        note(message.pk, "bounced", NOON, is_permanent=True)
        assert [(one.address, one.reason) for one in Suppression.objects.all()] == [("ana@example.com", "bounce")]
    with project_scope(clinic.pk):
        assert Suppression.objects.count() == 0


def test_a_passing_bounce_silences_nobody(salon):
    message = hello(salon)
    with project_scope(salon.pk):
        note(message.pk, "bounced", NOON)
        assert Suppression.objects.count() == 0


def test_news_of_a_message_of_another_project_change_nothing(salon, clinic):
    message = hello(salon)
    with project_scope(clinic.pk):
        assert not note(message.pk, "complained", NOON)

    assert reread(message, salon).complained_at is None
