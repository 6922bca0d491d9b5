"""A project's public host. The published pages themselves are served in front of Django (presence/sites/front.py)."""

from django.urls import URLPattern, URLResolver, include, path
from django.urls.resolvers import URLResolver as Resolver

from flectar.money.payments import urls as payments
from flectar.offers.booking import urls as booking
from flectar.platform.projects.links import SiteLanguagePrefix
from flectar.presence.sites import urls as sites

handler400 = "flectar.config.errors.bad_request"
handler403 = "flectar.config.errors.forbidden"
handler404 = "flectar.config.errors.not_found"
handler500 = "flectar.config.errors.server_error"

# Pages in the site's languages: `/book`, `/es/book`.
pages: list[URLPattern | URLResolver] = [
    path("", include((sites.pages, "sites"))),
    path("", include((booking.site, "booking"))),
    path("", include((payments.site, "payments"))),
]

# Those that may stand in a frame on another website: `/embed/book`, `/embed/es/book`.
framed: list[URLPattern | URLResolver] = [path("", include((booking.site, "booking")))]

urlpatterns: list[URLPattern | URLResolver] = [
    *sites.files,
    *booking.files,
    Resolver(SiteLanguagePrefix(), pages),
]
