"""The audit log of a project: who did what, when, and what it was before."""

import json
from datetime import UTC
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from flectar.core.spreadsheet import csv_bytes
from flectar.platform.audit import reading, sealing
from flectar.platform.audit.log import record
from flectar.platform.audit.models import Entry
from flectar.platform.projects.access import can, dashboard
from flectar.platform.projects.forms.log import ProjectLogForm
from flectar.ui import cells, formats
from flectar.ui import index as ui

MOST_CHANGES = 3  # of one entry, in the list
MOST_ROWS = 50_000  # some 15 MB; who needs more chooses dates


@dashboard("audit.read")
@require_safe
def log(request: Any) -> HttpResponse:
    panel = ui.peek(request, "projects/log_peek.html", lambda pk: _glance(request, pk))
    if ui.is_peek_alone(request):
        return HttpResponse(panel)
    return _listed(request, ProjectLogForm(request.GET, project=request.project), peeked=panel)


def _listed(request: Any, form: ProjectLogForm, *, peeked: str = "") -> HttpResponse:
    project, look = request.project, ui.Look.read(request.GET, filters=FILTERS)
    page = _page(request, form)
    listed = ui.Index(
        key="log",
        title=_("Audit log"),
        sub=_sub(request),
        look=look,
        columns=LIST,
        groups=[ui.Group([row_of(entry, project.tz) for entry in page.entries])],
        filters=[
            ui.Filter("who", _("Who"), _("anyone"), form.choices_of("who")),
            ui.Filter("action", _("What"), _("anything"), form.choices_of("action")),
            ui.Filter("since", _("From")),
            ui.Filter("until", _("Until")),
        ],
        ways=_ways(request) if page.entries else [],
        next=page.older,
        nothing=form.wrong() or _("Nothing to show for this."),
        empty=ui.Empty(
            _("Nothing has happened yet"), _("Whatever your team, a customer or a program changes stands here.")
        ),
        has_peek=True,
        peeked=peeked,
    )
    status = 200 if form.is_valid() else 422
    return ui.show(request, listed, "projects/log.html", status, seal=sealing.head())


def _page(request: Any, form: ProjectLogForm) -> reading.Page:
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


def row_of(entry: Entry, zone: ZoneInfo) -> ui.Row:
    """One line of a log, with the columns of `LIST`."""
    deed = reading.deed(entry.action)
    return ui.Row(
        entry.pk,
        deed,
        [
            reading.actor(entry),
            cells.two(deed, entry.target_name) if entry.target_name else deed,
            _("Names and values were taken out for privacy.") if entry.is_forgotten else _changes(entry, zone),
            cells.at(entry.at, formats.when(entry.at, zone)),
        ],
    )


def _changes(entry: Entry, zone: ZoneInfo) -> str:
    """Each value as it was and as it became; the first few, all of them stand in the panel."""
    changed = [one for one in reading.changes_of(entry, zone) if one.old or one.new]
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
    return {"entry": entry, "zone": request.project.tz} if entry else None


@dashboard("audit.export")
@require_safe
def export(request: Any) -> HttpResponse:
    """What the filters show, as CSV; times in UTC, values as they are kept. The export stands in the log itself."""
    form = ProjectLogForm(request.GET, project=request.project)
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
