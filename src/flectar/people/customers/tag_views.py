"""Tags of one customer: put on, taken off."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from flectar.people.customers import tags as tagging
from flectar.people.customers.forms import TagForm
from flectar.people.customers.models import Customer, Tag
from flectar.people.customers.views import heeding, page_of
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui.toasts import toast


@dashboard("customers.write", module="customers")
@require_POST
@heeding
def tags(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    """The way back from `removal` names the tag in the address."""
    customer = get_object_or_404(Customer.objects.with_contacts(), pk=customer_id)
    form = TagForm(request.POST if "name" in request.POST else request.GET)
    if form.is_valid():
        try:
            tagging.put(customer, [form.cleaned_data["name"]])
        except tagging.BadTag as bad:
            form.add_error("name", str(bad))
        else:
            return _back(request, customer)
    return page_of(request, customer, tag_form=form, status=422)


@dashboard("customers.write", module="customers")
@require_POST
@heeding
def removal(request: ProjectRequest, customer_id: UUID, tag_id: UUID) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    tag = get_object_or_404(Tag, pk=tag_id)
    if tagging.take(customer, tag):
        undo = reverse("customers:tags", args=[request.project.slug, customer.pk])
        toast(request, _("%(tag)s taken off") % {"tag": tag.name}, undo=f"{undo}?{urlencode({'name': tag.name})}")
    return _back(request, customer)


def _back(request: ProjectRequest, customer: Customer) -> HttpResponse:
    return redirect(reverse("customers:customer", args=[request.project.slug, customer.pk]))
