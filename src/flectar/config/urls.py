"""The platform's own host: accounts, the dashboard of each project, the API."""

from django.urls import URLPattern, URLResolver, path

from flectar.config import health

handler400 = "flectar.config.errors.bad_request"
handler403 = "flectar.config.errors.forbidden"
handler404 = "flectar.config.errors.not_found"
handler500 = "flectar.config.errors.server_error"

# Each app's dashboard pages, under /<project>/: (prefix, urls, namespace).
dashboard: list[URLPattern | URLResolver] = []

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    # account/, organizations/, api/v1/, webhooks/, demo/ come here
    *dashboard,
]
