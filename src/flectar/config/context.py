"""What every page's shell needs: the menu of the project, the switcher, the theme."""

from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from flectar.config.modules import MODULES
from flectar.platform.projects.access import can
from flectar.platform.projects.models import Project


def shell(request: Any) -> dict[str, Any]:
    """Context processor. Lazy where it costs a query: mails and error pages render templates too."""
    theme = request.COOKIES.get(settings.THEME_COOKIE, "system")
    values: dict[str, Any] = {
        "theme": theme if theme in ("light", "dark") else "system",
        "project": getattr(request, "project", None),
        "is_demo": settings.DEMO,
    }
    if getattr(request, "zone", "") == "platform" and getattr(request, "user", None) and request.user.is_authenticated:
        values["switcher"] = lambda: list(Project.objects.of(request.user)[:50])
        values["menu"] = lambda: menu(request)
        values["can"] = _Rights(request)
    return values


class _Rights:
    """In a template: {% if can.customers_write %} asks for `customers.write`."""

    def __init__(self, request: Any) -> None:
        self._request = request

    def __getitem__(self, name: str) -> bool:
        module, _, verb = name.rpartition("_")
        project = self._request.project
        return project is not None and can(self._request.user, f"{module}.{verb}", project)


def menu(request: Any) -> list[dict[str, Any]]:
    """The entries that this person may open in this project."""
    project = request.project
    if project is None:
        return []
    entries: list[dict[str, Any]] = []
    for module in MODULES:
        if not (module.always or project.has(module.key)) or not can(request.user, module.permission, project):
            continue
        try:
            url = reverse(module.url_name, kwargs={"project": project.slug})
        except NoReverseMatch:
            continue
        entries.append(
            {
                "key": module.key,
                "label": module.label,
                "icon": module.icon,
                "url": url,
                "section": module.section,
                "current": _is_current(request.path, url, project),
            }
        )
    return entries


def _is_current(path: str, url: str, project: Project) -> bool:
    home = f"/{project.slug}/"
    return path == url if url == home else path.startswith(url.rstrip("/"))
