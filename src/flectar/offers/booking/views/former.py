"""Bringing in the bookings of a former system: upload, look at what would happen, bring in, read the report, undo."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import clock
from flectar.offers.booking.imports import adding, bringing, jobs
from flectar.offers.booking.imports.bringing import Preview
from flectar.offers.booking.imports.former import LABELS, MAX_ROWS, Says
from flectar.offers.booking.models import BookingImport, Resource, Service
from flectar.people.customers.contacts import shortened
from flectar.people.customers.exporting import export_leftovers
from flectar.people.customers.forms import ColumnsForm, UploadForm
from flectar.people.customers.people import Outcome
from flectar.people.customers.tabular import UnreadableFile
from flectar.people.customers.views import csv_answer
from flectar.platform.projects.access import ProjectRequest, dashboard, limited
from flectar.ui import cells, formats
from flectar.ui import index as ui
from flectar.ui.toasts import toast

SHOWN_REMARKS = 200
State = BookingImport.State


class FormerForm(UploadForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("CSV file")
        most = {"rows": f"{MAX_ROWS:,}"}
        self.fields["file"].help_text = _("One booking a row, up to %(rows)s rows and 10 MB.") % most
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.tsv,text/csv,text/plain"


class NamesForm(ColumnsForm):
    """The columns, and for each name that we do not know which service or person it is."""

    def __init__(self, *args: Any, seen: Preview, names: dict[str, str], **kwargs: Any) -> None:
        sheet = seen.reading.sheet
        super().__init__(*args, headers=list(sheet.headers), says=list(sheet.says), labels=LABELS, **kwargs)
        leave_out = {"service": _("Leave these bookings out"), "person": _("Nobody in particular")}
        known = {
            "service": [
                (adding.NEW, _("Add it as a hidden service")),
                *((str(one.pk), one.name) for one in Service.objects.in_order()),
            ],
            "person": [(str(one.pk), one.name) for one in Resource.objects.in_order()],
        }
        self.keys: dict[str, str] = {}
        for number, (key, said) in enumerate(seen.unknown.items()):
            kind = key.partition(":")[0]
            self.keys[f"name_{number}"] = key
            self.fields[f"name_{number}"] = forms.ChoiceField(
                label=shortened(said),
                choices=[("", leave_out[kind]), *known[kind]],
                initial=names.get(key, ""),
                required=False,
            )

    def chosen(self) -> dict[str, str]:
        return {key: self.cleaned_data[name] for name, key in self.keys.items()}

    def rows(self, kind: str) -> list[forms.BoundField]:
        return [self[name] for name, key in self.keys.items() if key.startswith(f"{kind}:")]

    @property
    def services(self) -> list[forms.BoundField]:
        return self.rows("service")

    @property
    def people(self) -> list[forms.BoundField]:
        return self.rows("person")


@limited("booking.import", limit=30, per_seconds=600)
@dashboard("customers.manage", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: ProjectRequest) -> HttpResponse:
    is_posted = request.method == "POST"
    form = FormerForm(request.POST, request.FILES) if is_posted else FormerForm()
    if is_posted and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            reading = bringing.read(request.project, content)
        except UnreadableFile as unreadable:
            form.add_error("file", str(unreadable))
        else:
            job = BookingImport.objects.create(
                file_name=shortened(file.name or "", 200) or _("Upload"),
                content=content,
                says=list(reading.sheet.says),
                author_id=request.user.pk,
            )
            jobs.forget_former.defer_at(
                clock.now() + jobs.KEEP_FILE, project_id=request.project.pk, import_id=str(job.pk)
            )
            return redirect(_url(request, "former_one", import_id=job.pk))
    look = _read(request.GET)
    found = _matching(look)
    shown, following = ui.newest(found.defer("content", "remarks").select_related("author"), "created_at", look.after)
    [count] = ui.tally(request, "former", [found], counted=lambda asked: _matching(_read(asked)))
    listed = ui.Index(
        key="former",
        title=_("Import bookings"),
        look=look,
        columns=COLUMNS,
        groups=[ui.Group([_row(request, job) for job in shown])],
        search=_("Name of the file"),
        crumb=(_url(request, "bookings"), _("Bookings")),
        said=ngettext("%(count)s import", "%(count)s imports", count or 0) % {"count": count},
        next=following,
        nothing=_("No import fits."),
        empty=ui.Empty(_("Nothing here")),
        is_bare=not shown and not look.is_narrowed,
    )
    return ui.show(request, listed, "booking/former.html", 422 if is_posted else 200, form=form)


def _read(asked: QueryDict) -> ui.Look:
    return ui.Look.read(asked)


def _matching(look: ui.Look) -> Any:
    found = BookingImport.objects.all()
    return found.filter(file_name__icontains=look.text) if look.text else found


COLUMNS = (
    ui.Column(gettext_lazy("File"), "name", "name"),
    ui.Column(gettext_lazy("State"), "side"),
    ui.Column(gettext_lazy("Brought in"), "line"),
    ui.Column(gettext_lazy("By"), "line", "muted", says=True),
    ui.Column(gettext_lazy("When"), "foot", "r muted"),
)

_TONES = {State.UPLOADED: "wait", State.RUNNING: "now", State.UNDOING: "now", State.FAILED: "bad"}


def _row(request: ProjectRequest, job: BookingImport) -> ui.Row:
    name = shortened(job.file_name, 60)
    brought = job.past + job.coming
    return ui.Row(
        job.pk,
        name,
        [
            cells.link(name, _url(request, "former_one", import_id=job.pk)),
            cells.status(job.get_state_display(), _TONES.get(State(job.state), "")),
            ngettext("%(count)s booking", "%(count)s bookings", brought) % {"count": brought},
            job.author.name if job.author else "",
            cells.at(job.created_at, formats.when(job.created_at, request.project)),
        ],
    )


@dashboard("customers.manage", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: ProjectRequest, import_id: UUID) -> HttpResponse:
    """What would happen (a POST changes what the file means), what is happening, or what happened."""
    job: BookingImport = get_object_or_404(BookingImport, pk=import_id)
    if job.state == State.UPLOADED:
        return _preview(request, job)
    if job.state in (State.RUNNING, State.UNDOING):
        return render(request, "booking/former_running.html", {"job": job})
    groups = [
        {
            "title": title,
            "remarks": [remark[::2][:2] for remark in job.remarks if remark[1] == outcome][:SHOWN_REMARKS],
            "count": sum(remark[1] == outcome for remark in job.remarks),
            "shown": SHOWN_REMARKS,
        }
        for outcome, title in _outcomes().items()
    ]
    context = {"job": job, "groups": [group for group in groups if group["count"]]}
    return render(request, "booking/former_report.html", context)


def _outcomes() -> dict[Outcome, str]:
    return {Outcome.SKIPPED: _("Rows left out"), Outcome.PARTLY: _("Bookings without one of their values")}


def _preview(request: ProjectRequest, job: BookingImport) -> HttpResponse:
    try:
        seen = bringing.preview(request.project, bytes(job.content or b""), job.says or None, job.names)
    except UnreadableFile as unreadable:
        # Our reading has changed since the upload, or the file was put there by other means.
        bringing.stop(job, str(unreadable))
        return redirect(_url(request, "former_one", import_id=job.pk))
    form = NamesForm(request.POST if request.method == "POST" else None, seen=seen, names=job.names)
    if form.is_valid():
        job.says, job.names = form.says(), form.chosen()
        job.save(update_fields=["says", "names"])
        return redirect(_url(request, "former_one", import_id=job.pk))
    samples = [row.cells for row in seen.reading.sheet.rows[:20]]
    columns = [
        {
            "field": form[f"column_{number}"],
            "sample": next(
                (shortened(cells[number], 50) for cells in samples if number < len(cells) and cells[number].strip()), ""
            ),
            "is_used": meant != Says.NOTHING,
        }
        for number, meant in enumerate(seen.reading.sheet.says)
    ]
    groups = [
        {
            "title": title,
            "remarks": [(remark.line, remark.reason) for remark in seen.of(outcome)][:SHOWN_REMARKS],
            "count": len(seen.of(outcome)),
            "shown": SHOWN_REMARKS,
        }
        for outcome, title in _outcomes().items()
    ]
    context = {
        "job": job,
        "seen": seen,
        "form": form,
        "used": [column for column in columns if column["is_used"]],
        "unused": [column for column in columns if not column["is_used"]],
        "groups": [group for group in groups if group["count"]],
    }
    return render(request, "booking/former_preview.html", context, status=422 if form.is_bound else 200)


@dashboard("customers.manage", module="booking")
@require_POST
def approval(request: ProjectRequest, import_id: UUID) -> HttpResponse:
    """Also once more with one that stopped for a fault of ours."""
    job = get_object_or_404(BookingImport.objects.defer("content"), pk=import_id)
    if bringing.start(job):
        jobs.bring_in_former.defer(of_project=request.project.pk, import_id=job.pk, _key=f"former {job.pk}")
    return redirect(_url(request, "former_one", import_id=job.pk))


@dashboard("customers.manage", module="booking")
@require_safe
def leftovers(request: ProjectRequest, import_id: UUID) -> HttpResponse:
    job = get_object_or_404(BookingImport.objects.defer("content"), pk=import_id)
    return csv_answer(export_leftovers(job), "left-out.csv")


@dashboard("customers.manage", module="booking")
@require_POST
def reversal(request: ProjectRequest, import_id: UUID) -> HttpResponse:
    job = get_object_or_404(BookingImport.objects.defer("content"), pk=import_id)
    if bringing.start_undo(job):
        jobs.undo_former.defer(of_project=request.project.pk, import_id=job.pk, _key=f"former undo {job.pk}")
        toast(request, _("The import is being undone"))
    return redirect(_url(request, "former_one", import_id=job.pk))


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"booking:{name}", kwargs={"project": request.project.slug, **kwargs})
