"""The import wizard: upload, look at what would happen, bring in, read the report."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import clock
from flectar.people.customers import custom, importing, jobs
from flectar.people.customers.columns import LABELS, Says
from flectar.people.customers.contacts import shortened
from flectar.people.customers.exporting import export_leftovers
from flectar.people.customers.forms import ColumnsForm, UploadForm
from flectar.people.customers.models import CustomerImport
from flectar.people.customers.people import Outcome
from flectar.people.customers.tabular import UnreadableFile
from flectar.people.customers.views import csv_answer
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui import cells, formats
from flectar.ui import index as ui
from flectar.ui.toasts import toast

SHOWN_REMARKS = 200


@dashboard("customers.write", module="customers")
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: ProjectRequest) -> HttpResponse:
    is_posted = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_posted else UploadForm()
    if is_posted and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            seen = importing.preview(request.project, content)
        except UnreadableFile as unreadable:
            form.add_error("file", str(unreadable))
        else:
            upload = CustomerImport.objects.create(
                file_name=shortened(file.name or "", 200) or _("Upload"),
                content=content,
                says=list(seen.sheet.says),
                author_id=request.user.pk,
            )
            jobs.forget_file.defer_at(
                clock.now() + jobs.KEEP_FILE, project_id=request.project.pk, import_id=str(upload.pk)
            )
            return redirect(_url(request, "import", import_id=upload.pk))
    return _imports_page(request, form, status=422 if is_posted else 200)


def _imports_page(request: ProjectRequest, form: UploadForm, *, status: int) -> HttpResponse:
    look = _read(request.GET)
    found = _matching(look)
    shown, following = ui.newest(found.defer("content", "remarks").select_related("author"), "created_at", look.after)
    [count] = ui.tally(request, "imports", [found], counted=lambda asked: _matching(_read(asked)))
    listed = ui.Index(
        key="imports",
        title=_("Import customers"),
        look=look,
        columns=COLUMNS,
        groups=[ui.Group([_row(request, upload) for upload in shown])],
        search=_("Name of the file"),
        filters=[ui.Filter("state", _("State"), _("any"), CustomerImport.State.choices)],
        crumb=(_url(request, "index"), _("Customers")),
        said=ngettext("%(count)s import", "%(count)s imports", count or 0) % {"count": count},
        next=following,
        nothing=_("No import fits."),
        empty=ui.Empty(_("Nothing here")),
        is_bare=not shown and not look.is_narrowed,
    )
    return ui.show(request, listed, "customers/imports.html", status, form=form)


def _read(asked: QueryDict) -> ui.Look:
    return ui.Look.read(asked, filters=("state",))


def _matching(look: ui.Look) -> Any:
    found = CustomerImport.objects.all()
    if look.chosen.get("state") in CustomerImport.State.values:
        found = found.filter(state=look.chosen["state"])
    return found.filter(file_name__icontains=look.text) if look.text else found


COLUMNS = (
    ui.Column(gettext_lazy("File"), "name", "name"),
    ui.Column(gettext_lazy("State"), "side"),
    ui.Column(gettext_lazy("Added"), "line"),
    ui.Column(gettext_lazy("By"), "line", "muted", says=True),
    ui.Column(gettext_lazy("When"), "foot", "r muted"),
)

_TONES = {
    CustomerImport.State.UPLOADED: "wait",
    CustomerImport.State.RUNNING: "now",
    CustomerImport.State.FAILED: "bad",
}


def _row(request: ProjectRequest, upload: CustomerImport) -> ui.Row:
    name = shortened(upload.file_name, 60)
    return ui.Row(
        upload.pk,
        name,
        [
            cells.link(name, _url(request, "import", import_id=upload.pk)),
            cells.status(upload.get_state_display(), _TONES.get(CustomerImport.State(upload.state), "")),
            ngettext("%(count)s person", "%(count)s people", upload.added) % {"count": upload.added},
            upload.author.name if upload.author else "",
            cells.at(upload.created_at, formats.when(upload.created_at, request.project)),
        ],
    )


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"customers:{name}", kwargs={"project": request.project.slug, **kwargs})


@dashboard("customers.write", module="customers")
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: ProjectRequest, import_id: UUID) -> HttpResponse:
    """What would happen (a POST changes what the columns say), what is happening, or what happened."""
    upload: CustomerImport = get_object_or_404(CustomerImport, pk=import_id)
    if upload.state == CustomerImport.State.UPLOADED:
        return _preview(request, upload)
    if upload.state == CustomerImport.State.RUNNING:
        return render(request, "customers/import_running.html", {"upload": upload})
    groups = [
        {
            "title": title,
            "remarks": [remark[::2][:2] for remark in upload.remarks if remark[1] == outcome][:SHOWN_REMARKS],
            "count": sum(remark[1] == outcome for remark in upload.remarks),
            "shown": SHOWN_REMARKS,
        }
        for outcome, title in _outcomes().items()
    ]
    context = {
        "upload": upload,
        "groups": [group for group in groups if group["count"]],
        "has_leftovers": any(remark[1] != Outcome.JOINED for remark in upload.remarks),
    }
    return render(request, "customers/import_report.html", context)


def _outcomes() -> dict[Outcome, str]:
    return {
        Outcome.SKIPPED: _("Rows left out"),
        Outcome.PARTLY: _("People without one of their values"),
        Outcome.JOINED: _("Rows joined into one person"),
    }


def _preview(request: ProjectRequest, upload: CustomerImport) -> HttpResponse:
    content = bytes(upload.content or b"")
    try:
        seen = importing.preview(request.project, content, upload.says or None)
    except UnreadableFile as unreadable:
        # Our reading has changed since the upload, or the file was put there by other means.
        importing.stop(upload, str(unreadable))
        return redirect(_url(request, "import", import_id=upload.pk))
    posted = request.POST if request.method == "POST" else None
    form = ColumnsForm(posted, headers=list(seen.sheet.headers), says=list(seen.sheet.says), asked=custom.fields())
    if request.method == "POST":
        if not form.is_valid():
            return _preview_page(request, upload, seen, form, status=422)
        upload.says = [str(meaning) for meaning in form.says()]
        upload.save(update_fields=["says"])
        return redirect(_url(request, "import", import_id=upload.pk))
    return _preview_page(request, upload, seen, form)


def _preview_page(
    request: ProjectRequest, upload: CustomerImport, seen: importing.Preview, form: ColumnsForm, status: int = 200
) -> HttpResponse:
    samples = [row.cells for row in seen.sheet.rows[:20]]
    columns = [
        {
            "field": form[f"column_{number}"],
            "sample": next(
                (shortened(cells[number], 50) for cells in samples if number < len(cells) and cells[number].strip()), ""
            ),
            "is_used": meaning != Says.NOTHING,
        }
        for number, meaning in enumerate(seen.sheet.says)
    ]
    groups = [
        {
            "title": title,
            "remarks": [(remark.line, remark.reason) for remark in seen.remarks(outcome)][:SHOWN_REMARKS],
            "count": len(seen.remarks(outcome)),
            "shown": SHOWN_REMARKS,
        }
        for outcome, title in _outcomes().items()
    ]
    context = {
        "upload": upload,
        "seen": seen,
        "form": form,
        "used": [column for column in columns if column["is_used"]],
        "unused": [column for column in columns if not column["is_used"]],
        "unused_count": sum(not column["is_used"] for column in columns),
        "people_count": len(seen.reading.people),
        "groups": [group for group in groups if group["count"]],
        "labels": LABELS,
    }
    return render(request, "customers/import_preview.html", context, status=status)


@dashboard("customers.write", module="customers")
@require_POST
def approval(request: ProjectRequest, import_id: UUID) -> HttpResponse:
    upload: CustomerImport = get_object_or_404(CustomerImport.objects.select_for_update(), pk=import_id)
    if upload.state == CustomerImport.State.UPLOADED:
        upload.state = CustomerImport.State.RUNNING
        upload.save(update_fields=["state"])
        jobs.bring_in.defer(of_project=str(request.project.pk), import_id=str(upload.pk), _key=f"import {upload.pk}")
    return redirect(_url(request, "import", import_id=upload.pk))


@dashboard("customers.write", module="customers")
@require_POST
def repetition(request: ProjectRequest, import_id: UUID) -> HttpResponse:
    """On with one that stopped for a fault of ours."""
    upload: CustomerImport = get_object_or_404(CustomerImport.objects.defer("content"), pk=import_id)
    if importing.again(upload):
        jobs.bring_in.defer(of_project=str(request.project.pk), import_id=str(upload.pk), _key=f"import {upload.pk}")
    return redirect(_url(request, "import", import_id=upload.pk))


@dashboard("customers.write", module="customers")
@require_safe
def leftovers(request: ProjectRequest, import_id: UUID) -> HttpResponse:
    upload: CustomerImport = get_object_or_404(CustomerImport, pk=import_id)
    return csv_answer(export_leftovers(upload), "left-out.csv")


@dashboard("customers.delete", module="customers")
@require_POST
def reversal(request: ProjectRequest, import_id: UUID) -> HttpResponse:
    upload: CustomerImport = get_object_or_404(CustomerImport.objects.select_for_update(), pk=import_id)
    was_done = upload.state == CustomerImport.State.DONE
    count = importing.undo(upload)
    if was_done:
        jobs.take_back.defer(of_project=str(request.project.pk), import_id=str(upload.pk), _key=f"undo {upload.pk}")
    toast(
        request,
        ngettext("%(count)s person archived", "%(count)s people archived", count) % {"count": count},
    )
    return redirect(_url(request, "import", import_id=upload.pk))
