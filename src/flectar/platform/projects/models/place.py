from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.platform.projects.models.project import TenantModel

POSTCODE_LAST = frozenset(("AU", "CA", "GB", "IE", "IN", "NZ", "US"))
_E164 = r"^\+[1-9][0-9]{6,14}$"


class Address(TenantModel):
    """Where somebody or something is, as it stands on an envelope."""

    street = models.CharField(_("Street and number"), max_length=160, blank=True)
    postal_code = models.CharField(_("Postcode"), max_length=16, blank=True)
    city = models.CharField(_("City"), max_length=80, blank=True)
    region = models.CharField(_("Region"), max_length=80, blank=True)
    country = models.CharField(_("Country"), max_length=2, default="ES")

    class Meta:
        abstract = True

    @property
    def lines(self) -> list[str]:
        """As it is written in its country: the postcode stands before the town, or behind it."""
        if self.country in POSTCODE_LAST:
            town = " ".join(part for part in (self.city, self.region, self.postal_code) if part)
        else:
            town = " ".join(part for part in (self.postal_code, self.city) if part)
            if self.region and self.region != self.city:
                town = f"{town} ({self.region})" if town else self.region
        return [part for part in (self.street, town) if part]


class Place(Address):
    """Where something is and how to ring there."""

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

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(phone="") | models.Q(phone__regex=_E164), name="%(app_label)s_%(class)s_phone"
            ),
            models.CheckConstraint(
                condition=models.Q(second_phone="") | models.Q(second_phone__regex=_E164),
                name="%(app_label)s_%(class)s_second_phone",
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
                name="%(app_label)s_%(class)s_place_on_earth",
            ),
        ]
