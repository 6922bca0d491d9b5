"""What happened to a project that others react to."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ProjectCreated:
    """`starter` is the trade whose services and hours it begins with; empty: with nothing."""

    project_id: UUID
    starter: str = ""


@dataclass(frozen=True, slots=True)
class AddressesChanged:
    """Where the site is found changed: what workers remember of hosts is no longer true."""

    project_id: UUID


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    """The name, profile, hours, special days, languages or modules changed: what the public page is made of."""

    project_id: UUID


@dataclass(frozen=True, slots=True)
class ProjectTransferred:
    """It belongs to another organization now: whoever worked here before has no business in it any more."""

    project_id: UUID


@dataclass(frozen=True, slots=True)
class DomainLost:
    """A domain of the project has stopped answering with its site: its record is gone. `name` as people read it."""

    project_id: UUID
    name: str
