"""The platform's own host: accounts, the dashboard of each project, the API."""

from django.urls import URLPattern, URLResolver, include, path

from flectar.config import domains, health
from flectar.config.api import api
from flectar.money.payments import urls as payments
from flectar.offers.booking import urls as booking
from flectar.oversight.home import urls as home
from flectar.oversight.operations import urls as operations
from flectar.people.customers import urls as customers
from flectar.platform.integrations import urls as integrations
from flectar.platform.lists import urls as lists
from flectar.platform.notifications import urls as notifications
from flectar.platform.projects import legal_urls as legal
from flectar.platform.projects import urls as projects
from flectar.platform.projects.access import public, signed_in
from flectar.platform.webapi import urls as webapi
from flectar.platform.webhooks import urls as webhooks
from flectar.presence.sites import urls as sites
from flectar.ui import views as ui

handler400 = "flectar.config.errors.bad_request"
handler403 = "flectar.config.errors.forbidden"
handler404 = "flectar.config.errors.not_found"
handler500 = "flectar.config.errors.server_error"
handler429 = "flectar.config.errors.rate_limited"  # asked for by allauth

# Choices of this device, for anybody.
device = [
    path("appearance", public(ui.appearance), name="appearance"),
    path("language", public(ui.language), name="language"),
    path("account/here", public(ui.here), name="here"),
    path("account/here/again", signed_in(ui.signed_in_again), name="signed_in_again"),
]

# Each app's dashboard pages, under /<project>/: (prefix, urls, namespace).
dashboard: list[URLPattern | URLResolver] = [
    path("<slug:project>/", include((home.dashboard, "home"))),
    path("<slug:project>/settings/", include((projects.settings, "settings"))),
    path("<slug:project>/", include((integrations.dashboard, "messages"))),
    path("<slug:project>/notifications/", include((notifications.dashboard, "notifications"))),
    path("<slug:project>/views/", include((lists.dashboard, "lists"))),
    path("<slug:project>/website/", include((sites.dashboard, "sites"))),
    path("<slug:project>/customers/", include((customers.dashboard, "customers"))),
    path("<slug:project>/settings/payments/", include((payments.dashboard, "payments"))),
    path("<slug:project>/settings/webhooks/", include((webhooks.dashboard, "webhooks"))),
    path("<slug:project>/settings/keys/", include((webapi.dashboard, "keys"))),
    path("<slug:project>/", include((booking.dashboard, "booking"))),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("internal/domains/allowed", domains.allowed),
    path("", include((device, "ui"))),
    path("", include((integrations.platform, "integrations"))),
    path("", include((payments.platform, "payments-in"))),
    path("account/", include("flectar.platform.accounts.urls")),
    path("api/v1/", include((webapi.reference, "api-reference"))),
    path("api/v1/", api.urls),
    path("", include((projects.platform, "projects"))),
    path("organizations/", include((projects.organizations, "organizations"))),
    path("invitations/", include((projects.invited, "invitations"))),
    path("", include((legal.well_known, "well-known"))),
    path("legal/", include((legal.documents, "legal"))),
    path("", include((legal.letter_pages, "letters"))),
    path("looks/", include((sites.looks, "looks"))),
    path("transfers/", include((projects.offered, "transfers"))),
    path("", include((operations.public, "about"))),
    path("", include((booking.platform, "feeds"))),
    path("operator/", include((operations.operator, "operations"))),
    *dashboard,
]
