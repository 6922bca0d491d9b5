"""Plain functions that make rows. Each gives the least that is valid; say only what the test is about."""

from functools import cache
from itertools import count
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.organizations.models import Membership, Organization, Role
from flectar.platform.projects.models import BusinessProfile, OpeningHours, Project
from tests import canary

_numbers = count(1)


def user(email: str = "", **values: Any) -> User:
    """With a verified address and the planted password."""
    from allauth.account.models import EmailAddress

    email = email or f"person{next(_numbers)}@example.com"
    made = User.objects.create(email=email.lower(), password=_hash_of_the_planted_password(), **values)
    EmailAddress.objects.create(user=made, email=made.email, primary=True, verified=True)
    return made


@cache
def _hash_of_the_planted_password() -> str:
    """Once a process: Argon2 is slow on purpose, and most tests need a person, not a sign-in."""
    return make_password(canary.PASSWORD)


def operator(person: User) -> User:
    """Runs the installation, and signs in with a second step."""
    from allauth.mfa.models import Authenticator

    User.objects.filter(pk=person.pk).update(is_operator=True)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": ""})
    return person


def organization(name: str = "Nácar SL", owner: User | None = None) -> Organization:
    made = Organization.objects.create(name=name)
    if owner is not None:
        member(made, owner, Role.OWNER)
    return made


def member(organization: Organization, person: User, role: str = Role.STAFF) -> Membership:
    return Membership.objects.create(organization=organization, user=person, role=role)


def project(slug: str = "", organization: Organization | None = None, **values: Any) -> Project:
    """With a profile, open Monday to Friday 9:00-17:00 in Madrid."""
    slug = slug or f"place-{next(_numbers)}"
    made = Project.objects.create(
        slug=slug,
        organization=organization or globals()["organization"](f"{slug} SL"),
        **{"name": slug.title(), "zone": "Europe/Madrid", "currency": "EUR", "locale": "en", **values},
    )
    with project_scope(made.pk):
        BusinessProfile.objects.create(
            kind=BusinessProfile.Kind.SALON,
            street="Carrer de Cadis 41",
            postal_code="46006",
            city="Valencia",
            phone="+34960000141",
            email=f"hola@{slug}.example",
        )
        hours(made.pk, {day: [(540, 480)] for day in range(5)})
    return made


def hours(project_id: UUID, week: dict[int, list[tuple[int, int]]]) -> None:
    """Replace the opening hours: {weekday: [(start minute, length)]}."""
    with project_scope(project_id):
        OpeningHours.objects.all().delete()
        OpeningHours.objects.bulk_create(
            OpeningHours(weekday=day, start_min=start, len_min=length)
            for day, windows in week.items()
            for start, length in windows
        )
