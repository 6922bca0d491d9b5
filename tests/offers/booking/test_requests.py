"""The team answers requests, one after another."""

import re
from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Claim
from flectar.platform.organizations.models import Role
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.wording import as_read
from tests import make as platform
from tests.cast import PlatformClient
from tests.offers.booking import make
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def balayage(salon):
    with project_scope(salon.pk):
        return make.service(make.staff("Noa Vidal"), name="Balayage", approval="all", slug="balayage")


def ask(salon, service, time: str, name: str, **values) -> Booking:
    with project_scope(salon.pk):
        who = make.customer(salon, name)
        return make.booking(salon, service, at(salon, time), customer=who, by_team=False, **values)


@pytest.fixture
def noa_asks(salon, balayage) -> Booking:
    return ask(salon, balayage, "10:00", "Noa Benítez")


@pytest.fixture
def two_ask(salon, balayage, noa_asks) -> tuple[Booking, Booking]:
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        return noa_asks, ask(salon, balayage, "12:00", "Irene Navarro")


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def fresh(salon, booking) -> Booking:
    with project_scope(salon.pk):
        return Booking.objects.with_people().get(pk=booking.pk)


def test_the_oldest_stands_first_and_the_next_one_opens_after_an_answer(signed_in, salon, two_ask):
    first, second = two_ask
    page = text(signed_in.get("/nacar/bookings/requests"))
    assert "Noa Benítez asks for Balayage" in page
    assert "1 of 2" in page

    answer = signed_in.post(f"/nacar/bookings/requests/{first.pk}/acceptance", follow=True)

    assert "Irene Navarro asks for Balayage" in text(answer)
    assert "Noa Benítez is accepted for" in text(answer)
    assert fresh(salon, first).status == Booking.Status.CONFIRMED
    assert fresh(salon, second).status == Booking.Status.REQUESTED


def test_an_answered_queue_says_so(signed_in, salon, noa_asks):
    answer = signed_in.post(f"/nacar/bookings/requests/{noa_asks.pk}/acceptance", follow=True)

    assert "Every request is answered" in text(answer)


def test_an_acceptance_with_something_to_pay_holds_the_time(signed_in, salon, balayage, settings):
    settings.TEST_PAYMENTS = True
    with project_scope(salon.pk):
        balayage.pay = "full"
        balayage.save()
    asked = ask(salon, balayage, "10:00", "Noa Benítez")

    answer = signed_in.post(f"/nacar/bookings/requests/{asked.pk}/acceptance", follow=True)

    assert "Noa Benítez is asked to pay for" in text(answer)
    assert fresh(salon, asked).status == Booking.Status.HELD


def test_a_time_that_somebody_else_has_by_now_is_refused_with_other_times_to_propose(signed_in, salon, balayage):
    with project_scope(salon.pk):
        balayage.is_reserved_by_requests = False
        balayage.save()
    asked = ask(salon, balayage, "10:00", "Noa Benítez")
    with project_scope(salon.pk):
        make.booking(salon, balayage, at(salon, "10:00"))

    answer = signed_in.post(f"/nacar/bookings/requests/{asked.pk}/acceptance")

    assert answer.status_code == 409
    assert f'action="/nacar/bookings/requests/{asked.pk}/time"' in answer.content.decode()
    assert 'name="at" value="2026-11-24T08:00Z"' in answer.content.decode()
    assert fresh(salon, asked).status == Booking.Status.REQUESTED


def test_another_time_is_proposed_kept_and_waits_for_the_customer(signed_in, salon, noa_asks):
    page = signed_in.get(f"/nacar/bookings/requests/{noa_asks.pk}/time?day=2026-11-24")
    assert "Propose another time to Noa Benítez" in text(page)
    typed = {"day": "2026-11-24", "time": "13:05", "resource": "", "notify": "on"}

    answer = signed_in.post(f"/nacar/bookings/requests/{noa_asks.pk}/time", typed, follow=True)

    proposed = fresh(salon, noa_asks)
    assert proposed.is_proposed
    assert proposed.starts_at == at(salon, "13:05")
    assert "Waiting for the customer" in text(answer)
    assert "Every request is answered" in text(answer)
    with project_scope(salon.pk):
        assert Message.objects.filter(event="booking.proposed").exists()


def test_why_another_time_is_proposed_stands_in_the_mail(signed_in, salon, noa_asks):
    typed = {"at": "2026-11-24T12:00Z", "resource": "", "notify": "on", "reason": "Noa is at a course till noon."}
    signed_in.post(f"/nacar/bookings/requests/{noa_asks.pk}/time", typed)

    with project_scope(salon.pk):
        assert "Noa is at a course till noon." in as_read(Message.objects.get(event="booking.proposed")).text


def test_a_refusal_is_told_with_its_reason_and_can_be_undone(signed_in, salon, noa_asks):
    typed = {"reason": "We are at a fair that day.", "notify": "on"}
    answer = signed_in.post(f"/nacar/bookings/requests/{noa_asks.pk}/refusal", typed, follow=True)

    assert fresh(salon, noa_asks).status == Booking.Status.DECLINED
    undo = f"/nacar/bookings/requests/{noa_asks.pk}/reopening"
    assert f'action="{undo}"' in answer.content.decode()
    with project_scope(salon.pk):
        assert "fair" in as_read(Message.objects.get(event="booking.declined")).text
        assert not Claim.objects.filter(booking=noa_asks).exists()

    back = signed_in.post(undo, follow=True)

    assert "Noa Benítez asks for Balayage" in text(back)
    assert fresh(salon, noa_asks).status == Booking.Status.REQUESTED
    with project_scope(salon.pk):
        assert Claim.objects.filter(booking=noa_asks).exists()
        assert "stands again" in as_read(Message.objects.get(event="booking.reopened")).text


def test_an_undo_that_comes_too_late_says_why(signed_in, salon, balayage, noa_asks):
    signed_in.post(f"/nacar/bookings/requests/{noa_asks.pk}/refusal", {"notify": "on"})
    with project_scope(salon.pk):
        make.booking(salon, balayage, at(salon, "10:00"))

    back = signed_in.post(f"/nacar/bookings/requests/{noa_asks.pk}/reopening", follow=True)

    assert "Someone was quicker" in text(back)
    assert fresh(salon, noa_asks).status == Booking.Status.DECLINED


def test_a_second_answer_changes_nothing(signed_in, salon, noa_asks):
    signed_in.post(f"/nacar/bookings/requests/{noa_asks.pk}/acceptance")

    for deed, typed in (("acceptance", {}), ("refusal", {"notify": "on"})):
        answer = signed_in.post(f"/nacar/bookings/requests/{noa_asks.pk}/{deed}", typed)
        assert answer.status_code == 409
        assert "can no longer be changed" in text(answer)
    typed = {"day": "2026-11-24", "time": "13:00", "resource": "", "notify": "on"}
    assert signed_in.post(f"/nacar/bookings/requests/{noa_asks.pk}/time", typed).status_code == 409
    assert fresh(salon, noa_asks).status == Booking.Status.CONFIRMED
    assert fresh(salon, noa_asks).starts_at == at(salon, "10:00")


def test_the_calendar_draws_a_request_apart_and_what_ran_out_not_at_all(signed_in, salon, noa_asks):
    assert 'class="ev req ' in signed_in.get("/nacar/calendar?day=2026-11-24").content.decode()
    with clock.frozen(noa_asks.hold_until):
        for view in ("day", "agenda"):
            assert "Noa Benítez" not in signed_in.get(f"/nacar/calendar?view={view}&day=2026-11-24").content.decode()


CALENDAR = "/nacar/calendar?kind=person&view=week&day=2026-11-24"


@pytest.mark.parametrize("view", ["day", "week", "agenda"])
def test_a_request_is_answered_from_its_card_which_comes_back_to_the_same_page(signed_in, salon, noa_asks, view):
    page = f"/nacar/calendar?view={view}&day=2026-11-24"
    card = signed_in.get(page).content.decode().replace("&amp;", "&")
    assert f'action="/nacar/bookings/requests/{noa_asks.pk}/acceptance"' in card
    assert f'name="back" value="{page}"' in card
    assert f'href="/nacar/bookings/requests/{noa_asks.pk}/refusal?back={quote(page, safe="")}"' in card

    answer = signed_in.post(f"/nacar/bookings/requests/{noa_asks.pk}/acceptance", {"back": page}, follow=True)

    assert answer.redirect_chain == [(page, 302)]
    assert "Noa Benítez is accepted for" in text(answer)
    assert fresh(salon, noa_asks).status == Booking.Status.CONFIRMED
    assert "/acceptance" not in answer.content.decode()


def test_a_refusal_from_the_calendar_asks_why_goes_back_and_is_undone_there(signed_in, salon, noa_asks):
    address = f"/nacar/bookings/requests/{noa_asks.pk}/refusal?{urlencode({'back': CALENDAR})}"
    whole, short = (signed_in.get(f"{address}{part}").content.decode() for part in ("", "&part=quick"))
    assert "Back to the calendar" in whole
    assert ("<html" in whole, "<html" in short) == (True, False)
    for form in (whole, short):
        assert f'name="back" value="{CALENDAR}"' in form.replace("&amp;", "&")
        assert 'name="reason"' in form

    typed = {"reason": "We are at a fair that day.", "notify": "on", "back": CALENDAR}
    answer = signed_in.post(f"{address}&part=quick", typed, follow=True)

    assert answer.redirect_chain == [(CALENDAR, 302)]
    assert fresh(salon, noa_asks).status == Booking.Status.DECLINED
    undo = re.search(r'action="([^"]+/reopening[^"]*)"', answer.content.decode()).group(1).replace("&amp;", "&")
    back = signed_in.post(undo, follow=True)
    assert back.redirect_chain == [(CALENDAR, 302)]
    assert fresh(salon, noa_asks).status == Booking.Status.REQUESTED


def test_what_cannot_be_accepted_any_more_goes_back_to_the_calendar_with_the_reason(signed_in, salon, balayage):
    with project_scope(salon.pk):
        balayage.is_reserved_by_requests = False
        balayage.save()
    asked = ask(salon, balayage, "10:00", "Noa Benítez")
    with project_scope(salon.pk):
        make.booking(salon, balayage, at(salon, "10:00"))

    answer = signed_in.post(f"/nacar/bookings/requests/{asked.pk}/acceptance", {"back": CALENDAR}, follow=True)

    assert answer.redirect_chain == [(CALENDAR, 302)]
    assert "Noa Benítez’s request was not accepted." in text(answer)
    assert fresh(salon, asked).status == Booking.Status.REQUESTED


def test_an_answer_leads_to_no_page_but_the_calendar(signed_in, noa_asks):
    back = {"back": "https://elsewhere.example/nacar/calendar"}

    answer = signed_in.post(f"/nacar/bookings/requests/{noa_asks.pk}/acceptance", back)

    assert answer.url == "/nacar/bookings/requests"


def test_what_ran_out_is_not_asked_any_more(signed_in, salon, noa_asks):
    with clock.frozen(noa_asks.hold_until):
        page = text(signed_in.get("/nacar/bookings/requests"))

    assert "Every request is answered" in page


def test_the_menu_and_the_first_page_count_them(signed_in, salon, two_ask):
    page = signed_in.get("/nacar/").content.decode()

    assert '<span class="n new">2<span class="sr"> waiting' in page
    assert "2 requests to answer" in page
    assert 'href="/nacar/bookings/requests"' in page


def test_who_may_only_look_sees_the_request_and_no_buttons(client, salon, noa_asks):
    reader = platform.user("reader@nacar.example")
    platform.member(salon.organization, reader, Role.VIEWER)
    browser = PlatformClient()
    browser.force_login(reader)

    page = browser.get("/nacar/bookings/requests").content.decode()
    assert "/acceptance" not in browser.get("/nacar/calendar?day=2026-11-24").content.decode()

    assert "Noa Benítez" in page
    assert "acceptance" not in page
    assert browser.post(f"/nacar/bookings/requests/{noa_asks.pk}/acceptance").status_code in (403, 404)
    assert fresh(salon, noa_asks).status == Booking.Status.REQUESTED


def test_a_stranger_finds_nothing(signed_in_stranger, salon, noa_asks):
    for deed in ("acceptance", "time", "refusal", "reopening"):
        assert signed_in_stranger.post(f"/nacar/bookings/requests/{noa_asks.pk}/{deed}").status_code == 404
    assert fresh(salon, noa_asks).status == Booking.Status.REQUESTED


def test_the_queue_asks_little_however_long_it_is(signed_in, salon, two_ask):
    signed_in.get("/nacar/bookings/requests")
    with CaptureQueriesContext(
        connection,
    ) as few:
        signed_in.get("/nacar/bookings/requests")

    assert len(few) <= 32, "\n".join(query["sql"][:160] for query in few)
