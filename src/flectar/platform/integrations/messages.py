"""The owner's view of the outbox: what was sent to whom, what became of it, and how each mail looks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from flectar.platform.audit.log import record
from flectar.platform.integrations.mail_frame import FRAMING_CSP, MAIL_CSP, framed
from flectar.platform.outbox.catalogue import MailEvent, mail_events
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.rendering import Rendered
from flectar.platform.outbox.rendering import render as render_mail
from flectar.platform.outbox.suppression import reason_to_be_silent, try_again
from flectar.platform.outbox.writing import write_again
from flectar.platform.projects.access import ProjectRequest, dashboard

PAGE_SIZE = 40


@dashboard("messages.read")
@require_safe
def message_list(request: ProjectRequest) -> HttpResponse:
    show = "look" if request.GET.get("show") == "look" else "all"
    rows = Message.objects.defer("text", "html", "attachments").order_by("-created_at", "-id")
    waiting = rows.needing_a_look()
    chosen = waiting if show == "look" else rows
    if asked := request.GET.get("q", "").strip():
        chosen = chosen.filter(to_address__istartswith=asked)
    page = Paginator(chosen, PAGE_SIZE).get_page(request.GET.get("page"))
    here = reverse("messages:list", kwargs={"project": request.project.slug})
    tabs = [
        {"label": _("All"), "url": here, "current": show == "all", "count": None},
        {"label": _("To look at"), "url": f"{here}?show=look", "current": show == "look", "count": waiting.count()},
    ]
    context = {"page": page, "tabs": tabs, "asked": asked, "show": show, "labels": _labels()}
    return render(request, "integrations/messages.html", context)


@csp_override(FRAMING_CSP)
@dashboard("messages.read")
@require_safe
def message(request: ProjectRequest, message_id: UUID) -> HttpResponse:
    found = get_object_or_404(Message.objects, pk=message_id)
    context = {
        "message": found,
        "label": _labels().get(found.event, found.event),
        "timeline": _timeline(found),
        "silence": reason_to_be_silent(found.event, found.to_address),
    }
    return render(request, "integrations/message.html", context)


@csp_override(MAIL_CSP)
@dashboard("messages.read")
@require_safe
def message_body(request: ProjectRequest, message_id: UUID) -> HttpResponse:
    found = get_object_or_404(Message.objects, pk=message_id)
    return framed(found.html)


@dashboard("messages.write")
@require_POST
def repetition(request: ProjectRequest, message_id: UUID) -> HttpResponse:
    """Send a copy, because a person asks: also to an address that bounced, for they may know better."""
    found = get_object_or_404(Message.objects, pk=message_id)
    try_again(found.to_address)
    if silence := reason_to_be_silent(found.event, found.to_address):
        messages.error(request, silence)
        return redirect("messages:message", project=request.project.slug, message_id=found.pk)
    copy = write_again(found)
    record("message.sent_again", target=copy)
    messages.success(request, _("“%(subject)s” is on its way again.") % {"subject": copy.subject})
    return redirect("messages:message", project=request.project.slug, message_id=copy.pk)


@dashboard("messages.read")
@require_safe
def preview_list(request: ProjectRequest) -> HttpResponse:
    events = [event for event in mail_events().values() if not event.of_platform]
    return render(request, "integrations/previews.html", {"events": events, "languages": settings.LANGUAGES})


@csp_override(FRAMING_CSP)
@dashboard("messages.read")
@require_safe
def preview(request: ProjectRequest, event: str, locale: str) -> HttpResponse:
    found = _event(event, locale)
    mail = _sample(found, locale, request)
    context = {"event": found, "locale": locale, "mail": mail, "languages": settings.LANGUAGES}
    return render(request, "integrations/preview.html", context)


@csp_override(MAIL_CSP)
@dashboard("messages.read")
@require_safe
def preview_body(request: ProjectRequest, event: str, locale: str) -> HttpResponse:
    return framed(_sample(_event(event, locale), locale, request).html)


def _event(name: str, locale: str) -> MailEvent:
    found = mail_events().get(name)
    if found is None or found.of_platform or locale not in dict(settings.LANGUAGES):
        raise Http404
    return found


def _sample(event: MailEvent, locale: str, request: ProjectRequest) -> Rendered:
    with translation.override(locale):
        facts = event.sample()
    return render_mail(
        event.name, locale=locale, context={**facts, "project": request.project}, sender_name=request.project.name
    )


def _labels() -> dict[str, Any]:
    return {event.name: event.label for event in mail_events().values()}


def _timeline(message: Message) -> list[dict[str, Any]]:
    """What is known, newest first."""
    known: list[tuple[datetime | None, str, str]] = [
        (message.complained_at, "circle-alert", _("Marked as spam by the reader")),
        (message.bounced_at, "circle-alert", _("Refused by the reader’s mail server")),
        (message.delivered_at, "check", _("Delivered")),
        (message.delayed_at, "hourglass", _("The reader’s mail server asked us to wait")),
        (message.sent_at, "send", _("Taken by the mail provider")),
        (message.created_at, "pencil", _("Written")),
    ]
    happened = [{"at": at, "icon": icon, "text": text} for at, icon, text in known if at]
    return sorted(happened, key=lambda one: one["at"], reverse=True)
