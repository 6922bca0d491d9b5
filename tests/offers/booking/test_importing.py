"""`flectar import calendar`, and the counter of changes that hours and closures share with bookings."""

from pathlib import Path

import pytest

from flectar.core.tenancy import project_scope
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.calendars import rota
from flectar.offers.booking.calendars.calendar_file import NotACalendar
from flectar.offers.booking.deeds import queries
from flectar.offers.booking.imports import importing
from flectar.offers.booking.models import CalendarSource, ExternalBusy
from tests.offers.booking import make
from tests.offers.booking.make import TUESDAY, at
from tests.offers.booking.test_calendar_file import calendar, event

pytestmark = pytest.mark.usefixtures("monday_morning")
DENTIST = event(
    "UID:1",
    "SUMMARY:Dentist",
    "DTSTART;TZID=Europe/Madrid:20261124T100000",
    "DURATION:PT2H",
    "RRULE:FREQ=WEEKLY;COUNT=2",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "noa.ics"
    path.write_bytes(calendar(DENTIST, event("SUMMARY:Nothing")))
    return path


@pytest.fixture
def noa(salon):
    with project_scope(salon.pk):
        return make.staff("Noa Vidal")


def lines(salon, file, **options) -> list[str]:
    return list(importing.import_file(salon, file, **{"dry_run": False, "staff": "noa", **options}))


def test_a_dry_run_reports_and_writes_nothing(salon, noa, file):
    told = lines(salon, file, dry_run=True)

    assert told[0] == "2 events: 2 busy times, 1 series, 0 whole days, 1 skipped."
    assert told[1] == "line 10: Nothing: It has no start, or its start is not a date."
    assert told[-1] == "Nothing was written."
    with project_scope(salon.pk):
        assert not ExternalBusy.objects.exists()


def test_what_is_brought_in_is_not_offered_and_twice_changes_nothing(salon, noa, file):
    with project_scope(salon.pk):
        service = make.service(noa)
    for _ in range(2):
        assert lines(salon, file)[-1] == "Brought in for Noa Vidal."

    with project_scope(salon.pk):
        assert ExternalBusy.objects.count() == 2
        assert CalendarSource.objects.count() == 1
        day = queries.free_times(salon, service, first_day=TUESDAY, days=1)[0]
        assert at(salon, "10:00") not in [slot.starts_at for slot in day.slots]
        assert at(salon, "12:00") in [slot.starts_at for slot in day.slots]


def test_a_wrong_name_or_file_says_so_and_writes_nothing(salon, noa, file, tmp_path):
    with pytest.raises(importing.NobodyOfThatName, match="Nobody is called Iker"):
        lines(salon, file, staff="Iker")
    other = tmp_path / "x.ics"
    other.write_text("name;email")

    with pytest.raises(NotACalendar, match="not a calendar file"):
        lines(salon, other)
    with project_scope(salon.pk):
        assert not ExternalBusy.objects.exists()


def test_bookings_in_busy_time_are_named_and_stay(salon, noa, file):
    with project_scope(salon.pk):
        booking = make.booking(salon, make.service(noa), at(salon, "11:00"))

    told = lines(salon, file)

    assert any(booking.code in line for line in told)
    with project_scope(salon.pk):
        booking.refresh_from_db()
        assert booking.is_confirmed


def test_own_hours_replace_the_businesss_and_its_special_day_shortens_them(in_salon, noa):
    from flectar.platform.projects.models import SpecialDay

    service = make.service(noa)
    rota.set_week(noa, {1: [(480, 240)]})
    SpecialDay.objects.create(day=TUESDAY, windows=[[600, 600]])

    day = queries.free_times(in_salon, service, first_day=TUESDAY, days=2)

    assert [slot.starts_at for slot in day[0].slots] == [at(in_salon, time) for time in ("10:00", "10:30", "11:00")]
    assert (day[1].slots, day[1].reason) == ((), Reason.CLOSED)


def test_the_next_free_time_is_found_far_ahead(in_salon, noa):
    service = make.service(noa)
    make.closure(at(in_salon, "00:00", make.MONDAY), at(in_salon, "12:00", make.MONDAY.replace(month=12, day=28)))

    assert queries.next_free(in_salon, service) == at(in_salon, "12:00", make.MONDAY.replace(month=12, day=28))
