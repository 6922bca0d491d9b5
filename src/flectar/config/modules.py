"""The modules of a project: key, label, icon, where it begins, what it needs. A new capability is a row here."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from flectar.people.customers.permissions import PERMISSIONS as CUSTOMERS
from flectar.platform.integrations.permissions import PERMISSIONS as INTEGRATIONS
from flectar.platform.organizations.permissions import PERMISSIONS as ORGANIZATIONS
from flectar.platform.projects.permissions import PERMISSIONS as PROJECTS
from flectar.presence.sites.permissions import PERMISSIONS as SITES


@dataclass(frozen=True, slots=True)
class Create:
    """An entry of the Create menu."""

    label: str | Promise
    icon: str
    url_name: str
    permission: str


@dataclass(frozen=True, slots=True)
class Module:
    """A part of the product that a project can switch on and off; `always` ones cannot be switched."""

    key: str
    label: str | Promise
    icon: str  # a lucide name
    url_name: str  # of the first page; takes the project's slug
    permission: str
    urls: str = ""  # the module with `dashboard` and `public` lists of URL patterns
    always: bool = False
    section: int = 1  # of the menu: 1 daily work, 2 the business, 3 settings
    hotkey: str = ""  # "g b"
    create: tuple[Create, ...] = ()


MODULES: tuple[Module, ...] = (
    Module("customers", _("Customers"), "users", "customers:index", "customers.read"),
    Module("site", _("Website"), "globe", "sites:website", "site.read", section=2),
)

# Every permission of every module, from each app's permissions.py.
PERMISSIONS: Mapping[str, str | Promise] = {
    **PROJECTS,
    **ORGANIZATIONS,
    **CUSTOMERS,
    **INTEGRATIONS,
    **SITES,
}
