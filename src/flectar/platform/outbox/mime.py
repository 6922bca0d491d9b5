"""A mail in the form that mail programs read, for whichever sender: Django's own over SMTP, or a provider's backend.

Two things that Django leaves open. Pictures that the HTML names (`cid:`) stand in a `multipart/related` beside it,
because Thunderbird looks for them nowhere else. And an address in a header is one long word: Python would encode it
(RFC 2047) to keep the line short, and no program could read it as an address.
"""

import base64
import email.policy
from email.headerregistry import HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage, MIMEPart
from typing import Any

from django.core.mail import EmailMultiAlternatives

from flectar.platform.outbox.models import Message


class Mail(EmailMultiAlternatives):
    def message(self, *, policy: Any = email.policy.default) -> EmailMessage:
        whole: EmailMessage = super().message(policy=policy.clone(header_factory=_HEADERS))
        pictures = [part for part in whole.iter_attachments() if part["Content-ID"]]
        body = whole.get_body(("html",))
        if pictures and body is not None:
            parts: Any = whole.get_payload()
            for picture in pictures:
                parts.remove(picture)
            body.make_related()
            for picture in pictures:
                body.attach(picture)
        return whole


def mail_of(message: Message) -> Mail:
    mail = Mail(
        subject=message.subject,
        body=message.text,
        from_email=message.sender,
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={
            "Message-ID": message.message_id,
            "Auto-Submitted": "auto-generated",
            "X-Entity-Ref-ID": str(message.pk),
            **message.headers,
        },
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    for one in message.attachments:
        content = base64.b64decode(one["content"])
        if one.get("cid"):
            mail.attach(_picture(one, content))
        else:
            mail.attach(one["name"], content, one["content_type"])
    # Read by the provider's backend; SMTP has no use for them.
    mail.idempotency_key = message.idempotency_key  # type: ignore[attr-defined]  # Django's class has no slots
    mail.provider_tags = {"outbox": str(message.pk), "project": str(message.project_id or "platform")}  # type: ignore[attr-defined]  # as above
    return mail


def _picture(one: dict[str, str], content: bytes) -> MIMEPart:
    kind, subtype = one["content_type"].split("/")
    part = MIMEPart()
    part.set_content(
        content, maintype=kind, subtype=subtype, disposition="inline", filename=one["name"], cid=f"<{one['cid']}>"
    )
    return part


class _OneLine(UniqueUnstructuredHeader):
    """A header that is never broken: of ASCII, and below the 998 letters of a line."""

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]  # of BaseHeader, mixed in


_HEADERS: Any = HeaderRegistry()
_HEADERS.map_to_type("List-Unsubscribe", _OneLine)
