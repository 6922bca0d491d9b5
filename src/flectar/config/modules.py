"""The modules of a project: key, label, icon, where it begins, what it needs. A new capability is a row here."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from flectar.money.payments.permissions import PERMISSIONS as PAYMENTS
from flectar.offers.booking.permissions import PERMISSIONS as BOOKING
from flectar.oversight.home.permissions import PERMISSIONS as HOME
from flectar.people.customers.permissions import PERMISSIONS as CUSTOMERS
from flectar.platform.audit.permissions import PERMISSIONS as AUDIT
from flectar.platform.integrations.permissions import PERMISSIONS as INTEGRATIONS
from flectar.platform.organizations.permissions import PERMISSIONS as ORGANIZATIONS
from flectar.platform.organizations.roles import Area
from flectar.platform.projects.models import Project
from flectar.platform.projects.modules import Switch
from flectar.platform.projects.permissions import PERMISSIONS as PROJECTS
from flectar.platform.webapi.permissions import PERMISSIONS as WEBAPI
from flectar.platform.webhooks.permissions import PERMISSIONS as WEBHOOKS
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
    """A place in the menu. It vanishes while the project has its module switched off; `always` ones stay."""

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
    part_of: str = ""  # the switch it hangs on, where that is not its own key: the calendar is part of booking

    def is_on(self, project: Project) -> bool:
        return self.always or project.has(self.part_of or self.key)


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """An entry of the settings' own menu, under a heading."""

    group: str | Promise
    label: str | Promise
    url_name: str
    permission: str = ""
    module: str = ""  # shown only while this module is on
    icon: str = ""


MODULES: tuple[Module, ...] = (
    Module("home", _("Home"), "house", "home:today", "home.read", always=True, hotkey="g h"),
    Module("calendar", _("Calendar"), "calendar", "booking:calendar", "bookings.read", hotkey="g c", part_of="booking"),
    Module(
        "booking",
        _("Bookings"),
        "book-open",
        "booking:bookings",
        "bookings.read",
        hotkey="g b",
        create=(Create(_("Booking"), "calendar-plus", "booking:new", "bookings.write"),),
    ),
    Module(
        "customers",
        _("Customers"),
        "users",
        "customers:index",
        "customers.read",
        hotkey="g k",
        create=(Create(_("Customer"), "user-plus", "customers:new", "customers.write"),),
    ),
    Module("classes", _("Classes"), "users-round", "booking:classes", "bookings.read", section=2, part_of="booking"),
    Module("services", _("Services"), "scissors", "booking:services", "services.read", section=2, part_of="booking"),
    Module("staff", _("People and places"), "clock", "booking:staff", "staff.read", section=2, part_of="booking"),
    Module("site", _("Website"), "globe", "sites:website", "site.read", section=2),
    Module("settings", _("Settings"), "settings", "settings:index", "project.write", always=True, section=3),
)

# What a project can switch on and off (Settings › Modules). A view says `module="booking"` in its mark.
SWITCHES: tuple[Switch, ...] = (
    Switch("customers", _("Customers"), _("Who your customers are, their notes and their history.")),
    Switch(
        "booking",
        _("Booking"),
        _("Services, staff, the calendar, and the page where customers book a time."),
        needs=("customers",),
    ),
    Switch(
        "attendance",
        _("Attendance"),
        _("Mark at the door who came, by a tap or with the check-in code of the booking. Deleted after a year."),
        needs=("booking",),
    ),
    Switch("site", _("Website"), _("Your public page with hours, address and services.")),
)

# The settings' own menu, in order. Pages of one group stand together.
SETTINGS: tuple[SettingsPage, ...] = (
    SettingsPage(_("Business"), _("Details"), "settings:business", "project.write"),
    SettingsPage(_("Business"), _("Hours"), "settings:hours", "project.write"),
    SettingsPage(_("Business"), _("Locations"), "settings:locations", "project.write"),
    SettingsPage(_("Business"), _("Language and place"), "settings:place", "project.manage"),
    SettingsPage(_("Business"), _("Address"), "settings:address", "project.manage"),
    SettingsPage(_("Business"), _("Domains"), "settings:domains", "project.manage"),
    SettingsPage(_("Business"), _("Booking on your site"), "booking:embed", "services.read", "booking"),
    SettingsPage(_("Business"), _("Limits"), "booking:limits", "services.write", "booking"),
    SettingsPage(_("Business"), _("Reminders and follow-ups"), "booking:letters", "services.read", "booking"),
    SettingsPage(_("Business"), _("Customer fields"), "customers:fields", "customers.manage", module="customers"),
    SettingsPage(_("Business"), _("Modules"), "settings:modules", "project.manage"),
    SettingsPage(_("Prices"), _("Coupons"), "booking:coupons", "services.read", "booking"),
    SettingsPage(_("Prices"), _("Prepaid"), "booking:prepaid", "services.read", "booking"),
    SettingsPage(_("Prices"), _("Cancellation terms"), "booking:terms", "services.read", "booking"),
    SettingsPage(_("Prices"), _("No-shows"), "booking:no_shows", "customers.manage", "booking"),
    SettingsPage(_("Prices"), _("Payments"), "payments:index", "payments.read"),
    SettingsPage(_("People"), _("Team"), "settings:team", "members.read"),
    SettingsPage(_("People"), _("Notifications"), "notifications:preferences", "home.read"),
    SettingsPage(_("Safety"), _("API keys"), "keys:index", "keys.manage"),
    SettingsPage(_("Safety"), _("Webhooks"), "webhooks:index", "webhooks.read"),
    SettingsPage(_("Safety"), _("Messages"), "messages:list", "messages.read"),
    SettingsPage(_("Safety"), _("Audit log"), "settings:log", "audit.read"),
    SettingsPage(_("Safety"), _("Keep or delete"), "settings:project", "project.manage"),
)


# The pages of one's own account, beside each other; those with an icon also stand under a person's initials.
_YOU = _("Your account")
ACCOUNT_PAGES = (
    SettingsPage(_YOU, _("You"), "account_profile", icon="user-round"),
    SettingsPage(_YOU, _("Email"), "account_email"),
    SettingsPage(_YOU, _("Phone"), "account_phone"),
    SettingsPage(_YOU, _("Password"), "account_change_password"),
    SettingsPage(_YOU, _("Two-step sign-in"), "mfa_index", icon="shield-check"),
    SettingsPage(_YOU, _("Google account"), "socialaccount_connections"),
    SettingsPage(_YOU, _("Devices"), "usersessions_list", icon="laptop"),
    SettingsPage(_YOU, _("Security activity"), "account_activity"),
    SettingsPage(_YOU, _("Your data"), "account_data"),
)

# An organization's own pages, beside each other.
_ORGANIZATION = _("Organization")
ORGANIZATION_PAGES = (
    SettingsPage(
        _ORGANIZATION, _("Overview"), "organizations:organization", permission="organization.read", icon="building-2"
    ),
    SettingsPage(_ORGANIZATION, _("Roles"), "organizations:roles", permission="members.read", icon="users"),
    SettingsPage(_ORGANIZATION, _("Security"), "organizations:security", permission="audit.read", icon="shield-check"),
    SettingsPage(
        _ORGANIZATION,
        _("Agreement"),
        "organizations:agreement",
        permission="organization.read",
        icon="file-text",
    ),
)

# For whoever runs this installation.
_OPERATION = _("Operation")
OPERATOR_PAGES = (
    SettingsPage(_OPERATION, _("Operation"), "operations:index", icon="server-cog"),
    SettingsPage(_OPERATION, _("Accounts"), "operations:accounts", icon="users"),
    SettingsPage(_OPERATION, _("Projects"), "operations:projects", icon="store"),
    SettingsPage(_OPERATION, _("Letters"), "operations:letters", icon="inbox"),
    SettingsPage(_OPERATION, _("Organizations"), "operations:organizations", icon="building-2"),
    SettingsPage(_OPERATION, _("Domains"), "operations:domains", icon="globe"),
    SettingsPage(_OPERATION, _("Failed jobs"), "operations:jobs", icon="rotate-cw"),
    SettingsPage(_OPERATION, _("Limits"), "operations:limits", icon="gauge"),
    SettingsPage(_OPERATION, _("Switches"), "operations:switches", icon="toggle-left"),
    SettingsPage(_OPERATION, _("What operators did"), "operations:access_log", icon="eye"),
)

# Every permission of every module, from each app's permissions.py.
PERMISSIONS: Mapping[str, str | Promise] = {
    **PROJECTS,
    **HOME,
    **AUDIT,
    **ORGANIZATIONS,
    **CUSTOMERS,
    **INTEGRATIONS,
    **WEBAPI,
    **WEBHOOKS,
    **SITES,
    **BOOKING,
    **PAYMENTS,
}

# How they are grouped where roles are made and shown: the columns of the roles' table. What is in none stands apart.
AREAS: tuple[Area, ...] = (
    Area(_("Bookings and payments"), ("bookings", "payments")),
    Area(_("Customers"), ("customers",)),
    Area(_("Services and staff"), ("services", "staff")),
    Area(_("Website"), ("site",)),
    Area(_("Messages"), ("messages",)),
    Area(_("Business"), ("project", "home")),
    Area(_("Team and safety"), ("organization", "members", "keys", "webhooks", "audit")),
)
