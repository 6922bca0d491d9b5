"""Changing a site's look and words."""

import io
from collections.abc import Mapping
from copy import copy
from dataclasses import asdict, dataclass, field, replace
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from flectar.core.events import announce
from flectar.core.storage import accept_image
from flectar.platform.audit.log import changes, record
from flectar.platform.projects.facts import ProfileChanged
from flectar.platform.projects.history import Page, valid
from flectar.platform.projects.models import Project
from flectar.presence.sites.about import About, about
from flectar.presence.sites.models import Logo, Site

if TYPE_CHECKING:
    from PIL import Image

ICON = 64  # pixels


@dataclass(frozen=True, kw_only=True)
class Look:
    skin: str
    brand: str = ""
    accent: str = ""
    typeface: str = ""
    corners: str = ""
    has_fonts: bool = False
    tagline: str = ""
    texts: dict[str, dict[str, str]] = field(default_factory=dict)


def look_of(found: About) -> Look:
    site, profile = found.site, found.profile
    return Look(
        skin=site.skin,
        brand=site.brand,
        accent=site.accent,
        typeface=site.typeface,
        corners=site.corners,
        has_fonts=site.has_fonts,
        tagline=profile.tagline,
        texts=dict(site.texts),
    )


def put_back(project: Project, old: Mapping[str, Any]) -> None:
    """Older values of the look, as the audit log keeps them. Raises ValidationError."""
    found = about(project)
    again: dict[str, Any] = valid(Site, old)
    if "tagline" in old:
        again["tagline"] = str(old["tagline"])
    change_look(found, replace(look_of(found), **again))


HISTORY = Page("website", _("Website"), "sites:website", "site.write", {"site.changed": put_back})


def change_look(found: About, look: Look) -> None:
    """Inside the project's scope. The reaction to the fact publishes, in the same transaction."""
    site, profile = found.site, found.profile
    before = look_of(found)
    old, new = changes(asdict(before), asdict(look))
    if not new:
        return
    _wear(site, look)
    site.save()
    if "tagline" in new:
        profile.tagline = look.tagline
        profile.save()
    record("site.changed", target=site, old=old, new=new)
    announce(ProfileChanged(found.project.pk))


def tried_on(found: About, look: Look) -> About:
    """The site as it would be with this look; nothing is saved."""
    site, profile = copy(found.site), copy(found.profile)
    _wear(site, look)
    profile.tagline = look.tagline
    return replace(found, site=site, profile=profile)


def _wear(site: Site, look: Look) -> None:
    site.skin, site.brand, site.accent, site.texts = look.skin, look.brand, look.accent, look.texts
    site.typeface, site.corners, site.has_fonts = look.typeface, look.corners, look.has_fonts


def change_logo(project: Project, upload: IO[bytes] | None) -> None:
    """Inside the project's scope; None takes it away. Raises storage.BadUpload."""
    before = Logo.objects.first()
    if upload is None:
        if before is None:
            return
        before.delete()
        record("site.logo_changed", target=project, old={"logo": True}, new={"logo": False})
    else:
        from PIL import Image

        content, suffix = accept_image(upload, longest_side=512)
        with Image.open(io.BytesIO(content)) as picture:
            values = {
                "content": content,
                "kind": suffix.lstrip("."),
                "width": picture.width,
                "height": picture.height,
                "icon": _icon(picture),
            }
        Logo.objects.update_or_create(project=project, defaults=values)
        record("site.logo_changed", target=project, old={"logo": before is not None}, new={"logo": True})
    announce(ProfileChanged(project.pk))


def _icon(picture: "Image.Image") -> bytes:
    """The whole logo in a square, on nothing."""
    from PIL import Image, ImageOps

    sheet = Image.new("RGBA", (ICON, ICON))
    small = ImageOps.contain(picture.convert("RGBA"), (ICON, ICON))
    sheet.paste(small, ((ICON - small.width) // 2, (ICON - small.height) // 2))
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()
