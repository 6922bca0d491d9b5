"""What a demo business sells, written down in its tables: services with all that hangs on them, and who does them."""

from collections.abc import Mapping
from datetime import date, timedelta

from flectar.core.text import fold
from flectar.demo.business import Business, Hours
from flectar.demo.business import Service as Written
from flectar.demo.year import BACK, STAYS_AHEAD, Offer
from flectar.offers.booking.models import (
    Coupon,
    Limit,
    NeedGroup,
    Policy,
    Requirement,
    Resource,
    Schedule,
    ScheduleWindow,
    Season,
    Service,
    ServiceExtra,
    ServiceNeed,
)
from flectar.platform.accounts.models import User
from flectar.platform.projects.models import Location


def offer(business: Business, users: Mapping[str, User], places: Mapping[str, Location], today: date) -> Offer:
    found = Offer()
    policies = {name: Policy.objects.create(name=name, **terms) for name, terms in business.terms.items()}
    for position, written in enumerate(business.services):
        _service(found, written, policies, position, today)
    _doers(business, users, places, found)
    for one in business.codes:
        found.coupons.append(
            Coupon.objects.create(
                code=one.code, code_folded=fold(one.code), name=one.name, percent=one.percent, amount_minor=one.amount,
                **one.more,
            )
        )  # fmt: skip
    found.limits = [Limit.objects.create(**limit) for limit in business.limits]
    return found


def _service(found: Offer, written: Written, policies: Mapping[str, Policy], position: int, today: date) -> None:
    service = Service.objects.create(
        **{
            "name": written.name,
            "name_folded": fold(written.name),
            "slug": fold(written.name).replace(" ", "-"),
            "group": written.group,
            "description": written.description,
            "duration_min": written.minutes,
            "price_minor": written.price,
            "buffer_after": written.pause,
            "step_min": 15,
            "position": position,
            "policy": policies.get(written.terms),
            **written.more,
        }
    )
    found.services[written.name] = service
    found.extras[written.name] = [
        ServiceExtra.objects.create(
            service=service, name=one.name, price_minor=one.price, add_min=one.minutes, position=index, **one.more
        )
        for index, one in enumerate(written.extras)
    ]
    found.questions[written.name] = [
        (Requirement.objects.create(service=service, label=one.label, position=index, **one.more), one.answers)
        for index, one in enumerate(written.questions)
    ]
    if written.parts:
        NeedGroup.objects.create(service=service, group_no=1, parts=[list(part) for part in written.parts])
    first, last = today - timedelta(days=BACK), today + timedelta(days=STAYS_AHEAD + 90)
    for season in written.seasons:
        for year in range(first.year - 1, last.year + 1):
            begins = date(year, *season.first)
            ends = date(year + (season.last < season.first), *season.last)
            if ends >= first and begins <= last:
                Season.objects.create(
                    service=service, name=season.name, first=begins, last=ends, price_minor=season.price, **season.more
                )


def _doers(business: Business, users: Mapping[str, User], places: Mapping[str, Location], found: Offer) -> None:
    needs: list[ServiceNeed] = []
    for rank, person in enumerate(one for one in business.team if one.does):
        row = Resource.objects.create(
            name=person.first_name,
            name_folded=fold(person.first_name),
            account=users.get(person.email),
            schedule=_schedule(person.first_name, person.hours) if person.hours is not None else None,
            location=places[person.at] if person.at else None,
            rank=rank,
        )
        found.resources[person.first_name] = row
        needs += [
            ServiceNeed(service=found.services[name], resource=row, price_minor=person.rates.get(name))
            for name in person.does
        ]
    for rank, thing in enumerate(business.things, len(found.resources)):
        row = Resource.objects.create(
            kind=thing.kind,
            name=thing.name,
            name_folded=fold(thing.name),
            units=thing.units,
            seats_min=thing.seats[0],
            seats_max=thing.seats[1],
            location=places[thing.at] if thing.at else None,
            rank=rank,
        )
        found.resources[thing.name] = row
        needs += [ServiceNeed(service=found.services[name], resource=row, group_no=thing.group) for name in thing.does]
    ServiceNeed.objects.bulk_create(needs)
    found.rates = {(need.service_id, need.resource_id) for need in needs if need.price_minor is not None}


def _schedule(name: str, hours: Hours) -> Schedule:
    schedule: Schedule = Schedule.objects.create(name=name)
    ScheduleWindow.objects.bulk_create(
        ScheduleWindow(schedule=schedule, weekday=weekday, start_min=start, len_min=length)
        for weekday, windows in hours.items()
        for start, length in windows
    )
    return schedule
