"""What the first page asks about a project, beside its bookings and its weeks: all in one question."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Q, Subquery

from flectar.core import clock
from flectar.offers.booking.deeds.asking import queue
from flectar.offers.booking.models import Booking, Resource, Service, ServiceNeed
from flectar.platform.outbox.models import Message
from flectar.platform.projects.models import BusinessProfile, OpeningHours, Project, SpecialDay

LOOK_BACK_DAYS = 14
MOST_LOST = 20
MOST_LONELY = 3
MOST_ASKING = 20


@dataclass(frozen=True, slots=True)
class Asked:
    has_place: bool
    has_hours: bool
    has_service: bool
    has_staff: bool
    has_booking: bool
    windows: list[tuple[int, int]]  # of today: start and length in minutes; a special day replaces its weekday
    lost: list[str]  # the addresses of mails that did not arrive lately, newest first
    lonely: list[tuple[UUID, str]]  # services on sale that nobody does
    asking: list[str]  # who waits for an answer to a request, the longest first


def ask(project: Project, mine: Q) -> Asked:
    """`mine` is what of the bookings its reader may see."""
    day = project.today
    since = clock.day_bounds(day, project.tz)[0] - timedelta(days=LOOK_BACK_DAYS)
    hours: Any = OpeningHours.objects.filter(weekday=day.weekday()).order_by("start_min", "id")
    lost = Message.objects.needing_a_look().filter(created_at__gte=since).order_by("-created_at", "-id")
    done = ServiceNeed.objects.filter(resource__is_active=True).values("service_id")
    lonely = Service.objects.active().exclude(pk__in=done).in_order()[:MOST_LONELY]
    requests: Any = queue().filter(mine)
    place, has_hours, service, staff, booking, special, starts, lengths, addresses, pks, names, asking = (
        Project.objects.values_list(
            Exists(BusinessProfile.objects.exclude(street="", phone="")),
            Exists(OpeningHours.objects.all()),
            Exists(Service.objects.all()),
            Exists(Resource.objects.all()),
            Exists(Booking.objects.all()),
            Subquery(SpecialDay.objects.filter(day=day).values("windows")[:1]),
            ArraySubquery(hours.values("start_min")),
            ArraySubquery(hours.values("len_min")),
            ArraySubquery(lost[:MOST_LOST].values("to_address")),
            ArraySubquery(lonely.values("pk")),
            ArraySubquery(lonely.values("name")),
            ArraySubquery(requests.values("customer__name")[: MOST_ASKING + 1]),
        ).get(pk=project.pk)
    )
    windows = zip(starts, lengths, strict=True) if special is None else special
    return Asked(
        has_place=place,
        has_hours=has_hours,
        has_service=service,
        has_staff=staff,
        has_booking=booking,
        windows=[(start, length) for start, length in windows],
        lost=addresses,
        lonely=list(zip(pks, names, strict=True)),
        asking=asking,
    )
