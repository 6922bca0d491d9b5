"""Prints one table, each row beside its reference in the same run. `--write` puts it into docs/build/performance.md.

Counts are fixed, everything stays on loopback, and what was started is stopped. CPU times are of the whole process
tree, the job runner's left out: they repeat where requests per second do not.
"""

import argparse
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench import booking, crowd, growth, lists, races, serving
from bench.stack import Stack, pss_mib, settled_pss_mib
from bench.stack import serving as serving_process

PAGE = Path(__file__).resolve().parents[1] / "docs" / "build" / "performance.md"
MARKS = ("<!-- table -->", "<!-- /table -->")
HEAD = "| What | Measured | Beside it | Budget |\n|---|---|---|---|"
PARTS = ("pages", "times", "writes", "growth", "races", "lists")


class Row(NamedTuple):
    what: str
    measured: str
    beside: str
    budget: str

    def __str__(self) -> str:
        return f"| {' | '.join(self)} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table into docs/build/performance.md")
    parser.add_argument("--only", action="append", choices=PARTS, help="a part alone; may be given more than once")
    parser.add_argument("--bookings", type=int, default=5000, help="bookings in the salon (default 5000)")
    parser.add_argument("--projects", type=int, default=crowd.PROJECTS, help="businesses beside it (default 10000)")
    parser.add_argument("--rows", type=int, default=crowd.ROWS, help="customers and bookings of one (default 100000)")
    parser.add_argument("--claims", type=int, default=1_000_000, help="growth: the most claims (default 1000000)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="flectar-bench-") as name:
        folder = Path(name)
        (folder / "data").mkdir()
        stack = Stack(folder / "data")
        try:
            print(HEAD, flush=True)
            rows = []
            for row in measure(stack, folder, options):
                print(row, flush=True)
                rows.append(str(row))
        finally:
            stack.stop()
    if options.write:
        write(rows, keeps_others=bool(options.only))


def write(rows: list[str], *, keeps_others: bool) -> None:
    """Into the table of the page. A part alone leaves the rows of the other parts as they are."""
    before, _, rest = PAGE.read_text().partition(MARKS[0])
    table, _, after = rest.partition(MARKS[1])
    renewed = {_name(row): row for row in rows}
    if keeps_others:
        kept = table.strip().splitlines()[2:]
        renewed = {_name(row): renewed.get(_name(row), row) for row in kept} | renewed
    page = "\n".join([HEAD, *renewed.values()])
    PAGE.write_text(f"{before}{MARKS[0]}\n{page}\n{MARKS[1]}{after}")


def _name(row: str) -> str:
    return row.split("|")[1]


def measure(stack: Stack, folder: Path, options: argparse.Namespace) -> Iterator[Row]:
    """Each row is printed when it is known: who waits sees how far it is."""
    first = stack.start()
    stack.stop()
    second = stack.start()
    idle = settled_pss_mib(stack.pid)
    os.environ["FLECTAR_POOL_SIZE"] = "60"
    import django

    django.setup()
    logging.disable(logging.CRITICAL)  # the refusals of the races are not news
    parts = options.only or PARTS
    if not options.only:
        yield Row(
            "Second start to the first answer",
            f"{second:.1f} s", f"first start: {first:.1f} s", "≤ 3 s",
        )  # fmt: skip
    say(f"filling a salon with {options.bookings} bookings")
    salon = booking.Salon(options.bookings)
    if "pages" in parts:
        yield from fronts(stack, folder, salon)
        loaded = pss_mib(stack.pid)
        yield Row(
            "Memory of the whole tree (PSS)",
            f"{idle:.0f} MiB idle, {loaded:.0f} after serving", "240 MiB with empty apps", "≤ 240 idle, ≤ 320 loaded",
        )  # fmt: skip
    if "times" in parts:
        yield from diaries(salon, options.bookings)
    if "writes" in parts:
        yield from writes(salon, folder)
    if "growth" in parts:
        yield from grown(options.claims)
    if "races" in parts:
        yield from raced()
    if "lists" in parts:
        yield from longlists(stack, salon, options)
    load = os.getloadavg()
    yield Row(
        "The machine meanwhile",
        f"{os.cpu_count()} cores, load {load[1]:.0f} over the last five minutes",
        "this bench alone: about 2",
        "wall times count only on an idle one",
    )


def fronts(stack: Stack, folder: Path, salon: booking.Salon) -> Iterator[Row]:
    say("the published page, nginx and the bare server in turn")
    host = salon.project.site_host
    web = serving_process(stack.pid)
    front = serving.published(web, stack.port, host, folder)
    ours, bare, nginx = front.ours, front.bare, front.nginx
    share = f"; we reach {ours.rate / bare.rate:.2f} of the bare server"
    beside = f"the bare server with the same bytes: {bare.cpu_ms:.3f} CPU ms{share if ours.is_full else ''}"
    if nginx:
        share = f", we reach {ours.rate / nginx.rate:.2f} of its rate" if ours.is_full else ""
        beside += f"; nginx: {nginx.cpu_ms:.3f} CPU ms{share}"
    yield Row(
        f"Published page through the front, {serving.CONNECTIONS} connections",
        f"{ours.cpu_ms:.3f} CPU ms an answer" + (f", {ours.rate:.0f}/s" if ours.is_full else ""),
        beside,
        "≤ 0.02 CPU ms, ≥ 0.9 of nginx's rate",
    )
    yield Row("The same, unchanged (304)", f"{front.unchanged.cpu_ms:.3f} CPU ms", "the row above", "")
    waits = sorted(serving.seconds_until_shown(stack.port, host, salon.publishes))
    yield Row(
        "A publish, from its commit until the front answers with it",
        f"p50 {waits[len(waits) // 2] * 1000:.1f} ms, p95 {waits[int(len(waits) * 0.95) - 1] * 1000:.1f} ms",
        "the sweep behind it: 5 s",
        "≤ 10 ms p95",
    )
    say("pages that Django makes")
    day = salon.at(0).date()
    for what, path in (
        ("404 in the site's look", "/not/stored/"),
        ("free times of a day, in the booking flow", f"/book/cut?day={day}"),
    ):
        made = serving.made_by_django(stack.pid, stack.port, f"{host}:{stack.port}", path)
        yield Row(
            f"Public page made by Django ({what}), PostgreSQL counted",
            f"{made.cpu_ms:.2f} CPU ms, p50 {made.p50_ms:.2f} ms",
            f"the published page: {ours.cpu_ms:.3f} CPU ms",
            "≤ 2.5 CPU ms, p50 ≤ 6 ms",
        )


def diaries(salon: booking.Salon, bookings: int) -> Iterator[Row]:
    say("free times")
    month, day, sums = salon.month(), salon.day(), salon.arithmetic()
    yield Row(
        f"Month of slots, row security on, {booking.RESOURCES} people, {salon.this_month():,} of {bookings:,} bookings",
        f"p50 {month.p50_ms:.1f} ms, p95 {month.p95_ms:.1f} ms ({month.cpu_ms:.1f} CPU ms of ours)",
        "the row below", "≤ 10 ms p95",
    )  # fmt: skip
    yield Row(
        "Day of slots, the same",
        f"p50 {day.p50_ms:.1f} ms, p95 {day.p95_ms:.1f} ms ({day.cpu_ms:.1f} CPU ms of ours)",
        f"an empty transaction in a project's scope: {salon.nothing().p50_ms:.1f} ms", "≤ 2 ms",
    )  # fmt: skip
    yield Row(
        "28 days of one host with 100 busy times, the sums alone",
        f"p50 {sums.p50_ms:.2f} ms", "Cal.com's own arithmetic: 33 ms (not run here)", "≤ 1 ms",
    )  # fmt: skip


def writes(salon: booking.Salon, folder: Path) -> Iterator[Row]:
    say("bookings, alone and in a rush")
    alone, statements = salon.writes(), salon.statements()
    bare = booking.pgbench(folder, statements)
    yield Row(
        "Booking write with mail, audit and facts",
        f"p50 {alone.p50_ms:.1f} ms, p95 {alone.p95_ms:.1f} ms "
        f"({alone.cpu_ms:.1f} CPU ms of ours, {statements} statements)",
        f"pgbench, as many bare statements: {bare:.1f} ms" if bare else "pgbench is not installed here",
        "≤ 15 ms p50",
    )
    movers, moves = salon.moves()
    yield Row(
        f"{booking.MOVES} bookings moving to one place",
        f"{movers} moved; slowest {moves.worst_ms:.0f} ms",
        f"one booking alone: {alone.p50_ms:.1f} ms", "one moves, the others keep their time",
    )  # fmt: skip


def grown(most: int) -> Iterator[Row]:
    """The same month, day and write among ever more claims, and with more people to look at."""
    first = ""
    for claims, people in growth.sizes(most):
        say(f"{claims} claims of {people} people")
        found = growth.measured(claims, people)
        said = f"month {found.month_ms:.1f} ms, day {found.day_ms:.1f} ms, booking write {found.write_ms:.1f} ms"
        yield Row(
            f"Growth: {claims:,} claims, {people} {'person' if people == 1 else 'people'}", said,
            first or "the rows below; free places and the month ahead alike, the rest lies in the past", "",
        )  # fmt: skip
        first = first or f"the smallest: {said}"


def raced() -> Iterator[Row]:
    for race in races.RACES:
        for clients in races.CLIENTS:
            say(f"{clients} clients: {race.name}")
            found = races.run(race, clients)
            yield Row(
                f"Race of {clients}: {race.name}",
                f"{found.winners} of {clients} had it, {found.errors} errors; p50 {found.times.p50_ms:.0f} ms, "
                f"slowest {found.times.worst_ms:.0f} ms",
                f"one alone: {found.alone_ms:.0f} ms",
                f"{race.places} exactly, no error, < 250 ms each",
            )


def longlists(stack: Stack, salon: booking.Salon, options: argparse.Namespace) -> Iterator[Row]:
    owner = lists.owner_of(salon.project.pk)
    few = {path: lists.listed(stack.pid, stack.port, owner, path) for path in lists.PAGES.values()}
    say(f"filling {options.projects} businesses, one of them with {options.rows} customers and bookings")
    full = crowd.fill(projects=options.projects, rows=options.rows)
    bare, owner = lists.bare(full.large), lists.owner_of(full.large)
    for name, path in lists.PAGES.items():
        found = lists.listed(stack.pid, stack.port, owner, path)
        yield Row(
            f"{name}, among {options.rows:,} of {options.projects:,} projects",
            f"p50 {found.p50_ms:.0f} ms, p95 {found.p95_ms:.0f} ms, {found.cpu_ms:.0f} CPU ms, "
            f"{lists.queries(owner, path)} queries",
            f"a small business before the others came: p50 {few[path].p50_ms:.0f} ms, {few[path].cpu_ms:.0f} CPU ms; "
            f"plain SQL of 51 rows: {bare:.1f} ms",
            "≤ 50 ms p95, ≤ 12 queries",
        )


def say(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
