"""From a host name, or the first part of a dashboard's path, to its project: also by what it was called before."""

from typing import NamedTuple

from django.conf import settings

from flectar.platform.projects.models import Domain, PastAddress, Project


class Found(NamedTuple):
    """A project, and the host where its site is at home: whoever asked another one is sent there."""

    project: Project
    home: str


def by_host(host: str) -> Found | None:
    """`host` in lower case, without port and final dot."""
    slug, dot, rest = host.partition(".")
    if dot and rest == settings.SITE_HOST:
        project = Project.objects.filter(slug=slug).first() or by_past_slug(slug)
    else:
        project = by_domain(host)
    return Found(project, project.site_host) if project else None


def by_domain(host: str) -> Project | None:
    """The project that has proved this domain, or the one that `www.` stands before."""
    names = [host, host.removeprefix("www.")]
    proven = Domain.objects.select_related("holder").filter(name__in=names, state=Domain.State.PROVEN)
    exact_first = sorted(proven, key=lambda domain: domain.name != host)
    return exact_first[0].holder if exact_first else None


def by_past_slug(slug: str) -> Project | None:
    """The project that once had this address."""
    past = PastAddress.objects.select_related("holder").filter(slug=slug).first()
    return past.holder if past else None
