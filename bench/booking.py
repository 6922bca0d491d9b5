"""Free times and bookings under row security, beside the bare database doing as many statements."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import which
from threading import Barrier
from typing import Any

RESOURCES = 10
MOVES = 12
WRITES = 100


@dataclass(frozen=True)
class Times:
    p50_ms: float
    p95_ms: float
    worst_ms: float
    cpu_ms: float = 0.0  # of this process, each


def times(count: int, deed: Callable[[int], object]) -> Times:
    deed(0)
    found, cpu = [], time.process_time()
    for number in range(count):
        begun = time.perf_counter()
        deed(number)
        found.append((time.perf_counter() - begun) * 1000)
    return replace(summed(found), cpu_ms=(time.process_time() - cpu) / count * 1000)


def summed(found: list[float]) -> Times:
    found = sorted(found)
    return Times(found[len(found) // 2], found[int(len(found) * 0.95) - 1], found[-1])


_BOOKINGS = """
INSERT INTO booking_booking (project_id, code, token, service_id, resource_id, customer_id, status, starts_at, ends_at,
       tz, local_start, service_name, price_snapshot, policy_snapshot, note, locale, source, version, created_at)
SELECT %(project)s, 'F' || n, 'filled-' || n, %(service)s, (%(people)s::uuid[])[1 + n %% %(busy)s], %(customer)s,
       'confirmed', at, at + interval '30 minutes', 'Europe/Madrid',
       to_char(at AT TIME ZONE 'Europe/Madrid', 'YYYY-MM-DD"T"HH24:MI'),
       'Cut', '{"minor": 3800, "currency": "EUR"}', '{"change_notice_min": 60}', '', 'en', 'site', 1, now()
  FROM (SELECT n, (%(slots)s::timestamptz[])[1 + n / %(busy)s] AS at FROM generate_series(0, %(bookings)s - 1) n) filled
"""
_CLAIMS = """
INSERT INTO booking_claim (project_id, resource_id, unit, starts_at, ends_at, booking_id, is_forced)
SELECT project_id, resource_id, 1, starts_at, ends_at, id, false FROM booking_booking WHERE project_id = %(project)s
"""


class Salon:
    """Ten people, one service, open every weekday, and as many bookings as asked for, made through the product."""

    def __init__(self, bookings: int, *, slug: str = "bench-salon", people: int = RESOURCES) -> None:
        from django.utils import timezone

        from flectar.core.tenancy import project_scope
        from flectar.platform.organizations.models import Organization
        from flectar.platform.projects.models import BusinessProfile, OpeningHours, Project
        from flectar.presence.sites.jobs import publish

        self.project = Project.objects.create(
            organization=Organization.objects.create(name="Bench"),
            slug=slug,
            name="Bench",
            zone="Europe/Madrid",
        )
        self.scope = lambda: project_scope(self.project.pk)
        self.monday = timezone.now().date() + timedelta(days=7 - timezone.now().weekday())
        with self.scope():
            BusinessProfile.objects.create(
                kind="salon", tagline="Cut for how it dries.", description="A small salon.", street="Cadis 41",
                city="Valencia", phone="+34960000141", email="hola@bench.example",
            )  # fmt: skip
            for weekday in range(5):
                OpeningHours.objects.create(weekday=weekday, start_min=540, len_min=480)
            self._offer(people)
            publish(self.project)
        self._fill(bookings)

    def _offer(self, count: int) -> None:
        from flectar.offers.booking.models import Resource, Service, ServiceNeed
        from flectar.people.customers import directory

        people = [Resource.objects.create(name=f"Person {n}", name_folded=f"person {n}") for n in range(count)]
        self.service = Service.objects.create(
            name="Cut", name_folded="cut", slug="cut", duration_min=30, step_min=30, notice_min=0, horizon_days=720,
            price_minor=3800,
        )  # fmt: skip
        for person in people:
            ServiceNeed.objects.create(service=self.service, resource=person)
        self.people = [person.pk for person in people]
        self.customer = directory.find_or_create(
            self.project, name="Marta Ferrer", email="marta@bench.example", collected_via="booking"
        )

    def at(self, slot: int) -> datetime:
        """The slot-th half hour of the working weeks to come."""
        from flectar.core import clock

        week, rest = divmod(slot, 5 * 16)
        day, half_hour = divmod(rest, 16)
        where = self.monday + timedelta(days=7 * week + day)
        midnight = datetime(where.year, where.month, where.day)  # noqa: DTZ001 - a wall-clock time has no zone
        return clock.to_instant(midnight + timedelta(minutes=540 + 30 * half_hour), self.project.tz)

    def _fill(self, bookings: int) -> None:
        """Eight of ten places of each half hour, so that there is something to find; made by the database itself."""
        import psycopg

        from bench.crowd import whole
        from flectar.config import installation

        self.next_slot = 1
        if not bookings:
            return
        busy = max(1, len(self.people) * 8 // 10)
        slots = [self.at(number) for number in range(-(-bookings // busy))]
        with psycopg.connect(installation.owner_database_url()) as owner:
            values = {
                "project": self.project.pk, "service": self.service.pk, "customer": self.customer.pk,
                "people": self.people, "slots": slots, "bookings": bookings, "busy": busy,
            }  # fmt: skip
            owner.execute(whole(_BOOKINGS, "booking.Booking").encode(), values)
            owner.execute(whole(_CLAIMS, "booking.Claim").encode(), values)
        with psycopg.connect(installation.owner_database_url(), autocommit=True) as owner:
            owner.execute("ANALYZE")
        self.next_slot = len(slots) + 1

    def book(self, when: datetime, *, notify: bool = False) -> Any:
        from flectar.offers.booking.deeds import lifecycle

        customer = copy(self.customer)
        customer._prefetched_objects_cache = {}  # somebody whose addresses nobody has asked for yet
        with self.scope():
            return lifecycle.book(self.project, self.service, when, customer, by_team=True, notify=notify)

    def free(self, first: date, days: int) -> Any:
        from flectar.offers.booking.deeds import queries

        with self.scope():
            return queries.free_times(self.project, self.service, first_day=first, days=days)

    def month(self) -> Times:
        return times(40, lambda _: self.free(self.monday, 31))

    def this_month(self) -> int:
        from flectar.core import clock
        from flectar.offers.booking.models import Claim

        end, _ = clock.day_bounds(self.monday + timedelta(days=31), self.project.tz)
        with self.scope():
            return Claim.objects.filter(starts_at__lt=end).count()

    def arithmetic(self) -> Times:
        """28 days of one host with 100 busy times: the sums alone, no database."""
        from flectar.offers.booking import availability

        hours = [(day * 1440 + 540, day * 1440 + 1020) for day in range(28)]
        busy = [(day * 1440 + 540 + slot * 90, day * 1440 + 570 + slot * 90) for day in range(25) for slot in range(4)]
        rules = availability.Rules(duration=30, step=30)

        def once(_: int) -> None:
            needs = [availability.Need([availability.Diary(who=1, hours=hours, claims=busy)])]
            for day in range(28):
                availability.free_starts(needs, rules, day * 1440, day * 1440 + 1440)

        return times(200, once)

    def day(self) -> Times:
        return times(100, lambda _: self.free(self.monday, 1))

    def nothing(self) -> Times:
        def once(_: int) -> None:
            with self.scope():
                pass

        return times(100, once)

    def publishes(self) -> Iterator[float]:
        """Another sentence on the page, thirty times; yields the moment after each commit."""
        from flectar.platform.projects.models import BusinessProfile
        from flectar.presence.sites.jobs import publish

        for number in range(30):
            with self.scope():
                BusinessProfile.objects.update(tagline=f"Cut for how it dries, {number}.")
                publish(self.project)
            yield time.perf_counter()

    def writes(self) -> Times:
        return times(WRITES, lambda number: self.book(self.at(self.next_slot + number // 4), notify=True))

    def statements(self) -> int:
        """How many the database is asked for one booking."""
        from django.db import connection

        asked: list[str] = []

        def count(execute: Any, sql: str, *rest: Any) -> Any:
            asked.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            self.book(self.at(self.next_slot + WRITES // 4 + 1), notify=True)
        return len(asked)

    def moves(self) -> tuple[int, Times]:
        """Twelve bookings want to move to the one place that is left elsewhere."""
        from django.db import connection

        from flectar.offers.booking.deeds import lifecycle
        from flectar.offers.booking.errors import BookingError

        goal, origin = self.at(self.next_slot + WRITES // 4 + 5), self.next_slot + WRITES // 4 + 20
        for _ in range(RESOURCES - 1):
            self.book(goal)
        held = [self.book(self.at(origin + number)) for number in range(MOVES)]
        barrier, found, won = Barrier(MOVES), [], []

        def client(booking: Any) -> None:
            try:
                connection.ensure_connection()
                barrier.wait(30)
                begun = time.perf_counter()
                try:
                    with self.scope():
                        won.append(lifecycle.move(booking, goal, by_team=True, notify=False))
                except BookingError:
                    pass
                found.append((time.perf_counter() - begun) * 1000)
            finally:
                connection.close()

        with ThreadPoolExecutor(MOVES) as pool:
            list(pool.map(client, held))
        return len(won), summed(found)


def pgbench(folder: Path, statements: int) -> float | None:
    """Milliseconds a transaction takes with as many bare statements: one in five writes a row."""
    import psycopg

    from flectar.config import installation

    if which("pgbench") is None:
        return None
    url = installation.owner_database_url()
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("CREATE TABLE bench_row (id bigserial PRIMARY KEY, at timestamptz DEFAULT now(), text text)")
    script = folder / "statements.sql"
    lines = [
        "INSERT INTO bench_row (text) VALUES ('row');" if number % 5 == 0
        else "SELECT * FROM bench_row ORDER BY id DESC LIMIT 1;"
        for number in range(statements)
    ]  # fmt: skip
    script.write_text("BEGIN;\n" + "\n".join(lines) + "\nCOMMIT;\n")
    run = subprocess.run(
        ["pgbench", "-n", "-c", "1", "-t", "300", "-f", str(script), url],
        capture_output=True, text=True, env=os.environ | {"PGOPTIONS": "-c search_path=public"}, check=False,
    )  # fmt: skip
    for line in run.stdout.splitlines():
        if line.startswith("latency average"):
            return float(line.split("=")[1].split()[0])
    return None
