"""The demo businesses that `bin/run` opens with: a salon, a clinic, a yoga studio, a consultant, a restaurant and a
holiday home, in three organizations. Salon and clinic belong to two that know nothing of each other; each also has a
second project, and one person works in two organizations. Each has a year of bookings around today, the same on every
machine on the same day.

    seed()    fills an empty installation; a second call changes nothing
    logins()  who can sign in, for the terminal
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flectar.demo.business import Business

PASSWORD = "demo-paper-boat-47"  # noqa: S105 - printed at the start; only demo installations have it


def businesses() -> "list[Business]":
    """In the order in which they open."""
    from flectar.demo import clinic, consultant, house, restaurant, salon, studio

    return [one.BUSINESS for one in (salon, clinic, studio, consultant, restaurant, house)]


def seed() -> None:
    """Make all of them, unless they are there."""
    from flectar.demo import opening

    for business in businesses():
        opening.open_business(business)


def logins() -> list[dict[str, Any]]:
    """Name, email, password, role, the project's slug: the first project of each person."""
    found: dict[str, dict[str, Any]] = {}
    for business in businesses():
        for person in business.team:
            if person.role:
                found.setdefault(
                    person.email,
                    {
                        "name": f"{person.first_name} {person.last_name}",
                        "email": person.email,
                        "password": PASSWORD,
                        "role": person.role,
                        "project": business.slug,
                        "business": business.name,
                    },
                )
    return list(found.values())
