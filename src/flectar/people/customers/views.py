"""The list of customers, one customer, and what can be done to them."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core.text import fold
from flectar.people.customers import directory
from flectar.people.customers.actions import actions
from flectar.people.customers.errors import EmailTaken
from flectar.people.customers.exporting import export_customers
from flectar.people.customers.forms import CustomerForm, NoteForm
from flectar.people.customers.models import Customer
from flectar.people.customers.search import search
from flectar.people.customers.timeline import KINDS, timeline
from flectar.platform.audit.log import record
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.ui.toasts import toast

PAGE = 50
COUNT_TO = 10_000


@dashboard("customers.read", module="customers")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    shows_archived = request.GET.get("show") == "archived"
    everybody = Customer.objects.archived() if shows_archived else Customer.objects.current()
    after = _place(request.GET.get("after", ""))
    if fold(query):
        # The function says in which order; the rows come through the policies.
        ids = search(query, archived=shows_archived, after=after, limit=PAGE + 1)
        found = everybody.with_first_contacts().in_bulk(ids)
        rows = [found[pk] for pk in ids if pk in found]
        count = None
    else:
        page = everybody.after(*after) if after else everybody
        rows = list(page.by_name().with_first_contacts()[: PAGE + 1])
        # Counting all of a very long list would cost more than showing it.
        count = everybody.order_by()[: COUNT_TO + 1].count()
    context = {
        "query": query,
        "shows_archived": shows_archived,
        "customers": rows[:PAGE],
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "is_first": after is None,
        "count": count,
        "count_to": COUNT_TO,
        "is_empty": not rows and not query and not after and not shows_archived,
        "region": directory.region(request.project),
        "tabs": _tabs(request, shows_archived=shows_archived),
    }
    return render(request, "customers/index.html", context)


def _place(text: str) -> tuple[str, UUID] | None:
    """Where a page begins: behind this customer. Whoever is gone begins it at the start."""
    try:
        pk = UUID(text)
    except ValueError:
        return None
    key = Customer.objects.filter(pk=pk).values_list("sort_key", flat=True).first()
    return None if key is None else (key, pk)


def _tabs(request: ProjectRequest, *, shows_archived: bool) -> list[dict[str, Any]]:
    url = _url(request, "index")
    return [
        {"label": _("Current"), "url": url, "current": not shows_archived},
        {"label": _("Archived"), "url": f"{url}?show=archived", "current": shows_archived},
    ]


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"customers:{name}", kwargs={"project": request.project.slug, **kwargs})


def _posted(request: ProjectRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


@dashboard("customers.read", module="customers")
@require_safe
def customer_page(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    return _customer_page(request, _customer(customer_id), NoteForm())


def _customer(pk: UUID) -> Customer:
    customer: Customer = get_object_or_404(Customer.objects.with_contacts(), pk=pk)
    return customer


def _customer_page(request: ProjectRequest, customer: Customer, note_form: NoteForm, status: int = 200) -> HttpResponse:
    def may(permission: str) -> bool:
        return can(request.user, permission, request.project)

    entries = timeline(customer, may=may)
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
        "alike": directory.alike(customer),
        "region": directory.region(request.project),
        "note_form": note_form,
    }
    return render(request, "customers/customer.html", context, status=status)


@dashboard("customers.write", module="customers")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    region = directory.region(request.project)
    form = CustomerForm(_posted(request), region=region, initial={"kind": Customer.Kind.PERSON})
    context: dict[str, Any] = {"form": form, "region": region}
    if request.method == "POST" and form.is_valid():
        details = form.details()
        like = [] if request.POST.get("anyway") else directory.like(details)
        try:
            if not like:
                customer = directory.add(request.project, details)
                toast(request, _("%(name)s added") % {"name": customer.name})
                return redirect(_url(request, "customer", customer_id=customer.pk))
            context["like"] = like
        except EmailTaken as taken:
            form.add_error("emails", str(taken))
            context["taken"] = taken.customer
    return render(request, "customers/form.html", context, status=422 if request.method == "POST" else 200)


@dashboard("customers.write", module="customers")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    customer = _customer(customer_id)
    region = directory.region(request.project)
    initial = CustomerForm.initial_of(directory.current_details(customer), region)
    form = CustomerForm(_posted(request), region=region, initial=initial)
    context: dict[str, Any] = {"form": form, "customer": customer, "region": region}
    if request.method == "POST" and form.is_valid():
        try:
            directory.change(customer, form.details())
        except EmailTaken as taken:
            form.add_error("emails", str(taken))
            context["taken"] = taken.customer
        else:
            toast(request, _("%(name)s saved") % {"name": customer.name})
            return redirect(_url(request, "customer", customer_id=customer.pk))
    return render(request, "customers/form.html", context, status=422 if request.method == "POST" else 200)


@dashboard("customers.write", module="customers")
@require_POST
def notes(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    customer = _customer(customer_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _customer_page(request, customer, form, status=422)
    directory.note(customer, form.cleaned_data["body"], author=request.user)
    toast(request, _("Note saved"))
    return redirect(_url(request, "customer", customer_id=customer.pk))


@dashboard("customers.delete", module="customers")
@require_POST
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
