"""What a change of hours or blocked time lies on is shown before it is saved: appointments, nights, units, classes."""

import re
from datetime import timedelta

import pytest

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Closure, Resource, ScheduleOverride, Session
from flectar.offers.booking.scheduling import touched
from flectar.platform.audit.models import Entry
from flectar.platform.outbox.models import Message
from flectar.platform.projects import hours, places
from flectar.platform.projects.models import Location, SpecialDay
from tests.offers.booking import make
from tests.offers.booking.make import TUESDAY, at

pytestmark = pytest.mark.usefixtures("monday_morning")


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_closure_counts_nights_units_and_dates_of_classes_each_once(in_salon):
    noa = make.staff("Noa Vidal")
    rooms = make.staff("Rooms", kind=Resource.Kind.ROOM, units=3)
    house = make.house()
    cut = make.booking(in_salon, make.service(noa), at(in_salon, "10:00"))
    for time in ("10:00", "11:00"):
        make.booking(in_salon, make.service(rooms), at(in_salon, time))
    nights = make.stay(in_salon, make.stay_service(house), TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=3))
    yoga = make.class_of(make.staff("Rosa Gil"), rooms)
    date = make.session(in_salon, yoga, "15:00")
    make.booking(in_salon, yoga, date.starts_at, party=2)
    day = {"project": in_salon, "starts_at": at(in_salon, "00:00"), "ends_at": at(in_salon, "23:00")}

    everything = touched.by(Closure(**day))
    of_rooms = touched.by(Closure(resource=rooms, **day))
    of_house = touched.by(Closure(resource=house, **day))
    of_noa = touched.by(Closure(resource=noa, **day))

    assert (len(everything.bookings), everything.classes, everything.count) == (4, [date], 5)
    assert everything.classes[0].booked == 2
    assert (len(of_rooms.bookings), of_rooms.classes) == (2, [date])
    assert of_house.bookings == [nights]
    assert of_noa.bookings == [cut]


def test_those_ticked_are_cancelled_together_and_told(signed_in, salon):
    with project_scope(salon.pk):
        cut = make.service(make.staff("Noa Vidal"))
        first, second = (make.booking(salon, cut, at(salon, time)) for time in ("10:00", "12:00"))
        closure = make.closure(at(salon, "09:00"), at(salon, "13:00"))

    page = signed_in.get(f"/nacar/closures?closure={closure.pk}").content.decode()
    assert page.count('form="cancel-touched"') == 2
    signed_in.post("/nacar/bookings/cancellations", {"id": [first.pk], "is_meant": "yes", "notify": "on"})

    with project_scope(salon.pk):
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.status, second.status) == (Booking.Status.CANCELLED, Booking.Status.CONFIRMED)
        assert Message.objects.filter(event="booking.cancelled").count() == 1


def test_days_off_show_what_would_lie_outside_before_they_are_set(signed_in, salon):
    with project_scope(salon.pk):
        noa = make.staff("Noa Vidal")
        make.booking(salon, make.service(noa), at(salon, "10:00"), customer=make.customer(salon, "Amélie Ñúñez"))
        yoga = make.class_of(noa)
        make.session(salon, yoga, "15:00")
    url, off = f"/nacar/staff/{noa.pk}/days", {"first": "2026-11-24", "last": ""}

    shown = signed_in.post(url, off)

    assert shown.status_code == 200
    assert "2 bookings would lie outside these hours." in text(shown)
    assert "Amélie Ñúñez" in text(shown)
    with project_scope(salon.pk):
        assert not ScheduleOverride.objects.exists()
        assert not Entry.objects.filter(action="staff.days_set").exists()

    assert signed_in.post(url, {**off, "sure": "yes"}).status_code == 302
    with project_scope(salon.pk):
        assert ScheduleOverride.objects.get().windows == []
        assert (Booking.objects.get().is_confirmed, Session.objects.get().is_cancelled) == (True, False)


def test_what_lies_outside_already_or_only_with_its_buffer_is_not_counted(in_salon):
    noa = make.staff("Noa Vidal", week={1: [(600, 120)]})  # Tuesday, ten to twelve
    make.booking(in_salon, make.service(noa, buffer_after=30), at(in_salon, "11:00"))
    make.booking(in_salon, make.service(noa), at(in_salon, "16:00"), is_forced=True)

    def nothing() -> None:
        """Hours as they are."""

    assert not touched.by_hours(noa, nothing)


# --- The hours of the whole business ----------------------------------------------------------------------------------


@pytest.fixture
def opened(salon):
    """Monday to Friday, nine to five; Noa works those, Marc his own, a house by the night stands beside."""
    with project_scope(salon.pk):
        noa, marc = make.staff("Noa Vidal"), make.staff("Marc Soler", week={1: [(540, 480)]})
        for who, name in ((noa, "Amélie Ñúñez"), (marc, "Josep Llorens")):
            service = make.service(who, name=f"Cut by {who.name}", slug=f"cut-{who.first_name.lower()}")
            make.booking(salon, service, at(salon, "15:00"), customer=make.customer(salon, name))
        make.stay(salon, make.stay_service(), TUESDAY, TUESDAY + timedelta(days=2))
    return salon


WEEK = {f"{name}-{day}": time for day in range(5) for name, time in (("opens", "09:00"), ("closes", "14:00"))}


def test_hours_of_the_business_show_whom_they_touch_before_they_are_saved(signed_in, opened):
    url = "/nacar/settings/hours"

    shown = signed_in.post(url, WEEK)

    assert "1 booking would lie outside these hours." in text(shown)
    assert "Amélie Ñúñez" in text(shown)
    assert "Josep Llorens" not in text(shown), "he has hours of his own"
    assert 'value="14:00"' in shown.content.decode()
    with project_scope(opened.pk):
        assert {(window.start_min, window.len_min) for window in hours.week()} == {(540, 480)}
        assert not Entry.objects.filter(action="hours.changed").exists()

    assert signed_in.post(url, {**WEEK, "sure": "yes"}).status_code == 302
    with project_scope(opened.pk):
        assert {(window.start_min, window.len_min) for window in hours.week()} == {(540, 300)}
        assert Booking.objects.filter(status=Booking.Status.CONFIRMED).count() == 3


def test_a_special_day_shows_whom_it_touches_and_a_free_one_is_added_at_once(signed_in, opened):
    url = "/nacar/settings/hours/special-days"

    shown = signed_in.post(url, {"first": "2026-11-24", "note": "Fair"})

    assert "2 bookings would lie outside these hours." in text(shown), "a special day is for who has own hours, too"
    assert 'value="Fair"' in shown.content.decode()
    with project_scope(opened.pk):
        assert not SpecialDay.objects.exists()
    assert signed_in.post(url, {"first": "2026-11-25"}).status_code == 302
    assert signed_in.post(url, {"first": "2026-11-24", "sure": "yes"}).status_code == 302
    taken = signed_in.post(url, {"first": "2026-11-24"})
    assert taken.status_code == 422
    assert "have hours of their own already" in text(taken)


def test_hours_of_a_location_show_only_who_works_there(signed_in, opened):
    with project_scope(opened.pk):
        ruzafa = Location(zone=opened.zone)
        places.save(opened, ruzafa, {"name": "Ruzafa"})
        places.set_week(opened, ruzafa, [hours.Window(day, 540, 480) for day in range(5)])
        eva = make.staff("Eva Mas", location=ruzafa)
        make.booking(opened, make.service(eva, name="Beard", slug="beard"), at(opened, "15:00"),
                     customer=make.customer(opened, "Pau Riera"))  # fmt: skip
    url = f"/nacar/settings/locations/{ruzafa.pk}/hours"

    shown = signed_in.post(url, WEEK)

    assert "1 booking would lie outside these hours." in text(shown)
    assert "Pau Riera" in text(shown)
    assert signed_in.post(url, {**WEEK, "sure": "yes"}).status_code == 302
    with project_scope(opened.pk):
        ruzafa.refresh_from_db()
        assert {length for _day, _start, length in ruzafa.week} == {300}


def test_a_change_that_touches_nobody_is_saved_at_once(signed_in, opened):
    longer = {name: "19:00" if name.startswith("closes") else time for name, time in WEEK.items()}

    assert signed_in.post("/nacar/settings/hours", longer).status_code == 302


# --- The list ---------------------------------------------------------------------------------------------------------


def test_every_closure_can_be_found_page_by_page_the_past_ones_too(signed_in, salon):
    with project_scope(salon.pk):
        noa = make.staff("Noa Vidal")
        for number in range(53):
            day = TUESDAY + timedelta(days=number)
            make.closure(at(salon, "10:00", day), at(salon, "11:00", day), reason=f"Course {number:02}")
        past = make.closure(
            at(salon, "10:00", TUESDAY - timedelta(days=9)),
            at(salon, "11:00", TUESDAY - timedelta(days=9)),
            resource=noa,
            reason="Dentist",
        )

    first = signed_in.get("/nacar/closures")
    second = signed_in.get("/nacar/closures?after=" + re.search(r"after=([0-9a-f-]+)", first.content.decode()).group(1))
    been = signed_in.get(f"/nacar/closures?view=past&closure={past.pk}")

    assert ("Course 00" in text(first), "Course 49" in text(first), "Course 50" in text(first)) == (True, True, False)
    assert ("Course 49" in text(second), "Course 52" in text(second)) == (False, True)
    assert "Dentist" not in text(first) + text(second)
    assert "Dentist" in text(been)
    assert "No booking lies between" in text(been)
    assert "Open again" not in text(been)
    assert "Dentist" in text(signed_in.get(f"/nacar/closures?view=past&who={noa.pk}"))
    assert "No blocked time matches." in text(signed_in.get("/nacar/closures?view=past&who=business"))
