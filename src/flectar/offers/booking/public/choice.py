"""What a visitor has chosen so far, as the address says it: services, where, with whom, for how many, what beside.

Nothing of it is kept between the steps: each page writes the whole choice into its links and forms again, so that Back,
bookmarks and links from elsewhere work.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.http import QueryDict

from flectar.core.money import Money
from flectar.offers.booking import zones
from flectar.offers.booking.deeds import queries
from flectar.offers.booking.deeds.lifecycle import Asked
from flectar.offers.booking.models import Requirement, Resource, Service, ServiceExtra
from flectar.offers.booking.public import times
from flectar.offers.booking.scheduling import locations
from flectar.offers.booking.scheduling.diaries import Candidates, candidates
from flectar.offers.booking.scheduling.stays import MOST_NIGHTS
from flectar.platform.projects.models import Location, Project

MOST_SERVICES = 4
EXTRA = "extra_"
LONGEST_CODE = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """`services` in order, the first one that of the address. `resource` None: anyone."""

    services: tuple[Service, ...]
    resource: Resource | None = None
    party: int = 1
    extras: Mapping[ServiceExtra, int] = field(default_factory=dict)
    code: str = ""  # that a link has brought; the details page asks for it in a field of its own
    arrival: date | None = None
    nights: int = 0
    """Of a stay. Without nights only the arrival is known."""
    places: tuple[Location, ...] = ()
    """Where the first service can be had; none where nothing is bound to a place."""
    location: Location | None = None
    zone: ZoneInfo | None = None
    """The clock that is shown beside that of the business."""
    able: Candidates | None = None
    """Who could do the first service, anywhere and for any number of people."""

    @property
    def people(self) -> tuple[Resource, ...]:
        """Whom the visitor may choose among."""
        if self.able is None:
            return ()
        seated = self.able.seating(self.party)
        return queries.people_of(seated.at(self.location.pk) if self.location else seated)

    @property
    def must_say_where(self) -> bool:
        return self.location is None and len(self.places) > 1

    def here(self, project: Project) -> Project:
        """The business on the clock of where it will be."""
        return locations.here(project, self.location)

    @property
    def is_stay(self) -> bool:
        return self.service.mode == Service.Mode.STAY

    @property
    def departure(self) -> date | None:
        return self.arrival + timedelta(days=self.nights) if self.arrival and self.nights else None

    @property
    def dates(self) -> list[tuple[str, str]]:
        """Of a stay: for hidden fields and links."""
        return [("arrive", f"{self.arrival:%Y-%m-%d}"), ("nights", str(self.nights))] if self.arrival else []

    @property
    def service(self) -> Service:
        return self.services[0]

    @property
    def minutes(self) -> int:
        added = sum(extra.add_min * qty for extra, qty in self.extras.items())
        return sum(service.duration_min for service in self.services) + added

    @property
    def name(self) -> str:
        return " + ".join(service.name for service in self.services)

    @property
    def asked(self) -> list[Asked]:
        """For `lifecycle`. A person who does not do one of several services leaves that one to anyone."""
        return [
            Asked(
                service,
                self.resource if not index or self._does(service) else None,
                {extra: qty for extra, qty in self.extras.items() if extra.service_id == service.pk},
                self.location,
            )
            for index, service in enumerate(self.services)
        ]

    def _does(self, service: Service) -> bool:
        return self.resource is not None and self.resource.pk in candidates(service, location=self.location).all

    @property
    def offered(self) -> list[ServiceExtra]:
        """The extras of all its services."""
        return [extra for service in self.services for extra in service.extras.all()]

    @property
    def questions(self) -> list[Requirement]:
        """What is asked before booking."""
        return [one for service in self.services for one in service.requirements.all()]

    @property
    def asks_for_files(self) -> bool:
        return any(one.kind == Requirement.Kind.FILE for one in self.questions)

    @property
    def most_dates(self) -> int:
        """How often it may be repeated in one go. What somebody must accept first is one request for all dates."""
        service = self.service
        is_alone = len(self.services) == 1 and service.mode in (Service.Mode.APPOINTMENT, Service.Mode.COVERS)
        return service.most_dates if is_alone else 1

    @property
    def party_sizes(self) -> range:
        """Empty where there is nothing to choose."""
        least = max(service.min_party for service in self.services)
        most = min(service.max_party for service in self.services)
        return range(least, most + 1) if most > least else range(0)

    def extra_rows(self, project: Project) -> Iterator[tuple[ServiceExtra, str, int, Money, range]]:
        """Each extra with the name of its field, how many of it, its price, and what may be chosen beyond one."""
        for extra in self.offered:
            many = range(extra.max_qty + 1) if extra.max_qty > 1 else range(0)
            price = Money(extra.price_minor, project.currency)
            yield extra, f"{EXTRA}{extra.pk}", self.extras.get(extra, 0), price, many

    @property
    def fields(self) -> list[tuple[str, str]]:
        """For hidden fields and links: all but the first service, which is in the path, and the extras."""
        pairs = [("also", service.slug) for service in self.services[1:]]
        if self.location is not None and len(self.places) > 1:
            pairs.append(("location", str(self.location.pk)))
        if self.resource is not None:
            pairs.append(("with", str(self.resource.pk)))
        if self.party_sizes:
            pairs.append(("people", str(self.party)))
        if self.zone is not None:
            pairs.append((zones.NAME, self.zone.key))
        return pairs

    @property
    def all_fields(self) -> list[tuple[str, str]]:
        pairs = [*self.fields, *((f"{EXTRA}{extra.pk}", str(qty)) for extra, qty in self.extras.items())]
        return [*pairs, ("code", self.code)] if self.code else pairs

    @property
    def query(self) -> str:
        """To put behind the first parameter of a link."""
        return f"&{urlencode(self.all_fields)}" if self.all_fields else ""


def read(service: Service, asked: QueryDict) -> Choice:
    """Nonsense is as if it were not there: an address that is old or mistyped still leads somewhere."""
    found = candidates(service, party=None)
    person = _person(found.all, asked.get("with", ""))
    places = locations.of(found)
    place = locations.find(places, asked.get("location", "")) or locations.only(places, person)
    if place is not None and person is not None and person.location_id not in (None, place.pk):
        person = None
    services = [service]
    for slug in asked.getlist("also")[: MOST_SERVICES - 1]:
        other = bookable().filter(slug=slug, mode=Service.Mode.APPOINTMENT).first()
        if other is not None and other not in services and service.mode == Service.Mode.APPOINTMENT:
            services += [other] if place is None or candidates(other, location=place).exist else []
    names_extras = any(name.startswith(EXTRA) for name in asked)
    extras = {
        extra: qty
        for one in (services if names_extras else ())
        for extra in one.extras.all()
        if (qty := min(_whole(asked.get(f"{EXTRA}{extra.pk}", "")), extra.max_qty)) > 0
    }
    arrival = times.read_day(asked, "arrive") if service.mode == Service.Mode.STAY else None
    return Choice(
        arrival=arrival,
        nights=min(_whole(asked.get("nights", "")), MOST_NIGHTS) if arrival else 0,
        services=tuple(services),
        resource=person,
        places=tuple(places),
        location=place,
        able=found,
        zone=zones.read(asked.get(zones.NAME, "")),
        party=_party(services, _whole(asked.get("people", ""))),
        extras=extras,
        code=asked.get("code", "").strip()[:LONGEST_CODE],
    )


def bookable() -> Any:
    """Active services with the extras and the questions that a visitor meets."""
    extras = ServiceExtra.objects.filter(is_active=True).select_related("stock").order_by("position", "pk")
    before = Requirement.objects.filter(is_active=True, when=Requirement.When.BEFORE).order_by("position", "pk")
    services: Any = (
        Service.objects.active()
        .select_related("policy")
        .prefetch_related(Prefetch("extras", extras), Prefetch("requirements", before))
    )
    return services


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else int(text == "on")


def _party(services: Sequence[Service], wanted: int) -> int:
    least = max(service.min_party for service in services)
    most = min(service.max_party for service in services)
    return max(least, min(wanted or least, most))


def _person(people: Mapping[UUID, Resource], wanted: str) -> Resource | None:
    try:
        return people.get(UUID(wanted))
    except ValueError:
        return None
