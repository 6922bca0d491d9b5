"""Show the queue and the jobs that gave up; with --retry one of them, or all, runs again.

flectar jobs                 how many wait, run and failed
flectar jobs --failed        each failed job with its last error
flectar jobs --retry 4711    that one again; --all: every failed one
"""

import argparse
import json

from flectar.config.command.edge import Refusal, django_as, running_database

MOST_SHOWN = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--failed", action="store_true", help="list the failed ones")
    parser.add_argument("--name", default="", help="only jobs of this name, e.g. outbox.send")
    again = parser.add_mutually_exclusive_group()
    again.add_argument("--retry", type=int, metavar="ID", help="run this failed job again")
    again.add_argument("--all", action="store_true", help="run every failed job again")


def run(options: argparse.Namespace) -> int:
    with running_database():
        django_as("app")
        if options.retry is not None:
            _retry(options.retry)
        elif options.all:
            _retry_all(options.name)
        elif options.failed:
            _list(options.name)
        else:
            _count()
    return 0


def _count() -> None:
    from flectar.core import failures

    print(", ".join(f"{count} {state}" for state, count in failures.queue().items()))
    for name, count in failures.counts().items():
        print(f"  failed: {count} {name}")


def _list(name: str) -> None:
    from flectar.core import failures

    found = failures.failed(name, limit=MOST_SHOWN + 1)
    for job in found[:MOST_SHOWN]:
        print(f"{job.id}  {job.failed_at:%Y-%m-%d %H:%M} UTC  {job.name} {json.dumps(job.arguments)}")
        print(f"    attempt {job.attempts}: {job.error or 'its worker ended under it'}")
    if not found:
        print("No job has failed.")
    elif len(found) > MOST_SHOWN:
        print(f"… and more; the newest {MOST_SHOWN} are shown")


def _retry(job_id: int) -> None:
    from django.db import transaction

    from flectar.core import failures
    from flectar.platform.audit.log import record

    try:
        with transaction.atomic():
            name = failures.retry(job_id)
            record("job.retried", new={"job": job_id, "name": name})
    except failures.NoSuchJob as error:
        raise Refusal(f"{error}; `flectar jobs --failed` lists them") from None
    print(f"{name} {job_id} will run again.")


def _retry_all(name: str) -> None:
    from django.db import transaction

    from flectar.core import failures
    from flectar.platform.audit.log import record

    with transaction.atomic():
        count = failures.retry_all(name)
        if count:
            record("job.retried", new={"jobs": count, "name": name})
    print(f"{count} will run again.")
