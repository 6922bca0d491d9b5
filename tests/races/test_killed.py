"""A process that is killed with signal 9 at any statement of a booking: all of it is there, or nothing; never twice."""

import os
import signal
import traceback
import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import lifecycle
from flectar.offers.booking.models import Booking, BookingEvent, Claim, Resource, Service
from flectar.people.customers.models import Customer
from flectar.platform.audit.models import Entry
from flectar.platform.outbox.models import Message
from flectar.platform.projects.models import Project
from tests.offers.booking import make
from tests.races.test_booking import place

__all__ = ["place"]
FIRST = datetime(2030, 11, 25, 9, 0, tzinfo=UTC)
AFTER_COMMIT = 10_000


def dies_while_booking(ids: dict[str, Any], start: datetime, dies_at: int) -> int:
    """Book in a copy of this process, which is killed before that statement. How it ended."""
    with warnings.catch_warnings():
        # The copy has one thread and no lock of another's: it talks to the database and dies.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    try:
        # The parent's own connection and pool are neither used nor closed here.
        connections["default"] = fresh = connection.copy()
        fresh.settings_dict["OPTIONS"] = {**fresh.settings_dict["OPTIONS"], "pool": False}
        _book(ids, start, dies_at)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(3)


def _book(ids: dict[str, Any], start: datetime, dies_at: int) -> None:
    seen = 0

    def counting(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        if seen == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        seen += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counting), project_scope(ids["project"]):
        deed(ids, start)
        if seen <= dies_at < AFTER_COMMIT:  # every statement is through, the commit is not
            os.kill(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)  # kept, but nobody was told


def deed(ids: dict[str, Any], start: datetime) -> Booking:
    return lifecycle.book(
        Project.objects.get(pk=ids["project"]),
        Service.objects.get(pk=ids["service"]),
        start,
        Customer.objects.get(pk=ids["customer"]),
        by_team=True,
        idempotency_key=f"key {start.isoformat()}",
    )


def traces(project: Project) -> tuple[int, ...]:
    with project_scope(project.pk):
        audited = Entry.objects.filter(action="booking.confirmed", project_id=project.pk).count()
        mails = Message.objects.filter(event="booking.confirmed").count()
        return Booking.objects.count(), Claim.objects.count(), BookingEvent.objects.count(), audited, mails


@pytest.mark.usefixtures("place")
def test_kill_9_at_each_statement_of_a_booking(place):
    with project_scope(place.pk):
        room = Resource.objects.create(name="Room", name_folded="room", kind="room")
        service = make.service(make.staff("Noa"), make.staff("Iker"))
        make.ServiceNeed.objects.create(service=service, group_no=2, resource=room)
        ids = {"project": place.pk, "service": service.pk, "customer": make.customer(place).pk}
    statements = counted(ids, FIRST - timedelta(days=3))
    assert statements > 15
    whole = 1
    for point, dies_at in enumerate((*range(statements + 1), AFTER_COMMIT)):
        day = point // 6
        start = FIRST + timedelta(hours=point % 6, days=day + 2 * (day // 5))  # weekdays
        assert dies_while_booking(ids, start, dies_at) == signal.SIGKILL, dies_at
        is_there = dies_at == AFTER_COMMIT
        assert traces(place) == times(whole + is_there), dies_at
        # Whoever asks again with the same key has it once, whatever was killed.
        with project_scope(place.pk):
            deed(ids, start)
        whole += 1
        assert traces(place) == times(whole), dies_at


def times(count: int) -> tuple[int, ...]:
    """Bookings, claims (a person and a room each), events, audit entries, mails."""
    return count, 2 * count, count, count, count


def counted(ids: dict[str, Any], start: datetime) -> int:
    """How many statements a booking takes, the scope's own included."""
    seen = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        seen += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count), project_scope(ids["project"]):
        deed(ids, start)
    return seen
