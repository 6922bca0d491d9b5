"""Plain functions that make booking rows; say only what the test is about. Call them inside the project's scope."""

from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from flectar.core import clock
from flectar.core.text import fold
from flectar.offers.booking.deeds import lifecycle, sessions
from flectar.offers.booking.deeds.sessions import Plan
from flectar.offers.booking.models import (
    Booking,
    Closure,
    Resource,
    Schedule,
    ScheduleWindow,
    Season,
    Service,
    ServiceNeed,
    Session,
)
from flectar.offers.booking.scheduling import stays
from flectar.people.customers import directory
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import Project

_numbers = count(1)
MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)


def at(project: Project, text: str, day: date = TUESDAY) -> datetime:
    """The instant at which the wall of the business says `text`."""
    hour, minute = map(int, text.split(":"))
    return clock.to_instant(datetime.combine(day, time(hour, minute)), project.tz)


def staff(name: str = "Noa Vidal", week: dict[int, list[tuple[int, int]]] | None = None, **values: Any) -> Resource:
    """A person; without a week of their own they work when the business is open."""
    schedule = None
    if week is not None:
        schedule = Schedule.objects.create(name=name)
        for weekday, windows in week.items():
            for start, length in windows:
                ScheduleWindow.objects.create(schedule=schedule, weekday=weekday, start_min=start, len_min=length)
    return Resource.objects.create(name=name, name_folded=fold(name), schedule=schedule, **values)


def service(*people: Resource, name: str = "Curl cut", **values: Any) -> Service:
    """One hour, every half hour, without notice; done by these people (or by a new one)."""
    values = {"duration_min": 60, "step_min": 30, "notice_min": 0, "price_minor": 5800, **values}
    slug = values.pop("slug", f"service-{next(_numbers)}")
    made = Service.objects.create(name=name, name_folded=fold(name), slug=slug, **values)
    for person in people or (staff(f"Person {next(_numbers)}"),):
        ServiceNeed.objects.create(service=made, resource=person)
    return made


def customer(project: Project, name: str = "Marta Ferrer", email: str = "", **values: Any) -> Customer:
    email = email or f"customer{next(_numbers)}@example.com"
    return directory.find_or_create(project, name=name, email=email, collected_via="booking", **values)


def booking(project: Project, service: Service, starts_at: datetime, **values: Any) -> Booking:
    who = values.pop("customer", None) or customer(project)
    return lifecycle.book(project, service, starts_at, who, **{"by_team": True, "notify": False, **values})


def closure(starts_at: datetime, ends_at: datetime, **values: Any) -> Closure:
    return Closure.objects.create(starts_at=starts_at, ends_at=ends_at, **values)


# --- By the night -----------------------------------------------------------------------------------------------------


def dec(day: int) -> date:
    """The day of December 2026; 32 is New Year."""
    return date(2026, 11, 30) + timedelta(days=day)


def house(name: str = "Casa Salina", **values: Any) -> Resource:
    values = {"kind": Resource.Kind.PROPERTY, **values}
    return Resource.objects.create(name=name, name_folded=fold(name), **values)


def stay_service(*places: Resource, name: str = "The whole house", **values: Any) -> Service:
    """Arrival from 15:00, departure until 11:00, for up to four people, at 145 a night."""
    values = {"mode": Service.Mode.STAY, "max_party": 4, "price_minor": 14500, "horizon_days": 365, **values}
    return service(*(places or (house(),)), name=name, **values)


def season(service: Service, first: date, last: date, **values: Any) -> Season:
    return Season.objects.create(service=service, name="Season", first=first, last=last, **values)


def stay(project: Project, service: Service, arrival: date, departure: date, **values: Any) -> Booking:
    """As the team writes it in."""
    return booking(
        project, service, stays.check_in(project, service, arrival), nights=(departure - arrival).days, **values
    )


def class_of(*needed: Resource, **values: Any) -> Service:
    """A class of an hour that needs each of these, with places and a waiting list."""
    values = {"name": "Yoga", "mode": Service.Mode.SESSION, "has_waiting_list": True, "max_party": 4, **values}
    made = service(needed[0], **values)
    for number, one in enumerate(needed[1:], 2):
        ServiceNeed.objects.create(service=made, resource=one, group_no=number)
    return made


def plan(project: Project, service: Service, text: str, day: date = TUESDAY, **values: Any) -> Plan:
    return Plan(service, at(project, text, day), **{"minutes": service.duration_min, "capacity": 10, **values})


def session(project: Project, service: Service, text: str, day: date = TUESDAY, **values: Any) -> Session:
    """The first date of the plan."""
    more = {name: values.pop(name) for name in ("rule", "skip") if name in values}
    return sessions.plan(project, plan(project, service, text, day, **values), **more)[0]
