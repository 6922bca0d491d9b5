"""Absolute addresses: of a project's public site and of the platform."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.urls import LocalePrefixPattern, reverse
from django.utils.translation import get_language, override

from flectar.platform.projects.models import Project

_default_language: ContextVar[str] = ContextVar("site_language", default="en")


class SiteLanguagePrefix(LocalePrefixPattern):
    """`/es/…` on a public site, and nothing before the path in the site's own first language."""

    def __init__(self) -> None:
        super().__init__(prefix_default_language=False)

    @property
    def language_prefix(self) -> str:
        language = get_language()
        return "" if language in (None, _default_language.get()) else f"{language}/"


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
    return _origin(project.site_host)


def platform_origin() -> str:
    return _origin(settings.PLATFORM_HOST)


def site_url(project: Project, name: str, *, language: str | None = None, **kwargs: object) -> str:
    """The address of a page of the public site, in the language given (default: the site's own)."""
    with speaking(project, language):
        return site_origin(project) + reverse(name, urlconf=settings.SITE_URLCONF, kwargs=kwargs)


def dashboard_url(project: Project, name: str, **kwargs: object) -> str:
    """The address of a dashboard page, for mails."""
    return platform_origin() + reverse(name, urlconf=settings.ROOT_URLCONF, kwargs={"project": project.slug, **kwargs})


def _origin(host: str) -> str:
    scheme, usual = ("https", 443) if settings.HTTPS else ("http", 80)
    return f"{scheme}://{host}" if usual == settings.PUBLIC_PORT else f"{scheme}://{host}:{settings.PUBLIC_PORT}"


def home_path(project: Project) -> str:
    """Where its dashboard begins."""
    return f"/{project.slug}/"
