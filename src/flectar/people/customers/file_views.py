"""Files of one customer: added, fetched, taken away, brought back."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from flectar.core import clock
from flectar.core.storage import BadUpload
from flectar.people.customers import jobs, papers
from flectar.people.customers.forms import FileForm
from flectar.people.customers.models import Customer, CustomerFile
from flectar.people.customers.views import heeding, page_of
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui.toasts import toast


@dashboard("customers.write", module="customers")
@require_POST
@heeding
def files(request: ProjectRequest, customer_id: UUID) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.with_contacts(), pk=customer_id)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            kept = papers.keep(customer, upload, upload.name or "", author=request.user)
        except BadUpload as bad:
            form.add_error("file", str(bad))
        else:
            toast(request, _("%(file)s is kept") % {"file": kept.name})
            return redirect(_url(request, "customer", customer_id=customer.pk))
    return page_of(request, customer, file_form=form, status=422)


@dashboard("customers.read", module="customers")
@require_safe
def file(request: ProjectRequest, customer_id: UUID, file_id: UUID) -> HttpResponse:
    """Leads to the file's signed address, which is good for five minutes."""
    found = get_object_or_404(CustomerFile, pk=file_id, customer=customer_id, removed_at=None)
    return redirect(papers.address(found))


@dashboard("customers.write", module="customers")
@require_POST
@heeding
def removal(request: ProjectRequest, customer_id: UUID, file_id: UUID) -> HttpResponse:
    found = _file(customer_id, file_id)
    papers.remove(found)
    jobs.forget_customer_file.defer_at(
        clock.now() + papers.BACK_FOR, project_id=request.project.pk, file_id=str(found.pk)
    )
    undo = _url(request, "file_restoration", customer_id=customer_id, file_id=file_id)
    toast(request, _("%(file)s removed") % {"file": found.name}, undo=undo)
    return redirect(_url(request, "customer", customer_id=customer_id))


@dashboard("customers.write", module="customers")
@require_POST
@heeding
def restoration(request: ProjectRequest, customer_id: UUID, file_id: UUID) -> HttpResponse:
    papers.bring_back(_file(customer_id, file_id))
    return redirect(_url(request, "customer", customer_id=customer_id))


def _file(customer_id: UUID, file_id: UUID) -> CustomerFile:
    files = CustomerFile.objects.select_related("customer")
    found: CustomerFile = get_object_or_404(files, pk=file_id, customer=customer_id)
    return found


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"customers:{name}", kwargs={"project": request.project.slug, **kwargs})
