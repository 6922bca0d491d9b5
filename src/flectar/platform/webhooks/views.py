"""Settings › Webhooks: where a project's news go, what arrived, and what came back."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.platform.projects.access import ProjectRequest, can, dashboard, sure_of_it
from flectar.platform.webhooks import endpoints
from flectar.platform.webhooks.catalogue import label_of
from flectar.platform.webhooks.endpoints import TooMany
from flectar.platform.webhooks.forms import EndpointForm
from flectar.platform.webhooks.models import Delivery, Endpoint
from flectar.platform.webhooks.sending import SCHEDULE
from flectar.ui import cells, formats
from flectar.ui import index as ui
from flectar.ui.toasts import toast

PAGE = 50


@dashboard("webhooks.read")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    new_way = ui.Way(_("New webhook"), _url(request, "new"), "plus", is_primary=True)
    may_manage = can(request.user, "webhooks.manage", request.project)
    found = list(Endpoint.objects.order_by("created_at", "id"))
    return ui.show(
        request,
        ui.Index(
            key="webhooks",
            title=_("Webhooks"),
            sub=_("Tell a program of yours what happens here, at once."),
            look=ui.Look.read(request.GET),
            columns=[
                ui.Column(_("Address"), "name", "name"),
                ui.Column(_("Events"), "foot", "wrap"),
                ui.Column(_("State"), "end"),
            ],
            groups=[ui.Group([_row(request, each) for each in found])],
            ways=[new_way] if may_manage and found else [],
            empty=ui.Empty(
                _("Tell another program what happens here"),
                _("A booking, a new customer: your own program gets a signed message within seconds."),
                new_way if may_manage else None,
                art="plug",
            ),
            is_bare=not found,
        ),
        template="ui/settings_index.html",
    )


def _row(request: ProjectRequest, endpoint: Endpoint) -> ui.Row:
    url = _url(request, "endpoint", endpoint_id=endpoint.pk)
    name = cells.link(endpoint.description or endpoint.url, url)
    return ui.Row(
        endpoint.pk,
        str(endpoint),
        [
            cells.two(name, endpoint.url) if endpoint.description else name,
            ", ".join(label_of(event) for event in endpoint.events),
            _state(endpoint),
        ],
    )


def _state(endpoint: Endpoint) -> SafeString:
    if endpoint.switched_off_at:
        return cells.status(_("Switched off: it failed for days"), "bad")
    if not endpoint.is_on:
        return cells.status(_("Off"), "wait", "circle-pause")
    if endpoint.failing_since:
        return cells.status(_("Fails"), "bad")
    return cells.status(_("On"))


@dashboard("webhooks.manage")
@require_http_methods(["GET", "HEAD", "POST"])
@sure_of_it
def new(request: ProjectRequest) -> HttpResponse:
    """The secret is in the answer to the POST and nowhere else."""
    is_posted = request.method == "POST"
    form = EndpointForm(request.POST if is_posted else None, project=request.project)
    if is_posted and form.is_valid():
        try:
            made, text = endpoints.make(**form.cleaned_data)
        except TooMany as error:
            form.add_error(None, str(error))
        else:
            return _secret_page(request, made, text, status=201)
    return render(request, "webhooks/form.html", {"form": form}, status=422 if is_posted else 200)


@dashboard("webhooks.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: ProjectRequest, endpoint_id: UUID) -> HttpResponse:
    found = get_object_or_404(Endpoint, pk=endpoint_id)
    initial = {"url": found.url, "description": found.description, "events": found.events}
    is_posted = request.method == "POST"
    form = EndpointForm(request.POST if is_posted else None, project=request.project, initial=initial)
    if is_posted and form.is_valid():
        endpoints.change(found, **form.cleaned_data)
        toast(request, _("Saved"))
        return redirect(_url(request, "endpoint", endpoint_id=found.pk))
    context = {"form": form, "endpoint": found}
    return render(request, "webhooks/form.html", context, status=422 if is_posted else 200)


@dashboard("webhooks.read")
@require_safe
def endpoint(request: ProjectRequest, endpoint_id: UUID) -> HttpResponse:
    found = get_object_or_404(Endpoint, pk=endpoint_id)
    look = ui.Look.read(request.GET, views=("all", "failed"))
    rows = Delivery.objects.filter(endpoint=found).newest()
    if look.view == "failed":
        rows = rows.filter(state=Delivery.State.FAILED)
    shown = list(rows[:PAGE])
    listed = ui.Index(
        key="webhook-deliveries",
        title=str(found),
        look=look,
        columns=[
            ui.Column(_("Event"), "name", "name"),
            ui.Column(_("State"), "end"),
            ui.Column(_("Tries"), "line", "r", says=True),
            ui.Column(_("When"), "foot", "muted"),
        ],
        groups=[ui.Group([_delivery_row(request, each) for each in shown])],
        views=[ui.Tab("all", _("All")), ui.Tab("failed", _("Given up"))],
        empty=ui.Empty(_("Nothing was sent yet"), _("Send a test to see whether it arrives.")),
        crumb=(_url(request, "index"), _("Webhooks")),
    )
    context: dict[str, Any] = {
        "endpoint": found,
        "state": _state(found),
        "events": [(event, label_of(event)) for event in found.events],
        "may_manage": can(request.user, "webhooks.manage", request.project),
    }
    return ui.show(request, listed, template="webhooks/endpoint.html", **context)


def _delivery_row(request: ProjectRequest, delivery: Delivery) -> ui.Row:
    url = _url(request, "delivery", endpoint_id=delivery.endpoint_id, delivery_id=delivery.pk)
    when = cells.at(delivery.created_at, formats.when(delivery.created_at, request.project))
    return ui.Row(
        delivery.pk,
        delivery.event,
        [cells.link(label_of(delivery.event), url), _delivery_state(delivery), str(delivery.tries), when],
    )


def _delivery_state(delivery: Delivery) -> SafeString:
    tone = {Delivery.State.DELIVERED: "", Delivery.State.WAITING: "wait", Delivery.State.FAILED: "bad"}
    return cells.status(delivery.get_state_display(), tone[Delivery.State(delivery.state)])


@dashboard("webhooks.read")
@require_safe
def delivery(request: ProjectRequest, endpoint_id: UUID, delivery_id: UUID) -> HttpResponse:
    found = _delivery(endpoint_id, delivery_id)
    context = {
        "delivery": found,
        "label": label_of(found.event),
        "state": _delivery_state(found),
        "body": json.dumps(json.loads(found.body), indent=2, ensure_ascii=False),
        "attempts": list(found.attempts.order_by("-at", "-id")[:50]),
        "left": max(0, len(SCHEDULE) + 1 - found.tries),
        "may_manage": can(request.user, "webhooks.manage", request.project),
    }
    return render(request, "webhooks/delivery.html", context)


@dashboard("webhooks.manage")
@require_POST
def replay(request: ProjectRequest, endpoint_id: UUID, delivery_id: UUID) -> HttpResponse:
    found = _delivery(endpoint_id, delivery_id)
    endpoints.replay(found)
    toast(request, _("It is sent again"))
    return redirect(_url(request, "delivery", endpoint_id=endpoint_id, delivery_id=delivery_id))


@dashboard("webhooks.manage")
@require_POST
def switch(request: ProjectRequest, endpoint_id: UUID) -> HttpResponse:
    found = get_object_or_404(Endpoint, pk=endpoint_id)
    endpoints.change(found, is_on=not found.is_on)
    toast(request, _("Switched on") if found.is_on else _("Switched off"))
    return redirect(_url(request, "endpoint", endpoint_id=endpoint_id))


@dashboard("webhooks.manage")
@require_POST
@sure_of_it(back="webhooks:index")
def secret(request: ProjectRequest, endpoint_id: UUID) -> HttpResponse:
    """Roll it. Like the first one, the new secret is shown in this answer alone."""
    found = get_object_or_404(Endpoint, pk=endpoint_id)
    return _secret_page(request, found, endpoints.roll(found), status=200)


@dashboard("webhooks.manage")
@require_POST
def test(request: ProjectRequest, endpoint_id: UUID) -> HttpResponse:
    sent = endpoints.send_test(get_object_or_404(Endpoint, pk=endpoint_id))
    toast(request, _("A test is on its way"))
    return redirect(_url(request, "delivery", endpoint_id=endpoint_id, delivery_id=sent.pk))


@dashboard("webhooks.manage")
@require_POST
def removal(request: ProjectRequest, endpoint_id: UUID) -> HttpResponse:
    found = get_object_or_404(Endpoint, pk=endpoint_id)
    endpoints.remove(found)
    toast(request, _("Nothing is sent there any more"))
    return redirect(_url(request, "index"))


def _delivery(endpoint_id: UUID, delivery_id: UUID) -> Any:
    return get_object_or_404(Delivery.objects.select_related("endpoint"), pk=delivery_id, endpoint=endpoint_id)


def _secret_page(request: ProjectRequest, endpoint: Endpoint, text: str, *, status: int) -> HttpResponse:
    response = render(request, "webhooks/secret.html", {"endpoint": endpoint, "text": text}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"webhooks:{name}", kwargs={"project": request.project.slug, **kwargs})
