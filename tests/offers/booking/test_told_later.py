"""Mails of a booking are worded when they are sent, of the booking as it was at the deed."""

import base64
from datetime import timedelta

import pytest

from flectar.core import clock
from flectar.core.money import Money
from flectar.offers.booking.deeds import asking, lifecycle
from flectar.offers.booking.messages import notices
from flectar.offers.booking.models import Booking, Resource
from flectar.platform.outbox.catalogue import Overtaken
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.wording import as_read, find_words
from tests.offers.booking import make

pytestmark = pytest.mark.usefixtures("monday_morning")


def mail(event):
    return Message.objects.filter(event=event).latest("created_at", "id")


def fresh(booking):
    return Booking.objects.with_people().get(pk=booking.pk)


def test_a_confirmation_says_what_was_promised_though_the_booking_moved_meanwhile(in_salon):
    noa, ivan = make.staff("Noa Vidal"), make.staff("Iván Soler")
    booking = make.booking(in_salon, make.service(noa, ivan), make.at(in_salon, "10:00"), resource=noa, notify=True)
    lifecycle.move(fresh(booking), make.at(in_salon, "16:00"), resource=ivan, by_team=True)
    Booking.objects.update(service_name="Other", price_snapshot={"minor": 100, "currency": "EUR"})

    first, then = as_read(mail("booking.confirmed")), as_read(mail("booking.moved"))

    assert first.subject == "Booked: Curl cut, Tue 24 Nov, 10:00"
    assert "Noa Vidal" in first.text
    assert "€58" in first.text
    assert _calendar(first, "SEQUENCE:0", "DTSTART:20261124T090000Z")
    assert then.subject == "Moved to Tue 24 Nov, 16:00: Curl cut"
    assert "Iván Soler" in then.text
    assert _calendar(then, "SEQUENCE:1", "DTSTART:20261124T150000Z")
    assert fresh(booking).price == Money(100, "EUR")


def _calendar(message, *lines):
    content = base64.b64decode(message.attachments[0]["content"]).decode()
    return all(line in content for line in lines)


def test_a_booking_that_was_cancelled_since_is_told_of_twice(in_salon):
    booking = make.booking(in_salon, make.service(), make.at(in_salon, "10:00"), notify=True)
    lifecycle.cancel(fresh(booking), by_team=True, reason="Noa is ill.")

    assert "We expect you" in as_read(mail("booking.confirmed")).text
    assert "Noa is ill." in as_read(mail("booking.cancelled")).text
    assert _calendar(as_read(mail("booking.cancelled")), "STATUS:CANCELLED", "METHOD:CANCEL")


@pytest.mark.parametrize("happens", ["moved", "cancelled", "begun"])
def test_a_reminder_of_what_is_another_by_now_is_not_sent(in_salon, happens):
    booking = make.booking(in_salon, make.service(), make.at(in_salon, "10:00"))
    notices.reminder(in_salon, booking)
    assert as_read(mail("booking.reminder")).text

    if happens == "moved":
        lifecycle.move(fresh(booking), make.at(in_salon, "16:00"), by_team=True, notify=False)
    elif happens == "cancelled":
        lifecycle.cancel(fresh(booking), by_team=True, notify=False)
    later = booking.starts_at if happens == "begun" else clock.now()

    with clock.frozen(later), pytest.raises(Overtaken):
        find_words(mail("booking.reminder"))


def test_a_proposal_is_not_sent_once_it_is_answered_or_over(in_salon):
    service = make.service(approval="all")
    booking = make.booking(in_salon, service, make.at(in_salon, "10:00"), by_team=False)
    asking.propose(fresh(booking), make.at(in_salon, "16:00"))
    asked = mail("booking.proposed")
    assert "16:00" in as_read(asked).subject

    with clock.frozen(fresh(booking).hold_until + timedelta(minutes=1)):
        assert as_read(asked).subject == ""
    asking.agree(fresh(booking))
    with pytest.raises(Overtaken):
        find_words(asked)


def test_the_facts_name_nobody_and_hold_no_address_but_the_readers(in_salon):
    who = make.customer(in_salon, "Zenobia Quirós", "zenobia@canary.example", phone="+34655123987")
    make.booking(in_salon, make.service(), make.at(in_salon, "10:00"), customer=who, notify=True, note="Short")

    facts = mail("booking.team_confirmed").facts

    assert "Zenobia" not in str(facts)
    assert "canary" not in str(facts)
    assert "Short" not in str(facts)
    assert facts["customer"] == str(who.pk)
    assert "Zenobia Quirós" in as_read(mail("booking.team_confirmed")).text


def test_a_person_who_left_meanwhile_is_still_named(in_salon):
    booking = make.booking(in_salon, make.service(make.staff("Noa Vidal")), make.at(in_salon, "10:00"), notify=True)
    Resource.objects.update(is_active=False)

    assert "Noa Vidal" in as_read(mail("booking.confirmed")).text
    assert booking.is_confirmed
