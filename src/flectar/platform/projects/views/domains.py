"""Settings of the site's own domains: add one, copy its DNS records, watch it connect, choose where the site lives."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from flectar.core import crypto
from flectar.platform.projects import domains as deeds
from flectar.platform.projects.access import dashboard, limited
from flectar.platform.projects.forms.domains import DomainForm
from flectar.platform.projects.jobs import check_soon
from flectar.platform.projects.models import Domain
from flectar.ui.toasts import toast

_UNDO = "domain put back"
_UNDO_TIME = timedelta(minutes=10)


@limited("domains.new", limit=30, per_seconds=3600)
@dashboard("project.manage")
def domains(request: Any) -> HttpResponse:
    form = DomainForm(request.POST or None)
    if form.is_valid():
        try:
            domain = deeds.add(request.project, form.cleaned_data["name"])
        except (deeds.DomainTaken, deeds.TooManyDomains) as error:
            form.add_error("name", str(error))
        else:
            check_soon(domain)
            return _back(request)
    return _page(request, form, status=422 if form.is_bound else 200)


@limited("domains.look", limit=60, per_seconds=3600)
@require_POST
@dashboard("project.manage")
def look(request: Any, domain_id: UUID) -> HttpResponse:
    check_soon(_found(request, domain_id))
    return _back(request)


@require_POST
@dashboard("project.manage")
def home(request: Any) -> HttpResponse:
    """`domain` is the one to live at; empty: our own host."""
    chosen = request.POST.get("domain", "")
    domain = get_object_or_404(request.project.domains.present(), name=chosen) if chosen else None
    try:
        is_changed = deeds.make_home(request.project, domain)
    except deeds.NotProven as error:
        return _page(request, DomainForm(), reason=str(error), status=409)
    if is_changed:
        host = str(domain or request.project.platform_host)
        toast(request, _("The site is at home at %(host)s now") % {"host": host})
    return _back(request)


@require_POST
@dashboard("project.manage")
def removal(request: Any, domain_id: UUID) -> HttpResponse:
    domain = _found(request, domain_id)
    deeds.remove(request.project, domain)
    token = crypto.sign(_UNDO, f"{request.project.pk} {domain.name}")
    undo = f"{reverse('settings:domain_restoration', args=[request.project.slug])}?kept={quote(token)}"
    toast(request, _("%(domain)s removed") % {"domain": domain}, undo=undo)
    return _back(request)


@require_POST
@dashboard("project.manage")
def restoration(request: Any) -> HttpResponse:
    try:
        kept = crypto.unsign(_UNDO, request.GET.get("kept", ""), within=_UNDO_TIME)
    except (crypto.BadSignature, crypto.Expired):
        return _back(request)
    project_id, _space, name = kept.partition(" ")
    if project_id == str(request.project.pk):
        try:
            check_soon(deeds.add(request.project, name))
        except (deeds.DomainTaken, deeds.TooManyDomains) as error:
            return _page(request, DomainForm(), reason=str(error), status=409)
    return _back(request)


def _found(request: Any, domain_id: UUID) -> Domain:
    found: Domain = get_object_or_404(request.project.domains.present(), pk=domain_id)
    return found


def _back(request: Any) -> HttpResponse:
    return redirect("settings:domains", project=request.project.slug)


def _page(request: Any, form: DomainForm, *, reason: str = "", status: int = 200) -> HttpResponse:
    found = list(request.project.domains.present())
    context = {
        "form": form,
        "reason": reason,
        "domains": [(domain, list(deeds.rows_of(domain, request.project))) for domain in found],
        "is_checking": any(domain.is_being_checked for domain in found),
        "home": request.project.domain,
    }
    return render(request, "projects/domains.html", context, status=status)
