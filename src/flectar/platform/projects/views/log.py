"""The audit log of a project: who did what, when, and what it was before."""

import json
from datetime import UTC, date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from flectar.core import clock
from flectar.core.spreadsheet import csv_bytes
from flectar.platform.audit import reading, sealing
from flectar.platform.audit.log import record
from flectar.platform.audit.models import Entry
from flectar.platform.audit.security import is_of_organization
from flectar.platform.projects.access import can, dashboard
from flectar.platform.projects.models import Project
from flectar.ui import cells, formats
from flectar.ui import index as ui

MOST_CHANGES = 3  # of one entry, in the list
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

    def choices_of(self, name: str) -> list[tuple[str, Any]]:
        """Without the one that means any."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as above
        choices: Any = field.choices
        return list(choices)[1:]

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
@require_safe
def log(request: Any) -> HttpResponse:
    panel = ui.peek(request, "projects/log_peek.html", lambda pk: _glance(request, pk))
    if ui.is_peek_alone(request):
        return HttpResponse(panel)
    return _listed(request, FilterForm(request.GET, project=request.project), peeked=panel)


def _listed(request: Any, form: FilterForm, *, peeked: str = "") -> HttpResponse:
    project, look = request.project, ui.Look.read(request.GET, filters=FILTERS)
    page = _page(request, form)
    listed = ui.Index(
        key="log",
        title=_("Audit log"),
        sub=_sub(request),
        look=look,
        columns=LIST,
        groups=[ui.Group([_entry(project, entry) for entry in page.entries])],
        filters=[
            ui.Filter("who", _("Who"), _("anyone"), form.choices_of("who")),
            ui.Filter("action", _("What"), _("anything"), form.choices_of("action")),
            ui.Filter("since", _("From")),
            ui.Filter("until", _("Until")),
        ],
        ways=_ways(request) if page.entries else [],
        next=page.older,
        nothing=_wrong(form) or _("Nothing to show for this."),
        empty=ui.Empty(
            _("Nothing has happened yet"), _("Whatever your team, a customer or a program changes stands here.")
        ),
        has_peek=True,
        peeked=peeked,
    )
    status = 200 if form.is_valid() else 422
    return ui.show(request, listed, "projects/log.html", status, seal=sealing.head())


def _wrong(form: FilterForm) -> str:
    """Why these filters find nothing, with the name of each."""
    return " ".join(f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items())


def _page(request: Any, form: FilterForm) -> reading.Page:
    if not form.is_valid():
        return reading.Page([], "")
    try:
        return reading.of_project(request.project.pk, form.filters(), after=request.GET.get("after", ""))
    except reading.BadCursor as error:
        raise BadRequest from error


FILTERS = ("who", "action", "since", "until")
LIST = (
    ui.Column(gettext_lazy("Who"), "name", "name"),
    ui.Column(gettext_lazy("What"), "line", "wrap"),
    ui.Column(gettext_lazy("Change"), "line", "wrap"),
    ui.Column(gettext_lazy("When"), "foot", "r muted"),
)


def _entry(project: Project, entry: Entry) -> ui.Row:
    deed = reading.deed(entry.action)
    return ui.Row(
        entry.pk,
        deed,
        [
            reading.actor(entry),
            cells.two(deed, entry.target_name) if entry.target_name else deed,
            _("Names and values were taken out for privacy.") if entry.is_forgotten else _changes(entry, project),
            cells.at(entry.at, formats.when(entry.at, project)),
        ],
    )


def _changes(entry: Entry, project: Project) -> str:
    """Each value as it was and as it became; the first few, all of them stand in the panel."""
    changed = [one for one in reading.changes_of(entry, project) if one.old or one.new]
    lines = (
        (
            one.label,
            format_html("<del>{}</del> ", one.old) if one.old else "",
            format_html("<ins>{}</ins>", one.new) if one.new else "",
        )
        for one in changed[:MOST_CHANGES]
    )
    rest = len(changed) - MOST_CHANGES
    more = _("… and %(number)s more") % {"number": rest} if rest > 0 else ""
    return (
        format_html(
            '<dl class="changes">{}</dl>{}',
            format_html_join("", "<div><dt>{}</dt> <dd>{}{}</dd></div>", lines),
            cells.muted(more) if more else "",
        )
        if changed
        else ""
    )


def _sub(request: Any) -> str:
    sub = _("Who changed what. Nobody can change or delete this list.")
    if not can(request.user, "organization.read", request.project):
        return sub
    url = reverse("organizations:security", kwargs={"organization_id": request.project.organization_id})
    return format_html('{} <a class="link" href="{}">{}</a>', sub, url, _("Members, roles and keys"))


def _ways(request: Any) -> list[ui.Way]:
    if not can(request.user, "audit.export", request.project):
        return []
    asked = urlencode({name: request.GET[name] for name in FILTERS if request.GET.get(name)})
    url = reverse("settings:log_export", kwargs={"project": request.project.slug})
    return [ui.Way(_("Export"), f"{url}?{asked}" if asked else url, "download", is_file=True)]


def _glance(request: Any, pk: UUID) -> dict[str, Any] | None:
    entry = Entry.objects.filter(project_id=request.project.pk, pk=pk).first()
    return {"entry": entry} if entry else None


@dashboard("audit.export")
@require_safe
def export(request: Any) -> HttpResponse:
    """What the filters show, as CSV; times in UTC, values as they are kept. The export stands in the log itself."""
    form = FilterForm(request.GET, project=request.project)
    if not form.is_valid():
        return _listed(request, form)
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
