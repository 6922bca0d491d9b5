from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.platform.projects.models.business import E164
from flectar.platform.projects.models.project import TenantModel, validate_zone


class Location(TenantModel):
    """A place where the business works, with its own address, zone, phones and hours.

    The first one is the business's own: its address is written in the profile and its hours in the project's week, and
    the row follows them (places.py).
    """

    name = models.CharField(_("Name"), max_length=80)
    is_first = models.BooleanField(default=False)
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
    zone = models.CharField(_("Time zone"), max_length=64, validators=[validate_zone])
    week = models.JSONField(_("Hours"), default=list)  # [[weekday, start_min, len_min], …]; unused for the first
    position = models.SmallIntegerField(_("Order"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(is_first=True), name="projects_location_one_first"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="projects_location_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(phone="") | models.Q(phone__regex=E164), name="projects_location_phone"
            ),
            models.CheckConstraint(
                condition=models.Q(second_phone="") | models.Q(second_phone__regex=E164),
                name="projects_location_second_phone",
            ),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="projects_location_place_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)
