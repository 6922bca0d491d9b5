from datetime import date, timedelta
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.ids import UUIDv7
from flectar.core.tenancy import ProjectKey, TenantQuerySet
from flectar.platform.organizations.models import Membership, Organization
from flectar.platform.projects.addresses import Skeleton, validate_slug


def validate_zone(name: str) -> None:
    """An IANA time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValidationError(
            _("“%(name)s” is not a time zone. Choose one such as Europe/Madrid.") % {"name": name}
        ) from error


def default_modules() -> list[str]:
    return ["booking", "customers", "site"]


def default_locales() -> list[str]:
    return ["en", "es"]


class ProjectQuerySet(models.QuerySet["Project"]):
    def of(self, user: Any) -> "ProjectQuerySet":
        """The projects that the person's seats reach, by name."""
        seats = Membership.objects.filter(user=user, organization=models.OuterRef("organization"))
        reaching = seats.filter(models.Q(project_ids=None) | models.Q(project_ids__contains=[models.OuterRef("pk")]))
        return self.filter(models.Exists(reaching)).order_by("name", "id")


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
    first_weekday = models.SmallIntegerField(
        _("First day of the week"),
        default=0,
        db_default=0,
        choices=[(0, _("Monday")), (5, _("Saturday")), (6, _("Sunday"))],
    )
    modules = models.JSONField(_("Modules"), default=default_modules)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    domain = models.CharField(max_length=253, blank=True, default="", db_default="")  # where the site is at home, if so
    suspended_at = models.DateTimeField(null=True)  # by the platform: see suspension.py
    leaves_at = models.DateTimeField(null=True)  # when everything of it is deleted: see deletion.py
    # What the eye makes of the address: two projects never share it, see taken.py.
    skeleton = models.GeneratedField(
        expression=Skeleton("slug"), output_field=models.CharField(max_length=48), db_persist=True
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_weekday__range=(0, 6)), name="projects_project_first_weekday"
            )
        ]
        indexes = [models.Index(fields=["skeleton"], name="projects_by_skeleton")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether the world may see its site."""
        return self.suspended_at is None and self.leaves_at is None

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def today(self) -> date:
        """The date on the wall of the business."""
        return clock.today(self.tz)

    def week_of(self, day: date) -> date:
        """The day on which the week of this day begins, as the business counts."""
        return day - timedelta(days=(day.weekday() - self.first_weekday) % 7)

    @property
    def site_host(self) -> str:
        """The host name of the public site, without a port."""
        return self.domain or self.platform_host

    @property
    def platform_host(self) -> str:
        """Its host below ours, which it keeps beside a domain of its own."""
        return f"{self.slug}.{settings.SITE_HOST}"

    def has(self, module: str) -> bool:
        return module in self.modules


class TenantModel(models.Model):
    """A row that belongs to one project. Row-level security, unique(project, id) and composite references come with
    the fields (core/tenancy)."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    project = ProjectKey(Project)

    is_made_again: ClassVar[bool] = False  # from other rows: no part of an export

    objects: ClassVar[models.Manager[Self]] = TenantQuerySet.as_manager()

    class Meta:
        abstract = True
