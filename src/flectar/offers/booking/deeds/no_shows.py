"""Who came and who did not: counts, the owner's rules, and letting somebody begin anew.

The system never marks a no-show by itself (attendance.py). The rules hold when customers book by themselves, and only
for whom the email or phone that they typed belongs to. Nobody is told why: what a stranger sees who types somebody
else's address is a request like any other, or a payment like any other.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q

from flectar.core import clock
from flectar.core.text import clean
from flectar.offers.booking.models import Booking, BookingEvent, NoShowRule, Pardon
from flectar.offers.booking.prices import terms
from flectar.people.customers.errors import leave_alone_if_restricted
from flectar.people.customers.models import Customer
from flectar.platform.audit.log import changes, record
from flectar.platform.projects.models import Project

Does = NoShowRule.Does
STRONGEST_FIRST = (Does.NO_BOOKING, Does.PREPAYMENT, Does.APPROVAL)
WINDOW_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Past:
    """Of one customer, over the last year."""

    kept: int = 0
    late: int = 0  # cancelled by themselves when it was no longer free
    missed: int = 0
    last_visit: date | None = None


def past_of(project: Project, customer: Customer) -> Past:
    now, Status = clock.now(), Booking.Status
    since = months_before(now, WINDOW_MONTHS)
    rows = Booking.objects.filter(customer=customer, starts_at__gte=since, starts_at__lte=now)
    kept, late, missed, last = 0, [], 0, None
    for one in rows.defer("note").order_by("starts_at"):
        is_over = one.status == Status.CONFIRMED and one.ends_at < now
        if one.status in (Status.COMPLETED, Status.IN_PROGRESS) or is_over:
            kept, last = kept + 1, one.starts_at
        elif one.status == Status.NO_SHOW:
            missed += 1
        elif one.status == Status.CANCELLED:
            late.append(one)
    day = last.astimezone(project.tz).date() if last else None
    return Past(kept, _late(late), missed, day)


def _late(cancelled: Collection[Booking]) -> int:
    """How many the customer gave back too late by the terms of each."""
    if not cancelled:
        return 0
    events = BookingEvent.objects.filter(
        booking__in=[one.pk for one in cancelled], kind=BookingEvent.Kind.CANCELLED, actor_kind="visitor"
    )
    at = dict(events.order_by().values_list("booking").annotate(at=Max("at")))
    return sum(one.pk in at and not terms.is_in_time(one, at[one.pk]) for one in cancelled)


def months_before(at: datetime, months: int) -> datetime:
    earlier: datetime = at - relativedelta(months=months)
    return earlier


def counted_since(customer: Customer, since: datetime) -> int:
    """No-shows from then on that nobody has let pass."""
    if pardon := pardon_of(customer):
        since = max(since, pardon.at)
    missed = Booking.objects.filter(customer=customer, status=Booking.Status.NO_SHOW, starts_at__gte=since)
    return int(missed.count())


def pardon_of(customer: Customer) -> Pardon | None:
    found: Pardon | None = Pardon.objects.filter(customer=customer).select_related("author").order_by("-at").first()
    return found


# The rules


def rules() -> Mapping[str, NoShowRule]:
    return {rule.does: rule for rule in NoShowRule.objects.all()}


@transaction.atomic
def set_rules(wanted: Mapping[str, tuple[int, int]]) -> bool:
    """What follows → (times, months); what is left out is off. Whether anything changed."""
    held = rules()
    before = {does: [rule.times, rule.months] for does, rule in held.items()}
    old, new = changes(before, {does: list(wanted[does]) if does in wanted else None for does in Does.values})
    if not new:
        return False
    NoShowRule.objects.exclude(does__in=list(wanted)).delete()
    for does, (times, months) in wanted.items():
        NoShowRule.objects.update_or_create(does=does, defaults={"times": times, "months": months})
    record("no_show_rules.changed", old=old, new=new)
    return True


def consequence(customer: Customer) -> str:
    """The strongest rule that holds for this customer now; empty for almost everybody."""
    held = rules()
    now = clock.now()
    for does in STRONGEST_FIRST:
        rule = held.get(does)
        if rule and counted_since(customer, months_before(now, rule.months)) >= rule.times:
            return str(does)
    return ""


def is_ruled() -> Q:
    """As `consequence` says it, of the customers that a query is about."""
    pardoned = Pardon.objects.filter(customer=OuterRef("customer"), at__gt=OuterRef("starts_at"))
    holds = Q(pk__in=[])
    for rule in rules().values():
        since = months_before(clock.now(), rule.months)
        missed = Booking.objects.filter(status=Booking.Status.NO_SHOW, starts_at__gte=since).filter(~Exists(pardoned))
        often = missed.order_by().values("customer").annotate(times=Count("pk")).filter(times__gte=rule.times)
        holds |= Q(pk__in=often.values("customer"))
    return holds


# Beginning anew


@transaction.atomic
def pardon(customer: Customer, reason: str, *, author: Any) -> Pardon:
    """Raises Restricted."""
    leave_alone_if_restricted(customer)
    made: Pardon = Pardon.objects.create(
        project_id=customer.project_id, customer=customer, reason=" ".join(clean(reason).split())[:300], author=author
    )
    record("customer.pardoned", target=customer, new={"because": made.reason})
    return made


@transaction.atomic
def take_back(customer: Customer, pardon_id: UUID) -> None:
    """Raises Restricted."""
    leave_alone_if_restricted(customer)
    if Pardon.objects.filter(pk=pardon_id, customer=customer).delete()[0]:
        record("customer.pardon_taken_back", target=customer)
