"""Classes on the pages: the team plans and sees them, a visitor chooses a date or waits for a place."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import lifecycle, waiting
from flectar.offers.booking.models import Attendee, Booking, Session, Waiting
from flectar.offers.booking.public import times
from tests.offers.booking import make
from tests.offers.booking.make import TUESDAY, at

pytestmark = pytest.mark.usefixtures("monday_morning")
PLAN = {
    "resource": "",
    "day": "2026-11-24",
    "time": "15:00",
    "minutes": "60",
    "repeat": "weekly",
    "times": "3",
    "capacity": "2",
    "least": "0",
    "waiting_max": "20",
    "note": "",
}
NAMED = {"name": "Marta Ferrer", "email": "marta@ferrer.example", "phone": "", "people": "1"}


@pytest.fixture
def yoga(salon):
    with project_scope(salon.pk):
        return make.class_of(make.staff("Noa Vidal"), make.staff("Room 1", kind="room"), slug="yoga")


@pytest.fixture
def session(salon, yoga):
    with project_scope(salon.pk):
        return make.session(salon, yoga, "15:00", capacity=2)


@pytest.fixture
def full(salon, session):
    with project_scope(salon.pk):
        return [make.booking(salon, session.service, session.starts_at) for _ in range(2)]


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def one(salon, model):
    with project_scope(salon.pk):
        return model.objects.get()


def test_the_team_plans_many_dates_and_leaves_out_those_that_cannot_be(signed_in, salon, yoga):
    with project_scope(salon.pk):
        room = make.service(yoga.needs.get(group_no=2).resource, name="Hire")
        make.booking(salon, room, at(salon, "15:00", TUESDAY.replace(month=12, day=1)))

    assert signed_in.get("/nacar/classes/new").status_code == 200
    refused = signed_in.post("/nacar/classes/new", {**PLAN, "service": yoga.pk})

    assert refused.status_code == 409
    assert "Tue 1 Dec , Room 1: something else is there" in text(refused)
    with project_scope(salon.pk):
        assert Session.objects.count() == 0
    planned = signed_in.post("/nacar/classes/new", {**PLAN, "service": yoga.pk, "skip": "2026-12-01"})
    assert planned["Location"] == "/nacar/classes"
    assert "2 dates are planned." in text(signed_in.get("/nacar/classes"))


def test_a_bad_plan_is_said_beside_its_field(signed_in, salon, yoga):
    response = signed_in.post("/nacar/classes/new", {**PLAN, "service": yoga.pk, "capacity": "0", "time": "late"})

    assert response.status_code == 422
    assert "Type hours and minutes, as in 16:30" in text(response)


def test_the_list_asks_the_database_little_however_long(signed_in, salon, yoga):
    with project_scope(salon.pk):
        make.session(salon, yoga, "15:00", rule="FREQ=WEEKLY;COUNT=12")
    signed_in.get("/nacar/classes")

    with CaptureQueriesContext(
        connection,
    ) as asked:
        response = signed_in.get("/nacar/classes")

    assert response.content.decode().count("0 of 10") == 12
    # What the test's own transaction adds is not the page's.
    questions = [one["sql"] for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(questions) - 1 <= 12, "\n".join(questions)  # the last one leaves the project's scope


def test_the_page_of_a_date_shows_who_comes_and_who_waits(signed_in, salon, session, full):
    with project_scope(salon.pk):
        who = make.customer(salon, "Teo Ruiz")
        entry = waiting.join(salon, session.service, who, session=session)

    page = text(signed_in.get(f"/nacar/classes/{session.pk}"))
    paper = text(signed_in.get(f"/nacar/classes/{session.pk}/list"))
    signed_in.post(f"/nacar/classes/{session.pk}/waiting/{entry.pk}/removal")

    assert "2 of 2 places" in page
    assert "Teo Ruiz" in page
    assert "Marta Ferrer" in paper
    assert one(salon, Waiting).state == Waiting.State.LEFT


def test_the_team_changes_and_cancels_a_date(signed_in, salon, session, full):
    few = {"resource": "", "day": "2026-11-24", "time": "14:00", "minutes": "60", "capacity": "1"}
    assert "2 places are booked." in text(signed_in.post(f"/nacar/classes/{session.pk}/change", few))
    signed_in.post(f"/nacar/classes/{session.pk}/change", {**few, "capacity": "3"})
    assert one(salon, Session).starts_at == at(salon, "14:00")

    assert "2 bookings are cancelled too" in text(signed_in.get(f"/nacar/classes/{session.pk}/cancellation"))
    signed_in.post(f"/nacar/classes/{session.pk}/cancellation", {"reason": "Noa is ill"})

    assert one(salon, Session).is_cancelled
    with project_scope(salon.pk):
        assert set(Booking.objects.values_list("status", flat=True)) == {"cancelled"}
    assert "This class is cancelled." in text(signed_in.get(f"/nacar/classes/{session.pk}"))


def test_a_visitor_books_a_place_in_three_taps(salon_site, salon, session):
    assert salon_site.get("/book/yoga")["Location"] == "/book/yoga/dates"
    page = salon_site.get("/book/yoga/dates?people=2")
    assert "2 places left" in text(page)
    link = re.search(r'href="(/book/yoga/details[^"]+)"', page.content.decode())[1].replace("&amp;", "&")
    details = salon_site.get(link)
    assert details.status_code == 200
    key = re.search(r'name="key" value="([^"]+)"', details.content.decode())[1]
    sent = dict(pair.split("=") for pair in link.split("?")[1].split("&"))
    booked = salon_site.post("/book/yoga/details", {**sent, **NAMED, "people": "2", "key": key, "note": ""})

    assert booked.status_code == 302, text(booked)
    with project_scope(salon.pk):
        assert Attendee.objects.filter(session=session).count() == 2
    assert "Full" in text(salon_site.get("/book/yoga/dates"))


def test_a_visitor_waits_is_offered_a_place_and_takes_it(salon_site, salon, session, full):
    """Scenario 28 on the pages."""
    page = salon_site.get("/book/yoga/dates").content.decode()
    link = re.search(r'href="(/book/yoga/waiting[^"]+)"', page)[1].replace("&amp;", "&")
    assert salon_site.get(link).status_code == 200
    at_ = times.written(session.starts_at)
    asked = text(salon_site.get(link + "&zone=America/New_York"))
    joined = salon_site.post(
        "/book/yoga/waiting", {**NAMED, "at": at_, "with": session.resource_id, "zone": "America/New_York"}
    )
    entry = one(salon, Waiting)
    assert "your time" in asked
    assert "your time" in text(salon_site.get(joined["Location"]))
    assert joined["Location"] == f"/waiting/{entry.token}"
    assert "You are on the waiting list" in text(salon_site.get(joined["Location"]))

    with project_scope(salon.pk):
        lifecycle.cancel(full[0], by_team=True)
    assert "A place is free for you" in text(salon_site.get(joined["Location"]))
    taken = salon_site.post(f"/waiting/{entry.token}/acceptance")

    entry = one(salon, Waiting)
    assert taken.status_code == 302
    assert entry.state == Waiting.State.TAKEN
    assert "You have the place" in text(salon_site.get(f"/waiting/{entry.token}"))


def test_who_waits_needs_an_address_and_leaves_when_they_like(salon_site, salon, session, full):
    where = {"at": times.written(session.starts_at), "with": session.resource_id}
    assert salon_site.post("/book/yoga/waiting", {**NAMED, **where, "email": ""}).status_code == 422
    salon_site.post("/book/yoga/waiting", {**NAMED, **where})
    entry = one(salon, Waiting)

    salon_site.post(f"/waiting/{entry.token}/departure")

    assert one(salon, Waiting).state == Waiting.State.LEFT
    assert "You are no longer on the list" in text(salon_site.get(f"/waiting/{entry.token}"))
    assert salon_site.get("/waiting/nobody").status_code == 404


def test_a_wait_for_an_appointment_names_its_days(salon_site, salon):
    with project_scope(salon.pk):
        service = make.service(
            make.staff("Noa Vidal"), slug="cut", has_waiting_list=True, duration_min=420, step_min=420, horizon_days=1
        )
        make.booking(salon, service, at(salon, "09:00"))
    assert salon_site.get("/book/cut/waiting").status_code == 200
    days = {**NAMED, "first_day": "2026-11-24", "last_day": "2026-11-23"}
    assert "Choose a day after the first one." in text(salon_site.post("/book/cut/waiting", days))

    joined = salon_site.post("/book/cut/waiting", {**days, "last_day": "2026-11-24"})

    assert joined.status_code == 302
    assert "You are on the waiting list" in text(salon_site.get(joined["Location"]))


# --- Attendance -------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_the_door(salon, session):
    """It is five to three, and two of one booking should come."""
    with project_scope(salon.pk):
        salon.modules = [*salon.modules, "attendance"]
        salon.save()
        booking = make.booking(salon, session.service, session.starts_at, party=2)
        people = list(booking.attendees.order_by("number"))
    with clock.frozen(session.starts_at - timedelta(minutes=5)):
        yield people


def marks(salon):
    with project_scope(salon.pk):
        return list(Attendee.objects.order_by("number").values_list("attendance", flat=True))


def test_without_the_module_nothing_is_marked_and_nothing_shown(signed_in, salon_site, salon, session, full):
    person = full[0]
    with project_scope(salon.pk):
        attendee = person.attendees.get()
    address = f"/nacar/classes/{session.pk}/attendance/{attendee.pk}"

    assert signed_in.post(address, {"mark": "arrived"}).status_code == 404
    assert signed_in.get(f"/nacar/check-in/{attendee.token}").status_code == 404
    assert "Did not come" not in text(signed_in.get(f"/nacar/classes/{session.pk}"))
    assert "place/1.svg" not in salon_site.get(f"/booking/{person.token}").content.decode()
    assert marks(salon) == ["expected", "expected"]


def test_each_person_is_marked_by_a_tap_and_the_mark_undone(signed_in, salon, session, at_the_door):
    first, second = (f"/nacar/classes/{session.pk}/attendance/{one.pk}" for one in at_the_door)

    signed_in.post(first, {"mark": "arrived"})
    signed_in.post(second, {"mark": "excused"})
    assert marks(salon) == ["arrived", "excused"]
    assert one(salon, Booking).status == "in_progress"

    signed_in.post(first, {"mark": "expected"})
    assert marks(salon) == ["expected", "excused"]
    assert one(salon, Booking).status == "confirmed"


def test_a_scan_checks_in_once_and_says_so_the_second_time(signed_in, salon_site, salon, session, at_the_door):
    token, own = at_the_door[0].token, one(salon, Booking).token
    assert f"/booking/{own}/place/1.svg" in salon_site.get(f"/booking/{own}").content.decode()
    drawing = salon_site.get(f"/booking/{own}/place/1.svg")
    assert drawing["Content-Type"] == "image/svg+xml"

    looked = text(signed_in.get(f"/nacar/check-in/{token}"))
    assert marks(salon) == ["expected", "expected"]
    checked = text(signed_in.post(f"/nacar/check-in/{token}"))
    again = text(signed_in.get(f"/nacar/check-in/{token}"))

    assert "Check in" in looked
    assert "Checked in. Welcome!" in checked
    assert "This code was used already: here since 14:55." in again
    assert marks(salon) == ["arrived", "expected"]


def test_a_code_of_another_day_is_said_plainly(signed_in, salon, session, at_the_door):
    with clock.frozen(session.starts_at - timedelta(days=1)):
        page = text(signed_in.post(f"/nacar/check-in/{at_the_door[0].token}"))

    assert "Not today: this code is for Tue 24 Nov, 15:00." in page
    assert marks(salon) == ["expected", "expected"]
