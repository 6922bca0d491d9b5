"""Absolute addresses: of a project's public site and of the platform."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from django.conf import settings
from django.urls import LocalePrefixPattern, URLResolver, reverse
from django.utils.translation import get_language, override

from flectar.core.origins import origin, platform_origin
from flectar.platform.projects.models import Project

FRAMED = "embed"
"""What stands before the path of a page that is shown in a frame on somebody else's website."""

_default_language: ContextVar[str] = ContextVar("site_language", default="en")


class SiteLanguagePrefix(LocalePrefixPattern):
    """`/es/…` on a public site, and nothing before the path in the site's own first language. `before`: what comes
    before the language, as in `/embed/es/…`."""

    def __init__(self, first: str = "en", before: str = "") -> None:
        super().__init__(prefix_default_language=False)
        self.first = first
        self.before = before

    @property
    def language_prefix(self) -> str:
        language = get_language()
        return self.before if language in (None, self.first) else f"{self.before}{language}/"


def site_addresses(first: str, *, is_framed: bool = False) -> Any:
    """The URL patterns of a site with this first language: a module, where Django's stubs know only its name.
    `is_framed`: those of its pages that may be shown on other websites, and whose links lead to one another."""
    return _framed_addresses(settings.SITE_URLCONF, first) if is_framed else _addresses(settings.SITE_URLCONF, first)


@cache
def _framed_addresses(urlconf: str, first: str) -> ModuleType:
    made = ModuleType(f"{urlconf}.{FRAMED}.{first}")
    written = vars(import_module(urlconf))
    vars(made).update({name: value for name, value in written.items() if name.startswith("handler")})
    vars(made)["urlpatterns"] = [URLResolver(SiteLanguagePrefix(first, f"{FRAMED}/"), written["framed"])]
    return made


@cache
def _addresses(urlconf: str, first: str) -> ModuleType:
    # One for each: Django remembers what it reverses by urlconf and language, and what is `/es/book` on one site is
    # `/book` on another.
    written = import_module(urlconf)
    made = ModuleType(f"{urlconf}.{first}")
    vars(made).update({name: value for name, value in vars(written).items() if not name.startswith("__")})
    vars(made)["urlpatterns"] = [
        URLResolver(SiteLanguagePrefix(first), each.urlconf_name)
        if isinstance(each.pattern, SiteLanguagePrefix)
        else each
        for each in written.urlpatterns
    ]
    return made


@contextmanager
def speaking(project: Project, language: str | None = None) -> Iterator[None]:
    """Serve or write in one of the site's languages; addresses made inside carry it."""
    token = _default_language.set(project.locale)
    try:
        with override(language if language in project.locales else project.locale):
            yield
    finally:
        _default_language.reset(token)


def site_origin(project: Project) -> str:
    return origin(project.site_host)


def site_url(project: Project, name: str, *, language: str | None = None, **kwargs: object) -> str:
    """The address of a page of the public site, in the language given (default: the site's own)."""
    with speaking(project, language):
        return site_origin(project) + site_path(name, **kwargs)


def site_path(name: str, **kwargs: object) -> str:
    """The path of a page of the site that is being served or written."""
    return reverse(name, urlconf=site_addresses(_default_language.get()), kwargs=kwargs)


def dashboard_url(project: Project, name: str, **kwargs: object) -> str:
    """The address of a dashboard page, for mails."""
    return platform_origin() + reverse(name, urlconf=settings.ROOT_URLCONF, kwargs={"project": project.slug, **kwargs})


def home_path(project: Project) -> str:
    """Where its dashboard begins."""
    return f"/{project.slug}/"
