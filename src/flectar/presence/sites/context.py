"""For the pages that Django makes on a site's host: the style sheet with the site's theme."""

from typing import Any

from django.http import HttpRequest

from flectar.presence.sites.compile import theme_url


def theme(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Lazy: the platform's pages and mails do not ask for it."""
    project = getattr(request, "project", None)
    if getattr(request, "zone", "") != "site" or project is None:
        return {}
    return {"theme_url": lambda: theme_url(project)}
