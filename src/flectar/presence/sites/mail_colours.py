"""A project's mails wear the colours of its site."""

from flectar.platform.projects.models import BusinessProfile, Project
from flectar.presence.sites.models import Site
from flectar.presence.sites.skins import skin_for
from flectar.presence.sites.theme import Shades, shades


def of(project: Project) -> Shades:
    """Inside the project's scope. Before the first publish: the colours that its look will have."""
    site = Site.objects.filter(project=project).first()
    if site is None:
        profile = BusinessProfile.objects.filter(project=project).first()
        site = Site(project=project, skin=skin_for(profile.kind if profile else ""))
    return shades(site.tokens)
