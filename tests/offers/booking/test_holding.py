"""A time is kept for a visitor while they type: taken with a tap, longer on demand, free again afterwards."""

import re
from datetime import timedelta

import pytest
from django.conf import settings

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import due, holding, lifecycle, queries
from flectar.offers.booking.deeds.lifecycle import Asked
from flectar.offers.booking.errors import SlotTaken
from flectar.offers.booking.models import Booking, Claim, Hold, Service
from tests.cast import PlatformClient
from tests.offers.booking import make
from tests.offers.booking.conftest import NOW
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")
SLOT = "2026-11-24T14:00Z"  # 15:00 in Madrid
NAMED = {"name": "Marta Ferrer", "email": "marta@ferrer.example", "phone": "", "note": "", "key": "k1", "at": SLOT}


@pytest.fixture
def curl_cut(salon):
    with project_scope(salon.pk):
        return make.service(make.staff("Noa Vidal"), slug="curl-cut")


@pytest.fixture
def other_visitor(salon_site):
    return PlatformClient("nacar.localhost:8000")


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def token_in(response) -> str:
    return re.search(r"hold=([\w-]+)", response["Location"])[1]


def count(model, salon) -> int:
    with project_scope(salon.pk):
        return model.objects.count()


def test_a_tap_keeps_the_time_and_leads_to_the_details(salon_site, other_visitor, salon, curl_cut):
    tapped = salon_site.post("/book/curl-cut/hold", {"at": SLOT})
    details = salon_site.get(tapped["Location"])
    refused = other_visitor.post("/book/curl-cut/hold", {"at": SLOT})

    assert tapped.status_code == 302
    assert "until 8:10" in text(details)
    assert refused.status_code == 409
    assert "Someone was quicker" in text(refused)
    assert len(re.findall(r'name="at" value="2026-11-24T1[235]:\d\dZ"', refused.content.decode())) >= 3
    assert count(Booking, salon) == 0


def test_a_hold_becomes_the_booking(salon_site, salon, curl_cut):
    token = token_in(salon_site.post("/book/curl-cut/hold", {"at": SLOT}))

    booked = salon_site.post("/book/curl-cut/details", {**NAMED, "hold": token})

    assert booked.status_code == 302
    with project_scope(salon.pk):
        claim = Claim.objects.get()
        assert (claim.booking.starts_at, claim.expires_at) == (at(salon, "15:00"), None)
        assert not Hold.objects.exists()


def test_the_person_who_was_kept_is_the_one_who_comes(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        curl_cut.needs.create(resource=make.staff("Abril Mas", rank=0))
        hold = holding.take(salon, [Asked(curl_cut)], at(salon, "15:00"))
        make.booking(salon, curl_cut, at(salon, "9:00"), resource=hold.resource)

        booking = lifecycle.book_visit(
            salon, [Asked(curl_cut)], at(salon, "15:00"), make.customer(salon), hold=hold, notify=False
        )[0]

    assert booking.resource_id == hold.resource_id


def test_another_tap_gives_the_first_time_back(salon_site, other_visitor, salon, curl_cut):
    salon_site.post("/book/curl-cut/hold", {"at": SLOT})
    second = salon_site.post("/book/curl-cut/hold", {"at": "2026-11-24T14:30Z"})

    assert second.status_code == 302
    assert count(Hold, salon) == 1
    assert other_visitor.post("/book/curl-cut/hold", {"at": "2026-11-24T13:30Z"}).status_code == 302


def test_ones_own_time_stays_in_the_list(salon_site, other_visitor, salon, curl_cut):
    salon_site.post("/book/curl-cut/hold", {"at": SLOT})

    mine = salon_site.get("/book/curl-cut?day=2026-11-24").content.decode()
    theirs = other_visitor.get("/book/curl-cut?day=2026-11-24").content.decode()

    assert f'value="{SLOT}"' in mine
    assert f'value="{SLOT}"' not in theirs


def test_the_hold_is_longer_on_demand_but_not_for_ever(salon_site, salon, curl_cut):
    token = token_in(salon_site.post("/book/curl-cut/hold", {"at": SLOT}))
    typed = {**NAMED, "hold": token, "extend": "1"}

    with clock.frozen(NOW + timedelta(minutes=9)):
        longer = salon_site.post("/book/curl-cut/details", typed)
    with clock.frozen(NOW + timedelta(minutes=18)):
        salon_site.post("/book/curl-cut/details", typed)
    with clock.frozen(NOW + timedelta(minutes=27)):
        longest = salon_site.post("/book/curl-cut/details", typed)

    assert "until 8:19" in text(longer)
    assert 'value="Marta Ferrer"' in longer.content.decode()
    assert "until 8:30" in text(longest)
    assert "Hold it longer" not in text(longest)
    with project_scope(salon.pk):
        assert Claim.objects.get().expires_at == Hold.objects.get().until == NOW + timedelta(minutes=30)


def test_a_hold_that_is_over_says_so_and_holds_again_in_one_tap(salon_site, other_visitor, salon, curl_cut):
    tapped = salon_site.post("/book/curl-cut/hold", {"at": SLOT})
    with clock.frozen(NOW + timedelta(minutes=10)):
        over = salon_site.get(tapped["Location"])
        again = salon_site.post("/book/curl-cut/details", {**NAMED, "hold": token_in(tapped), "extend": "1"})

        assert "The ten minutes are over. The time is still free." in text(over)
        assert "until 8:20" in text(again)
        assert other_visitor.post("/book/curl-cut/hold", {"at": SLOT}).status_code == 409
    assert count(Hold, salon) == 1


def test_a_hold_that_is_over_lets_somebody_else_in(salon_site, other_visitor, salon, curl_cut):
    tapped = salon_site.post("/book/curl-cut/hold", {"at": SLOT})
    with clock.frozen(NOW + timedelta(minutes=10, seconds=1)):
        assert other_visitor.post("/book/curl-cut/details", NAMED).status_code == 302

        gone = salon_site.get(tapped["Location"])
        refused = salon_site.post("/book/curl-cut/details", {**NAMED, "key": "k2", "hold": token_in(tapped)})

    assert (gone.status_code, refused.status_code) == (409, 409)
    assert "That time is gone" in text(gone)
    assert count(Booking, salon) == 1


def test_a_hold_that_is_over_may_still_be_booked_if_nobody_came(salon_site, salon, curl_cut):
    tapped = salon_site.post("/book/curl-cut/hold", {"at": SLOT})

    with clock.frozen(NOW + timedelta(minutes=20)):
        booked = salon_site.post("/book/curl-cut/details", {**NAMED, "hold": token_in(tapped)})

    assert booked.status_code == 302
    assert count(Claim, salon) == 1


def test_whoever_keeps_too_many_goes_on_without(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        for number in range(14):
            make.service(make.staff(f"Person {number} x"), slug=f"s{number}")
    taps = [salon_site.post(f"/book/s{number}/hold", {"at": SLOT}) for number in range(14)]

    assert all(tap.status_code == 302 for tap in taps)
    assert "hold=" not in taps[-1]["Location"]
    assert salon_site.get(taps[-1]["Location"]).status_code == 200
    assert count(Hold, salon) == 12


def test_a_request_that_takes_no_time_is_not_kept(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        Service.objects.update(mode=Service.Mode.REQUEST)

    tapped = salon_site.post("/book/curl-cut/hold", {"at": SLOT})

    assert "hold=" not in tapped["Location"]
    assert count(Hold, salon) == 0


def test_what_was_not_booked_is_forgotten(salon, curl_cut):
    with project_scope(salon.pk):
        hold = holding.take(salon, [Asked(curl_cut)], at(salon, "15:00"))

    with clock.frozen(NOW + timedelta(minutes=5)), project_scope(salon.pk):
        due.sweep_hold.run(project_id=salon.pk, hold_id=hold.pk)
    assert count(Hold, salon) == 1
    with clock.frozen(NOW + timedelta(minutes=70)), project_scope(salon.pk):
        due.sweep_hold.run(project_id=salon.pk, hold_id=hold.pk)
    assert count(Claim, salon) == 0


def test_a_visit_of_two_is_kept_whole(salon, curl_cut):
    with project_scope(salon.pk):
        colour = make.service(make.staff("Iker Sanz"), slug="colour", duration_min=30)
        holding.take(salon, [Asked(curl_cut), Asked(colour)], at(salon, "15:00"))

        assert Claim.objects.count() == 2
        with pytest.raises(SlotTaken):
            lifecycle.book(salon, colour, at(salon, "16:00"), make.customer(salon))
        assert queries.free_times(salon, colour, first_day=make.TUESDAY, days=1)[0].slots


def details_sent(page, **typed) -> dict[str, str]:
    """The form of that page, filled in."""
    return {**NAMED, **{name: as_it_stands(page)[name] for name in ("key", "hold", "at")}, **typed}


def test_back_from_the_own_page_leads_there_again_in_the_same_browser_only(salon_site, other_visitor, salon, curl_cut):
    tapped = salon_site.post("/book/curl-cut/hold", {"at": SLOT})
    details = salon_site.get(tapped["Location"])
    booked = salon_site.post("/book/curl-cut/details", details_sent(details))

    again = salon_site.get(tapped["Location"])
    passed_on = other_visitor.get(tapped["Location"])

    assert booked["Location"].startswith(again["Location"])
    assert passed_on.status_code == 409
    assert "/booking/" not in passed_on.content.decode()


def test_sent_again_from_the_same_page_it_is_the_same_booking(salon_site, salon, curl_cut):
    details = salon_site.get(salon_site.post("/book/curl-cut/hold", {"at": SLOT})["Location"])
    sent = details_sent(details)

    first, second = (salon_site.post("/book/curl-cut/details", sent) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert count(Booking, salon) == 1


def test_a_browser_that_keeps_no_cookie_keeps_the_page_with_its_key(salon_site, salon, curl_cut):
    tapped = salon_site.post("/book/curl-cut/hold", {"at": SLOT})
    salon_site.cookies.clear()
    details = salon_site.get(tapped["Location"])
    sent = details_sent(details)

    first, second = (salon_site.post("/book/curl-cut/details", sent) for _ in range(2))

    assert details["Cache-Control"] == "private, max-age=300"
    assert first["Location"] == second["Location"]
    assert count(Booking, salon) == 1


@pytest.mark.parametrize("where", ["", "/embed"])
def test_who_is_given_the_address_of_the_details_reaches_nothing(salon_site, other_visitor, salon, curl_cut, where):
    """The address is all that a forwarded link or the log of a proxy tells; its token is tried wherever one can be."""
    with project_scope(salon.pk):
        Service.objects.update(most_dates=4)
    tapped = salon_site.post(f"{where}/book/curl-cut/hold", {"at": SLOT})
    token = token_in(tapped)
    booked = salon_site.post(f"{where}/book/curl-cut/details", details_sent(salon_site.get(tapped["Location"])))
    own_page = booked["Location"].partition("?")[0]

    answers = []
    for cookie in ("", token, f"{token}.", f"{token}.{token}"):
        other_visitor.cookies[settings.HOLD_COOKIE] = cookie
        answers.append(other_visitor.get(tapped["Location"]))
        answers.append(other_visitor.get(tapped["Location"].replace("/embed", "")))
        for more in ({}, {"name": "Somebody Else"}, {"every": "week", "dates": "2"}):
            tried = {**NAMED, **more, "hold": token, "key": token}
            answers.append(other_visitor.post(f"{where}/book/curl-cut/details", tried))

    assert {answer.status_code for answer in answers} == {409}
    assert not [answer for answer in answers if own_page in answer.content.decode() + answer.get("Location", "")]
    with project_scope(salon.pk):
        assert not Booking.objects.filter(idempotency_key__contains=token).exists()
    assert count(Booking, salon) == 1


def test_a_key_of_a_series_belongs_to_who_booked_it(salon_site, other_visitor, salon, curl_cut):
    with project_scope(salon.pk):
        Service.objects.update(most_dates=4)
    repeated = {**NAMED, "every": "week", "dates": "2"}
    booked = salon_site.post("/book/curl-cut/details", repeated)

    tried = other_visitor.post("/book/curl-cut/details", {**repeated, "email": "other@ferrer.example"})

    assert booked.status_code == 302
    assert tried.status_code == 409
    assert count(Booking, salon) == 2


# --- Remember me ------------------------------------------------------------------------------------------------------


def test_who_ticks_is_known_at_the_next_booking_and_only_in_this_browser(salon_site, other_visitor, salon, curl_cut):
    salon_site.post("/book/curl-cut/details", {**NAMED, "remember": "on"})

    again = salon_site.get("/book/curl-cut/details?at=2026-11-24T11:00Z").content.decode()
    other = other_visitor.get("/book/curl-cut/details?at=2026-11-24T11:00Z").content.decode()

    assert 'value="marta@ferrer.example"' in again
    assert "marta" not in other
    assert "marta" not in salon_site.cookies[settings.VISITOR_COOKIE].value


def test_who_takes_the_tick_away_is_forgotten(salon_site, salon, curl_cut):
    salon_site.post("/book/curl-cut/details", {**NAMED, "remember": "on"})
    salon_site.post("/book/curl-cut/details", {**NAMED, "key": "k2", "at": "2026-11-24T11:00Z"})

    assert salon_site.cookies[settings.VISITOR_COOKIE].value == ""


def test_who_does_not_tick_gets_no_such_cookie(salon_site, salon, curl_cut):
    salon_site.post("/book/curl-cut/details", NAMED)

    assert settings.VISITOR_COOKIE not in salon_site.cookies


def as_it_stands(response) -> dict[str, str]:
    """What a browser sends when nothing is typed: the fields of the page with their values."""
    sent = {}
    for field in re.findall(r"<input ([^>]+)>", response.content.decode()):
        name, value = re.search(r'name="([^"]+)"', field), re.search(r'value="([^"]*)"', field)
        if name and ("checkbox" not in field or "checked" in field):
            sent[name[1]] = value[1] if value else "on" if "checkbox" in field else ""
    return sent


def test_a_returning_customer_books_in_three_taps_and_types_nothing(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        make.service(make.staff("Iker Sanz"), name="Fringe trim", slug="fringe")
    salon_site.post("/book/curl-cut/details", {**NAMED, "remember": "on"})
    services = salon_site.get("/book").content.decode()

    times = salon_site.get(re.search(r'href="(/book/curl-cut)"', services)[1])
    slot = re.search(r'name="at" value="([^"]+)"', times.content.decode())[1]
    details = salon_site.post("/book/curl-cut/hold", {"at": slot}, follow=True)
    done = salon_site.post("/book/curl-cut/details", as_it_stands(details), follow=True)

    assert "See you on" in text(done)
    with project_scope(salon.pk):
        assert Booking.objects.filter(customer__emails__email="marta@ferrer.example").count() == 2
