"""What a change of hours or blocked time lies on is shown before it is saved: appointments, nights, units, classes."""

import re
from datetime import timedelta

import pytest

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Closure, Resource, ScheduleOverride, Session
from flectar.offers.booking.scheduling import touched
from flectar.platform.audit.models import Entry
from flectar.platform.outbox.models import Message
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
