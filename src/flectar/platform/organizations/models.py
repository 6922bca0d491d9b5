from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.ids import UUIDv7


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    MANAGER = "manager", _("Manager")
    EDITOR = "editor", _("Editor")
    STAFF = "staff", _("Staff")
    ACCOUNTANT = "accountant", _("Accountant")
    VIEWER = "viewer", _("Viewer")


class Organization(models.Model):
    """Who owns projects and pays for them."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    name = models.CharField(_("Name"), max_length=120)
    created_at = models.DateTimeField(default=clock.now)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="organizations")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in an organization, with one role over all its projects."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(_("Role"), max_length=20, choices=Role)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="organizations_membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="organizations_membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
