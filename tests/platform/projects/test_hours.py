"""Opening hours: what a week may be, and how its form reads it."""

from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict
from django.test import Client

from flectar.core import clock, events
from flectar.core.tenancy import project_scope
from flectar.platform.audit.models import Entry
from flectar.platform.projects import hours
from flectar.platform.projects.facts import ProfileChanged
from flectar.platform.projects.forms.hours import WeekForm, minutes
from flectar.platform.projects.hours import Overlap, Window
from flectar.platform.projects.models import OpeningHours, Project, SpecialDay

MON, SUN = 0, 6
NINE, TWO, FIVE = 540, 840, 1020
PAGE = "/nacar/settings/hours"
CHRISTMAS = date(2030, 12, 25)


@pytest.mark.parametrize(
    ("one", "other", "do"),
    [
        (Window.between(MON, NINE, TWO), Window.between(MON, TWO, FIVE), False),
        (Window.between(MON, NINE, TWO), Window.between(MON, TWO - 1, FIVE), True),
        (Window.between(MON, NINE, TWO), Window.between(1, NINE, TWO), False),
        (Window.between(MON, 1320, 120), Window.between(1, 60, 180), True),
        (Window.between(SUN, 1320, 120), Window.between(MON, 60, 180), True),
        (Window.between(SUN, 1320, 120), Window.between(MON, 120, 180), False),
        (Window.between(MON, 0, 0), Window.between(MON, FIVE, FIVE + 1), True),
    ],
)
def test_windows_overlap_when_they_share_a_minute(one: Window, other: Window, do: bool):
    assert one.overlaps(other) is do
    assert other.overlaps(one) is do


def test_a_week_is_replaced_recorded_and_announced(in_salon: Project, monkeypatch: pytest.MonkeyPatch):
    heard: list[object] = []
    monkeypatch.setattr(events, "_reactions", {ProfileChanged: [heard.append]})

    assert hours.set_week(in_salon, [Window.between(MON, 1320, 120), Window.between(MON, NINE, TWO)])

    entry = Entry.objects.get()
    assert [(row.start_min, row.len_min) for row in OpeningHours.objects.order_by("start_min")] == [
        (540, 300),
        (1320, 240),
    ]
    assert entry.old["week"]["fri"] == ["09:00–17:00"]
    assert entry.new == {"week": {"mon": ["09:00–14:00", "22:00–02:00"]}}
    assert heard == [ProfileChanged(in_salon.pk)]


def test_the_same_week_changes_nothing(in_salon: Project):
    assert not hours.set_week(in_salon, hours.week())
    assert not Entry.objects.exists()


def test_an_overlapping_week_is_refused_whole(in_salon: Project):
    before = hours.week()

    with pytest.raises(Overlap):
        hours.set_week(in_salon, [Window.between(MON, NINE, TWO), Window.between(MON, 600, FIVE)])

    assert hours.week() == before
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("9", 540),
        ("09:30", 570),
        ("9.30", 570),
        ("9h30", 570),
        ("24:00", 1440),
        ("24:01", None),
        ("9:60", None),
        ("x", None),
    ],
)
def test_times_are_read_as_people_write_them(typed: str, read: int | None):
    assert minutes(typed) == read


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("opens-0=9:00&closes-0=14:00&opens-0=&closes-0=", []),
        ("opens-0=22:00&closes-0=24:00", []),
        ("opens-0=00:00&closes-0=00:00", []),
        ("opens-0=9:00&closes-0=", ["Monday: Write both times, or remove the row."]),
        ("opens-0=9:00&closes-0=soon", ["Monday: Write times as in 9:00 and 17:30."]),
        ("opens-0=9:00&closes-0=9:00", ["Monday: It opens and closes at the same time. All day long is 0:00 to 0:00."]),
        (
            "opens-0=9:00&closes-0=14:00&opens-0=13:00&closes-0=17:00",
            ["Monday: Overlaps Monday 09:00–14:00."],
        ),
        ("opens-0=1:00&closes-0=4:00&opens-6=22:00&closes-6=2:00", ["Sunday: Overlaps Monday 01:00–04:00."]),
    ],
)
def test_what_is_wrong_is_said_beside_its_row(query: str, errors: list[str]):
    form = WeekForm(data=QueryDict(query))

    assert form.is_valid() is (not errors)
    assert [text for _id, text in form.errors] == errors


def test_a_day_takes_eight_times_at_most():
    query = "&".join(f"opens-0={hour}:00&closes-0={hour}:30" for hour in range(9))
    form = WeekForm(data=QueryDict(query))

    assert not form.is_valid()
    assert form.errors == [("opens-0-8", "Monday: A day takes 8 times at most.")]


# The page


def test_saving_the_week(signed_in: Client, salon: Project):
    response = signed_in.post(PAGE, {"opens-5": ["10:00", "17:00"], "closes-5": ["14:00", "20:30"]})

    assert (response.status_code, response.headers["Location"]) == (302, PAGE)
    with project_scope(salon.pk):
        assert hours.week() == [Window(5, 600, 240), Window(5, 1020, 210)]


def test_an_overlap_is_said_and_nothing_changes(signed_in: Client, salon: Project):
    response = signed_in.post(PAGE, {"opens-0": ["9:00", "13:00"], "closes-0": ["14:00", "17:00"]})

    page = response.content.decode()
    assert response.status_code == 422
    assert "Overlaps Monday 09:00–14:00." in page
    assert 'value="13:00"' in page
    with project_scope(salon.pk):
        assert len(hours.week()) == 5
        assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("change", "has", "has_not"),
    [
        ("add-5", 'id="opens-5-0"', "nothing"),
        ("drop-0-0", "Not saved yet", 'id="opens-0-0"'),
        ("copy", 'id="opens-6-0" name="opens-6" value="09:00"', "nothing"),
        ("drop-0-99", 'id="opens-0-0"', "nothing"),
        ("nonsense", 'id="opens-0-0"', "nothing"),
    ],
)
def test_rows_come_and_go_without_script_and_without_saving(
    signed_in: Client, salon: Project, change: str, has: str, has_not: str
):
    typed = {"opens-0": "09:00", "closes-0": "14:00", "change": change, "copy-from": "0", "copy-to": ["6", "9"]}

    response = signed_in.post(PAGE, typed)

    page = response.content.decode()
    assert response.status_code == 200
    assert has in page
    assert has_not not in page
    with project_scope(salon.pk):
        assert len(hours.week()) == 5


def special(signed_in: Client, **typed: str):
    return signed_in.post(f"{PAGE}/special-days", {"first": "2030-12-25", "note": "Christmas", **typed})


def test_a_closed_day_is_added(signed_in: Client, salon: Project):
    assert special(signed_in).status_code == 302

    with project_scope(salon.pk):
        day = SpecialDay.objects.get()
        assert (day.day, day.windows, day.note) == (CHRISTMAS, [], "Christmas")
        assert Entry.objects.get().action == "special_day.added"
    assert "Christmas" in signed_in.get(PAGE).content.decode()


def test_several_days_with_split_hours_are_added(signed_in: Client, salon: Project):
    special(signed_in, last="2030-12-27", opens="10:00", closes="14:00", opens_again="22:00", closes_again="02:00")

    with project_scope(salon.pk):
        assert [day.windows for day in SpecialDay.objects.all()] == [[[600, 240], [1320, 240]]] * 3


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"first": ""}, "This field is required"),
        ({"first": "yesterday"}, "Enter a valid date"),
        ({"last": "2030-12-24"}, "before the first day"),
        ({"last": "2031-12-24"}, "92 days at most"),
        ({"opens": "10:00"}, "Write both times"),
        (
            {"opens": "10:00", "closes": "14:00", "opens_again": "13:00", "closes_again": "15:00"},
            "Overlaps 10:00–14:00",
        ),
    ],
)
def test_a_wrong_special_day_is_said_and_not_added(signed_in: Client, salon: Project, typed: dict[str, str], said: str):
    response = special(signed_in, **typed)

    assert response.status_code == 422
    assert said in response.content.decode()
    with project_scope(salon.pk):
        assert not SpecialDay.objects.exists()


def test_a_day_has_its_own_hours_once(signed_in: Client, salon: Project):
    special(signed_in)

    response = special(signed_in, first="2030-12-24", last="2030-12-26", note="Again")

    assert response.status_code == 422
    assert "hours of their own already" in response.content.decode()
    with project_scope(salon.pk):
        assert SpecialDay.objects.get().note == "Christmas"


def test_a_special_day_is_removed_and_put_back(signed_in: Client, salon: Project):
    special(signed_in, opens="10:00", closes="14:00")
    with project_scope(salon.pk):
        day = SpecialDay.objects.get()

    page = signed_in.post(f"{PAGE}/special-days/{day.pk}/removal", follow=True).content.decode()
    with project_scope(salon.pk):
        assert not SpecialDay.objects.exists()
    undo = page.split('action="', page.count('action="'))
    url = next(part.split('"')[0] for part in undo if part.startswith(f"{PAGE}/special-days/restoration"))
    signed_in.post(url.replace("&amp;", "&"))

    with project_scope(salon.pk):
        back = SpecialDay.objects.get()
        assert (back.day, back.windows, back.note) == (CHRISTMAS, [[600, 240]], "Christmas")


def test_nothing_comes_back_by_a_made_up_token(signed_in: Client, salon: Project):
    for kept in ("", "x", "e30:1:2"):
        assert signed_in.post(f"{PAGE}/special-days/restoration?kept={kept}").status_code == 302

    with project_scope(salon.pk):
        assert not SpecialDay.objects.exists()


def test_past_days_are_not_shown(signed_in: Client, salon: Project):
    special(signed_in)

    with clock.frozen(datetime(2031, 1, 2, tzinfo=UTC)):
        signed_in.force_login(salon.organization.members.get())
        assert "Christmas" not in signed_in.get(PAGE).content.decode()
