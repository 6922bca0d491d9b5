"""The same time every week: looked at as a whole, decided date by date, booked all at once or not at all."""

import re
from datetime import timedelta

import pytest

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import asking, due, lifecycle, series
from flectar.offers.booking.deeds.series import Every
from flectar.offers.booking.models import Booking, Coupon, Series, Service
from flectar.offers.booking.prices import coupons
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.wording import as_read
from tests.offers.booking import make
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")
TEN = "2026-11-24T09:00Z"
FORM = {
    "name": "Marta Ferrer", "email": "marta@ferrer.example", "phone": "", "note": "", "key": "k1", "at": TEN,
    "every": "week", "dates": "4",
}  # fmt: skip
THIRD = make.TUESDAY + timedelta(weeks=2)


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def noa(salon):
    with project_scope(salon.pk):
        return make.staff("Noa Vidal")


@pytest.fixture
def cut(salon, noa) -> Service:
    with project_scope(salon.pk):
        return make.service(noa, slug="cut", most_dates=12)


@pytest.fixture
def third_is_taken(salon, cut) -> Booking:
    with project_scope(salon.pk):
        return make.booking(salon, cut, at(salon, "10:00", THIRD))


def mine(salon) -> list[Booking]:
    with project_scope(salon.pk):
        return list(Booking.objects.with_people().filter(series__isnull=False).order_by("starts_at"))


def mails(salon, event: str) -> list[Message]:
    with project_scope(salon.pk):
        return [as_read(one) for one in Message.objects.filter(event=event)]


def post(salon_site, **values):
    return salon_site.post("/book/cut/details", {**FORM, **values})


# --- The rule ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("every", "rule"),
    [
        (Every.WEEK, "FREQ=WEEKLY;COUNT=3"),
        (Every.FORTNIGHT, "FREQ=WEEKLY;INTERVAL=2;COUNT=3"),
        (Every.MONTH, "FREQ=MONTHLY;BYDAY=4TU;COUNT=3"),
    ],
)
def test_a_repeat_is_a_rule_that_calendars_know(in_salon, every, rule):
    assert series.rule(every, 3, at(in_salon, "10:00"), in_salon.tz) == rule


def test_a_fifth_friday_is_the_last_one_of_each_month(in_salon):
    first = at(in_salon, "10:00", make.MONDAY.replace(month=10, day=30))

    rule = series.rule(Every.MONTH, 3, first, in_salon.tz)

    assert [f"{one:%d %b}" for one in series.dates_of(rule, first, in_salon.tz)] == ["30 Oct", "27 Nov", "25 Dec"]


# --- A visitor --------------------------------------------------------------------------------------------------------


def test_only_services_that_allow_it_offer_it(salon_site, salon, cut):
    assert 'name="every"' in salon_site.get(f"/book/cut/details?at={TEN}").content.decode()
    with project_scope(salon.pk):
        Service.objects.update(most_dates=1)
    assert 'name="every"' not in salon_site.get(f"/book/cut/details?at={TEN}").content.decode()


def test_looking_shows_every_date_and_the_price_of_all(salon_site, salon, cut):
    page = text(post(salon_site, look="1"))

    assert "4 dates" in page
    assert "Tue 15 Dec, 10:00" in page
    assert "Curl cut × 4 €232" in page
    assert mine(salon) == []


def test_all_dates_are_booked_at_once_with_one_mail_and_one_file(salon_site, salon, cut):
    done = post(salon_site, shown="23200")

    bookings = mine(salon)
    assert [f"{one.starts_at:%d %H:%M}" for one in bookings] == ["24 09:00", "01 09:00", "08 09:00", "15 09:00"]
    assert done["Location"] == f"/booking/{bookings[0].token}?new=1"
    (mail,) = mails(salon, "booking.confirmed")
    assert all(said in mail.text for said in ("Tue 24 Nov, 10:00", "Tue 15 Dec, 10:00", "€232"))
    assert len(mails(salon, "booking.team_confirmed")) == 1
    file = salon_site.get(f"/booking/{bookings[0].token}/calendar.ics").content.decode()
    assert file.count("BEGIN:VEVENT") == 4


def test_a_date_that_is_taken_is_shown_with_other_times_and_nothing_is_booked(salon_site, salon, cut, third_is_taken):
    page = post(salon_site)

    assert page.status_code == 409
    assert "Not every date is free." in text(page)
    assert f'name="date_{THIRD}"' in page.content.decode()
    assert f'<option value="{THIRD}T10:00Z">' in page.content.decode()
    assert 'value="marta@ferrer.example"' in page.content.decode()
    assert mine(salon) == []
    with project_scope(salon.pk):
        assert not Series.objects.exists()


def test_leaving_it_out_books_the_others(salon_site, salon, cut, third_is_taken):
    looked = text(post(salon_site, look="1", **{f"date_{THIRD}": "out"}))
    done = post(salon_site, shown="17400", **{f"date_{THIRD}": "out"})

    assert "Curl cut × 3 €174" in looked
    assert done.status_code == 302
    assert len(mine(salon)) == 3


def test_another_time_takes_its_place(salon_site, salon, cut, third_is_taken):
    post(salon_site, **{f"date_{THIRD}": f"{THIRD}T10:00Z"})

    assert [one.local_start[-5:] for one in mine(salon)] == ["10:00", "10:00", "11:00", "10:00"]


def test_a_time_that_is_taken_too_is_asked_for_again(salon_site, salon, cut, third_is_taken):
    page = post(salon_site, **{f"date_{THIRD}": f"{THIRD}T09:00Z"})

    assert page.status_code == 409
    assert mine(salon) == []


def test_who_leaves_out_everything_is_told(salon_site, salon, cut):
    days = [make.TUESDAY + timedelta(weeks=week) for week in range(4)]
    page = post(salon_site, **{f"date_{day}": "out" for day in days})

    assert page.status_code == 409
    assert "Keep one date at least." in text(page)


def test_a_higher_price_than_was_shown_books_nothing(salon_site, salon, cut):
    page = post(salon_site, shown="17400")

    assert page.status_code == 409
    assert mine(salon) == []


def test_a_double_click_is_one_series(salon_site, salon, cut):
    assert post(salon_site)["Location"] == post(salon_site)["Location"]
    assert len(mine(salon)) == 4


def test_more_dates_than_the_service_allows_is_once(salon_site, salon, cut):
    post(salon_site, dates="13")

    with project_scope(salon.pk):
        assert not Series.objects.exists()


def test_the_same_person_all_along_where_that_is_possible(salon_site, salon, cut, noa):
    with project_scope(salon.pk):
        iker = make.staff("Iker Sanz")
        service = make.service(noa, iker, slug="both", most_dates=4)
        make.booking(salon, service, at(salon, "10:00"), resource=noa)
        make.booking(salon, service, at(salon, "10:00", THIRD), resource=iker)
    salon_site.post("/book/both/details", FORM)

    assert [one.resource.first_name for one in mine(salon)] == ["Iker", "Iker", "Noa", "Iker"]


# --- The customer's own page ------------------------------------------------------------------------------------------


@pytest.fixture
def booked(salon_site, salon, cut) -> list[Booking]:
    post(salon_site)
    return mine(salon)


def standing(salon) -> list[str]:
    return [f"{one.starts_at:%d}" for one in mine(salon) if one.is_confirmed]


@pytest.mark.parametrize(
    ("reach", "left"), [("one", ["24", "08", "15"]), ("following", ["24"]), ("all", []), ("x", ["24", "08", "15"])]
)
def test_one_date_or_those_after_it_or_all_are_cancelled(salon_site, salon, booked, reach, left):
    page = text(salon_site.get(f"/booking/{booked[1].token}/cancellation"))
    assert "This one and those after it: 3 dates" in page
    assert "All that are to come: 4 dates" in page

    salon_site.post(f"/booking/{booked[1].token}/cancellation", {"reach": reach})

    assert standing(salon) == left
    assert len(mails(salon, "booking.cancelled")) == 1


def test_what_is_too_late_to_cancel_stays(salon_site, salon, booked):
    with clock.frozen(booked[0].starts_at - timedelta(minutes=30)):
        salon_site.post(f"/booking/{booked[1].token}/cancellation", {"reach": "all"})

    assert standing(salon) == ["24"]


def test_the_page_of_one_date_leads_to_the_others(salon_site, booked):
    page = salon_site.get(f"/booking/{booked[0].token}").content.decode()

    assert "The other dates" in page
    assert all(f"/booking/{one.token}" in page for one in booked[1:])


# --- The team ---------------------------------------------------------------------------------------------------------


def test_the_team_repeats_as_well_and_decides_about_what_is_taken(signed_in, salon, cut, third_is_taken):
    typed = {
        "service": str(cut.pk), "day": "2026-11-24", "time": "10:00", "name": "Marta Ferrer", "key": "t1",
        "email": "marta@ferrer.example", "every": "week", "dates": "4",
    }  # fmt: skip
    refused = signed_in.post("/nacar/bookings/new", typed)
    assert refused.status_code == 409
    assert f'name="date_{THIRD}"' in refused.content.decode()
    assert mine(salon) == []

    done = signed_in.post("/nacar/bookings/new", {**typed, f"date_{THIRD}": "out"})

    assert done.status_code == 302
    assert len(mine(salon)) == 3
    assert mails(salon, "booking.confirmed") == []


def test_a_series_that_is_cancelled_by_the_team_is_one_mail(signed_in, salon, booked):
    signed_in.post(f"/nacar/bookings/{booked[0].pk}/cancellation", {"reach": "all", "notify": "on", "reason": "Ill"})

    (mail,) = mails(salon, "booking.cancelled")
    assert "Tue 15 Dec, 10:00" in mail.text


# --- Where each booking is accepted by the team -----------------------------------------------------------------------


@pytest.fixture
def asked(salon_site, salon, cut) -> list[Booking]:
    with project_scope(salon.pk):
        Service.objects.update(approval=Service.Approval.ALL)
    assert post(salon_site).status_code == 302
    return mine(salon)


def test_a_series_that_must_be_accepted_is_one_request(salon_site, signed_in, salon, asked):
    page = text(salon_site.post("/book/cut/details", {**FORM, "at": "2026-11-24T14:00Z", "key": "k2", "look": "1"}))
    request = text(signed_in.get("/nacar/bookings/requests"))

    assert {one.status for one in asked} == {"requested"}
    assert len(mails(salon, "booking.requested")) == 1
    with project_scope(salon.pk):
        assert list(asking.queue()) == asked[:1]
    assert "Accept all dates" in request
    assert all(said in request for said in ("Tue 1 Dec, 10:00", "Tue 8 Dec, 10:00", "Tue 15 Dec, 10:00"))
    assert "Request these dates" in page


def test_it_is_accepted_whole_with_one_mail(signed_in, salon, asked):
    answer = signed_in.post(f"/nacar/bookings/requests/{asked[0].pk}/acceptance")

    assert answer.status_code == 302
    assert {one.status for one in mine(salon)} == {"confirmed"}
    (mail,) = mails(salon, "booking.confirmed")
    assert mail.text.count("10:00") >= len(asked)


def test_a_date_that_somebody_else_has_by_now_stops_it_and_is_named(salon_site, signed_in, salon, cut):
    with project_scope(salon.pk):
        Service.objects.update(approval=Service.Approval.ALL, is_reserved_by_requests=False)
    post(salon_site)
    first, second, *_others = mine(salon)
    with project_scope(salon.pk):
        make.booking(salon, cut, second.starts_at, by_team=True)

    refused = signed_in.post(f"/nacar/bookings/requests/{first.pk}/acceptance")

    assert refused.status_code == 409
    assert text(refused).count("Taken by now") == 1
    assert {one.status for one in mine(salon)} == {"requested"}
    with project_scope(salon.pk):
        lifecycle.cancel(Booking.objects.with_people().get(pk=second.pk), by_team=True, notify=False)
    signed_in.post(f"/nacar/bookings/requests/{first.pk}/acceptance")
    assert sorted({one.status for one in mine(salon)}) == ["cancelled", "confirmed"]


def test_it_is_declined_whole_with_one_mail_and_that_is_undone_whole(signed_in, salon, asked):
    signed_in.post(f"/nacar/bookings/requests/{asked[0].pk}/refusal", {"reason": "We are away", "notify": "on"})
    declined = {one.status for one in mine(salon)}
    signed_in.post(f"/nacar/bookings/requests/{asked[0].pk}/reopening")

    (mail,) = mails(salon, "booking.declined")
    assert declined == {"declined"}
    assert mail.text.count("10:00") >= len(asked)
    assert {one.status for one in mine(salon)} == {"requested"}
    assert len(mails(salon, "booking.reopened")) == 1


def test_a_request_for_several_dates_that_nobody_answers_runs_out_with_one_mail(salon, asked):
    with clock.frozen(asked[-1].hold_until + timedelta(minutes=1)), project_scope(salon.pk):
        for one in asked:
            due.run_out.run(project_id=salon.pk, booking_id=one.pk)

    assert {one.status for one in mine(salon)} == {"expired"}
    assert len(mails(salon, "booking.expired")) == 1


def test_a_code_counts_for_the_first_date_and_the_page_says_so(salon_site, salon, cut):
    with project_scope(salon.pk):
        Coupon.objects.create(code="TEN", code_folded=coupons.folded("TEN"), percent=10)

    page = text(salon_site.get(f"/book/cut/details?at={TEN}"))
    post(salon_site, code="TEN")

    first, *others = mine(salon)
    assert "If you book several dates at once, a code counts for the first one." in page
    assert first.price.minor == 5220
    assert {one.price.minor for one in others} == {5800}
