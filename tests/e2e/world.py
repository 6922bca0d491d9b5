"""What the browser finds: two businesses in two organizations, with people, services and bookings."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.outbox.models import Message
from flectar.platform.projects.models import Project
from tests import make


@dataclass
class World:
    lucia: User
    stranger: User
    salon: Project
    clinic: Project
    ids: dict[str, Any] = field(default_factory=dict)

    def fill(self, path: str) -> str:
        return path.format(project=self.salon.slug, **self.ids)

    def person(self, name: str) -> User | None:
        return {"lucia": self.lucia, "stranger": self.stranger}.get(name)


def build() -> World:
    lucia = make.user("lucia@nacar.example", first_name="Lucía", last_name="Ferrer")
    stranger = make.user("bruno@clinica.example", first_name="Bruno", last_name="Sala")
    salon = make.project("nacar", make.organization("Nácar SL", lucia), name="Nácar")
    clinic = make.project("clinica", make.organization("Clínica SL", stranger), name="Clínica Sala")
    return World(lucia, stranger, salon, clinic, {"message": a_message(salon)})


def a_message(project: Project) -> UUID:
    """A mail that bounced."""
    with project_scope(project.pk):
        return Message.objects.create(
            event="test.hello",
            locale="en",
            to_name="Ana Ruiz",
            to_address="ana@example.com",
            sender="Nácar <no-reply@mail.localhost>",
            subject="See you on Tuesday",
            text="See you on Tuesday, Ana.",
            html="<!doctype html><html lang=en><title>See you</title><p style='color:#123'>See you on Tuesday, Ana.",
            message_id="<1@mail.localhost>",
            state=Message.State.SENT,
            bounced_at=clock.now(),
        ).pk
