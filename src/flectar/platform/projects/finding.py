"""From a host name, or the first part of a dashboard's path, to its project: also by what it was called before."""

from typing import NamedTuple

from django.conf import settings

from flectar.platform.projects.models import PastAddress, Project


class Found(NamedTuple):
    """A project, and the host where its site is at home: whoever asked another one is sent there."""

    project: Project
    home: str


def by_host(host: str) -> Found | None:
    """`host` in lower case, without port and final dot."""
    slug, dot, rest = host.partition(".")
    if not dot or rest != settings.SITE_HOST:
        return None
    project = Project.objects.filter(slug=slug).first() or by_past_slug(slug)
    return Found(project, project.site_host) if project else None


def by_past_slug(slug: str) -> Project | None:
    """The project that once had this address."""
    past = PastAddress.objects.select_related("holder").filter(slug=slug).first()
    return past.holder if past else None
