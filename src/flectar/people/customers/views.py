"""The list of customers, one customer, and what can be done to them."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.people.customers import (
    consents,
    contacts,
    custom,
    directory,
    duplicates,
    listing,
    mentions,
    merging,
    narrowing,
    tags,
)
from flectar.people.customers.actions import actions
from flectar.people.customers.errors import EmailTaken, Restricted
from flectar.people.customers.exporting import export_customers
from flectar.people.customers.forms import CustomerForm, FileForm, NoteForm, PictureForm, RestrictionForm, TagForm
from flectar.people.customers.models import Customer, CustomerQuerySet, CustomField
from flectar.people.customers.panels import panels
from flectar.people.customers.reaching import WAYS
from flectar.people.customers.timeline import KINDS, timeline
from flectar.platform.audit.log import record
from flectar.platform.lists import recents
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.ui import cells, formats
from flectar.ui import index as ui
from flectar.ui.toasts import toast

MOST_AT_ONCE = 1000
FEW = 200


@dashboard("customers.read", module="customers")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    panel = ui.peek(request, "customers/peek.html", lambda pk: _glance(request, pk))
    if ui.is_peek_alone(request):
        return HttpResponse(panel)
    look = listing.read(request.GET, _rights(request))
    count = _count(request, look)
    page = listing.page(look, are_few=bool(look.chosen) and count is not None and count <= FEW)
    if look.text and not (page.next or look.after):  # the end of a long search is not looked for
        count = len(page.customers)
    region = directory.region(request.project)
    archived = look.view == "archived"
    return ui.show(
        request,
        ui.Index(
            key="customers",
            title=_("Customers"),
            look=look,
            columns=COLUMNS,
            groups=[ui.Group([_row(request, customer, region) for customer in page.customers])],
            views=[ui.Tab("current", _("Current")), ui.Tab("archived", _("Archived"))],
            search=_("Name, email or phone"),
            sorts=listing.SORTS,
            filters=_filters(request),
            ways=_ways(request),
            deeds=_deeds(request, archived=archived),
            said="" if count is None else _said(count, _counted_to(look)),
            count=count if count and count <= MOST_AT_ONCE else None,
            next=page.next,
            nothing=_("Nobody matches “%(text)s”.") % {"text": look.text},
            empty=ui.Empty(_("Nobody is archived"))
            if archived
            else ui.Empty("", template="customers/parts/nobody.html"),
            is_bare=not (page.customers or archived or look.is_narrowed or look.after),
            has_peek=True,
            peeked=panel,
        ),
    )


COLUMNS = (
    ui.Column(gettext_lazy("Name"), "name", "name", sort="name"),
    ui.Column(gettext_lazy("Phone")),
    ui.Column(gettext_lazy("Email"), "foot"),
    ui.Column(gettext_lazy("Added"), "end", "r muted", sort="added"),
)


def _row(request: ProjectRequest, customer: Customer, region: str) -> ui.Row:
    added = formats.short_day(formats.in_zone(customer.created_at, request.project).date())
    return ui.Row(
        customer.pk,
        customer.name,
        [
            cells.person(
                customer.initials,
                cells.link(customer.name, _url(request, "customer", customer_id=customer.pk)),
                picture=customer.picture_url,
            ),
            contacts.spoken(customer.phone, region) if customer.phone else "",
            customer.email,
            added,
        ],
        edit_url=_url(request, "edit", customer_id=customer.pk),
    )


def _filters(request: ProjectRequest) -> list[ui.Filter]:
    """By tag and consent, by what other modules know, and by the owner's own fields; where there is none of a kind its
    chip is missing."""
    found = []
    known, asked = custom.to_filter_by()
    if known:
        found.append(ui.Filter("tag", _("Tag"), _("Any tag"), [(name, name) for name in known]))
    found.append(ui.Filter("kind", _("Kind"), _("People and companies"), list(Customer.Kind.choices)))
    questions = [(question.key, question.label) for question in consents.QUESTIONS.values()]
    found.append(ui.Filter("consent", _("Agreed to"), _("Agreed or not"), questions))
    found += narrowing.filters(request.project, _rights(request))
    for field in asked[: listing.MOST_FILTERS]:
        options: list[tuple[str, ui.Text]] = [(choice, choice) for choice in field.choices]
        if field.kind == CustomField.Kind.YES_NO:
            options = [("yes", _("Yes")), ("no", _("No"))]
        elif not options:
            options = [("*", _("Filled in"))]
        found.append(ui.Filter(f"field-{field.pk}", field.name, field.name, [*options, ("-", _("Empty"))]))
    return found


def _ways(request: ProjectRequest) -> list[ui.Way]:
    ways = []
    if can(request.user, "customers.export", request.project):
        ways.append(ui.Way(_("Export"), _url(request, "export"), "download", no_phone=True, is_file=True))
    if can(request.user, "customers.delete", request.project):
        ways.append(ui.Way(_("Duplicates"), _url(request, "duplicates"), "copy", no_phone=True))
    if can(request.user, "customers.write", request.project):
        ways.append(ui.Way(_("Import"), _url(request, "imports"), "file-up"))
        ways.append(ui.Way(_("New customer"), _url(request, "new"), "plus", is_primary=True))
    return ways


def _deeds(request: ProjectRequest, *, archived: bool) -> list[ui.Deed]:
    deeds = []
    if can(request.user, "customers.delete", request.project):
        deeds.append(
            ui.Deed(_("Bring back"), "archive-restore", _url(request, "restorations"))
            if archived
            else ui.Deed(_("Archive"), "archive", _url(request, "archivals"))
        )
    if can(request.user, "customers.write", request.project) and not archived:
        deeds.append(ui.Deed(_("Tag"), "tag", _url(request, "taggings")))
    if can(request.user, "customers.export", request.project):
        deeds.append(ui.Deed(_("Export"), "download", _url(request, "exports"), is_file=True))
    return deeds


def _count(request: ProjectRequest, look: ui.Look) -> int | None:
    """As far as it is worth counting: among all, further than among some of them."""
    everybody = listing.to_count(look)
    [count] = ui.tally(request, "customers", [everybody], counted=listing.counted, to=_counted_to(look))
    return count


def _counted_to(look: ui.Look) -> int:
    return MOST_AT_ONCE if look.chosen else ui.COUNT_TO


def _said(count: int, to: int) -> str:
    if count > to:
        return _("More than %(count)s customers") % {"count": to}
    return ngettext("%(count)s customer", "%(count)s customers", count) % {"count": count}


def _glance(request: ProjectRequest, pk: UUID) -> dict[str, Any] | None:
    customer = Customer.objects.with_contacts().filter(pk=pk).first()
    if customer is None:
        return None

    may = _rights(request)
    customer.project = request.project
    return {
        "customer": customer,
        "entries": timeline(customer, reader=request.user, may=may)[:6],
        "actions": actions(request.project, customer, may=may),
        "panels": panels(request.project, customer, may=may),
        "region": directory.region(request.project),
    }


# Deeds on many


@dashboard("customers.delete", module="customers")
@require_POST
def archivals(request: ProjectRequest) -> HttpResponse:
    selection = ui.Selection.read(request.POST)
    done, at = directory.archive_many(chosen(request, selection))
    text = ngettext("%(count)s customer archived", "%(count)s customers archived", done) % {"count": done}
    undo = f"{_url(request, 'restorations')}?{urlencode({'archived_at': at.isoformat()})}"
    toast(request, text, undo=undo if done else "")
    return back_to_list(request, selection)


@dashboard("customers.delete", module="customers")
@require_POST
def restorations(request: ProjectRequest) -> HttpResponse:
    """Those chosen, or those that were archived together at one moment: the way back from `archivals`."""
    selection = ui.Selection.read(request.POST)
    if at := parse_datetime(request.GET.get("archived_at", "")):
        found = Customer.objects.filter(archived_at=at)
    else:
        found = chosen(request, selection)
    done = directory.restore_many(found)
    toast(request, ngettext("%(count)s customer is back", "%(count)s customers are back", done) % {"count": done})
    return back_to_list(request, selection)


@dashboard("customers.export", module="customers")
@require_POST
def exports(request: ProjectRequest) -> HttpResponse:
    content = export_customers(chosen(request, ui.Selection.read(request.POST)))
    record("customers.exported")
    return csv_answer(content, f"customers-{request.project.slug}.csv")


def chosen(request: ProjectRequest, selection: ui.Selection) -> CustomerQuerySet:
    """At most a thousand: what one person can answer for in one click, and one transaction can bear."""
    chosen = selection.of(listing.matching(listing.read(selection.asked, _rights(request))))
    found: CustomerQuerySet = Customer.objects.filter(pk__in=list(chosen.values_list("pk", flat=True)[:MOST_AT_ONCE]))
    return found


def back_to_list(request: ProjectRequest, selection: ui.Selection) -> HttpResponse:
    query = ui.tidy(selection.asked)
    return redirect(f"{_url(request, 'index')}{f'?{query}' if query else ''}")


def _rights(request: ProjectRequest) -> Callable[[str], bool]:
    return lambda permission: can(request.user, permission, request.project)


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"customers:{name}", kwargs={"project": request.project.slug, **kwargs})


def _posted(request: ProjectRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


@dashboard("customers.read", module="customers")
@require_safe
def customer_page(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    customer: Customer | None = Customer.objects.with_contacts().filter(pk=customer_id).first()
    if customer is None:
        if became := merging.who_became(customer_id):
            return redirect(_url(request, "customer", customer_id=became))
        raise Http404
    recents.note(request, "customer", customer.pk)
    return page_of(request, customer)


def _customer(pk: UUID) -> Customer:
    customer: Customer = get_object_or_404(Customer.objects.with_contacts(), pk=pk)
    return customer


def heeding(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A deed on somebody who is restricted is not done: their page says so. Below the mark."""

    @wraps(view)
    def heeded(request: ProjectRequest, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                return view(request, **kwargs)
        except Restricted as restricted:
            return page_of(request, _customer(restricted.customer.pk), problem=str(restricted), status=409)

    return heeded


def page_of(
    request: ProjectRequest,
    customer: Customer,
    *,
    note_form: NoteForm | None = None,
    tag_form: TagForm | None = None,
    restriction_form: RestrictionForm | None = None,
    file_form: FileForm | None = None,
    picture_form: PictureForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of a customer, with whatever form was wrong."""

    def may(permission: str) -> bool:
        return can(request.user, permission, request.project)

    customer.project = request.project
    entries = timeline(customer, reader=request.user, may=may)
    kinds = {entry.kind for entry in entries}
    shown = request.GET.get("show", "")
    url = _url(request, "customer", customer_id=customer.pk)
    tabs = [{"label": _("Everything"), "url": url, "current": shown not in kinds}]
    tabs += [
        {
            "label": label,
            "url": f"{url}?show={kind}",
            "current": shown == kind,
            "count": sum(entry.kind == kind for entry in entries),
        }
        for kind, label in KINDS.items()
        if kind in kinds
    ]
    context = {
        "customer": customer,
        "entries": [entry for entry in entries if entry.kind == shown] if shown in kinds else entries,
        "tabs": tabs,
        "actions": actions(request.project, customer, may=may),
        "panels": panels(request.project, customer, may=may),
        "alike": duplicates.alike(customer),
        "region": directory.region(request.project),
        "note_form": note_form or NoteForm(),
        "tags": customer.tags.select_related("tag").order_by("tag__sort_key"),
        "tag_form": tag_form or TagForm(),
        "known_tags": tags.names(),
        "consents": consents.states(customer),
        "restriction_form": restriction_form or RestrictionForm(),
        "file_form": file_form or FileForm(),
        "picture_form": picture_form or PictureForm(),
        "ways": [
            (way, [(row, way.label(row.kind)) for row in getattr(customer, way.key).all()]) for way in WAYS.values()
        ],
        "answers": [(field.name, custom.said(field, value)) for field, value in custom.answers(customer)],
        "files": customer.files.filter(removed_at=None).order_by("-created_at", "-id"),
        "handles": mentions.handles(request.project) if may("customers.write") else (),
        "problem": problem,
        "may_write": customer.is_open_to_change and may("customers.write"),
    }
    return render(request, "customers/customer.html", context, status=status)


@dashboard("customers.write", module="customers")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    region = directory.region(request.project)
    asked = custom.fields()
    form = CustomerForm(_posted(request), region=region, asked=asked, initial={"kind": Customer.Kind.PERSON})
    context: dict[str, Any] = {"form": form, "region": region}
    if request.method == "POST" and form.is_valid():
        details = form.details()
        like = [] if request.POST.get("anyway") else directory.like(details)
        try:
            if not like:
                with transaction.atomic():
                    customer = directory.add(request.project, details)
                    custom.put(customer, form.answers)
                toast(request, _("%(name)s added") % {"name": customer.name})
                return redirect(_url(request, "customer", customer_id=customer.pk))
            context["like"] = like
        except EmailTaken as taken:
            form.add_error("emails", str(taken))
            context["taken"] = taken.customer
    return render(request, "customers/form.html", context, status=422 if request.method == "POST" else 200)


@dashboard("customers.write", module="customers")
@require_http_methods(["GET", "HEAD", "POST"])
@heeding
def edit(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    customer = _customer(customer_id)
    region = directory.region(request.project)
    asked = custom.fields()
    initial = CustomerForm.initial_of(
        directory.current_details(customer), region, custom.answers(customer, asked) if asked else ()
    )
    form = CustomerForm(_posted(request), region=region, asked=asked, initial=initial)
    context: dict[str, Any] = {"form": form, "customer": customer, "region": region}
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                directory.change(customer, form.details())
                custom.put(customer, form.answers)
        except EmailTaken as taken:
            form.add_error("emails", str(taken))
            context["taken"] = taken.customer
        else:
            toast(request, _("%(name)s saved") % {"name": customer.name})
            return redirect(_url(request, "customer", customer_id=customer.pk))
    return render(request, "customers/form.html", context, status=422 if request.method == "POST" else 200)


@dashboard("customers.write", module="customers")
@require_POST
@heeding
def notes(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    customer = _customer(customer_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return page_of(request, customer, note_form=form, status=422)
    directory.note(customer, form.cleaned_data["body"], author=request.user)
    toast(request, _("Note saved"))
    return redirect(_url(request, "customer", customer_id=customer.pk))


@dashboard("customers.delete", module="customers")
@require_POST
@heeding
def archival(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    customer = _customer(customer_id)
    directory.archive(customer)
    undo = _url(request, "restoration", customer_id=customer.pk)
    toast(request, _("%(name)s archived") % {"name": customer.name}, undo=undo)
    return redirect(_url(request, "index"))


@dashboard("customers.delete", module="customers")
@require_POST
def restoration(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    customer = _customer(customer_id)
    directory.restore(customer)
    toast(request, _("%(name)s is back") % {"name": customer.name})
    return redirect(_url(request, "customer", customer_id=customer.pk))


@dashboard("customers.export", module="customers")
@require_safe
def export(request: ProjectRequest) -> HttpResponse:
    content = export_customers(Customer.objects.current())
    record("customers.exported")
    return csv_answer(content, f"customers-{request.project.slug}.csv")


def csv_answer(content: bytes, file_name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response
