"""The modules of a project: key, label, icon, where it begins, what it needs. A new capability is a row here."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from flectar.people.customers.permissions import PERMISSIONS as CUSTOMERS


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
    section: int = 1  # 1 daily work, 2 the business, 3 settings


MODULES: tuple[Module, ...] = (Module("customers", _("Customers"), "users", "customers:index", "customers.read"),)

# Every permission of every module, from each app's permissions.py.
PERMISSIONS: Mapping[str, str | Promise] = {
    "project.read": _("See the project"),
    "project.manage": _("Change the project"),
    **CUSTOMERS,
}
