"""Keeping, renaming, sharing and removing views. Each leads back to the list it is about."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from flectar.core import crypto
from flectar.platform.lists import saved
from flectar.platform.lists.forms import NewViewForm, ViewForm
from flectar.platform.lists.models import SavedView
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui.index import tidy
from flectar.ui.toasts import toast

_UNDO = "view put back"
_UNDO_TIME = timedelta(minutes=10)


@dashboard("home.read")
@require_POST
def keep(request: ProjectRequest) -> HttpResponse:
    form = NewViewForm(request.POST)
    if not form.is_valid():
        return _refused(request, _said(form))
    typed = form.cleaned_data
    query = tidy(QueryDict(typed["query"]))
    try:
        view = saved.keep(
            request.user, key=typed["list"], name=typed["name"], query=query or "view=", is_shared=typed["is_shared"]
        )
    except (saved.NameTaken, saved.TooMany) as refused:
        return _refused(request, str(refused))
    toast(request, _("View “%(name)s” is kept") % {"name": view.name})
    return _to_list(request, view.query)


@dashboard("home.read")
@require_POST
def change(request: ProjectRequest, view_id: UUID) -> HttpResponse:
    """Name, who sees it, and whether one's own list opens with it."""
    view = _seen(request, view_id)
    if saved.is_own(request.user, view, request.project):
        form = ViewForm(request.POST, instance=SavedView.objects.get(pk=view_id))
        if not form.is_valid():
            return _refused(request, _said(form))
        try:
            saved.change(view, **form.cleaned_data)
        except saved.NameTaken as refused:
            return _refused(request, str(refused))
    saved.open_with(request.user, view, is_first=bool(request.POST.get("is_first")))
    toast(request, _("View “%(name)s” is saved") % {"name": view.name})
    return _to_list(request, view.query)


@dashboard("home.read")
@require_POST
def removal(request: ProjectRequest, view_id: UUID) -> HttpResponse:
    view = _seen(request, view_id)
    if not saved.is_own(request.user, view, request.project):
        raise Http404
    values = {**saved.remove(view), "path": _path(request), "project": str(request.project.pk)}
    token = crypto.sign(_UNDO, json.dumps(values))
    undo = reverse("lists:restoration", kwargs={"project": request.project.slug})
    toast(request, _("View “%(name)s” is removed") % {"name": view.name}, undo=f"{undo}?kept={quote(token)}")
    return _to_list(request, "view=")


@dashboard("home.read")
@require_POST
def restoration(request: ProjectRequest) -> HttpResponse:
    """Undo a removal: the same view, with its id."""
    try:
        values: dict[str, Any] = json.loads(crypto.unsign(_UNDO, request.GET.get("kept", ""), within=_UNDO_TIME))
    except (crypto.BadSignature, crypto.Expired):
        return redirect("home:today", project=request.project.slug)
    if values["project"] != str(request.project.pk):
        raise Http404
    view = saved.put_back(values)
    if view:
        toast(request, _("View “%(name)s” is back") % {"name": view.name})
    return HttpResponseRedirect(f"{values['path']}?{values['query']}")


def _seen(request: ProjectRequest, view_id: UUID) -> SavedView:
    view = SavedView.objects.filter(pk=view_id).first()
    if view is None or not (view.is_shared or view.owner_id == request.user.pk):
        raise Http404
    return view


def _refused(request: ProjectRequest, sentence: str) -> HttpResponse:
    """The form stands in a menu of the list: the list comes back with the reason above it."""
    messages.error(request, sentence)
    return _to_list(request, tidy(QueryDict(request.POST.get("query", "")[:1000])))


def _said(form: ViewForm) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def _to_list(request: ProjectRequest, query: str) -> HttpResponse:
    return HttpResponseRedirect(f"{_path(request)}?{query}")


def _path(request: ProjectRequest) -> str:
    """The list's own address, only within this project."""
    path = urlsplit(request.POST.get("path", "")).path
    return path if path.startswith(f"/{request.project.slug}/") else f"/{request.project.slug}/"
