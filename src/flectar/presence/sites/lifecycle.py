"""Changing a site's look and words."""

from dataclasses import asdict, dataclass, field

from flectar.core.events import announce
from flectar.platform.audit.log import changes, record
from flectar.platform.projects.facts import ProfileChanged
from flectar.presence.sites.about import About


@dataclass(frozen=True, kw_only=True)
class Look:
    skin: str
    brand: str = ""
    accent: str = ""
    has_fonts: bool = False
    tagline: str = ""
    texts: dict[str, dict[str, str]] = field(default_factory=dict)


def change_look(found: About, look: Look) -> None:
    """Inside the project's scope. The reaction to the fact publishes, in the same transaction."""
    site, profile = found.site, found.profile
    before = Look(
        skin=site.skin,
        brand=site.brand,
        accent=site.accent,
        has_fonts=site.has_fonts,
        tagline=profile.tagline,
        texts=dict(site.texts),
    )
    old, new = changes(asdict(before), asdict(look))
    if not new:
        return
    site.skin, site.brand, site.accent, site.texts = look.skin, look.brand, look.accent, look.texts
    site.has_fonts = look.has_fonts
    site.save()
    if "tagline" in new:
        profile.tagline = look.tagline
        profile.save()
    record("site.changed", target=site, old=old, new=new)
    announce(ProfileChanged(found.project.pk))
