"""Prints one table, each row beside its reference in the same run. `--write` puts it into docs/build/performance.md.

Counts are fixed, everything stays on loopback, and what was started is stopped. CPU times are of the whole process
tree: they repeat where requests per second do not.
"""

import argparse
import os
import tempfile
from pathlib import Path

from bench import booking, serving
from bench.stack import Stack, pss_mib

PAGE = Path(__file__).resolve().parents[1] / "docs" / "build" / "performance.md"
MARKS = ("<!-- table -->", "<!-- /table -->")

type Row = tuple[str, str, str, str]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table into docs/build/performance.md")
    parser.add_argument("--bookings", type=int, default=5000, help="bookings in the salon (default 5000)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="flectar-bench-") as name:
        folder = Path(name)
        (folder / "data").mkdir()
        stack = Stack(folder / "data")
        try:
            rows = measure(stack, folder, options.bookings)
        finally:
            stack.stop()
    table = "\n".join(
        ["| What | Measured | Beside it | Budget |", "|---|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]
    )
    print(table)
    if options.write:
        before, _, rest = PAGE.read_text().partition(MARKS[0])
        PAGE.write_text(f"{before}{MARKS[0]}\n{table}\n{MARKS[1]}{rest.partition(MARKS[1])[2]}")


def measure(stack: Stack, folder: Path, bookings: int) -> list[Row]:
    first = stack.start()
    stack.stop()
    second = stack.start()
    idle = pss_mib(stack.pid)
    os.environ["FLECTAR_POOL_SIZE"] = "60"
    import django

    django.setup()
    print(f"filling a salon with {bookings} bookings …", flush=True)
    salon = booking.Salon(bookings)
    host = salon.project.site_host
    ours, nginx = serving.published(stack.pid, stack.port, host, folder)
    same = serving.unchanged(stack.pid, stack.port, host)
    made = serving.made_by_django(stack.pid, stack.port, host)
    loaded = pss_mib(stack.pid)
    month, day, writes, statements = salon.month(), salon.day(), salon.writes(), salon.statements()
    bare = booking.pgbench(folder, statements)
    winners, rush = salon.rush()
    movers, moves = salon.moves()
    return [
        (
            "Published page through the front",
            f"{ours.cpu_ms:.3f} CPU ms an answer, {ours.rate:.0f}/s on one connection",
            f"nginx: {nginx.cpu_ms:.3f} CPU ms, {nginx.rate:.0f}/s; we reach {ours.rate / nginx.rate:.2f}"
            if nginx
            else "nginx is not installed here",
            "≥ 0.9 of nginx's rate, ≤ 0.02 CPU ms",
        ),
        ("The same, unchanged (304)", f"{same.cpu_ms:.3f} CPU ms, {same.rate:.0f}/s", "the row above", ""),
        (
            "Page made by Django (404 in the site's look), PostgreSQL counted",
            f"{made.cpu_ms:.2f} CPU ms, p50 {made.p50_ms:.2f} ms",
            f"published page: {ours.cpu_ms:.3f} CPU ms",
            "≤ 2.5 CPU ms, p50 ≤ 6 ms",
        ),
        (
            f"Month of slots, {booking.RESOURCES} people, {bookings} bookings, under row security",
            f"p50 {month.p50_ms:.1f} ms, p95 {month.p95_ms:.1f} ms",
            f"one day: p50 {day.p50_ms:.1f} ms, p95 {day.p95_ms:.1f} ms",
            "month ≤ 10 ms p95, day ≤ 2 ms",
        ),
        (
            f"Booking write with mail, audit and facts ({statements} statements)",
            f"p50 {writes.p50_ms:.1f} ms, p95 {writes.p95_ms:.1f} ms",
            f"pgbench, as many bare statements: {bare:.1f} ms" if bare else "pgbench is not installed here",
            "≤ 15 ms p50",
        ),
        (
            f"{booking.CLIENTS} clients on one place, in one process",
            f"{winners} winner; p50 {rush.p50_ms:.0f} ms, slowest {rush.worst_ms:.0f} ms",
            f"one booking alone: {writes.p50_ms:.1f} ms",
            "one winner, < 250 ms each",
        ),
        (
            f"{booking.MOVES} bookings moving to one place",
            f"{movers} moved; slowest {moves.worst_ms:.0f} ms",
            f"one booking alone: {writes.p50_ms:.1f} ms",
            "one moves, the others keep their time",
        ),
        ("Second start to the first answer", f"{second:.1f} s", f"first start: {first:.1f} s", "≤ 3 s"),
        (
            "Memory of the whole tree (PSS)",
            f"{idle:.0f} MiB idle, {loaded:.0f} after serving",
            "240 MiB with empty apps",
            "≤ 240 idle, ≤ 320 loaded",
        ),
    ]


if __name__ == "__main__":
    main()
