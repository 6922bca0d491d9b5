from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.tenancy import TenantForeignKey
from flectar.platform.projects.models import TenantModel


class SavedView(TenantModel):
    """A list's query with a name. Its owner alone sees it, or everybody who sees the list."""

    list = models.CharField(max_length=40)  # the key of its index
    name = models.CharField(_("Name"), max_length=60)
    query = models.CharField(max_length=1000)  # as ui.index.tidy writes it
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    is_shared = models.BooleanField(_("Show it to the whole team"), default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "list", "owner", "name"], name="lists_view_named_once"),
            models.CheckConstraint(condition=~models.Q(name="") & ~models.Q(query=""), name="lists_view_says_what"),
        ]

    def __str__(self) -> str:
        return self.name


class FirstView(TenantModel):
    """The view that a list opens with, for one person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    list = models.CharField(max_length=40)
    view = TenantForeignKey(SavedView, models.CASCADE, related_name="first_for")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user", "list"], name="lists_first_view_once")]
