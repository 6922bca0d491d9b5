"""The keys of a project's organization, and the reference page of the API."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core.origins import platform_origin
from flectar.platform.projects.access import ProjectRequest, dashboard, limited, public, sure_of_it, webhook
from flectar.platform.webapi import bodies, keys, reference
from flectar.platform.webapi.forms import KeyForm, RollForm
from flectar.platform.webapi.keys import NotWorking
from flectar.platform.webapi.models import ApiKey
from flectar.platform.webapi.problems import Problem, answer
from flectar.platform.webapi.schema import document
from flectar.platform.webapi.scopes import scopes
from flectar.ui import cells, formats
from flectar.ui import index as ui
from flectar.ui.templatetags.ui import joined
from flectar.ui.toasts import toast


@dashboard("keys.manage")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    look = ui.Look.read(request.GET, views=("working", "all"))
    found = list(ApiKey.objects.reaching(request.project).order_by("-created_at"))
    shown, further = ui.cut([key for key in found if key.is_working] if look.view == "working" else found, look.after)
    make = ui.Way(_("New key"), _url(request, "new"), "plus", is_primary=True)
    reference_link = format_html(
        '{} <a class="link" href="{}">{}</a>',
        _("For programs that read or change your data."),
        reverse("api-reference:reference"),
        _("What the API can do"),
    )
    return ui.show(
        request,
        ui.Index(
            key="keys",
            title=_("API keys"),
            sub=reference_link,
            look=look,
            columns=COLUMNS,
            groups=[ui.Group([_row(request, key) for key in shown])],
            views=[ui.Tab("working", _("Working")), ui.Tab("all", _("All"))],
            ways=[make],
            next=further,
            empty=_empty(make, any_key=bool(found)),
            is_bare=not found,
        ),
        "ui/settings_index.html",
    )


COLUMNS = (
    ui.Column(gettext_lazy("Name"), "name", "name"),
    ui.Column(gettext_lazy("May"), "line", "wrap"),
    ui.Column(gettext_lazy("Last used"), "line", says=True),
    ui.Column(gettext_lazy("State"), "end"),
    ui.Column(gettext_lazy("Change"), "foot", "r"),
)


def _row(request: ProjectRequest, key: ApiKey) -> ui.Row:
    labels = scopes()
    return ui.Row(
        key.pk,
        key.name,
        [
            cells.two(key.name, " · ".join(_about(key))),
            joined([str(labels.get(scope, scope)) for scope in key.scopes]),
            formats.ago(key.last_used_at) if key.last_used_at else _("Never"),
            _state(request, key),
            _deeds(request, key),
        ],
    )


def _about(key: ApiKey) -> Iterator[str]:
    yield f"{key.prefix}…"
    if not key.project_ids:
        yield _("every project")
    if key.networks:
        yield _("only from %(networks)s") % {"networks": joined(list(key.networks))}


def _state(request: ProjectRequest, key: ApiKey) -> str:
    if key.is_leaked:
        return cells.status(_("Leaked, revoked"), "bad")
    if key.revoked_at:
        return cells.status(_("Revoked"), "", "ban")
    if key.has_expired:
        return cells.status(_("Run out"), "wait")
    if key.expires_at:
        day = formats.short_day(formats.in_zone(key.expires_at, request.project).date())
        return _("Until %(day)s") % {"day": day}
    return _("Works")


def _deeds(request: ProjectRequest, key: ApiKey) -> str:
    if not key.is_working:
        return ""
    revoke = cells.button(_("Revoke"), _url(request, "revocation", key_id=key.pk), about=key.name, tone="danger")
    if key.rolled_into_id:
        return revoke
    return cells.together(cells.way(_("Roll"), _url(request, "rolling", key_id=key.pk), about=key.name), revoke)


def _empty(make: ui.Way, *, any_key: bool) -> ui.Empty:
    if any_key:
        return ui.Empty(_("No key works now"), _("Those that were revoked or have run out stand under All."))
    text = _("A key lets it read and change what you allow, and nothing else. You can revoke it at any time.")
    return ui.Empty(_("Connect a program of yours"), text, make, art="plug")


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"keys:{name}", kwargs={"project": request.project.slug, **kwargs})


@dashboard("keys.manage")
@require_http_methods(["GET", "HEAD", "POST"])
@sure_of_it
def new(request: ProjectRequest) -> HttpResponse:
    """The key's text is in the answer to the POST and nowhere else."""
    is_posted = request.method == "POST"
    form = KeyForm(request.POST if is_posted else None, project=request.project)
    if is_posted and form.is_valid():
        values = form.cleaned_data
        key, text = keys.make(
            request.project.organization,
            name=values["name"],
            scopes=values["scopes"],
            project_ids=[request.project.pk] if values["reach"] == "project" else [],
            expires_at=form.expires_at(),
            created_by=request.user.pk,
            networks=values["networks"],
        )
        return _made(request, key, text)
    return render(request, "webapi/key_form.html", {"form": form}, status=422 if is_posted else 200)


def _made(request: ProjectRequest, key: ApiKey, text: str) -> HttpResponse:
    address = f"{platform_origin()}/api/v1/projects/{request.project.slug}"
    shown = {"key": key, "text": text, "example": f'curl -H "Authorization: Bearer {text}" {address}'}
    response = render(request, "webapi/key_made.html", shown, status=201)
    response["Cache-Control"] = "no-store"
    return response


@dashboard("keys.manage")
@require_http_methods(["GET", "HEAD", "POST"])
@sure_of_it
def rolling(request: ProjectRequest, key_id: UUID) -> HttpResponse:
    """A new text in place of the old one."""
    key = get_object_or_404(ApiKey.objects.reaching(request.project), pk=key_id)
    form = RollForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            new, text = keys.roll(key, overlap=timedelta(hours=form.cleaned_data["overlap"]), by=request.user.pk)
        except NotWorking as error:
            form.add_error(None, str(error))
        else:
            return _made(request, new, text)
    return render(request, "webapi/key_roll.html", {"form": form, "key": key}, status=422 if form.is_bound else 200)


@dashboard("keys.manage")
@require_POST
def revocation(request: ProjectRequest, key_id: UUID) -> HttpResponse:
    key = get_object_or_404(ApiKey.objects.reaching(request.project), pk=key_id)
    keys.revoke(key)
    toast(request, _("%(name)s no longer works") % {"name": key.name})
    return redirect(reverse("keys:index", kwargs={"project": request.project.slug}))


@limited("keys.reported", limit=60, per_seconds=3600)
@webhook
@require_http_methods(["GET", "HEAD", "POST"])
def leak(request: Any) -> HttpResponse:
    """Whoever finds a key in public says so here: a person with the form, a scanner with JSON, as
    `{"key": "fb_live_…", "url": "https://…"}` or a list of up to a hundred of them.

    The answer is the same whether the key is one of ours or not.
    """
    if request.method != "POST":
        return render(request, "webapi/leak.html", {})
    if request.content_type == "application/json":
        try:
            said = bodies.read_json(request)
        except Problem as problem:
            return answer(problem.status, problem.code, problem.detail)
        found = [each for each in (said if isinstance(said, list) else [said])[:100] if isinstance(each, dict)]
        reports = [(each.get("key") or each.get("token"), each.get("url")) for each in found]
    else:
        reports = [(request.POST.get("key"), request.POST.get("url"))]
    for key, url in reports:
        if isinstance(key, str):
            keys.report_leak(key.strip(), where=url if isinstance(url, str) else "")
    if request.content_type == "application/json":
        return HttpResponse(json.dumps({"received": len(reports)}), content_type="application/json", status=202)
    return render(request, "webapi/leak.html", {"is_received": True}, status=202)


@public
@require_safe
def openapi(request: Any) -> HttpResponse:
    response = HttpResponse(json.dumps(document()), content_type="application/json; charset=utf-8")
    response["Cache-Control"] = "public, max-age=300"
    return response


@public
@require_safe
def reference_page(request: Any) -> HttpResponse:
    return render(request, "webapi/reference.html", reference.page(document()))
