"""A site's look, the edition that is out, and the answers that are stored."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.platform.projects.models import Project, TenantModel
from flectar.presence.sites.colour import HEX
from flectar.presence.sites.skins import CORNERS, PAIRS, SKINS, Skin, skin_for
from flectar.presence.sites.theme import Tokens


class Site(TenantModel):
    """How a project's pages look. One a project, made with its first publish."""

    skin = models.CharField(_("Look"), max_length=20)
    brand = models.CharField(_("Your colour"), max_length=7, blank=True, default="")  # empty: the look's own
    accent = models.CharField(_("Second colour"), max_length=7, blank=True, default="")
    typeface = models.CharField(_("Typefaces"), max_length=20, blank=True, default="", db_default="", choices=PAIRS)
    corners = models.CharField(_("Corners"), max_length=10, blank=True, default="", db_default="", choices=CORNERS)
    has_fonts = models.BooleanField(_("The look's own typefaces"), default=False)
    # {"es": {"tagline": "…", "description": "…"}}: what the profile says, in the other languages.
    texts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project"], name="presence_sites_site_one"),
            models.CheckConstraint(
                condition=models.Q(brand__regex=rf"^({HEX.pattern})?$"), name="presence_sites_site_brand"
            ),
            models.CheckConstraint(
                condition=models.Q(accent__regex=rf"^({HEX.pattern})?$"), name="presence_sites_site_accent"
            ),
        ]

    def __str__(self) -> str:
        return str(self.character.label)

    @property
    def character(self) -> Skin:
        return SKINS.get(self.skin) or SKINS["plain"]

    @property
    def tokens(self) -> Tokens:
        return self.character.tokens_with(
            brand=self.brand, accent=self.accent, typeface=self.typeface, corners=self.corners
        )

    @property
    def pair(self) -> str:
        """The type pair to load; empty while the visitor's device lends its own letters."""
        return (self.typeface or self.character.pair) if self.has_fonts else ""

    def text(self, locale: str, name: str) -> str:
        """Empty if nobody has written it in this language."""
        found: str = self.texts.get(locale, {}).get(name, "")
        return found


class Logo(TenantModel):
    """The sign of the business, as we have encoded it anew, and the small icon that was made of it. One a project."""

    content = models.BinaryField()
    kind = models.CharField(max_length=4)  # jpg, png or webp
    width = models.IntegerField()
    height = models.IntegerField()
    icon = models.BinaryField()  # a square PNG

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project"], name="presence_sites_logo_one")]


def site_of(project: Project, kind: str) -> Site:
    """The project's site; made at first use, in the look of its trade."""
    site: Site = Site.objects.get_or_create(project=project, defaults={"skin": skin_for(kind)})[0]
    return site


class Edition(TenantModel):
    """What is out: a number that grows by one with each publish, and the addresses that are answered from memory.

    One a project. The front finds it before any project is being served, by the function `presence_sites_editions`.
    """

    is_made_again = True

    version = models.BigIntegerField(default=0)
    paths = models.JSONField(default=list)
    recipe = models.CharField(max_length=32, blank=True)  # of the code that compiled it
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project"], name="presence_sites_edition_one")]

    def __str__(self) -> str:
        return str(self.version)


class Artifact(TenantModel):
    """One stored answer: an address of the site and its bytes, compressed once."""

    is_made_again = True

    path = models.CharField(max_length=200)
    content_type = models.CharField(max_length=80)
    language = models.CharField(max_length=10, blank=True)
    br = models.BinaryField()
    gzip = models.BinaryField()
    length = models.IntegerField()
    etag = models.CharField(max_length=32)
    csp = models.TextField(blank=True)
    is_immutable = models.BooleanField(default=False)
    is_pressed = models.BooleanField(default=False)  # brotli at its best, which a publish has no time for
    valid_until = models.DateTimeField(null=True)
    version = models.BigIntegerField()  # the edition that wrote it
    used_at = models.DateTimeField()  # the last publish that needed it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "path"], name="presence_sites_artifact_once")]

    def __str__(self) -> str:
        return self.path
