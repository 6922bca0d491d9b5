"""Who has an account at the local Google."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """`sub` is theirs for ever; the address may change hands."""

    sub: str
    email: str
    given_name: str
    family_name: str
    is_verified: bool = True

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


def someone(email: str) -> Person:
    """Whoever types an address of their own: the same `sub` each time."""
    given = email.partition("@")[0].replace(".", " ").title()
    return Person(_sub(email), email, given, "")


def _sub(email: str) -> str:
    return str(int(hashlib.sha256(email.encode()).hexdigest()[:16], 16)).rjust(21, "1")[:21]


PEOPLE = (
    Person("110248495921238986420", "carla.moya@gmail.example", "Carla", "Moya"),
    Person("110248495921238986421", "noa@brizna.example", "Noa", "Ferrer"),
    Person("110248495921238986422", "teo.vidal@gmail.example", "Teo", "Vidal", is_verified=False),
)
