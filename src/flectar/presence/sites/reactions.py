"""What the site does when something it shows has changed. config/reactions.py says which fact leads here."""

from typing import Protocol
from uuid import UUID

from flectar.platform.projects.models import Project
from flectar.presence.sites.jobs import publish, publish_soon


class OfAProject(Protocol):
    @property
    def project_id(self) -> UUID: ...


def show_at_once(fact: OfAProject) -> None:
    """In the deed's own transaction: who saves new opening hours sees them on the page with the next click."""
    publish(Project.objects.get(pk=fact.project_id))


def show_anew(fact: OfAProject) -> None:
    """The same, and every worker forgets which hosts lead here, also where no page differs."""
    publish(Project.objects.get(pk=fact.project_id), anew=True)


def show_soon(fact: OfAProject) -> None:
    """By a job, for what happens often: a booking must not wait for the page's next free time."""
    publish_soon(fact.project_id)
