"""Write a message: render, refuse what cannot be sent, store once, queue its sending with the deed."""

import base64
from collections.abc import Mapping, Sequence
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation

from flectar.core.ids import new_token
from flectar.core.tenancy import current_project_id
from flectar.platform.outbox import Attachment, Sender
from flectar.platform.outbox.jobs import queue_sending
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.rendering import render
from flectar.platform.outbox.suppression import reason_to_be_silent

MOST_ATTACHED_BYTES = 10 * 1024 * 1024


def write(
    *,
    event: str,
    to: tuple[str, str],
    locale: str,
    context: Mapping[str, Any],
    project: Sender | None,
    attachments: Sequence[Attachment],
    dedupe_key: str,
    reply_to: str,
    sender_name: str,
) -> Message:
    """See `send_mail`. The row and its job are one, also for a caller without a transaction."""
    project_id = project.pk if project else None
    if project_id != current_project_id():
        raise ValueError(f"a mail of project {project_id} was written while serving {current_project_id()}")
    name, address = _one_line(to[0])[:200], to[1].strip()
    validate_email(address)
    platform_name, platform_address = parseaddr(settings.MAIL_FROM)
    speaker = _one_line(sender_name or (project.name if project else platform_name))
    rendered = render(event, locale=locale, context={**context, "project": project}, sender_name=speaker)
    silence = reason_to_be_silent(event, address)
    message = Message(
        project_id=project_id,
        event=event,
        locale=locale,
        to_name=name,
        to_address=address,
        sender=str(Address(speaker, addr_spec=platform_address)),
        reply_to=reply_to,
        subject=rendered.subject[:300],
        text=rendered.text,
        html=rendered.html,
        attachments=_stored(attachments),
        dedupe_key=dedupe_key or None,
        message_id=new_message_id(),
        state=Message.State.DEAD if silence else Message.State.PENDING,
        error=silence,
    )
    with transaction.atomic(savepoint=False):
        try:
            with transaction.atomic():
                message.save(force_insert=True)
        except IntegrityError:
            # The constraint knows the same mail without a look beforehand, also one that is written at this moment.
            written = Message.objects.filter(dedupe_key=dedupe_key).first() if dedupe_key else None
            if written is None:
                raise
            return written
        if not silence:
            queue_sending(message)
    return message


def write_text(*, event: str, to: tuple[str, str], locale: str, context: Mapping[str, Any]) -> Message:
    """See `send_text`."""
    if current_project_id() is not None:
        raise ValueError("a text message of the platform was written while serving a project")
    with translation.override(locale):
        text = _one_line(render_to_string(f"texts/{event}.txt", context))
    message = Message(
        channel=Message.Channel.SMS,
        event=event,
        locale=locale,
        to_name=_one_line(to[0])[:200],
        to_address=to[1],
        text=text,
        message_id=new_message_id(),
    )
    with transaction.atomic():
        message.save(force_insert=True)
        queue_sending(message)
    return message


def write_again(message: Message) -> Message:
    """A copy under a new Message-ID, because a person asked for it."""
    copy = Message(
        **{
            name: getattr(message, name)
            for name in (
                "project_id", "channel", "event", "locale", "to_name", "to_address", "sender", "reply_to",
                "subject", "text", "html", "attachments",
            )
        },
        message_id=new_message_id(),
    )  # fmt: skip
    copy.save(force_insert=True)
    queue_sending(copy)
    return copy


def new_message_id() -> str:
    return f"<{new_token()}@{parseaddr(settings.MAIL_FROM)[1].partition('@')[2]}>"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _stored(attachments: Sequence[Attachment]) -> list[dict[str, str]]:
    size = sum(len(one.content) for one in attachments)
    if size > MOST_ATTACHED_BYTES:
        raise ValueError(f"the attachments have {size} bytes; {MOST_ATTACHED_BYTES} are the most a mail may carry")
    return [
        {"name": one.name, "content_type": one.content_type, "content": base64.b64encode(one.content).decode()}
        for one in attachments
    ]
