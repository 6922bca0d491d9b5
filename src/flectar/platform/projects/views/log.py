"""The audit log of a project: who did what, when, and what it was before."""

import json
from datetime import UTC, date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from flectar.core import clock
from flectar.core.spreadsheet import csv_bytes
from flectar.platform.audit import reading, sealing
from flectar.platform.audit.log import record
from flectar.platform.audit.models import Entry
from flectar.platform.audit.security import is_of_organization
from flectar.platform.projects.access import dashboard
from flectar.platform.projects.models import Project

MOST_ROWS = 50_000  # some 15 MB; who needs more chooses dates

KINDS = [
    ("support", gettext_lazy("Support")),
    ("visitor", gettext_lazy("A customer")),
    ("key", gettext_lazy("An API key")),
    ("import", gettext_lazy("An import")),
    ("system", gettext_lazy("The system")),
]


class FilterForm(forms.Form):
    """Who, what and between which dates; all may be left open."""

    who = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    action = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._project = project
        members = project.organization.memberships.select_related("user")
        people = sorted(members, key=lambda each: each.user.sort_key)
        named = [(str(each.user_id), each.user.name) for each in people]
        self._choose("who", [("", _("Anyone")), *named, *KINDS])
        # What is done to the organization stands in its own log.
        deeds = [deed for deed in reading.deeds().items() if not is_of_organization(deed[0])]
        self._choose("action", [("", _("Anything")), *sorted(deeds, key=lambda deed: str(deed[1]))])

    def _choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above, for the type checker
        field.choices = choices

    def filters(self) -> reading.Filters:
        """Days are those of the business. `until` is the last day shown."""
        values, tz = self.cleaned_data, self._project.tz
        who, last = values["who"], values["until"]
        is_kind = who in dict(KINDS)
        return reading.Filters(
            actor_id=UUID(who) if who and not is_kind else None,
            actor_kind=who if is_kind else "",
            action=values["action"],
            since=clock.day_bounds(values["since"], tz)[0] if values["since"] else None,
            until=clock.day_bounds(last, tz)[1] if last else None,
        )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", _("This is before the first day."))
        # Room for the day's end in a zone behind UTC.
        for name, day in (("since", since), ("until", until)):
            if day and not _FIRST <= day <= self._project.today + timedelta(days=366):
                self.add_error(name, _("Choose a day within the log."))
        return values


_FIRST = date(2020, 1, 1)


@dashboard("audit.read")
def log(request: Any) -> HttpResponse:
    form = FilterForm(request.GET, project=request.project)
    if not form.is_valid():
        return render(request, "projects/log.html", {"form": form, "page": None}, status=422)
    try:
        page = reading.of_project(request.project.pk, form.filters(), after=request.GET.get("after", ""))
    except reading.BadCursor as error:
        raise BadRequest from error
    context = {"form": form, "page": page, "seal": sealing.head(), "most": MOST_ROWS}
    return render(request, "projects/log.html", context)


@dashboard("audit.export")
@require_safe
def export(request: Any) -> HttpResponse:
    """What the filters show, as CSV; times in UTC, values as they are kept. The export stands in the log itself."""
    form = FilterForm(request.GET, project=request.project)
    if not form.is_valid():
        return render(request, "projects/log.html", {"form": form, "page": None}, status=422)
    entries = reading.all_of_project(request.project.pk, form.filters(), most=MOST_ROWS)
    record("audit.exported", new={"entries": len(entries)})
    return as_csv(entries, f"{request.project.slug}-log-{request.project.today}")


def as_csv(entries: list[Entry], name: str) -> HttpResponse:
    """A file to save: times in UTC, values as they are kept."""
    response = HttpResponse(csv_bytes(COLUMNS, map(_row, entries)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


COLUMNS = [
    "id", "at", "action", "actor_kind", "actor_id", "actor", "target_type", "target_id", "target", "old", "new",
    "request_id", "block",
]  # fmt: skip


def _row(entry: Entry) -> list[str]:
    return [
        str(entry.pk),
        entry.at.astimezone(UTC).isoformat(),
        entry.action,
        entry.actor_kind,
        str(entry.actor_id or ""),
        entry.actor_name,
        entry.target_type,
        str(entry.target_id or ""),
        entry.target_name,
        json.dumps(entry.old, ensure_ascii=False),
        json.dumps(entry.new, ensure_ascii=False),
        entry.request_id,
        "" if entry.block is None else str(entry.block),
    ]
