"""The demo businesses that `bin/run` opens with: a salon in Valencia and a clinic in Bilbao, two organizations that
know nothing of each other. Made with the product's own functions; the same names and times on every machine,
counted from the day it is made.

    seed()    fills an empty installation; a second call changes nothing
    logins()  who can sign in, for the terminal
"""

from typing import Any

PASSWORD = "demo-paper-boat-47"  # noqa: S105 - printed at the start; only demo installations have it


def seed() -> None:
    """Make both businesses, unless they are there."""
    from flectar.demo import clinic, opening, salon

    for business in (salon.BUSINESS, clinic.BUSINESS):
        opening.open_business(business)


def logins() -> list[dict[str, Any]]:
    """Name, email, password, role, the project's slug."""
    from flectar.demo import clinic, salon

    return [
        {
            "name": f"{person.first_name} {person.last_name}",
            "email": person.email,
            "password": PASSWORD,
            "role": person.role,
            "project": business.slug,
            "business": business.name,
        }
        for business in (salon.BUSINESS, clinic.BUSINESS)
        for person in business.team
        if person.role
    ]
