from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.platform.projects.models.place import Place
from flectar.platform.projects.models.project import validate_zone


class Location(Place):
    """A place where the business works, with its own address, zone, phones and hours.

    The first one is the business's own: its address is written in the profile and its hours in the project's week, and
    the row follows them (places.py).
    """

    name = models.CharField(_("Name"), max_length=80)
    is_first = models.BooleanField(default=False)
    zone = models.CharField(_("Time zone"), max_length=64, validators=[validate_zone])
    week = models.JSONField(_("Hours"), default=list)  # [[weekday, start_min, len_min], …]; unused for the first
    position = models.SmallIntegerField(_("Order"), default=0)

    class Meta:
        constraints = [
            *Place.Meta.constraints,
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(is_first=True), name="projects_location_one_first"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="projects_location_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)
