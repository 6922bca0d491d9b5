"""What the law lets a customer ask for: a copy, that nothing is changed or sent, to be forgotten."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.people.customers import erasing, personal, restricting
from flectar.people.customers.forms import ErasureForm, RestrictionForm
from flectar.people.customers.models import Customer
from flectar.people.customers.views import page_of
from flectar.platform.audit.log import record
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui.toasts import toast


@dashboard("customers.manage", module="customers")
@require_POST
def restriction(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    customer = _customer(customer_id)
    form = RestrictionForm(request.POST)
    if not form.is_valid():
        return page_of(request, customer, restriction_form=form, status=422)
    restricting.restrict(customer, form.cleaned_data["because"])
    toast(request, _("%(name)s is restricted") % {"name": customer.name}, undo=_url(request, "lifting", customer))
    return redirect(_url(request, "customer", customer))


@dashboard("customers.manage", module="customers")
@require_POST
def lifting(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    customer = _customer(customer_id)
    restricting.lift(customer)
    toast(request, _("The restriction of %(name)s is lifted") % {"name": customer.name})
    return redirect(_url(request, "customer", customer))


@dashboard("customers.export", module="customers")
@require_safe
def copy(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    customer = _customer(customer_id)
    tables = [
        {"title": table.title, "lines": [list(zip(table.headers, line, strict=True)) for line in table.lines]}
        for table in personal.copy_of(customer)
    ]
    return render(request, "customers/copy.html", {"customer": customer, "tables": tables})


@dashboard("customers.export", module="customers")
@require_safe
def copy_file(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    customer = _customer(customer_id)
    record("customer.copied", target=customer)
    response = HttpResponse(personal.as_json(customer), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="customer-{customer.pk}.json"'
    return response


@dashboard("customers.manage", module="customers")
@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    """What would go and what stays; a POST with the name does it."""
    customer = get_object_or_404(Customer.objects.with_contacts(), pk=customer_id, erased_at=None)
    form = ErasureForm(request.POST if request.method == "POST" else None, of=customer.name)
    if request.method == "POST" and form.is_valid():
        erasing.erase(request.project, customer)
        toast(request, _("Erased for good"))
        return redirect(reverse("customers:index", args=[request.project.slug]))
    context = {"customer": customer, "form": form, "lines": erasing.plan(customer)}
    return render(request, "customers/erasure.html", context, status=422 if request.method == "POST" else 200)


def _customer(pk: UUID) -> Customer:
    customer: Customer = get_object_or_404(Customer.objects.with_contacts(), pk=pk)
    return customer


def _url(request: ProjectRequest, name: str, customer: Customer) -> str:
    return reverse(f"customers:{name}", args=[request.project.slug, customer.pk])
