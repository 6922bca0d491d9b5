"""What a new business still has to do before strangers can book. Each step is done by doing it, nothing is ticked."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from flectar.oversight.home.asked import Asked
from flectar.platform.projects.access import can
from flectar.platform.projects.models import Project


@dataclass(frozen=True, slots=True)
class Step:
    label: str | Promise
    url: str
    is_done: bool


def steps(user: Any, project: Project, asked: Asked) -> list[Step]:
    """For those who may change the business; nothing for the others."""
    if not can(user, "project.manage", project):
        return []
    found = [
        (_("Say where you are"), "settings:business", asked.has_place),
        (_("Set opening hours"), "settings:hours", asked.has_hours),
    ]
    if project.has("booking"):
        found += [
            (_("Add a service"), "booking:services", asked.has_service),
            (_("Say who does it"), "booking:staff", asked.has_staff),
            (_("Make a test booking"), "booking:new", asked.has_booking),
        ]
    return [Step(label, url, done) for label, name, done in found if (url := _url(name, project))]


def _url(name: str, project: Project) -> str:
    """Empty where that page is not part of this installation."""
    try:
        return reverse(name, kwargs={"project": project.slug})
    except NoReverseMatch:
        return ""
