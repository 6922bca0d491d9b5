"""Whatever is done in whatever order: no overlap, no lost place in a pool, no lost use of a coupon (Hypothesis, real
PostgreSQL). And what is listed can be booked when it is alone, and nothing else can."""

import os
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.core.text import fold
from flectar.offers.booking.deeds import asking, attendance, due, figures, lifecycle, queries
from flectar.offers.booking.deeds.states import Status
from flectar.offers.booking.errors import BookingError, SlotTaken
from flectar.offers.booking.models import (
    Booking,
    Coupon,
    Figures,
    Limit,
    NeedGroup,
    Resource,
    ServiceNeed,
)
from flectar.offers.booking.payment import paying
from flectar.offers.booking.prices.coupons import BadCode, CodeGone
from tests.offers.booking import make
from tests.offers.booking.make import TUESDAY, at
from tests.platform.outbox.make import waiting_jobs

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("FLECTAR_EXAMPLES", "12"))
BEGIN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOURS = st.sampled_from(["09:00", "09:30", "10:30", "11:00", "13:00", "13:30", "15:00", "16:00"])

DEEDS = (
    *("book cut", "book colour", "book paid", "book paid", "move", "cancel", "restore", "accept", "decline", "pay"),
    *("hold again", "run out", "run out", "wait 5", "wait 16", "wait 16", "wait 600"),
    *("came", "missed", "count"),
)


class AnyOrder(RuleBasedStateMachine):
    """A small house: two people, a pool of three that floats, a coupon for one use; one day, six times."""

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGIN
        self.count = 0

    @initialize()
    def open(self) -> None:
        self.point = transaction.atomic()
        self.point.__enter__()
        self.scope = project_scope(self.project.pk)
        self.scope.__enter__()
        noa, iker = make.staff(f"Noa {id(self)}"), make.staff(f"Iker {id(self)}")
        chairs = Resource.objects.create(
            name=f"Chairs {id(self)}", name_folded=fold(f"chairs {id(self)}"), kind="equipment", units=3,
            allocation="floating",
        )  # fmt: skip
        self.cut = make.service(noa, iker, buffer_after=10)
        ServiceNeed.objects.create(service=self.cut, group_no=2, resource=chairs)
        self.colour = make.service(noa, iker, duration_min=120, approval="all")
        NeedGroup.objects.create(service=self.colour, group_no=1, parts=[[0, 30], [90, 30]])
        ServiceNeed.objects.create(service=self.colour, group_no=2, resource=chairs)
        self.paid = make.service(chairs, pay="deposit", deposit_minor=1000, max_party=3)
        NeedGroup.objects.create(service=self.paid, group_no=1, qty=1, is_per_person=True)
        Limit.objects.create(service=self.paid, per=Limit.Per.DAY, most=5, counts_people=True)
        self.coupon = Coupon.objects.create(code=f"ONCE{id(self)}", code_folded=fold(f"ONCE{id(self)}"), percent=50,
                                            max_uses=1)  # fmt: skip
        self.people = [make.customer(self.project) for _ in range(3)]

    def teardown(self) -> None:
        if hasattr(self, "scope"):
            self.scope.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.point.__exit__(None, None, None)

    def tried(self, deed: Any) -> None:
        with clock.frozen(self.now):
            try:
                with transaction.atomic():
                    deed()
            except (BookingError, CodeGone, BadCode):
                pass

    def some(self, number: int) -> Booking | None:
        found = list(Booking.objects.with_people().order_by("-id"))
        return found[number % len(found)] if found else None

    # One rule for all deeds: with a rule for each, Hypothesis tries most examples with a few of them switched off.
    @rule(
        deed=st.sampled_from(DEEDS),
        number=st.integers(0, 3),
        hour=HOURS,
        party=st.integers(1, 3),
        has_coupon=st.booleans(),
        by_team=st.booleans(),
    )
    def do(self, *, deed: str, number: int, hour: str, party: int, has_coupon: bool, by_team: bool) -> None:
        if deed.startswith("wait"):
            self.now += timedelta(minutes=int(deed.removeprefix("wait ")))
        elif deed == "count":
            self.count_customers()
        elif deed.startswith("book"):
            service = {"cut": self.cut, "colour": self.colour, "paid": self.paid}[deed.removeprefix("book ")]
            self.tried(
                lambda: lifecycle.book(
                    self.project,
                    service,
                    at(self.project, hour),
                    self.people[number % 3],
                    party=party if service == self.paid else 1,
                    codes=[self.coupon.code] if has_coupon else (),
                    notify=False,
                )
            )
        elif one := self.some(number):
            self.tried(
                {
                    "move": lambda: lifecycle.move(one, at(self.project, hour), by_team=by_team, notify=False),
                    "cancel": lambda: lifecycle.cancel(one, by_team=by_team, notify=False),
                    "restore": lambda: lifecycle.restore(one, notify=False),
                    "accept": lambda: asking.accept(one, notify=False),
                    "decline": lambda: asking.decline(one, notify=False),
                    "pay": lambda: paying.paid(one, max(one.due_minor, 1), notify=False),
                    "came": lambda: attendance.complete(one),
                    "missed": lambda: attendance.did_not_come(one),
                    "hold again": lambda: paying.hold_again(one),
                    "run out": lambda: due.run_out.run(project_id=self.project.pk, booking_id=one.pk),
                }[deed]
            )

    @invariant()
    def the_house_is_in_order(self) -> None:
        if not hasattr(self, "coupon"):
            return
        bookings = list(Booking.objects.prefetch_related("claims", "coupon_uses"))
        over = {one.pk for one in bookings if one.hold_until is not None and one.hold_until <= self.now}
        claims = [claim for one in bookings for claim in one.claims.all()]
        live = [one for one in claims if one.expires_at is None or one.expires_at > self.now]
        # Nothing overlaps, and no unit is taken that there is not.
        by_unit = sorted((one.resource_id, one.unit, one.starts_at, one.ends_at) for one in claims)
        assert all(a[:2] != b[:2] or a[3] <= b[2] for a, b in pairwise(by_unit))
        assert all(one.unit <= 3 for one in claims)
        for one in bookings:
            holds = [claim for claim in live if claim.booking_id == one.pk]
            uses = {use.state for use in one.coupon_uses.all()}
            if one.status == Status.CONFIRMED:
                assert holds
                assert all(claim.expires_at is None for claim in holds)
                assert uses <= {"taken"}
            elif one.status in (Status.HELD, Status.REQUESTED):
                assert bool(holds) is (one.pk not in over)
            else:
                assert not one.claims.all()
            if one.status in (Status.EXPIRED, Status.DECLINED):
                assert uses <= {"returned"}
        standing = [one for one in bookings if one.status in Booking.HOLDING]
        waiting = (Status.HELD, Status.REQUESTED)
        standing = [one for one in standing if not (one.status in waiting and one.pk in over)]
        taken = [use for one in bookings for use in one.coupon_uses.all() if use.state == "taken"]
        counted = [use for use in taken if not (use.booking.status in waiting and use.booking_id in over)]
        assert len(counted) <= 1
        assert sum(one.party for one in standing if one.service_id == self.paid.pk) <= 5
        self.the_figures_are_right_where_nobody_is_about_to_count()

    def the_figures_are_right_where_nobody_is_about_to_count(self) -> None:
        with clock.frozen(self.now):
            ended = [job["args"]["booking_id"] for job in self.due("booking.follow")]
            about_to = {str(pk) for pk in Booking.objects.filter(pk__in=ended).values_list("customer", flat=True)}
            about_to |= {pk for job in self.due("booking.count_customers") for pk in job["args"]["customers"]}
            others = [one.pk for one in self.people if str(one.pk) not in about_to]
            right = figures.of(self.project, others)
        kept = Figures.objects.filter(customer__in=others)
        assert {said(one) for one in kept} == {said(one) for one in right}

    def count_customers(self) -> None:
        """The jobs that are due now, as the worker would do them."""
        with clock.frozen(self.now):
            for job in self.due("booking.follow"):
                due.follow.run(**{**job["args"], "project_id": self.project.pk})
            for job in self.due("booking.count_customers"):
                figures.count.run(**{**job["args"], "project_id": self.project.pk})
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM procrastinate_jobs WHERE task_name = 'booking.count_customers'"
                " OR (task_name = 'booking.follow' AND scheduled_at <= %s)",
                [self.now],
            )

    def due(self, name: str) -> list[dict[str, Any]]:
        return [job for job in waiting_jobs(name) if job["at"] is None or job["at"] <= self.now]


def said(one: Figures) -> tuple[Any, ...]:
    return (one.customer_id, one.visits, one.no_shows, one.worth_minor, one.last_visit_on, one.last_start_at)


class Undone(Exception):
    """It worked, and shall not have been."""


def test_no_order_of_deeds_leaves_anything_behind(in_salon, settings_of_payments):
    AnyOrder.project = in_salon  # type: ignore[attr-defined]  # given to every machine
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            phases=[Phase.generate],  # a failure is shown as it was found: making it shorter takes minutes
            database=None,
        ),
    )


@pytest.fixture
def settings_of_payments(settings):
    settings.TEST_PAYMENTS = True


@pytest.mark.usefixtures("monday_morning")
def test_each_listed_start_can_be_booked_alone_and_each_other_one_is_refused(in_salon, settings_of_payments):
    """A service with everything: parts, a pool, an approval-free hold, a limit, a closure and a buffer."""
    noa, iker = make.staff("Noa"), make.staff("Iker")
    chairs = Resource.objects.create(name="Chairs", name_folded="chairs", kind="equipment", units=2, allocation="fixed")
    service = make.service(noa, iker, duration_min=90, step_min=30, buffer_before=5, buffer_after=10)
    NeedGroup.objects.create(service=service, group_no=1, parts=[[0, 30], [60, 30]])
    ServiceNeed.objects.create(service=service, group_no=2, resource=chairs)
    Limit.objects.create(service=service, per=Limit.Per.QUARTER, most=1)
    plain = make.service(noa, iker)
    for hour in ("09:30", "11:00", "15:00"):
        make.booking(in_salon, plain, at(in_salon, hour))
    make.booking(in_salon, service, at(in_salon, "12:30"))
    make.closure(at(in_salon, "14:00"), at(in_salon, "14:30"), resource=iker)
    day = queries.free_times(in_salon, service, first_day=TUESDAY, days=1)[0]
    listed = {slot.starts_at for slot in day.slots}
    assert listed

    start = at(in_salon, "08:00")
    while start < at(in_salon, "19:00"):
        try:
            with transaction.atomic():
                lifecycle.book(in_salon, service, start, make.customer(in_salon), notify=False)
                raise Undone
        except SlotTaken as refused:
            was_booked, reason = False, refused.reason
        except Undone:
            was_booked, reason = True, None
        assert (reason is None) is was_booked
        assert was_booked is (start in listed), start
        start += timedelta(minutes=15)
