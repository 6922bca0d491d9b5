"""From an event and its facts to subject, text and HTML, in the reader's language; and the files beside them."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from flectar.platform.outbox import Attachment

MOST_ATTACHED_BYTES = 10 * 1024 * 1024
CARRIED = frozenset({"List-Unsubscribe", "List-Unsubscribe-Post"})
"""The headers that a mail's words may bring. What names sender, reader and message is the outbox's own affair."""
LONGEST_HEADER = 900  # a line of a mail has 998 letters at most, its name among them


@dataclass
class _Connected:
    colours_of: Callable[[Any], Any] | None = None


_connected = _Connected()


def connect(colours_of: Callable[[Any], Any]) -> None:
    """Called once, by config/apps.py: the colours that a project's mails wear."""
    _connected.colours_of = colours_of


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


def render(event: str, *, locale: str, context: Mapping[str, Any], sender_name: str) -> Rendered:
    """`mail/<event>.txt` gives the subject (its first line) and the text; `mail/<event>.html` the rest."""
    facts = {"brand": sender_name, **context, "sender_name": sender_name}
    if (project := context.get("project")) and (colours_of := _connected.colours_of):
        facts["colours"] = colours_of(project)
    with translation.override(locale):
        # The first line of the text is the subject; mail/base.txt puts it there.
        first, _, text = render_to_string(f"mail/{event}.txt", facts).lstrip().partition("\n")
        subject = " ".join(first.split())
        html = render_to_string(f"mail/{event}.html", {**facts, "subject": subject})
    return Rendered(subject, text.strip() + "\n", html)


def stored(attachments: Sequence[Attachment]) -> list[dict[str, str]]:
    """As the row keeps them; ValueError if they are too much for a mail."""
    size = sum(len(one.content) for one in attachments)
    if size > MOST_ATTACHED_BYTES:
        raise ValueError(f"the attachments have {size} bytes; {MOST_ATTACHED_BYTES} are the most a mail may carry")
    return [
        {"name": one.name, "content_type": one.content_type, "content": base64.b64encode(one.content).decode()}
        | ({"cid": one.cid} if one.cid else {})
        for one in attachments
    ]


def carried(headers: Mapping[str, str]) -> dict[str, str]:
    """As the row keeps them; ValueError for one that a mail may not carry, or that would break its head."""
    for name, value in headers.items():
        if name not in CARRIED:
            raise ValueError(f"a mail carries no header {name} of its words; it may be one of {sorted(CARRIED)}")
        if not (value.isascii() and value.isprintable()) or len(value) > LONGEST_HEADER:
            raise ValueError(f"the header {name} is not one line of at most {LONGEST_HEADER} ASCII letters: {value!r}")
    return dict(headers)


def with_pictures(html: str, attachments: Sequence[Mapping[str, str]]) -> str:
    """The HTML with its own pictures inside: for a browser, which knows no `cid:`. Never for a mail."""
    for one in attachments:
        if one.get("cid"):
            html = html.replace(f'"cid:{one["cid"]}"', f'"data:{one["content_type"]};base64,{one["content"]}"')
    return html
