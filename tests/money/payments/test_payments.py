"""Asked for once, captured once, by a message that is proven; what goes back is a row of its own."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from flectar.core import clock, events
from flectar.core.money import Money
from flectar.money.payments import asking, testing
from flectar.money.payments.asking import TooMuch
from flectar.money.payments.capturing import CAPTURED, FAILED, REFUNDED, Event, take_in
from flectar.money.payments.facts import PaymentCaptured, RefundDone
from flectar.money.payments.models import LedgerIntent, PaymentEvent, PaymentIntent
from tests.money.payments import make
from tests.money.payments.make import FIFTY


@pytest.fixture
def heard(monkeypatch) -> list[object]:
    """The facts that were announced."""
    found: list[object] = []
    monkeypatch.setattr(events, "_reactions", {PaymentCaptured: [found.append], RefundDone: [found.append]})
    return found


def told(intent, kind=CAPTURED, key="evt-1", **values) -> Event:
    event = Event("test", key, kind, intent.pk, intent.amount_minor, intent.currency)
    return replace(event, **values)


def test_asking_for_the_same_again_is_the_same_intent(in_salon):
    about = make.subject()
    first = make.intent(about)

    assert make.intent(about) == first
    dearer = make.intent(about, amount=Money(6000, "EUR"))
    first.refresh_from_db()
    assert (first.state, dearer.state) == ("cancelled", "open")
    assert asking.waiting_for(about) == dearer


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/", ""])
def test_the_way_back_stays_on_the_projects_own_host(in_salon, path):
    with pytest.raises(ValueError, match="not a path"):
        make.intent(return_path=path)


def test_a_captured_payment_is_announced_once(in_salon, heard):
    intent = make.intent()

    assert take_in(told(intent)) == "applied"
    assert take_in(told(intent)) is None
    assert take_in(told(intent, key="evt-2")) == "repeated"

    intent.refresh_from_db()
    assert intent.is_captured
    [fact] = heard
    assert (fact.subject, fact.subject_id, fact.amount_minor) == ("booking", intent.subject_id, 5000)


@pytest.mark.parametrize("values", [{"amount_minor": 4999}, {"currency": "USD"}, {"amount_minor": None}])
def test_another_amount_or_currency_pays_nothing(in_salon, heard, values):
    intent = make.intent()

    assert take_in(told(intent, **values)) == "mismatch"

    intent.refresh_from_db()
    assert (intent.state, heard) == ("open", [])


def test_failed_then_paid_is_paid_and_paid_then_failed_stays_paid(in_salon, heard):
    intent = make.intent()

    assert take_in(told(intent, FAILED, "a")) == "applied"
    assert take_in(told(intent, CAPTURED, "b")) == "applied"
    assert take_in(told(intent, FAILED, "c")) == "overtaken"

    intent.refresh_from_db()
    assert intent.is_captured
    assert len(heard) == 1


def test_what_comes_when_the_time_is_over_is_captured_all_the_same(in_salon, heard):
    """Money that is here cannot be denied: the app above says what becomes of it."""
    intent = make.intent()
    asking.expire_open(asking.Subject("booking", intent.subject_id))

    with clock.frozen(intent.expires_at + timedelta(minutes=5)):
        assert take_in(told(intent)) == "applied"

    assert heard[0].at == intent.expires_at + timedelta(minutes=5)


def test_what_names_nothing_of_ours_is_kept_and_changes_nothing(in_salon, heard):
    intent = make.intent()

    assert take_in(told(intent, about=uuid4())) == "unknown"
    assert take_in(told(intent, "payment.danced", "evt-2")) == "unknown"
    assert PaymentEvent.objects.count() == 2
    assert heard == []


def test_a_refund_is_asked_once_and_never_above_what_came_in(in_salon):
    about = make.subject()
    take_in(told(make.intent(about)))

    first = asking.refund(about, Money(3000, "EUR"), reason="cancelled", key="cancelled-1")
    assert asking.refund(about, Money(3000, "EUR"), reason="cancelled", key="cancelled-1") == first
    with pytest.raises(TooMuch):
        asking.refund(about, Money(2001, "EUR"), reason="more", key="cancelled-2")
    assert asking.refund(about, Money(0, "EUR"), reason="nothing", key="cancelled-3") is None
    assert LedgerIntent.objects.count() == 1


def test_a_fee_is_noted_once(in_salon):
    about = make.subject()

    assert asking.fee(about, FIFTY, reason="did not come", key="no-show") == asking.fee(
        about, FIFTY, reason="did not come", key="no-show"
    )
    assert LedgerIntent.objects.get().kind == "fee"


def test_the_provider_tells_that_a_refund_is_done(in_salon, post, heard):
    about = make.subject()
    take_in(told(make.intent(about)))
    refund = asking.refund(about, FIFTY, reason="cancelled", key="k")

    assert post.deliver() == 1

    refund.refresh_from_db()
    assert refund.state == "done"
    assert isinstance(heard[-1], RefundDone)
    assert take_in(Event("test", "again", REFUNDED, refund.pk, 5000, "EUR")) == "repeated"


# --- The page and the messages of the test provider -------------------------------------------------------------------


def page(intent: PaymentIntent) -> str:
    return f"/pay/{intent.token}"


def test_the_page_says_that_no_money_moves_and_a_click_alone_pays_nothing(in_salon, salon_site, post, heard):
    intent = make.intent()

    shown = salon_site.get(page(intent))
    assert "Test payment: no money moves" in shown.text
    assert "Curl cut, Tuesday 10:00" in shown.text
    answer = salon_site.post(page(intent), {"outcome": "pay"})

    assert answer["Location"] == f"{page(intent)}?after=pay"
    assert 'http-equiv="refresh"' in salon_site.get(answer["Location"]).text
    intent.refresh_from_db()
    assert (intent.state, heard) == ("open", [])

    post.deliver()
    assert salon_site.get(answer["Location"])["Location"] == "/booking/abc"
    assert len(heard) == 1


def test_a_payment_that_fails_can_be_tried_again(in_salon, salon_site, post, heard):
    intent = make.intent()

    salon_site.post(page(intent), {"outcome": "failure"})
    post.deliver()
    assert "did not go through" in salon_site.get(page(intent)).text

    salon_site.post(page(intent), {"outcome": "pay"})
    post.deliver()
    assert len(heard) == 1


def test_told_three_times_and_out_of_order_is_one_payment(in_salon, salon_site, post, heard):
    intent = make.intent()

    salon_site.post(page(intent), {"outcome": "thrice"})

    assert post.deliver() == 4
    assert len(heard) == 1
    assert list(PaymentEvent.objects.order_by("received_at", "id").values_list("outcome", flat=True)) == [
        "applied",
        "overtaken",
    ]


def test_paid_too_late_arrives_a_minute_after_the_time_is_over(in_salon, salon_site, post, heard):
    intent = make.intent()

    salon_site.post(page(intent), {"outcome": "late"})

    assert post.deliver() == 0
    with clock.frozen(intent.expires_at + timedelta(minutes=1)):
        assert post.deliver() == 1
    assert len(heard) == 1


def test_when_the_time_is_over_nobody_begins_to_pay(in_salon, salon_site, post):
    intent = make.intent()

    with clock.frozen(intent.expires_at):
        assert "time to pay is over" in salon_site.get(page(intent)).text
        assert salon_site.post(page(intent), {"outcome": "pay"}).status_code == 409
    assert post.waiting() == []


def hook(visitor, project, body: bytes, header: str):
    return visitor.post(
        f"/webhooks/test-payments/{project.pk}",
        body,
        content_type="application/json",
        headers={testing.HEADER: header},
    )


def test_only_a_message_signed_for_this_project_now_is_believed(in_salon, clinic, visitor, post, heard):
    intent = make.intent()
    body = testing.message(CAPTURED, "evt-1", intent)
    now = clock.now()
    wrong = [
        testing.signature(clinic.pk, body, now),
        testing.signature(in_salon.pk, body + b" ", now),
        testing.signature(in_salon.pk, body, now - timedelta(seconds=301)),
        testing.signature(in_salon.pk, body, now + timedelta(seconds=302)),
        "t=now,v1=",
        "",
    ]

    assert [hook(visitor, in_salon, body, header).status_code for header in wrong] == [400] * 6
    assert PaymentEvent.objects.count() == 0
    assert hook(visitor, in_salon, body, testing.signature(in_salon.pk, body, now)).status_code == 200
    assert len(heard) == 1


def test_a_message_that_is_none_is_refused_though_it_is_signed(in_salon, visitor, post):
    for body in (b"", b"[]", b'{"id": "x"}', b'{"id": "", "type": "a", "about": "b", "amount": 1, "currency": "EUR"}'):
        header = testing.signature(in_salon.pk, body, clock.now())
        assert hook(visitor, in_salon, body, header).status_code == 400


def test_a_reaction_that_fails_keeps_nothing_and_the_provider_sends_again(in_salon, visitor, post, heard, monkeypatch):
    intent = make.intent()
    body = testing.message(CAPTURED, "evt-1", intent)

    def fails(fact: object) -> None:
        raise RuntimeError("the database is busy")

    visitor.raise_request_exception = False
    monkeypatch.setattr(events, "_reactions", {PaymentCaptured: [fails]})
    assert hook(visitor, in_salon, body, testing.signature(in_salon.pk, body, clock.now())).status_code == 500
    monkeypatch.setattr(events, "_reactions", {PaymentCaptured: [heard.append]})
    assert hook(visitor, in_salon, body, testing.signature(in_salon.pk, body, clock.now())).status_code == 200

    assert len(heard) == 1


def test_without_the_setting_nothing_of_it_is_there(in_salon, salon_site, visitor):
    intent = make.intent()
    body = testing.message(CAPTURED, "evt-1", intent)

    assert salon_site.get(page(intent)).status_code == 404
    assert salon_site.post(page(intent), {"outcome": "pay"}).status_code == 404
    assert hook(visitor, in_salon, body, testing.signature(in_salon.pk, body, clock.now())).status_code == 404
