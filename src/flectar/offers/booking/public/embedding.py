"""Booking on other websites: which ones may show the booking pages in a frame, and what their owner pastes there.

The rule is a header (`frame-ancestors`), so the visitor's browser keeps it. docs/decisions has the reasons.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urlencode, urlsplit

from django.db import transaction

from flectar.core.origins import platform_origin
from flectar.offers.booking.models import Embedding
from flectar.platform.audit.log import changes, record
from flectar.platform.projects.links import FRAMED, site_origin, site_url
from flectar.platform.projects.models import Project

MOST_ORIGINS = 20
SCRIPT = "/_embed/1.js"
"""Pasted into pages that nobody will touch again: this address stays. Another protocol gets another number."""


class BadOrigin(ValueError):
    """Not the address of a website."""


def rule_of(project: Project) -> Embedding:
    """What its owner has said; nothing is written by asking."""
    found: Embedding | None = Embedding.objects.first()
    return found or Embedding(project=project)


def ancestors(project: Project) -> list[str]:
    """For `frame-ancestors`. The dashboard may always: it shows the owner how it looks."""
    rule = rule_of(project)
    if rule.allows == Embedding.Allows.ANY:
        return ["*"]
    listed = [twin for one in rule.origins for twin in _with_twin(one)] if rule.allows == rule.Allows.LISTED else []
    return list(dict.fromkeys([platform_origin(), *listed]))


def _with_twin(origin: str) -> tuple[str, ...]:
    """Nobody remembers whether it was with www: both are the same website."""
    scheme, _, host = origin.partition("://")
    if scheme != "https" or ":" in host:
        return (origin,)
    return (origin, f"https://{host.removeprefix('www.') if host.startswith('www.') else f'www.{host}'}")


def read_origin(typed: str) -> str:
    """“www.example.com/contact” → "https://www.example.com". Raises BadOrigin."""
    text = typed.strip().lower()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = parts.hostname or "", parts.port
        host = host.encode("idna").decode()
    except ValueError as error:
        raise BadOrigin(typed) from error
    is_name = all(label.replace("-", "").isalnum() for label in host.split("."))
    if parts.scheme not in ("http", "https") or not is_name or ("." not in host and host != "localhost"):
        raise BadOrigin(typed)
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}{'' if port in (None, usual) else f':{port}'}"


@transaction.atomic
def change(project: Project, *, allows: str, origins: Sequence[str]) -> None:
    rule, _made = Embedding.objects.select_for_update(no_key=True).get_or_create(project=project)
    before = {"allows": rule.allows, "origins": rule.origins}
    rule.allows, rule.origins = Embedding.Allows(allows), list(dict.fromkeys(origins))
    rule.save(update_fields=["allows", "origins"])
    old, new = changes(before, {"allows": rule.allows, "origins": rule.origins})
    if new:
        record("embedding.changed", target=rule, old=old, new=new)


@dataclass(frozen=True, slots=True)
class Placed:
    """One place on a website: what it offers and how it looks there."""

    project: Project
    label: str
    close: str = "Close"
    look: str = "inline"  # or "dialog"
    service: str = ""  # its slug; empty: all of them
    language: str = ""
    chosen: Sequence[tuple[str, str]] = field(default=())  # what else is decided, as the address of the flow says it

    @property
    def url(self) -> str:
        """Where the link leads without script."""
        name, path = ("booking:book_time", {"service": self.service}) if self.service else ("booking:book", {})
        address = site_url(self.project, name, language=self.language or None, **path)
        return f"{address}?{urlencode(self.chosen)}" if self.chosen else address

    @property
    def frame_url(self) -> str:
        origin = site_origin(self.project)
        return f"{origin}/{FRAMED}{self.url.removeprefix(origin)}"

    @property
    def snippet(self) -> str:
        """A link that works by itself, and the script that opens it in place. Text, so that a page only shows it."""
        close = f' data-close="{escape(self.close)}"' if self.look == "dialog" else ""
        script = site_origin(self.project) + SCRIPT
        return (
            f'<a href="{escape(self.url)}" data-flectar="{self.look}"{close}>{escape(self.label)}</a>\n'
            f'<script async src="{escape(script)}"></script>'
        )
