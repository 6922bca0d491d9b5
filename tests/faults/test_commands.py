"""The commands against a whole installation: what they say, what they write, and how they refuse."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
import pytest

from flectar.config import installation as settled
from flectar.config.launcher.cluster import Cluster
from flectar.core import roles

from .conftest import PATIENCE, Installation, copies, free_port, wait_until
from .place import make_place
from .test_bookings import rows

pytestmark = pytest.mark.faults

type Install = Callable[[str], Installation]
PEOPLE = (
    "Name;Email;Phone;Notes\r\n"
    'Ana Núñez;ana@example.com;+34 600 000 142;"mag\r\nTee"\r\n'
    "Ana Núñez;ana@example.com;;\r\n"
    "Ben Ruiz;ben@example;600 000 143;\r\n"
    ";;;\r\n"
    "Eva Sol;eva@example.com;;\r\n"
).encode("utf-16")
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//EN
BEGIN:VEVENT
UID:1
DTSTART;TZID=America/New_York:20270104T090000
DTEND;TZID=America/New_York:20270104T100000
RRULE:FREQ=WEEKLY;COUNT=3
SUMMARY:Dentist
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20270201
SUMMARY:Away
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:No start
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n").encode()


@pytest.fixture(scope="module")
def place(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One for all these tests: each looks at what it wrote itself."""
    with copies(prepared, tmp_path_factory.mktemp("commands")) as install:
        installation = install("one")
        installation.place = make_place(installation)
        installation.up()
        yield installation


def count(installation: Installation, table: str) -> int:
    return int(rows(installation, f"SELECT count(*) FROM {table}")[0][0])


def on_a_terminal(installation: Installation, *words: str) -> str:
    """What somebody sees who types it: standard error is a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "flectar.config.command", *words]
    done = subprocess.run(command, env=installation.environment, stdout=theirs, stderr=theirs, check=False, cwd="/")
    os.close(theirs)
    said = b""
    try:
        while chunk := os.read(ours, 65536):
            said += chunk
    except OSError:
        pass  # the other end is closed: all is read
    os.close(ours)
    assert done.returncode == 0, said
    return said.decode()


def test_people_and_times_are_brought_in_beside_a_running_installation(place: Installation, tmp_path: Path) -> None:
    people, calendar = tmp_path / "people.csv", tmp_path / "busy.ics"
    people.write_bytes(PEOPLE)
    calendar.write_bytes(CALENDAR)

    looked = place.flectar("import", "customers", str(people), "--project", "place", "--dry-run")
    assert looked.returncode == 0, looked.stderr
    assert "2 people would be added." in looked.stdout or "3 people would be added." in looked.stdout
    assert looked.stdout.rstrip().endswith("Nothing was written.")
    assert count(place, "customers_customer") == 0

    said = on_a_terminal(place, "import", "customers", str(people), "--project", "place")
    assert "[##############################]" in said
    assert "ben@example" in said, "why the address was left out"
    added = count(place, "customers_customer")
    assert added == 3
    assert "Added 3" in said

    again = place.flectar("import", "customers", str(people), "--project", "place")
    assert "Added 0" in again.stdout
    assert count(place, "customers_customer") == added

    looked = place.flectar("import", "calendar", str(calendar), "--project", "place", "--dry-run")
    assert "3 events: 4 busy times, 1 series, 1 whole days, 1 skipped." in looked.stdout
    assert "It has no start" in looked.stdout
    assert count(place, "booking_externalbusy") == 0

    said = on_a_terminal(place, "import", "calendar", str(calendar), "--project", "place", "--staff", "person 1")
    assert "Brought in for Person 1." in said
    assert count(place, "booking_externalbusy") == 4


def test_what_cannot_be_brought_in_is_refused_and_changes_nothing(place: Installation, tmp_path: Path) -> None:
    picture, calendar = tmp_path / "picture.csv", tmp_path / "busy.ics"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    calendar.write_bytes(CALENDAR)
    before = count(place, "customers_customer"), count(place, "booking_externalbusy")
    refusals = [
        (["customers", str(picture), "--project", "place"], ""),
        (["customers", str(tmp_path / "none.csv"), "--project", "place"], "is not a file"),
        (["customers", str(calendar), "--project", "nowhere"], "there is no project 'nowhere'"),
        (["calendar", str(picture), "--project", "place"], ""),
        (["calendar", str(calendar), "--project", "place", "--staff", "Zoe"], "Nobody is called Zoe."),
    ]

    for words, sentence in refusals:
        said = place.flectar("import", *words)
        assert said.returncode == 1, (words, said.stdout)
        assert said.stderr.startswith("flectar: ")
        assert "Traceback" not in said.stderr
        assert sentence in said.stderr

    assert (count(place, "customers_customer"), count(place, "booking_externalbusy")) == before


def test_failed_jobs_are_listed_and_run_again_and_operators_made(place: Installation) -> None:
    found = settled.load(place.data)
    assert found is not None
    address = settled.url(roles.OWNER, found["passwords"][roles.OWNER], found["socket"])
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "WITH j AS (INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)"
            " VALUES ('default', 'core.forget_old_limits', '{\"timestamp\": 1}', 'failed', 7) RETURNING id),"
            " e AS (INSERT INTO procrastinate_events (job_id, type) SELECT id, 'failed' FROM j)"
            " INSERT INTO core_job_error (job_id, at, error) SELECT id, now(), 'KeyError: x' FROM j"
        )
    ((job_id,),) = rows(place, "SELECT id FROM procrastinate_jobs WHERE status = 'failed'")

    assert "1 failed" in place.flectar("jobs").stdout
    listed = place.flectar("jobs", "--failed").stdout
    assert f"{job_id}  " in listed
    assert "attempt 7: KeyError: x" in listed
    assert place.flectar("jobs", "--retry", str(job_id)).stdout == f"core.forget_old_limits {job_id} will run again.\n"
    wait_until(
        lambda: rows(place, f"SELECT status::text FROM procrastinate_jobs WHERE id = {job_id}") == [("succeeded",)],
        "its success",
    )
    refused = place.flectar("jobs", "--retry", str(job_id))
    assert (refused.returncode, "there is no failed job" in refused.stderr) == (1, True)
    assert place.flectar("jobs", "--all").stdout == "0 will run again.\n"
    assert "is an operator now" in place.flectar("operator", "OWNER@place.example").stdout
    assert place.flectar("operator", "nobody@place.example").returncode == 1
    assert rows(place, "SELECT email FROM accounts_user WHERE is_operator") == [("owner@place.example",)]
    assert "is no operator" in place.flectar("operator", "owner@place.example", "--remove").stdout
    actions = [("job.retried",), ("operator.added",), ("operator.removed",)]
    asked = "SELECT action FROM audit_entry WHERE action ~ '^(job|operator)' ORDER BY at"
    assert rows(place, asked) == actions


def test_keys_are_added_and_everything_sealed_anew(install: Install) -> None:
    one = install("one")
    before = settled.prepare(one.data)["keys"]

    made = one.flectar("keys", "new")
    after = settled.prepare(one.data)["keys"]

    assert "A fresh key stands first" in made.stdout
    assert after.split(",")[1:] == before.split(",")
    assert (one.data / settled.FILE).stat().st_mode & 0o777 == 0o600
    rotated = one.flectar("keys", "rotate")
    assert rotated.returncode == 0, rotated.stderr
    assert "sealed anew" in rotated.stdout


def test_an_owner_needs_a_good_address_a_good_password_and_no_account(install: Install) -> None:
    one = install("one")
    words = ["createowner", "--name", "Ana Bell", "--organization", "Salon", "--email"]

    for email, password in (("ana", "a long and quiet river"), ("ana@example.com", "short"), ("ana@example.com", "")):
        said = one.flectar(*words, email, stdin=password + "\n")
        assert (said.returncode, "Traceback" in said.stderr) == (1, False)

    assert one.flectar(*words, "Ana@Example.com", stdin="a long and quiet river\n").returncode == 0
    twice = one.flectar(*words, "ana@example.com", stdin="a long and quiet river\n")
    assert (twice.returncode, "has an account already" in twice.stderr) == (1, True)


def test_the_doctor_finds_nothing_wrong_with_what_runs(place: Installation) -> None:
    said = place.flectar("doctor")

    assert said.returncode == 0, said.stdout
    assert "every migration is applied" in said.stdout
    assert "notices of the database arrive" in said.stdout
    assert said.stdout.rstrip().endswith("Nothing must be mended.")
    assert "W001" not in said.stdout


@pytest.fixture
def server(install: Install, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A PostgreSQL of somebody else's, empty; and an installation that is told of it."""
    cluster = Cluster(tmp_path / "server")
    cluster.start()
    socket = settled.prepare(cluster.data)["socket"]
    url = {role: settled.url(role, f"pass-of-{role}", socket) for role in (roles.APP, roles.OWNER, roles.OPS)}
    installation = Installation(tmp_path / "elsewhere", free_port())
    installation.environment |= {
        "DATABASE_URL": url[roles.APP],
        "FLECTAR_OWNER_DATABASE_URL": url[roles.OWNER],
        "FLECTAR_OPS_DATABASE_URL": url[roles.OPS],
        "FLECTAR_SUPERUSER_DATABASE_URL": cluster.superuser_conninfo(),
    }
    yield {"installation": installation, "cluster": cluster}
    cluster.stop()


def test_production_begins_on_an_empty_server(server: dict[str, Any]) -> None:
    one: Installation = server["installation"]
    said = one.flectar("doctor")
    assert said.returncode == 1
    assert "there is no key ring" in said.stdout

    ring = one.flectar("keys", "new").stdout.strip()
    one.environment |= {
        "FLECTAR_KEYS": ring,
        "FLECTAR_SECRET_KEY": "a-secret-key-of-fifty-characters-or-so-for-this-test",
        "FLECTAR_HTTPS": "yes",
        "FLECTAR_PLATFORM_HOST": "app.example.com",
        "FLECTAR_SITE_HOST": "example.site",
        "FLECTAR_FILES_HOST": "files.example.site",
        "FLECTAR_TRUSTED_PROXIES": "1",
        "FLECTAR_SMTP_URL": "smtp://mail.example.com:587",
    }
    for words in (["bootstrap"], ["bootstrap"], ["migrate"]):
        done = one.flectar(*words)
        assert done.returncode == 0, done.stderr
    made = one.flectar(
        "createowner", "--email", "ana@example.com", "--name", "Ana", "--organization", "Salon",
        stdin="a long and quiet river\n",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    said = one.flectar("doctor")
    assert said.returncode == 0, said.stdout

    web = subprocess.Popen([sys.executable, "-m", "flectar.config.command", "serve"], env=one.environment, cwd="/")
    try:
        wait_until(one.answers, "the first page")
        connection = HTTPConnection("127.0.0.1", one.port, timeout=20)
        connection.request("GET", "/account/login/", headers={"Host": "app.example.com"})
        page = connection.getresponse()
        assert page.status == 200
        assert page.getheader("Strict-Transport-Security")
        connection.close()
    finally:
        web.terminate()
        web.wait(PATIENCE)


def test_bootstrap_names_the_address_that_is_wrong(server: dict[str, Any]) -> None:
    one: Installation = server["installation"]
    one.environment["FLECTAR_OPS_DATABASE_URL"] = one.environment["DATABASE_URL"]

    said = one.flectar("bootstrap")

    assert said.returncode == 1
    assert "FLECTAR_OPS_DATABASE_URL must name user flectar_ops" in said.stderr
    with psycopg.connect(server["cluster"].superuser_conninfo()) as connection:
        assert connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'flectar_app'").fetchone() is None


def test_the_audit_log_is_proved_and_who_changes_it_behind_its_back_is_named(place: Installation) -> None:
    published = place.flectar("audit", "publish")
    assert published.returncode == 0, published.stderr
    assert str(place.data / "audit-seals.txt") in published.stdout

    whole = place.flectar("audit", "verify")
    assert whole.returncode == 0, whole.stdout
    assert "As it was sealed." in whole.stdout
    # The worker publishes once a day too, and that may be just now.
    assert re.search(r"\b[1-9]\d* published digests", whole.stdout)

    # The owner of the tables can switch the triggers off, and that is all that held them back.
    found = settled.load(place.data)
    assert found is not None
    with psycopg.connect(settled.url(roles.OWNER, found["passwords"][roles.OWNER], found["socket"])) as direct:
        direct.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        direct.execute("UPDATE audit_entry SET action = 'deed.hidden' WHERE block = 1")
        direct.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    changed = place.flectar("audit", "verify")
    assert changed.returncode == 1
    assert "FAULT  an entry of block 1 is not as it was sealed" in changed.stdout
    assert "The log is not as it was sealed." in changed.stdout

    missing = place.flectar("audit", "verify", "--published", "/nowhere/at-all")
    assert missing.returncode == 1
    assert "there is no file" in missing.stderr
