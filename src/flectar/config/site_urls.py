"""A project's public host. The published pages themselves are served in front of Django (presence/sites/front.py)."""

from django.urls import URLPattern, URLResolver
from django.urls.resolvers import URLResolver as Resolver

from flectar.platform.projects.links import SiteLanguagePrefix

handler400 = "flectar.config.errors.bad_request"
handler403 = "flectar.config.errors.forbidden"
handler404 = "flectar.config.errors.not_found"
handler500 = "flectar.config.errors.server_error"

# Pages in the site's languages: `/book`, `/es/book`.
pages: list[URLPattern | URLResolver] = []

urlpatterns: list[URLPattern | URLResolver] = [
    Resolver(SiteLanguagePrefix(), pages),
]
