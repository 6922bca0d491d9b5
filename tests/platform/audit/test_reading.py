"""Reading the log: newest first, page by page, filtered, in words."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from flectar.config.deeds import DEEDS
from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.audit import reading, sealing
from flectar.platform.audit.log import Actor, acting_as, record
from flectar.platform.audit.models import Entry
from flectar.platform.audit.reading import Change, Filters
from flectar.platform.organizations.models import Role
from flectar.platform.projects.models import BusinessProfile, Project
from tests import make
from tests.cast import PlatformClient

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LOG = "/nacar/settings/log"


def note(action: str, at: datetime = NOON, actor: Actor | None = None, **values: object) -> None:
    with clock.frozen(at), acting_as(actor or Actor()):
        record(action, **values)  # type: ignore[arg-type]  # old, new and target as given


def test_the_pages_hold_each_entry_once_though_many_share_a_moment(in_salon: Project):
    for number in range(7):
        note(f"deed.{number}", NOON)
    seen, cursor = [], ""
    for _page in range(4):
        page = reading.of_project(in_salon.pk, Filters(), after=cursor, size=2)
        seen += [entry.action for entry in page.entries]
        cursor = page.older

    assert sorted(seen) == [f"deed.{number}" for number in range(7)]
    assert cursor == ""


def test_a_new_entry_does_not_shift_the_page(in_salon: Project):
    for number in range(4):
        note(f"deed.{number}", NOON + timedelta(minutes=number))
    first = reading.of_project(in_salon.pk, Filters(), size=2)
    note("deed.late", NOON + timedelta(hours=1))

    second = reading.of_project(in_salon.pk, Filters(), after=first.older, size=2)

    assert [entry.action for entry in first.entries] == ["deed.3", "deed.2"]
    assert [entry.action for entry in second.entries] == ["deed.1", "deed.0"]


@pytest.mark.parametrize("cursor", ["x", "2026-11-23", "2026-11-23T10:00:00~x", "2026-11-23T10:00:00+00:00~", "~"])
def test_a_made_up_cursor_is_refused(in_salon: Project, cursor: str):
    with pytest.raises(reading.BadCursor):
        reading.of_project(in_salon.pk, Filters(), after=cursor)


def test_filters_add_up(in_salon: Project, lucia: User):
    person = Actor(kind="person", id=lucia.pk, name="Lucía")
    note("hours.changed", actor=person)
    note("profile.changed", actor=person)
    note("hours.changed", NOON - timedelta(days=2), actor=person)
    note("hours.changed")

    found = reading.of_project(
        in_salon.pk, Filters(actor_id=lucia.pk, action="hours.changed", since=NOON - timedelta(days=1))
    )

    assert [(entry.action, entry.actor_name, entry.at) for entry in found.entries] == [("hours.changed", "Lucía", NOON)]


def test_one_project_never_reads_anothers(salon: Project, clinic: Project):
    with project_scope(clinic.pk):
        note("hours.changed")
    with project_scope(salon.pk):
        assert reading.of_project(clinic.pk, Filters()).entries == []
        assert reading.of_project(salon.pk, Filters()).entries == []


def test_changes_are_said_in_words(in_salon: Project):
    profile = BusinessProfile.objects.get()
    note(
        "profile.changed", target=profile, old={"kind": "salon", "tagline": ""}, new={"kind": "clinic", "tagline": "Hi"}
    )
    [entry] = reading.of_project(in_salon.pk, Filters()).entries

    assert reading.changes_of(entry, in_salon) == [
        Change("Kind of business", "Hair and beauty", "Clinic or therapy"),
        Change("Headline", "", "Hi"),
    ]


def test_instants_are_told_in_the_zone_of_the_business_and_ids_not_at_all(in_salon: Project):
    note("booking.made", new={"starts_at": datetime(2026, 11, 24, 9, 30, tzinfo=UTC), "resource": str(in_salon.pk)})
    [entry] = reading.of_project(in_salon.pk, Filters()).entries

    [change] = reading.changes_of(entry, in_salon)

    assert (change.label, change.new.endswith("10:30")) == ("Starts", True)


def test_permissions_are_said_in_words_and_lists_of_ids_not_at_all(in_salon: Project):
    note("keys.tried", new={"scopes": ["bookings.read", "customers.export"], "projects": [str(in_salon.pk)]})
    [entry] = reading.of_project(in_salon.pk, Filters()).entries

    assert reading.changes_of(entry, in_salon) == [
        Change("May", "", "See the calendar and the bookings, Export customers"),
    ]


def test_secrets_stay_masked(in_salon: Project):
    note("keys.made", new={"api_key": "very-secret"})
    [entry] = reading.of_project(in_salon.pk, Filters()).entries

    assert reading.changes_of(entry, in_salon)[0].new == "•••"


def test_every_recorded_action_has_its_words():
    source = Path(settings.PACKAGE)
    called = re.compile(r'\brecord\(\s*"([a-z_]+\.[a-z_]+)"')
    recorded = {action for file in source.rglob("*.py") for action in called.findall(file.read_text())}

    assert recorded - set(DEEDS) == set(), "name them in config/deeds.py"


# The page


def test_the_page_shows_who_what_when_and_the_change(signed_in: Client, salon: Project):
    signed_in.post("/nacar/settings/address", {"slug": "nacar-ruzafa"})

    page = signed_in.get("/nacar-ruzafa/settings/log").content.decode()

    assert "Lucía Ferrer" in page
    assert "Changed the address" in page
    assert "<del>nacar</del>" in page
    assert "<ins>nacar-ruzafa</ins>" in page


def test_the_page_goes_on_where_it_ended(signed_in: Client, salon: Project, monkeypatch: pytest.MonkeyPatch):
    with project_scope(salon.pk):
        for number in range(reading.PAGE + 1):
            note(f"deed.{number}", NOON + timedelta(minutes=number))

    first = signed_in.get(LOG).content.decode()
    older = re.search(r'href="(\?after=[^"]+)"', first)
    assert older
    second = signed_in.get(LOG + older[1].replace("&amp;", "&")).content.decode()

    assert "deed.50" in first
    assert "deed.0<" not in first
    assert "deed.0<" in second
    assert "deed.50" not in second


def test_days_of_the_filter_are_the_businesss_own(signed_in: Client, salon: Project):
    with project_scope(salon.pk):
        note("deed.monday", datetime(2026, 11, 22, 23, 30, tzinfo=UTC))  # 0:30 on Monday in Madrid
        note("deed.sunday", datetime(2026, 11, 22, 22, 30, tzinfo=UTC))

    page = signed_in.get(LOG, {"since": "2026-11-23", "until": "2026-11-23"}).content.decode()

    assert "deed.monday" in page
    assert "deed.sunday" not in page


def test_an_entry_opens_beside_the_list_with_all_of_its_changes(signed_in: Client, salon: Project, clinic: Project):
    with project_scope(salon.pk):
        note("hours.changed", new={f"note_{number}": f"value {number}" for number in range(6)})
        entry = Entry.objects.get()

    row = signed_in.get(LOG).content.decode()
    panel = signed_in.get(LOG, {"peek": entry.pk, "part": "peek"}).content.decode()

    assert "value 2" in row
    assert "value 3" not in row
    assert "… and 3 more" in row
    assert "value 5" in panel
    assert signed_in.get(f"/nacar/settings/log?peek={entry.pk}").content.decode().count("value 5") == 1
    assert "<aside" not in signed_in.get(LOG, {"peek": clinic.pk}).content.decode()


def test_what_is_wrong_with_the_days_is_said_where_the_rows_would_be(signed_in: Client, salon: Project):
    page = signed_in.get(LOG, {"since": "2026-11-23", "until": "2026-11-22"}).content.decode()

    assert "Until: This is before the first day." in page
    assert 'name="until" value="2026-11-22"' in page


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"since": "yesterday"}, 422),
        ({"since": "2026-11-23", "until": "2026-11-22"}, 422),
        ({"since": "0001-01-01"}, 422),
        ({"until": "9999-12-31"}, 422),
        ({"who": "nobody"}, 422),
        ({"action": "made.up"}, 422),
        ({"after": "made-up"}, 400),
    ],
)
def test_a_bad_question_is_answered_clearly(signed_in: Client, salon: Project, query: dict[str, str], status: int):
    assert signed_in.get(LOG, query).status_code == status


# Taking it along


def test_an_export_holds_what_the_filters_show_and_is_noted_itself(salon: Project, lucia: User, signed_in: Client):
    with project_scope(salon.pk):
        note("hours.changed", NOON, old={"note": "=1+1"}, new={"note": "Señal"})
        note("staff.added", NOON - timedelta(days=40))
        sealing.seal()

    answer = signed_in.get(f"{LOG}/export?since=2026-11-01")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer["Content-Disposition"] == f'attachment; filename="nacar-log-{salon.today}.csv"'
    assert [row["action"] for row in rows] == ["hours.changed"]
    assert (rows[0]["at"], rows[0]["new"], rows[0]["block"]) == (NOON.isoformat(), '{"note": "Señal"}', "1")
    with project_scope(salon.pk):
        assert Entry.objects.latest("id").action == "audit.exported"
        assert Entry.objects.latest("id").new == {"entries": 1}


def test_a_bad_filter_exports_nothing(salon: Project, signed_in: Client):
    assert signed_in.get(f"{LOG}/export?since=yesterday").status_code == 422
    with project_scope(salon.pk):
        assert not Entry.objects.exists()


def test_staff_and_strangers_export_nothing(salon: Project, signed_in_stranger: Client):
    staff = PlatformClient()
    person = make.user("dani@nacar.example")
    make.member(salon.organization, person, Role.MANAGER)
    staff.force_login(person)

    assert staff.get(f"{LOG}/export").status_code == 403
    assert signed_in_stranger.get(f"{LOG}/export").status_code == 404


def test_the_page_says_what_is_sealed_and_what_was_forgotten(salon: Project, signed_in: Client):
    with project_scope(salon.pk):
        note("hours.changed", NOON, new={"note": "Ana"})
        sealing.seal()
        sealing.forget(Entry.objects.all())

    page = signed_in.get(LOG).content.decode()

    assert "Sealed up to block 1" in page
    assert "Names and values were taken out for privacy." in page
    assert "Ana" not in page
