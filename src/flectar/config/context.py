"""What every page's shell needs: theme and languages, the menu of the project, the switcher. Lazy where it costs a
query: mails and error pages render templates too."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from flectar.config.modules import ACCOUNT_PAGES, MODULES, OPERATOR_PAGES, ORGANIZATION_PAGES, SETTINGS, Module
from flectar.offers.booking import reach
from flectar.offers.booking.deeds import asking
from flectar.platform.accounts import parked
from flectar.platform.notifications.bell import MOST_COUNTED, unread_of
from flectar.platform.organizations import second_step
from flectar.platform.projects.access import can, known_visit, seat_at
from flectar.platform.projects.models import Project
from flectar.ui.formats import clock, day, short_day
from flectar.ui.index import counts
from flectar.ui.views import THEMES

SEARCH_URL_NAME = "home:search"
ALL_PROJECTS_URL_NAME = "projects:chooser"


def shell(request: Any) -> dict[str, Any]:
    """Context processor."""
    theme = _theme(request)
    values: dict[str, Any] = {
        "theme": theme if theme in THEMES else "system",
        "project": getattr(request, "project", None),
        "is_demo": settings.DEMO,
        "languages": settings.LANGUAGES,
    }
    if getattr(request, "zone", "") != "platform" or not getattr(request, "user", None):
        return values
    values["other_accounts"] = cache(lambda: parked.others(request))
    if not request.user.is_authenticated:
        return values
    project = values["project"]
    values |= {
        "can": _Rights(request),
        # Several parts of a page show them: asked for once.
        "switcher": cache(lambda: list(Project.objects.of(request.user)[:50])),
        "all_projects_url": _url(ALL_PROJECTS_URL_NAME),
        "account_links": lambda: account_links(request),
        "settings_menu": cache(lambda: settings_menu(request)),
        "standing": lambda: standing(request),
    }
    if project is None and request.user.is_operator and request.path.startswith(_url(OPERATOR_PAGES[0].url_name)):
        values["menu"] = cache(lambda: operator_menu(request))
    elif project is None:
        values["menu"] = account_menu
    if getattr(request, "organization", None) is not None:
        values["menu"] = cache(lambda: organization_menu(request))
    if project is not None:
        values |= {
            "organization": lambda: project.organization,
            "menu": cache(lambda: menu(request)),
            "create": cache(lambda: create_menu(request)),
            "notifications_url": _url("notifications:index", project=project.slug),
            "new_notifications": lambda: _in_the_shell(request)[0],
            "search_url": _url(SEARCH_URL_NAME, project=project.slug),
        }
    return values


def standing(request: Any) -> list[dict[str, Any]]:
    """What stands above every page of the dashboard until it is dealt with."""
    return [*_support(request), *_second_step(request), *(_of_project(request) if request.project else ())]


def _support(request: Any) -> Iterator[dict[str, Any]]:
    """To the operator, on every page of a visit."""
    visit = known_visit(request.user, request.project.organization_id) if request.project else None
    if visit is not None:
        said = {
            "organization": visit.organization.name,
            "member": visit.member.name,
            "time": clock(visit.ends_at, request.project),
        }
        text = (
            _("Support visit: you are in %(organization)s as %(member)s and may change things, until %(time)s.")
            if visit.may_write
            else _("Support visit: you look at %(organization)s as %(member)s, until %(time)s. Nothing can be changed.")
        )
        url = reverse("operations:support_visit", kwargs={"visit_id": visit.pk})
        yield {"text": text % said, "url": url, "label": _("End the visit")}


def _second_step(request: Any) -> Iterator[dict[str, Any]]:
    organization = request.project.organization if request.project else getattr(request, "organization", None)
    if organization is not None and second_step.is_asked_of(request.user, organization):
        said = {"organization": organization.name, "day": day(organization.second_step_from.date())}
        text = _("%(organization)s asks for two-step sign-in from %(day)s on.") % said
        yield {"text": text, "url": _url("mfa_index"), "label": _("Set it up")}


def _of_project(request: Any) -> list[dict[str, Any]]:
    """What the team must know about the site being closed."""
    project, found = request.project, []
    if project.suspended_at:
        text = _("The platform has closed this site. Only your team still sees what is here.")
        found.append(
            {"text": text, "url": _url("settings:suspension", project=project.slug), "label": _("Why, and what now")}
        )
    if project.leaves_at:
        last = short_day(project.leaves_at.astimezone(project.tz).date())
        text = _("This project is closed, and everything in it is deleted on %(day)s.") % {"day": last}
        url = _url("settings:project", project=project.slug) if can(request.user, "project.manage", project) else ""
        found.append({"text": text, "url": url, "label": _("Keep it")})
    return found


def _theme(request: Any) -> str:
    """Of the account, for whoever is signed in; else of this device."""
    user = getattr(request, "user", None) if getattr(request, "zone", "") == "platform" else None
    if user is not None and user.is_authenticated:
        return str(user.theme)
    return str(request.COOKIES.get(settings.THEME_COOKIE, "system"))


def waiting(request: Any) -> Any:
    """The requests that the menu counts; None for whom it does not."""
    project = request.project
    if project is None or not project.has("booking") or not can(request.user, "bookings.write", project):
        return None
    return asking.queue().filter(reach.of(request.user, project)).order_by()


def _in_the_shell(request: Any) -> tuple[int, int]:
    """What the bell counts and what the menu counts, in one question. A list has counted them along with its rows."""
    if not hasattr(request, "in_the_shell"):
        request.in_the_shell = counts([unread_of(request), waiting(request)], MOST_COUNTED)
    new, requests = request.in_the_shell
    return new or 0, requests or 0


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
    return [
        {
            "key": module.key,
            "label": module.label,
            "icon": module.icon,
            "url": url,
            "section": module.section,
            "hotkey": module.hotkey,
            "current": _is_current(request.path, url, request.project),
            "count": _in_the_shell(request)[1] if module.key == "booking" else 0,
        }
        for module in _open_modules(request)
        if (url := _url(module.url_name, project=request.project.slug))
    ]


def operator_menu(request: Any) -> list[dict[str, Any]]:
    """The console's pages, where a project's menu stands elsewhere."""
    entries: list[dict[str, Any]] = [
        {"key": page.url_name, "label": page.label, "icon": page.icon, "url": _url(page.url_name), "section": 1}
        for page in OPERATOR_PAGES
    ]
    here = max((entry["url"] for entry in entries if request.path.startswith(entry["url"])), key=len, default="")
    return [{**entry, "current": entry["url"] == here} for entry in entries]


def account_menu() -> list[dict[str, Any]]:
    """Beside the pages of one's own account: the way back to the work."""
    url = _url(ALL_PROJECTS_URL_NAME)
    return [{"key": "projects", "label": _("Your projects"), "icon": "layout-grid", "url": url, "section": 1}]


def organization_menu(request: Any) -> list[dict[str, Any]]:
    """The organization's own pages, where a project's menu stands elsewhere."""
    here = request.organization
    seat = seat_at(request.user, here.pk)
    entries: list[dict[str, Any]] = [
        {"key": page.url_name, "label": page.label, "icon": page.icon, "url": url, "section": 1}
        for page in ORGANIZATION_PAGES
        if seat is not None and seat.allows(page.permission) and (url := _url(page.url_name, organization_id=here.pk))
    ]
    open_here = max((entry["url"] for entry in entries if request.path.startswith(entry["url"])), key=len, default="")
    return [{**entry, "current": entry["url"] == open_here} for entry in entries]


def create_menu(request: Any) -> list[dict[str, Any]]:
    """What this person may make here."""
    return [
        {"label": entry.label, "icon": entry.icon, "url": url}
        for module in _open_modules(request)
        for entry in module.create
        if can(request.user, entry.permission, request.project)
        and (url := _url(entry.url_name, project=request.project.slug))
    ]


def account_links(request: Any) -> list[dict[str, Any]]:
    """The entries of the menu under a person's initials."""
    pages = (*ACCOUNT_PAGES, *(OPERATOR_PAGES[:1] if request.user.is_operator else ()))
    return [
        {"label": page.label, "icon": page.icon, "url": url}
        for page in pages
        if page.icon and (url := _url(page.url_name))
    ]


def settings_menu(request: Any) -> list[dict[str, Any]]:
    """The settings that this person may open, grouped: the project's, or those of their own account."""
    project = request.project
    if project is None:
        entries: list[dict[str, Any]] = [
            {"group": page.group, "label": page.label, "url": _url(page.url_name)} for page in ACCOUNT_PAGES
        ]
    else:
        entries = [
            {"group": page.group, "label": page.label, "url": url}
            for page in SETTINGS
            if (not page.module or project.has(page.module))
            and can(request.user, page.permission, project)
            and (url := _url(page.url_name, project=project.slug))
        ]
    # The longest address that the present one begins with: /account/ begins them all.
    here = max((entry["url"] for entry in entries if request.path.startswith(entry["url"])), key=len, default="")
    return [{**entry, "current": entry["url"] == here} for entry in entries]


def _open_modules(request: Any) -> Iterator[Module]:
    project = request.project
    if project is None:
        return
    for module in MODULES:
        if module.is_on(project) and can(request.user, module.permission, project):
            yield module


def _url(name: str, **kwargs: object) -> str:
    """Empty where a module is not installed."""
    try:
        return reverse(name, kwargs=kwargs)
    except NoReverseMatch:
        return ""


def _is_current(path: str, url: str, project: Project) -> bool:
    return path == url if url == f"/{project.slug}/" else path.startswith(url.rstrip("/"))
