from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.platform.projects.models.place import Place
from flectar.platform.projects.models.project import TenantModel

MINUTES_A_DAY = 24 * 60


class BusinessProfile(Place):
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
    email = models.EmailField(_("Email"), blank=True)
    legal_name = models.CharField(_("Legal name"), max_length=160, blank=True)
    tax_id = models.CharField(_("Tax number"), max_length=32, blank=True)
    privacy_contact = models.EmailField(_("Privacy contact"), blank=True)

    class Meta:
        constraints = [
            *Place.Meta.constraints,
            models.UniqueConstraint(fields=["project"], name="projects_businessprofile_one"),
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
