"""What one customer agreed to: the whole ledger, and a new line from the team."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from flectar.people.customers import consents as ledger
from flectar.people.customers.models import Consent, Customer
from flectar.people.customers.views import heeding
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.ui.toasts import toast

NEWEST = 200


@dashboard("customers.read", module="customers")
@require_http_methods(["GET", "HEAD", "POST"])
@heeding
def consents(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    if request.method == "POST":
        return _answer(request, customer)
    labels = {(one.purpose, one.channel): one.label for one in ledger.QUESTIONS.values()}
    lines = [
        (labels.get((line.purpose, line.channel), line.get_purpose_display()), line)
        for line in customer.consents.select_related("author").order_by("-at", "-id")[:NEWEST]
    ]
    return render(request, "customers/consents.html", {"customer": customer, "lines": lines})


def _answer(request: ProjectRequest, customer: Customer) -> HttpResponse:
    question = ledger.QUESTIONS.get(request.POST.get("question", ""))
    if question is None or not can(request.user, "customers.write", request.project):
        raise Http404
    given = bool(request.POST.get("given"))
    line = ledger.answer(customer, question, given=given, method=Consent.Method.TEAM, author=request.user)
    if line:
        said = _("%(what)s: yes") if given else _("%(what)s: no")
        toast(request, said % {"what": question.label})
    return redirect(reverse("customers:customer", args=[request.project.slug, customer.pk]))
