"""What has happened in the last hours, by the product's own deeds: somebody asks, somebody is just paying, somebody
waits for a place; and the news of it behind everybody's bell."""

from collections.abc import Sequence
from datetime import timedelta

from flectar.core import clock
from flectar.demo.year import Offer, Year
from flectar.offers.booking.deeds import lifecycle, queries
from flectar.offers.booking.errors import BookingError
from flectar.offers.booking.messages import told
from flectar.offers.booking.models import Attendee, Booking, Service, Session, Waiting
from flectar.people.customers.models import Customer
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import Actor, acting_as
from flectar.platform.notifications.models import Notification
from flectar.platform.projects.models import Project

REQUESTS, HOLDS, WAITING = 2, 1, 2


def happen(project: Project, offer: Offer, year: Year) -> None:
    """A few bookings on the free times that customers see, and people who wait for a full class."""
    people = list(Customer.objects.order_by("-created_at", "id")[:40])
    year.dice.shuffle(people)
    for service in offer.services.values():
        if service.mode == Service.Mode.SESSION:
            continue
        if service.approval != Service.Approval.NONE:
            _book(project, service, people, year, REQUESTS)
        elif service.pay in (Service.Pay.DEPOSIT, Service.Pay.FULL):
            _book(project, service, people, year, HOLDS)
    _wait(people, year)


def _book(project: Project, service: Service, people: list[Customer], year: Year, count: int) -> None:
    first = project.today + timedelta(days=3)
    nights = service.min_nights + 1 if service.mode == Service.Mode.STAY else 0
    free = queries.free_times(project, service, first_day=first, days=40, party=max(1, service.min_party))
    starts = [slot.starts_at for day in free for slot in day.slots[:6]]
    for _ in range(4 * count):
        if not starts or not people or not count:
            return
        customer = people.pop()
        try:
            with acting_as(Actor(kind="visitor", name=customer.name, organization_id=project.organization_id)):
                lifecycle.book(
                    project, service, year.dice.choice(starts), customer, party=2 if nights else 1, nights=nights,
                    locale=customer.locale, notify=False,
                )  # fmt: skip
        except BookingError:
            continue  # not so many nights from there, or known already where only new people ask
        count -= 1


def _wait(people: list[Customer], year: Year) -> None:
    """For places in the classes that are full."""
    soon = Session.objects.to_come().filter(starts_at__gte=clock.now() + timedelta(hours=3))
    full = [
        one
        for one in soon.select_related("service")[:40]
        if one.service.has_waiting_list and Attendee.objects.filter(session=one).count() >= one.capacity
    ]
    for session in full[:WAITING]:
        for _ in range(min(2, len(people))):
            customer = people.pop()
            asked_at = clock.now() - timedelta(minutes=year.dice.randrange(20, 900))
            Waiting.objects.create(
                service=session.service, session=session, customer=customer, locale=customer.locale, created_at=asked_at
            )


def tell(project: Project, team: Sequence[User]) -> None:
    """The older half is read."""
    now = clock.now()
    booked = list(
        Booking.objects.filter(status=Booking.Status.CONFIRMED, starts_at__gt=now)
        .listed_with_people()
        .order_by("-created_at", "id")[:4]
    )
    for user in team:
        for number, booking in enumerate(booked):
            at = min(now - timedelta(minutes=25 + 210 * number), booking.created_at + timedelta(seconds=1))
            Notification.objects.create(
                user=user,
                kind="booking.booked",
                facts=told.facts_of(booking),
                at=at,
                read_at=at if number > 1 else None,
            )
