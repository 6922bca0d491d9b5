"""One search over people and bookings. The places to go are the shell's own menu (templates/home/answers.html)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.text import fold
from flectar.offers.booking import reach
from flectar.offers.booking.models import Booking
from flectar.people.customers.models import Customer
from flectar.people.customers.search import search as search_customers
from flectar.platform.projects.access import can
from flectar.platform.projects.models import Project
from flectar.ui import formats

MOST = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """`name` in three parts, of which the middle one is what was typed."""

    icon: str
    name: tuple[str, str, str]
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str | Promise
    answers: list[Answer]


def lately(user: Any, project: Project, seen: Sequence[tuple[str, UUID]]) -> list[Group]:
    """What this person looked at last, as far as it is still there and theirs to see."""
    people: dict[UUID, Customer] = {}
    bookings: dict[UUID, Booking] = {}
    if project.has("customers") and can(user, "customers.read", project):
        ids = [pk for kind, pk in seen if kind == "customer"]
        people = Customer.objects.with_first_contacts().in_bulk(ids) if ids else {}
    if project.has("booking") and can(user, "bookings.read", project):
        ids = [pk for kind, pk in seen if kind == "booking"]
        bookings = Booking.objects.with_people().filter(reach.of(user, project)).in_bulk(ids) if ids else {}
    found = []
    for _kind, pk in seen:
        if pk in people:
            found.append(_person(project, people[pk], ""))
        elif pk in bookings:
            found.append(_booking(project, bookings[pk], ""))
    return [Group(_("Lately"), found)] if found else []


def answers(user: Any, project: Project, text: str) -> list[Group]:
    if not text:
        return []
    people: list[Customer] = []
    found: list[Group] = []
    if project.has("customers") and can(user, "customers.read", project):
        ids = search_customers(text, limit=MOST)
        people = list(Customer.objects.filter(pk__in=ids).by_name().with_first_contacts())
        found.append(Group(_("Customers"), [_person(project, person, text) for person in people]))
    if project.has("booking") and can(user, "bookings.read", project):
        mine = reach.of(user, project)
        found.append(
            Group(_("Bookings"), [_booking(project, booking, text) for booking in _bookings(text, people, mine)])
        )
    return [group for group in found if group.answers]


def _bookings(text: str, people: list[Customer], mine: Q) -> list[Booking]:
    """The one with this code, else what is still to come for the people found."""
    with_code = list(Booking.objects.filter(mine, code=text.replace(" ", "").upper()).with_people())
    if with_code or not people:
        return with_code
    coming = Booking.objects.holding_time().filter(mine, customer__in=people, ends_at__gt=clock.now())
    return list(coming.listed_with_people().order_by("starts_at", "id")[:MOST])


def _person(project: Project, person: Customer, text: str) -> Answer:
    url = reverse("customers:customer", kwargs={"project": project.slug, "customer_id": person.pk})
    return Answer("circle-user-round", marked(person.name, text), person.email or person.phone, url)


def _booking(project: Project, booking: Booking, text: str) -> Answer:
    url = reverse("booking:booking", kwargs={"project": project.slug, "booking_id": booking.pk})
    name = _("%(service)s for %(customer)s") % {"service": booking.service_name, "customer": booking.customer.name}
    return Answer("calendar", marked(name, text), f"{booking.code}, {formats.when(booking.starts_at, project)}", url)


def marked(name: str, text: str) -> tuple[str, str, str]:
    """The first place where the folded text stands in the name; nothing marked where folding changes lengths."""
    folded, wanted = fold(name), fold(text)
    at = folded.find(wanted)
    if at < 0 or not wanted or len(folded) != len(name):
        return name, "", ""
    return name[:at], name[at : at + len(wanted)], name[at + len(wanted) :]
