"""Opens a demo business: its people, place, offer, customers, and a year of bookings around today."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import override

from flectar.core import clock
from flectar.core.events import announce
from flectar.core.tenancy import project_scope
from flectar.demo import PASSWORD, lately
from flectar.demo.business import Business
from flectar.demo.business import Person as TeamMember
from flectar.demo.offering import offer
from flectar.demo.year import BACK, Year
from flectar.people.customers import directory, tags
from flectar.people.customers.models import Customer
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import Actor, acting_as
from flectar.platform.legal import acceptance
from flectar.platform.organizations.models import Membership, Organization, Role
from flectar.platform.projects import places
from flectar.platform.projects.facts import ProfileChanged, ProjectCreated
from flectar.platform.projects.hours import Window
from flectar.platform.projects.models import BusinessProfile, Location, OpeningHours, Project, SpecialDay
from flectar.presence.sites.models import Site


@transaction.atomic
def open_business(business: Business) -> None:
    """All of it or nothing; nothing if it is open already."""
    if Project.objects.filter(slug=business.slug).exists():
        return
    organization = _organization(business)
    users = {person.email: _user(person, business.locale) for person in business.team if person.role}
    project = Project.objects.create(
        organization=organization,
        slug=business.slug,
        name=business.name,
        locale=business.locale,
        zone="Europe/Madrid",
        currency="EUR",
        is_demo=True,
    )
    for person in business.team:
        if person.role:
            _seat(person, users[person.email], project)
    _agree(organization, users, business.locale)
    with acting_as(Actor(kind="system", name="Demo", organization_id=organization.pk)), project_scope(project.pk):
        _profile(business)
        Site.objects.create(
            skin=business.skin,
            has_fonts=True,
            brand=business.brand,
            accent=business.accent,
            texts={locale: dict(texts) for locale, texts in business.translations.items()},
        )
        announce(ProjectCreated(project.pk))
        offered = offer(business, users, _places(business, project), project.today)
        year = Year(business, project, offered)
        year.fill()
        _remember(business)
        lately.happen(project, offered, year)
        lately.tell(project, list(users.values()))
        announce(ProfileChanged(project.pk))


def _organization(business: Business) -> Organization:
    found, _ = Organization.objects.get_or_create(name=business.organization)
    return found


def _agree(organization: Organization, users: Mapping[str, User], locale: str) -> None:
    """Everybody to the terms, an owner to the data agreement: as if they had come in by the usual doors."""
    with override(locale), acting_as(Actor(kind="system", name="Demo", organization_id=organization.pk)):
        for user in users.values():
            acceptance.accept_terms(user.pk, user.name)
        owner = organization.members.filter(memberships__role=Role.OWNER).first()
        if owner is not None:
            held = acceptance.agreement_of(organization.pk)
            acceptance.accept_agreement(organization.pk, digest=held.digest, account_id=owner.pk, name=owner.name)


def _user(person: TeamMember, locale: str) -> User:
    """One account for somebody who works in several places."""
    known = User.objects.filter(email=person.email).first()
    if known is not None:
        return known
    user = User.objects.create(
        email=person.email,
        password=_hashed(),
        first_name=person.first_name,
        last_name=person.last_name,
        locale=locale,
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def _seat(person: TeamMember, user: User, project: Project) -> None:
    seat, is_new = Membership.objects.get_or_create(
        organization=project.organization,
        user=user,
        defaults={"role": person.role, "project_ids": [project.pk] if person.is_only_here else None},
    )
    if not is_new and seat.project_ids is not None:
        seat.project_ids = [*seat.project_ids, project.pk]
        seat.save(update_fields=["project_ids"])


@cache
def _hashed() -> str:
    """Once for all: each takes a fifth of a second, as it should."""
    return make_password(PASSWORD)


def _profile(business: Business) -> None:
    BusinessProfile.objects.create(
        kind=business.kind,
        tagline=business.tagline,
        description=business.description,
        street=business.street,
        postal_code=business.postal_code,
        city=business.city,
        region=business.region,
        country="ES",
        latitude=business.latitude,
        longitude=business.longitude,
        phone=business.phone,
        email=business.email,
        legal_name=business.legal_name,
        tax_id=business.tax_id,
        privacy_contact=business.email,
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(weekday=weekday, start_min=start, len_min=length)
        for weekday, windows in business.hours.items()
        for start, length in windows
    )
    today = clock.now().date()
    SpecialDay.objects.bulk_create(
        SpecialDay(day=day, windows=[], note=note)
        for month, number, note in business.holidays
        for day in _each_year(today, month, number)
    )


def _places(business: Business, project: Project) -> Mapping[str, Location]:
    """By name; none where there is only the business itself."""
    if not business.places:
        return {}
    first = places.first(project)
    places.save(project, first, {"name": business.place_name})
    found = {business.place_name: first}
    for position, one in enumerate(business.places, 1):
        made = found[one.name] = Location(zone=project.zone, country="ES", position=position)
        values = ("name", "street", "postal_code", "city", "region", "latitude", "longitude", "phone")
        places.save(project, made, {name: getattr(one, name) for name in values})
        week = [Window(weekday, *window) for weekday, windows in one.hours.items() for window in windows]
        places.set_week(project, made, week)
    return found


def _each_year(today: date, month: int, day: int) -> Sequence[date]:
    """Those within the demo's year, and the next one."""
    years = (date(year, month, day) for year in (today.year - 1, today.year, today.year + 1))
    return [one for one in years if -BACK <= (one - today).days <= 366]


def _remember(business: Business) -> None:
    """What the team has noted about the people it knows best."""
    wanted = {*business.notes, *(name for names in business.tags.values() for name in names)}
    known = {customer.name: customer for customer in Customer.objects.filter(name__in=wanted).order_by("id")}
    for name, text in business.notes.items():
        if name in known:
            directory.note(known[name], text)
    for tag, names in business.tags.items():
        for name in names:
            if name in known:
                tags.put(known[name], [tag])
