"""How often a customer came, how often not, when last, and what it was worth; for the list of customers.

A job after each deed counts that customer's bookings from the beginning, and another one at the end of each booking,
because time alone makes a visit of it. So nothing is added up that could go astray, no deed waits for another one's
line, and whatever else changed bookings (a merge, an import) only says whose they were.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, DateField, ExpressionWrapper, F, Func, Max, Q, Sum
from django.db.models.functions import Coalesce

from flectar.core import clock
from flectar.core.jobs import job
from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Figures
from flectar.people.customers.facts import CustomersMerged, CustomersSplit
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Project

AT_ONCE = 1000
_FIELDS = ("visits", "no_shows", "worth_minor", "last_visit_on", "last_start_at")
_Status = Booking.Status


def took_place() -> Q:
    """Done, or over without anybody having said anything else."""
    over = Q(status__in=(_Status.CONFIRMED, _Status.IN_PROGRESS), ends_at__lte=clock.now())
    return Q(status=_Status.COMPLETED) | over


class _OwnDay(Func):
    """The day on the clock of the place where it was."""

    template = "(%(expressions)s)::date"
    arg_joiner = " AT TIME ZONE "
    output_field = DateField()


def of(project: Project, customers: Collection[UUID]) -> list[Figures]:
    """Counted now. Who has nothing but zeros is left out."""
    came, here = took_place(), Q(price_snapshot__currency=project.currency)
    rows = (
        Booking.objects.filter(customer__in=customers, customer__erased_at=None)
        .order_by()
        .values("customer_id")
        .annotate(
            visits=Count("pk", filter=came),
            no_shows=Count("pk", filter=Q(status=_Status.NO_SHOW)),
            worth_minor=Coalesce(Sum("total_minor", filter=came & here), 0),
            last_visit_on=Max(ExpressionWrapper(_OwnDay(F("starts_at"), F("tz")), DateField()), filter=came),
            last_start_at=Max("starts_at", filter=Q(status__in=(_Status.CONFIRMED, _Status.IN_PROGRESS))),
        )
    )
    return [Figures(project_id=project.pk, **row) for row in rows if any(row[name] for name in _FIELDS)]


def count_anew(project: Project, customers: Collection[UUID]) -> None:
    """Whoever counts the same customer at the same time waits here, and then sees what this one saw, or more."""
    held = Customer.objects.select_for_update(no_key=True).filter(pk__in=customers).order_by("pk")
    there = list(held.values_list("pk", flat=True))
    found = of(project, there)
    Figures.objects.filter(customer__in=set(there) - {one.customer_id for one in found}).delete()
    Figures.objects.bulk_create(
        found, update_conflicts=True, unique_fields=["project", "customer"], update_fields=_FIELDS
    )


def rebuild(project_id: UUID) -> int:
    """All customers of a project, a thousand at a time, each thousand in a transaction of its own. How many."""
    after, count = UUID(int=0), 0
    while True:
        with project_scope(project_id):
            everybody = Customer.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
            some: Sequence[UUID] = list(everybody[:AT_ONCE])
            if not some:
                return count
            count_anew(Project.objects.get(pk=project_id), some)
        after, count = some[-1], count + len(some)


# Later, in the deed's own transaction


@job("booking.count_customers")
def count(project_id: UUID, customers: list[str]) -> None:
    count_anew(Project.objects.get(pk=project_id), [UUID(one) for one in customers])


def later(project_id: UUID | None, customers: Iterable[UUID]) -> None:
    count.defer(project_id=project_id, customers=sorted({str(one) for one in customers}))


def of_merged(fact: CustomersMerged | CustomersSplit) -> None:
    """A reaction: bookings have gone over to somebody else."""
    customer: Any = Customer.objects.get(pk=fact.kept_id)
    later(customer.project_id, [fact.kept_id, fact.gone_id])
