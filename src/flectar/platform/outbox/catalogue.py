"""All events that send mail, each with facts to preview it by. Read from every app's `mails.py`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.utils.functional import Promise

from flectar.platform.outbox import Attachment


class Overtaken(Exception):
    """There is nothing left to tell: the mail is not sent."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail is rendered from, and what goes with it. `headers`: of `rendering.CARRIED` only."""

    context: Mapping[str, Any]
    attachments: Sequence[Attachment] = ()
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MailEvent:
    """`sample` gives the context of a believable mail; it is called in the locale of the preview. `words` does so for
    the facts of a `Mail`, when it is sent, in the scope of its project; Overtaken if it should not be."""

    name: str  # e.g. "booking.confirmed"; the templates' name too
    label: str | Promise
    sample: Callable[[], Mapping[str, Any]]
    of_platform: bool = False  # sent by the platform to account holders, not by a business to its customers
    words: Callable[[Mapping[str, Any], str], Words] | None = None  # of the facts and the reader's language


@cache
def mail_events() -> Mapping[str, MailEvent]:
    """Every app's `mails.MAILS`, by name, in the order of the house."""
    found: dict[str, MailEvent] = {}
    for app in apps.get_app_configs():
        module = f"{app.name}.mails"
        if app.name.startswith("flectar.") and find_spec(module):
            found |= {event.name: event for event in import_module(module).MAILS}
    return found
