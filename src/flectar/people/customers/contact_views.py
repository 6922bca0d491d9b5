"""One email, phone or address of a customer: added, changed, put first, taken away, put back; and their picture."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from flectar.core.storage import BadUpload
from flectar.people.customers import directory, pictures, reaching
from flectar.people.customers.contacts import BadContact
from flectar.people.customers.errors import EmailTaken, leave_alone_if_restricted
from flectar.people.customers.forms import ContactForm, PictureForm
from flectar.people.customers.models import Customer
from flectar.people.customers.reaching import WAYS, Contact, Way
from flectar.people.customers.views import heeding, page_of
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui.toasts import toast


@dashboard("customers.write", module="customers")
@require_http_methods(["GET", "HEAD", "POST"])
@heeding
def new(request: ProjectRequest, customer_id: UUID, way: str) -> HttpResponse:
    return _form(request, _customer(customer_id), _way(way), None)


@dashboard("customers.write", module="customers")
@require_http_methods(["GET", "HEAD", "POST"])
@heeding
def contact(request: ProjectRequest, customer_id: UUID, way: str, contact_id: UUID) -> HttpResponse:
    return _form(request, _customer(customer_id), _way(way), _row(_way(way), customer_id, contact_id))


def _form(request: ProjectRequest, customer: Customer, way: Way, row: Contact | None) -> HttpResponse:
    leave_alone_if_restricted(customer)
    region = directory.region(request.project)
    initial = ContactForm.initial_of(row, region) if row else {"kind": way.kinds[0] if way.key == "phones" else ""}
    form = ContactForm(request.POST if request.method == "POST" else None, way=way, region=region, initial=initial)
    context = {"form": form, "customer": customer, "row": row, "way": way}
    if form.is_valid():
        values = form.cleaned_data
        try:
            reaching.save(
                customer, way, values["value"], kind=values["kind"], row=row, is_first=values.get("is_first", False)
            )
        except EmailTaken as taken:
            form.add_error("value", str(taken))
            context["taken"] = taken.customer
        except BadContact as bad:
            form.add_error("street" if way.key == "addresses" else "value", str(bad))
        else:
            toast(request, _("%(what)s saved") % {"what": way.label(values["kind"])})
            return _back(request, customer.pk)
    first = next(iter(reaching.rows_of(customer, way)), None)
    context["is_first"] = first is not None and first == row
    if first is None or first == row:
        del form.fields["is_first"]
    return render(request, "customers/contact.html", context, status=422 if form.is_bound else 200)


@dashboard("customers.write", module="customers")
@require_POST
@heeding
def priority(request: ProjectRequest, customer_id: UUID, way: str, contact_id: UUID) -> HttpResponse:
    row = _row(_way(way), customer_id, contact_id)
    reaching.put_first(row.customer, _way(way), row)
    toast(request, _("%(what)s is used first now") % {"what": row})
    return _back(request, customer_id)


@dashboard("customers.write", module="customers")
@require_POST
@heeding
def removal(request: ProjectRequest, customer_id: UUID, way: str, contact_id: UUID) -> HttpResponse:
    row = _row(_way(way), customer_id, contact_id)
    word = reaching.remove(row.customer, _way(way), row)
    undo = reverse("customers:contact_restoration", args=[request.project.slug, customer_id, way])
    toast(request, _("%(what)s removed") % {"what": row}, undo=f"{undo}?{urlencode({'kept': word})}")
    return _back(request, customer_id)


@dashboard("customers.write", module="customers")
@require_POST
@heeding
def restoration(request: ProjectRequest, customer_id: UUID, way: str) -> HttpResponse:
    try:
        is_back = reaching.put_back(_customer(customer_id), _way(way), request.GET.get("kept", ""))
        toast(request, _("It is back") if is_back else _("This can't be undone any more."))
    except EmailTaken as taken:
        toast(request, str(taken))
    return _back(request, customer_id)


@dashboard("customers.write", module="customers")
@require_POST
@heeding
def picture(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    customer = _customer(customer_id)
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            pictures.change(customer, form.cleaned_data["picture"].read())
        except BadUpload as bad:
            form.add_error("picture", str(bad))
        else:
            toast(request, _("Picture saved"))
            return _back(request, customer_id)
    return page_of(request, customer, picture_form=form, status=422)


@dashboard("customers.write", module="customers")
@require_POST
@heeding
def picture_removal(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    pictures.remove(_customer(customer_id))
    toast(request, _("Their initials stand there again."))
    return _back(request, customer_id)


def _customer(pk: UUID) -> Customer:
    customer: Customer = get_object_or_404(Customer.objects.with_contacts(), pk=pk)
    return customer


def _way(key: str) -> Way:
    if key not in WAYS:
        raise Http404
    return WAYS[key]


def _row(way: Way, customer_id: UUID, contact_id: UUID) -> Contact:
    rows: Any = way.model.objects.select_related("customer")
    found: Contact = get_object_or_404(rows, pk=contact_id, customer=customer_id)
    return found


def _back(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    return redirect(reverse("customers:customer", args=[request.project.slug, customer_id]))
