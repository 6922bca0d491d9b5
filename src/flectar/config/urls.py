"""The platform's own host: accounts, the dashboard of each project, the API."""

from django.urls import URLPattern, URLResolver, include, path

from flectar.config import health
from flectar.people.customers import urls as customers
from flectar.platform.integrations import urls as integrations
from flectar.platform.projects.access import public
from flectar.presence.sites import urls as sites
from flectar.ui import views as ui

handler400 = "flectar.config.errors.bad_request"
handler403 = "flectar.config.errors.forbidden"
handler404 = "flectar.config.errors.not_found"
handler500 = "flectar.config.errors.server_error"

# Choices of this device, for anybody.
device = [
    path("appearance", public(ui.appearance), name="appearance"),
    path("language", public(ui.language), name="language"),
]

# Each app's dashboard pages, under /<project>/: (prefix, urls, namespace).
dashboard: list[URLPattern | URLResolver] = [
    path("<slug:project>/", include((integrations.dashboard, "messages"))),
    path("<slug:project>/website/", include((sites.dashboard, "sites"))),
    path("<slug:project>/customers/", include((customers.dashboard, "customers"))),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("", include((device, "ui"))),
    path("", include((integrations.platform, "integrations"))),
    path("account/", include("flectar.platform.accounts.urls")),
    # organizations/, api/v1/ come here
    *dashboard,
]
