"""A time kept while a visitor types: ten minutes, and twice ten more if they ask for them (WCAG 2.2.1).

Taken, moved on and turned into a booking by the same protocol as bookings (lifecycle.py). A hold promises nothing to
anybody but the visitor whose link names it; nobody is told of it, and the public page is not written anew.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flectar.core import clock
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds import due, lifecycle
from flectar.offers.booking.deeds.lifecycle import Asked
from flectar.offers.booking.errors import SlotTaken
from flectar.offers.booking.models import Claim, Hold, Service
from flectar.offers.booking.scheduling import claiming
from flectar.platform.projects.models import Project

LENGTH = timedelta(minutes=10)
LONGEST = 3 * LENGTH
SWEPT_AFTER = timedelta(hours=1)


def is_for(service: Service) -> bool:
    """Whether a time of it can be kept. A class has places instead, and a wish without a fixed time takes none."""
    takes_time = service.mode in (Service.Mode.APPOINTMENT, Service.Mode.COVERS, Service.Mode.STAY)
    return takes_time and (service.approval == Service.Approval.NONE or service.is_reserved_by_requests)


def take(
    project: Project,
    asked: Sequence[Asked],
    starts_at: datetime,
    *,
    party: int = 1,
    nights: int = 0,
    instead_of: Hold | None = None,
) -> Hold:
    """SlotTaken with the nearest free times if somebody else has it. `instead_of` is the visitor's former hold."""
    wish = lifecycle.wish_for(project, asked, starts_at, party=party, nights=nights, hold=instead_of)
    with lifecycle.claiming_for(wish):
        if instead_of is not None:
            claiming.let_go(instead_of)
        picks = [pick for service in wish.choose() for pick in service]
        until = clock.now() + LENGTH
        hold: Hold = Hold.objects.create(
            project=project, service=wish.service, resource=picks[0].resource, starts_at=wish.starts_at, until=until
        )
        if not claiming.claim(picks, hold, expires_at=until):
            raise SlotTaken(wish.starts_at, Reason.CLAIMED)
    due.sweep_hold.defer_at(until + SWEPT_AFTER, project_id=project.pk, hold_id=hold.pk)
    return hold


def extend(hold: Hold) -> bool:
    """Ten minutes from now, half an hour in all. False if it is over, or cannot be longer."""
    until = most_until(hold)
    resources = set(hold.claims.values_list("resource_id", flat=True))
    if hold.is_over or until <= hold.until or not resources:
        return False
    with claiming.locked(resources):
        # Whoever came in the moment it ran out has deleted them.
        if not Claim.objects.filter(held_by=hold.pk).update(expires_at=until):
            return False
        Hold.objects.filter(pk=hold.pk).update(until=until)
    hold.until = until
    return True


def most_until(hold: Hold) -> datetime:
    return min(clock.now() + LENGTH, hold.created_at + LONGEST)


def may_be_extended(hold: Hold) -> bool:
    """By a minute at least, or the button would do nothing that one sees."""
    return not hold.is_over and most_until(hold) - hold.until >= timedelta(minutes=1)


def find(token: str) -> Hold | None:
    """Also one that has run out, as long as it is remembered."""
    found: Hold | None = Hold.objects.filter(token=token).first() if token else None
    return found
