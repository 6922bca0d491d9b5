"""What every public page of bookings carries: the site's own theme, and how to reach the business. The `project` may be
that of a location (`locations.here`): then all times of the page are those of its clock."""

from typing import Any

from flectar.platform.projects.models import BusinessProfile, Project
from flectar.presence.sites.compile import theme_url


def public_context(project: Project, **more: Any) -> dict[str, Any]:
    profile = BusinessProfile.objects.filter(project=project).first()
    return {"project": project, "profile": profile, "theme_url": theme_url(project), **more}
