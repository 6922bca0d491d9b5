from datetime import date
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.ids import UUIDv7
from flectar.core.tenancy import ProjectKey, TenantQuerySet
from flectar.platform.organizations.models import Organization
from flectar.platform.projects.addresses import validate_slug

MINUTES_A_DAY = 24 * 60
_E164 = r"^\+[1-9][0-9]{6,14}$"


def validate_zone(name: str) -> None:
    """An IANA time zone."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError) as error:
        raise ValidationError(
            _("“%(name)s” is not a time zone. Choose one such as Europe/Madrid.") % {"name": name}
        ) from error


def default_modules() -> list[str]:
    return ["booking", "customers", "site"]


def default_locales() -> list[str]:
    return ["en", "es"]


class ProjectQuerySet(models.QuerySet["Project"]):
    def of(self, user: Any) -> "ProjectQuerySet":
        """The projects of the person's organizations, by name."""
        return self.filter(organization__memberships__user=user).order_by("name", "id")


class Project(models.Model):
    """One business on the platform. Its id is the key of every tenant table."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="projects")
    slug = models.CharField(_("Address"), max_length=48, unique=True, validators=[validate_slug])
    name = models.CharField(_("Name"), max_length=120)
    locale = models.CharField(_("Language"), max_length=10, default="en", choices=settings.LANGUAGES)
    locales = models.JSONField(_("Languages"), default=default_locales)
    zone = models.CharField(_("Time zone"), max_length=64, default="Europe/Madrid", validators=[validate_zone])
    currency = models.CharField(_("Currency"), max_length=3, default="EUR")
    modules = models.JSONField(_("Modules"), default=default_modules)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    objects = ProjectQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def today(self) -> date:
        """The date on the wall of the business."""
        return clock.today(self.tz)

    @property
    def site_host(self) -> str:
        """The host name of the public site, without a port."""
        return f"{self.slug}.{settings.SITE_HOST}"

    def has(self, module: str) -> bool:
        return module in self.modules


class TenantModel(models.Model):
    """A row that belongs to one project. Row-level security, unique(project, id) and composite references come with
    the fields (core/tenancy)."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    project = ProjectKey(Project)

    objects: ClassVar[models.Manager[Self]] = TenantQuerySet.as_manager()

    class Meta:
        abstract = True


class BusinessProfile(TenantModel):
    """What a business says of itself, in public and on paper. One a project."""

    class Kind(models.TextChoices):
        SALON = "salon", _("Hair and beauty")
        CLINIC = "clinic", _("Clinic or therapy")
        STUDIO = "studio", _("Studio or classes")
        CONSULTANT = "consultant", _("Consulting or lessons")
        RESTAURANT = "restaurant", _("Restaurant or bar")
        STAY = "stay", _("Holiday home or hotel")
        OTHER = "other", _("Something else")

    kind = models.CharField(_("Kind of business"), max_length=20, choices=Kind, default=Kind.OTHER)
    tagline = models.CharField(_("Headline"), max_length=120, blank=True)
    description = models.TextField(_("About"), max_length=2000, blank=True)
    street = models.CharField(_("Street and number"), max_length=160, blank=True)
    postal_code = models.CharField(_("Postcode"), max_length=16, blank=True)
    city = models.CharField(_("City"), max_length=80, blank=True)
    region = models.CharField(_("Region"), max_length=80, blank=True)
    country = models.CharField(_("Country"), max_length=2, default="ES")
    latitude = models.DecimalField(
        _("Latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("Longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    phone = models.CharField(_("Phone"), max_length=20, blank=True)  # E.164, as the next
    second_phone = models.CharField(_("Second phone"), max_length=20, blank=True)
    email = models.EmailField(_("Email"), blank=True)
    legal_name = models.CharField(_("Legal name"), max_length=160, blank=True)
    tax_id = models.CharField(_("Tax number"), max_length=32, blank=True)
    privacy_contact = models.EmailField(_("Privacy contact"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project"], name="projects_businessprofile_one"),
            models.CheckConstraint(
                condition=models.Q(phone="") | models.Q(phone__regex=_E164), name="projects_businessprofile_phone"
            ),
            models.CheckConstraint(
                condition=models.Q(second_phone="") | models.Q(second_phone__regex=_E164),
                name="projects_businessprofile_second_phone",
            ),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                # Said aloud that neither is NULL: a check that comes out as NULL passes.
                | models.Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="projects_businessprofile_place_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return str(self.legal_name or self.get_kind_display())


class OpeningHours(TenantModel):
    """A window of the week in which the business is open, in its local time. May run past midnight."""

    weekday = models.SmallIntegerField(_("Day"))  # 0 Monday … 6 Sunday
    start_min = models.SmallIntegerField(_("Opens"))  # minutes after midnight
    len_min = models.SmallIntegerField(_("Open for"))  # minutes

    class Meta:
        verbose_name_plural = "opening hours"
        constraints = [
            models.UniqueConstraint(fields=["project", "weekday", "start_min"], name="projects_openinghours_once"),
            models.CheckConstraint(condition=models.Q(weekday__range=(0, 6)), name="projects_openinghours_weekday"),
            models.CheckConstraint(
                condition=models.Q(start_min__range=(0, MINUTES_A_DAY - 1)), name="projects_openinghours_start"
            ),
            models.CheckConstraint(
                condition=models.Q(len_min__range=(1, MINUTES_A_DAY)), name="projects_openinghours_length"
            ),
        ]


class SpecialDay(TenantModel):
    """A date with hours of its own: a holiday, a late evening. No windows: closed all day."""

    day = models.DateField(_("Date"))
    windows = models.JSONField(_("Hours"), default=list)  # [[start_min, len_min], …]
    note = models.CharField(_("Note"), max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "day"], name="projects_specialday_once")]
