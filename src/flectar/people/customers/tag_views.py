"""Tags of one customer: put on, taken off."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from flectar.people.customers import tags as tagging
from flectar.people.customers.errors import Restricted
from flectar.people.customers.forms import TagForm
from flectar.people.customers.models import Customer, Tag
from flectar.people.customers.views import back_to_list, chosen, heeding, page_of
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui import index as ui
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
def taggings(request: ProjectRequest) -> HttpResponse:
    """One tag on all that were chosen in the list. Asks for the word first."""
    selection = ui.Selection.read(request.POST)
    found = chosen(request, selection)
    is_asking = "name" not in request.POST
    form = TagForm(None if is_asking else request.POST)
    if not is_asking and form.is_valid():
        name, outcome = form.cleaned_data["name"], ui.Outcome()
        for customer in found.order_by("sort_key", "id"):
            try:
                tagging.put(customer, [name])
                outcome.done += 1
            except (tagging.BadTag, Restricted) as refused:
                outcome.skipped.append((customer.name, str(refused)))
        said = ngettext("%(count)s customer tagged %(tag)s", "%(count)s customers tagged %(tag)s", outcome.done)
        outcome.tell(request, said % {"count": outcome.done, "tag": name})
        return back_to_list(request, selection)
    kept = [(key, value) for key, values in request.POST.lists() if key in _SELECTION for value in values]
    context = {"form": form, "chosen": kept, "count": found.count(), "known_tags": tagging.names()}
    return render(request, "customers/tagging.html", context, status=200 if is_asking else 422)


_SELECTION = ("id", "everything", "query")


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
