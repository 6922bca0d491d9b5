"""What one page of the settings was before: its part of the audit log, and putting older values back.

Each page is a row of a table: which deeds belong to it, who may see it, and how the old values of a deed are set again.
Apps above add theirs with `register`. Putting back is a deed like any other, with an entry of its own.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flectar.platform.audit.models import Entry
from flectar.platform.projects import hours, modules
from flectar.platform.projects.models import BusinessProfile, Project
from flectar.platform.projects.moving import TooManyMoves, move
from flectar.platform.projects.profile import save_business, save_project
from flectar.platform.projects.taken import AddressTaken

type PutBack = Callable[[Project, Mapping[str, Any]], object]


class CannotPutBack(Exception):
    """What was right then is not right now. Fit to show."""


@dataclass(frozen=True, slots=True)
class Page:
    """`deeds` maps the actions of the page to what sets their old values again; None where nothing does."""

    key: str
    label: str | Promise
    url_name: str
    permission: str
    deeds: Mapping[str, PutBack | None] = field(default_factory=dict)


def pages() -> Mapping[str, Page]:
    return _pages


def register(page: Page) -> None:
    """Called once for each page of an app above, by config/apps.py."""
    _pages[page.key] = page


def can_put_back(page: Page, entry: Entry) -> bool:
    return bool(entry.old) and not entry.is_forgotten and page.deeds.get(entry.action) is not None


def put_back(page: Page, entry: Entry, project: Project) -> None:
    """Raises CannotPutBack, with a sentence."""
    again = page.deeds.get(entry.action)
    if again is None or not can_put_back(page, entry):
        raise CannotPutBack(_("These values can't be put back."))
    try:
        again(project, entry.old)
    except (modules.Needed, AddressTaken, TooManyMoves, hours.DayTaken, hours.Overlap) as error:
        raise CannotPutBack(str(error)) from error
    except ValidationError as error:
        raise CannotPutBack(" ".join(error.messages)) from error


def valid(model: type[models.Model], old: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the log keeps them (JSON) as values of the model's fields, checked as they are now."""
    names = [each.name for each in model._meta.concrete_fields if each.name in old]
    return {name: model._meta.get_field(name).clean(old[name], None) for name in names}  # type: ignore[union-attr]  # concrete fields only


def _profile(project: Project, old: Mapping[str, Any]) -> None:
    save_business(project, name=project.name, profile=valid(BusinessProfile, old))


def _project(project: Project, old: Mapping[str, Any]) -> None:
    save_project(project, valid(Project, old))


def _week(project: Project, old: Mapping[str, Any]) -> None:
    days = {name: number for number, name in enumerate(hours.DAYS)}
    hours.set_week(project, [_window(days[day], text) for day, texts in old["week"].items() for text in texts])


def _special_day(project: Project, old: Mapping[str, Any]) -> None:
    for text in old["days"]:
        day = models.DateField().to_python(text)
        windows = [_window(day.weekday(), each) for each in old["hours"]]
        hours.add_special_days(project, day, day, windows=windows, note=old.get("note", ""))


def _window(weekday: int, text: str) -> hours.Window:
    opens, opens_min, closes, closes_min = (int(part) for part in re.findall(r"\d+", text))
    return hours.Window.between(weekday, opens * 60 + opens_min, closes * 60 + closes_min)


def _modules(project: Project, old: Mapping[str, Any]) -> None:
    modules.switch(project, set(old["modules"]))


def _move(project: Project, old: Mapping[str, Any]) -> None:
    move(project, old["slug"])


_pages: dict[str, Page] = {
    page.key: page
    for page in (
        Page(
            "business",
            gettext_lazy("Details"),
            "settings:business",
            "project.write",
            {"profile.changed": _profile, "project.changed": _project},
        ),
        Page(
            "hours",
            gettext_lazy("Hours"),
            "settings:hours",
            "project.write",
            {"hours.changed": _week, "special_day.removed": _special_day, "special_day.added": None},
        ),
        Page(
            "place",
            gettext_lazy("Language and place"),
            "settings:place",
            "project.manage",
            {"project.changed": _project},
        ),
        Page("address", gettext_lazy("Address"), "settings:address", "project.manage", {"project.moved": _move}),
        Page("modules", gettext_lazy("Modules"), "settings:modules", "project.manage", {"modules.switched": _modules}),
        Page(
            "locations",
            gettext_lazy("Locations"),
            "settings:locations",
            "project.write",
            dict.fromkeys(("location.added", "location.changed", "location.hours_changed", "location.removed"), None),
        ),
        Page(
            "domains",
            gettext_lazy("Domains"),
            "settings:domains",
            "project.manage",
            dict.fromkeys(
                ("domain.added", "domain.proven", "domain.lost", "domain.removed", "domain.home_changed"), None
            ),
        ),
    )
}
