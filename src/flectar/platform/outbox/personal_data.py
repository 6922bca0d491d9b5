"""What the outbox holds about people."""

from django.utils.translation import gettext_lazy as _

from flectar.core.inventory import COMMUNICATE, CONTRACT, DELETE, LEGITIMATE, NONE, PROJECT, PROTECT, P, classify
from flectar.platform.outbox.models import Circuit, Message, Suppression

_TIMES = ("first_tried_at", "next_at", "sent_at", "delayed_at", "delivered_at", "bounced_at", "complained_at")

classify(
    Message,
    subject="to_address",
    title=_("Messages"),
    words={
        "to_name": _("Name"),
        "to_address": _("Address"),
        "subject": _("Subject"),
        "text": _("Text"),
        "html": _("Text with its layout"),
        "facts": _("What it tells"),
        "attachments": _("Attachments"),
        "headers": _("Technical lines"),
        "error": _("Error"),
        "first_tried_at": _("First try"),
        "next_at": _("Next try"),
        "sent_at": _("Sent"),
        "delayed_at": _("Delayed"),
        "delivered_at": _("Delivered"),
        "bounced_at": _("Came back"),
        "complained_at": _("Marked as unwanted"),
    },
    controller=PROJECT,
    purposes=(COMMUNICATE,),
    basis=CONTRACT,
    retention="180 days after it was written",
    fields={
        "to_name": P("user.name", erase=DELETE),
        "to_address": P("user.contact.email", erase=DELETE),
        "subject": P("user.content.private", erase=DELETE),
        "text": P("user.content.private", erase=DELETE),
        "html": P("user.content.private", erase=DELETE),
        "facts": P("user.content.private", erase=DELETE),
        "attachments": P("user.content.private", erase=DELETE),
        "headers": P("user.unique_id", erase=DELETE),
        "reply_to": NONE,
        "sender": NONE,
        "dedupe_key": NONE,
        "error": P("user.contact.email", erase=DELETE),
        **{name: P("user.behavior", erase=DELETE) for name in _TIMES},
        **dict.fromkeys(
            (
                "id", "project_id", "channel", "event", "locale", "message_id", "state", "attempt", "provider",
                "provider_id", "created_at",
            ),
            NONE,
        ),
    },
)  # fmt: skip
classify(
    Suppression,
    subject="address",
    title=_("Addresses that are not written to"),
    words={
        "address": _("Address"),
    },
    controller=PROJECT,
    purposes=(PROTECT,),
    basis=LEGITIMATE,
    retention="until the address works again or the person asks",
    note="Not writing to people who asked for silence, or whose address is gone, protects them and the sender.",
    fields={
        "address": P("user.contact.email", erase=DELETE),
        **dict.fromkeys(("id", "project_id", "channel", "reason", "source", "created_at"), NONE),
    },
)
classify(
    Circuit,
    subject="",
    controller=PROJECT,
    purposes=(COMMUNICATE,),
    basis=CONTRACT,
    retention="while the connection exists",
    fields=dict.fromkeys(("connection", "failures", "open_until"), NONE),
)
