"""What people can be told of, and how. Each app declares its kinds; config/apps.py brings them together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from flectar.platform.accounts import phones
from flectar.platform.organizations.models import Role
from flectar.platform.projects.models import Project

# Further channels (WhatsApp, push) are further lines here, with somebody in telling.py who serves them.
DASHBOARD, EMAIL, DIGEST, TEXT = "dashboard", "email", "digest", "text"
CHANNELS: Mapping[str, str | Promise] = {
    DASHBOARD: _("Dashboard"),
    EMAIL: _("Email at once"),
    DIGEST: _("Morning email"),
    TEXT: _("Text message"),
}


def channels() -> Mapping[str, str | Promise]:
    """Those that this installation serves."""
    return CHANNELS if phones.can_be_proven() else {key: CHANNELS[key] for key in CHANNELS if key != TEXT}


@dataclass(frozen=True, slots=True)
class Said:
    """A notification in the reader's language."""

    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """`say` puts stored facts into words when somebody reads them; `where` gives the page they lead to. Only whoever
    has `permission` is told. By default everybody finds it behind the bell, and `by_email` roles get a mail too."""

    key: str
    label: str | Promise
    icon: str
    permission: str
    say: Callable[[Mapping[str, Any], Project], Said]
    # A page: its name and arguments. The project need not be among them; a page of the organization names that.
    where: Callable[[Mapping[str, Any]], tuple[str, dict[str, str]]]
    module: str = ""  # nobody is told while the project has this module switched off
    by_email: tuple[str, ...] = (Role.OWNER,)
    # What a text message says, for whoever wants one: few words, and none that somebody else has typed, because whoever
    # gets it trusts it. Without it none goes out.
    in_short: Callable[[Mapping[str, Any]], str] | None = None
    is_mailed_anyway: bool = False  # by a letter of its own, to whom it concerns, whatever they chose

    def by_default(self, channel: str, role: str) -> bool:
        return channel == DASHBOARD or (channel == EMAIL and (self.is_mailed_anyway or role in self.by_email))

    def path(self, project: Project, facts: Mapping[str, Any]) -> str:
        """Of the page that it leads to, on the platform's host, whichever host is being served."""
        name, arguments = self.where(facts)
        place = {} if "organization_id" in arguments else {"project": project.slug}
        return reverse(name, urlconf=settings.ROOT_URLCONF, kwargs={**place, **arguments})


_kinds: dict[str, Kind] = {}


def connect(kinds: Sequence[Kind]) -> None:
    """Called once, with the kinds of every app in the order in which the settings show them."""
    _kinds.clear()
    _kinds.update({kind.key: kind for kind in kinds})


def kinds() -> Mapping[str, Kind]:
    return _kinds
