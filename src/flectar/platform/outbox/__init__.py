"""The outbox: every message that leaves the house is first a row here, written in the deed's own transaction.

`send_mail` renders and writes; `post` only keeps what mails are about, and `wording` finds their words when they are
sent (docs/decisions/0011). `delivery` hands over, once, whatever crashes in between; `statuses` notes what became
of it. Templates live with the app that owns the event, as `templates/mail/<event>.txt` and `.html`, and each event is
listed in that app's `mails.py` so that owners can preview it. This floor knows no project and no provider by name:
projects are plain ids, and the mailer comes from the settings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from flectar.platform.outbox.models import Message


class Sender(Protocol):
    """Whose mail it is. Every project is one."""

    @property
    def pk(self) -> Any: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Attachment:
    """`cid` makes it a picture of the HTML, shown where that says `<img src="cid:…">`; else it is a file beside it."""

    name: str
    content_type: str
    content: bytes
    cid: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail whose words are found when it is sent. `facts` are plain values (JSON) as they are at the deed: what was
    promised. Its event's `words` in the catalogue makes the rest of them."""

    event: str
    to: tuple[str, str]
    locale: str
    facts: Mapping[str, Any]
    dedupe_key: str = ""
    sender_name: str = ""


def post(mails: Sequence[Mail], project: Sender) -> None:
    """Write these mails of the project and queue their sending, however many in two statements. Of one that has been
    written before (`dedupe_key`) nothing is written again."""
    from flectar.platform.outbox.writing import write_all

    write_all(mails, project)


def send_mail(
    *,
    event: str,
    to: tuple[str, str],
    locale: str,
    context: Mapping[str, Any],
    project: Sender | None = None,
    attachments: Sequence[Attachment] = (),
    dedupe_key: str = "",
    reply_to: str = "",
    sender_name: str = "",
) -> "Message":
    """Write one mail to one person and queue its sending; nothing leaves before the transaction commits.

    `to` is (name, address). Without a project it is the platform's own mail, which must be sent outside any scope.
    The same `dedupe_key` twice in a project is one mail: the first is returned again.
    """
    from flectar.platform.outbox.writing import write

    return write(
        event=event,
        to=to,
        locale=locale,
        context=context,
        project=project,
        attachments=attachments,
        dedupe_key=dedupe_key,
        reply_to=reply_to,
        sender_name=sender_name,
    )


def send_text(*, event: str, to: tuple[str, str], locale: str, context: Mapping[str, Any]) -> "Message":
    """Write one text message of the platform and queue its sending. `to` is (name, number in E.164); the words are in
    `texts/<event>.txt`."""
    from flectar.platform.outbox.writing import write_text

    return write_text(event=event, to=to, locale=locale, context=context)


__all__ = ["Attachment", "Mail", "Sender", "post", "send_mail", "send_text"]
