"""The owner's view of the outbox: what was sent to whom, what became of it, and how each mail looks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from flectar.platform.audit.log import record
from flectar.platform.integrations.mail_frame import FRAMING_CSP, MAIL_CSP, framed
from flectar.platform.outbox.catalogue import MailEvent, mail_events
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.rendering import Rendered, with_pictures
from flectar.platform.outbox.rendering import render as render_mail
from flectar.platform.outbox.suppression import reason_to_be_silent, try_again
from flectar.platform.outbox.wording import as_read
from flectar.platform.outbox.writing import write_again
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui import cells, formats
from flectar.ui import index as ui

PAGE_SIZE = 40
COUNT_TO = 1000


@dashboard("messages.read")
@require_safe
def message_list(request: ProjectRequest) -> HttpResponse:
    look = _read(request.GET)
    found = _matching(look)
    rows = list(_behind(found, look.after).defer("text", "html", "facts", "attachments")[: PAGE_SIZE + 1])
    waiting, count = ui.tally(
        request,
        "messages",
        [Message.objects.needing_a_look(), found],
        counted=lambda asked: _matching(_read(asked)),
        to=COUNT_TO,
    )
    previews = ui.Way(_("See how they look"), reverse("messages:previews", kwargs=_here(request)), "eye")
    labels = _labels()
    return ui.show(
        request,
        ui.Index(
            key="messages",
            title=_("Messages"),
            sub=_("Every mail that left in your name, and what became of it."),
            look=look,
            columns=COLUMNS,
            groups=[ui.Group([_row(request, one, labels) for one in rows[:PAGE_SIZE]])],
            views=[ui.Tab("all", _("All")), ui.Tab("look", _("To look at"), ui.said(waiting, COUNT_TO))],
            search=_("Start of the address"),
            ways=[previews],
            said=_said(count or 0),
            next=str(rows[PAGE_SIZE - 1].pk) if len(rows) > PAGE_SIZE else "",
            nothing=_("No message to an address that starts with “%(asked)s”.") % {"asked": look.text},
            empty=_empty(look),
            is_bare=not rows and look == ui.Look(view="all"),
        ),
        "ui/settings_index.html",
    )


COLUMNS = (
    ui.Column(gettext_lazy("Sent"), "foot", "muted"),
    ui.Column(gettext_lazy("To"), "name", "name"),
    ui.Column(gettext_lazy("Subject"), "line", "wrap"),
    ui.Column(gettext_lazy("What"), "hidden", "muted wrap"),
    ui.Column(gettext_lazy("Outcome"), "side"),
)


def _read(asked: QueryDict) -> ui.Look:
    if asked.get("show") == "look":  # the address that this view had before
        asked = asked.copy()
        asked["view"] = "look"
    return ui.Look.read(asked, views=("all", "look"))


def _matching(look: ui.Look) -> Any:
    found = Message.objects.needing_a_look() if look.view == "look" else Message.objects.all()
    return found.filter(to_address__istartswith=look.text) if look.text else found


def _behind(found: Any, after: str) -> Any:
    """The page that begins behind this message, newest first. Ids grow with time."""
    newest = found.order_by("-created_at", "-id")
    try:
        place = Message.objects.filter(pk=UUID(after)).values_list("created_at", "pk").first()
    except ValueError:
        return newest
    if place is None:
        return newest
    at, pk = place
    return newest.filter(Q(created_at__lte=at), Q(created_at__lt=at) | Q(id__lt=pk))


def _row(request: ProjectRequest, one: Message, labels: dict[str, Any]) -> ui.Row:
    url = reverse("messages:message", kwargs={**_here(request), "message_id": one.pk})
    tone = "bad" if one.needs_a_look else "wait" if one.is_waiting else ""
    label = labels.get(one.event, one.event)
    subject = one.subject or str(label)  # its words are found in a moment
    return ui.Row(
        one.pk,
        subject,
        [
            cells.at(one.created_at, formats.when(one.created_at, request.project)),
            cells.link(one.to_name or one.to_address, url),
            subject,
            label,
            cells.status(one.outcome, tone),
        ],
    )


def _said(count: int) -> str:
    if count > COUNT_TO:
        return _("More than %(count)s messages") % {"count": COUNT_TO}
    return ngettext("%(count)s message", "%(count)s messages", count) % {"count": count}


def _empty(look: ui.Look) -> ui.Empty:
    if look.view == "look":
        return ui.Empty(_("Every mail arrived"), _("What bounces or is refused stands here."))
    return ui.Empty(_("Nothing has been sent yet"), _("The first booking sends the first mail."), art="letter")


def _here(request: ProjectRequest) -> dict[str, str]:
    return {"project": request.project.slug}


@csp_override(FRAMING_CSP)
@dashboard("messages.read")
@require_safe
def message(request: ProjectRequest, message_id: UUID) -> HttpResponse:
    found = as_read(get_object_or_404(Message.objects, pk=message_id))
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
    found = as_read(get_object_or_404(Message.objects, pk=message_id))
    return framed(with_pictures(found.html, found.attachments))


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
    messages.success(request, _("“%(subject)s” is on its way again.") % {"subject": as_read(copy).subject})
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
