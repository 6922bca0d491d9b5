"""Write a message: render (or leave that for later), refuse what cannot be sent, store once, queue its sending."""

from collections.abc import Mapping, Sequence
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation

from flectar.core.ids import new_row_id, new_token
from flectar.core.tenancy import current_project_id
from flectar.platform.outbox import Attachment, Mail, Sender
from flectar.platform.outbox.jobs import queue_sending
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.rendering import render, stored
from flectar.platform.outbox.suppression import reason_to_be_silent


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
    name, address = _recipient(to)
    speaker = _speaker(sender_name, project)
    rendered = render(event, locale=locale, context={**context, "project": project}, sender_name=speaker)
    silence = reason_to_be_silent(event, address)
    message = Message(
        project_id=project_id,
        event=event,
        locale=locale,
        to_name=name,
        to_address=address,
        sender=_sender(speaker),
        reply_to=reply_to,
        subject=rendered.subject[:300],
        text=rendered.text,
        html=rendered.html,
        attachments=stored(attachments),
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
            queue_sending([message])
    return message


def write_all(mails: Sequence[Mail], project: Sender) -> None:
    """See `post`. Whether an address is silent is asked when the mail is sent: it is sent in a moment."""
    if project.pk != current_project_id():
        raise ValueError(f"a mail of project {project.pk} was written while serving {current_project_id()}")
    if not mails:
        return
    messages = []
    for mail in mails:
        name, address = _recipient(mail.to)
        messages.append(
            Message(
                pk=new_row_id(),
                event=mail.event,
                locale=mail.locale,
                to_name=name,
                to_address=address,
                sender=_sender(_speaker(mail.sender_name, project)),
                facts=dict(mail.facts),
                dedupe_key=mail.dedupe_key or None,
                message_id=new_message_id(),
            )
        )
    with transaction.atomic(savepoint=False):
        # The job of one that was written before finds no message, and ends.
        Message.objects.bulk_create(messages, ignore_conflicts=True)
        queue_sending(messages)


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
        queue_sending([message])
    return message


def write_again(message: Message) -> Message:
    """A copy under a new Message-ID, because a person asked for it."""
    copy = Message(
        **{
            name: getattr(message, name)
            for name in (
                "project_id", "channel", "event", "locale", "to_name", "to_address", "sender", "reply_to",
                "subject", "text", "html", "facts", "attachments", "headers",
            )
        },
        message_id=new_message_id(),
    )  # fmt: skip
    copy.save(force_insert=True)
    queue_sending([copy])
    return copy


def new_message_id() -> str:
    return f"<{new_token()}@{parseaddr(settings.MAIL_FROM)[1].partition('@')[2]}>"


def _recipient(to: tuple[str, str]) -> tuple[str, str]:
    address = to[1].strip()
    validate_email(address)
    return _one_line(to[0])[:200], address


def _speaker(name: str, project: Sender | None) -> str:
    return _one_line(name or (project.name if project else parseaddr(settings.MAIL_FROM)[0]))


def _sender(speaker: str) -> str:
    return str(Address(speaker, addr_spec=parseaddr(settings.MAIL_FROM)[1]))


def _one_line(text: str) -> str:
    return " ".join(text.split())
