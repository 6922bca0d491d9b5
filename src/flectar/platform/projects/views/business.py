"""Settings of the business: details, place, address, modules."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from flectar.platform.projects import modules
from flectar.platform.projects.access import dashboard
from flectar.platform.projects.forms.business import AddressForm, BusinessForm, ModulesForm, PlaceForm
from flectar.platform.projects.models import BusinessProfile, Project
from flectar.platform.projects.moving import TooManyMoves, move
from flectar.platform.projects.profile import save_business, save_project
from flectar.platform.projects.taken import AddressTaken
from flectar.ui.toasts import toast


@dashboard("project.write")
def index(request: Any) -> HttpResponse:
    return redirect("settings:business", project=request.project.slug)


@dashboard("project.write")
def business(request: Any) -> HttpResponse:
    form = BusinessForm(request.POST or None, project=request.project, instance=get_object_or_404(BusinessProfile))
    if form.is_valid():
        save_business(request.project, name=form.cleaned_data["name"], profile=form.profile())
        toast(request, _("Details saved"))
        return redirect("settings:business", project=request.project.slug)
    return _page(request, "projects/business.html", form)


@dashboard("project.manage")
def place(request: Any) -> HttpResponse:
    # Of a copy: a form that is not valid has already written into its instance.
    form = PlaceForm(request.POST or None, instance=Project.objects.get(pk=request.project.pk))
    if form.is_valid():
        save_project(request.project, {name: form.cleaned_data[name] for name in form.Meta.fields})
        toast(request, _("Language and place saved"))
        return redirect("settings:place", project=request.project.slug)
    return _page(request, "projects/place.html", form)


@dashboard("project.manage")
def address(request: Any) -> HttpResponse:
    form = AddressForm(request.POST or None, project=request.project)
    if form.is_valid():
        try:
            is_moved = move(request.project, form.cleaned_data["slug"])
        except (AddressTaken, TooManyMoves) as error:
            form.add_error("slug", str(error))
        else:
            if is_moved:
                toast(request, _("The address is %(host)s now") % {"host": request.project.site_host})
            return redirect("settings:address", project=request.project.slug)
    past = [f"{each.slug}.{settings.SITE_HOST}" for each in request.project.past_addresses.order_by("-retired_at")]
    return _page(request, "projects/address.html", form, past=past)


@dashboard("project.manage")
def switches(request: Any) -> HttpResponse:
    form = ModulesForm(request.POST if request.method == "POST" else None, project=request.project)
    if form.is_valid():
        try:
            modules.switch(request.project, form.on())
        except modules.Needed as error:
            form.add_error(error.needed.key, str(error))
        else:
            toast(request, _("Modules saved"))
            return redirect("settings:modules", project=request.project.slug)
    return _page(request, "projects/modules.html", form)


def _page(request: Any, template: str, form: Any, **more: Any) -> HttpResponse:
    return render(request, template, {"form": form, **more}, status=422 if form.is_bound else 200)
