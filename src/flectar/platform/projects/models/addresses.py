from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.ids import UUIDv7, new_token
from flectar.platform.projects.addresses import Skeleton
from flectar.platform.projects.domain_names import said
from flectar.platform.projects.models.project import Project


class PastAddress(models.Model):
    """An address that a project has had. It leads on to the present one, and nobody else may take it.

    When the project is gone for good it still keeps the name, so that a stranger does not inherit its links.
    """

    slug = models.CharField(max_length=48, primary_key=True)
    holder = models.ForeignKey(Project, models.SET_NULL, null=True, related_name="past_addresses")
    retired_at = models.DateTimeField(default=clock.now)
    skeleton = models.GeneratedField(
        expression=Skeleton("slug"), output_field=models.CharField(max_length=48), db_persist=True
    )

    class Meta:
        verbose_name_plural = "past addresses"
        indexes = [models.Index(fields=["skeleton"], name="projects_past_by_skeleton")]

    def __str__(self) -> str:
        return self.slug


class DomainQuerySet(models.QuerySet["Domain"]):
    def present(self) -> "DomainQuerySet":
        """What its project still has, in the order in which it came."""
        return self.exclude(state=Domain.State.RELEASED).order_by("added_at", "id")

    def standing(self) -> "DomainQuerySet":
        """Nobody else can have these names now: proven ones, and given-up ones for a while."""
        kept = models.Q(state=Domain.State.RELEASED, released_at__gt=clock.now() - Domain.KEPT)
        return self.filter(models.Q(state=Domain.State.PROVEN) | kept)


class Domain(models.Model):
    """A domain of a business's own. It answers once a TXT record has proved whose it is.

    Several projects may wait with the same name; it belongs to the one that proves it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for its DNS records")
        PROVEN = "proven", _("Connected")
        RELEASED = "released", _("Given up")

    class Problem(models.TextChoices):
        """What the last look found wrong with the TXT record."""

        NONE = "", _("Nothing")
        MISSING = "missing", _("The TXT record isn't there yet")
        OTHER = "other", _("There is a TXT record with another value")
        SILENT = "silent", _("The name servers of this domain don't answer")
        TAKEN = "taken", _("Another project has connected this domain")

    KEPT = timedelta(days=30)

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    holder = models.ForeignKey(Project, models.SET_NULL, null=True, related_name="domains")
    name = models.CharField(_("Domain"), max_length=253)  # lower case, punycode
    token = models.CharField(max_length=40, default=new_token)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.WAITING)
    problem = models.CharField(max_length=10, choices=Problem, blank=True, default=Problem.NONE)
    leads_here = models.BooleanField(null=True)  # None: nobody could tell
    failures = models.SmallIntegerField(default=0)  # looks in a row that did not find the proof
    added_at = models.DateTimeField(default=clock.now)
    asked_at = models.DateTimeField(null=True)  # when somebody last asked for a look
    checked_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    objects = DomainQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(state="proven"), name="projects_domain_proven_once"
            ),
            models.UniqueConstraint(fields=["holder", "name"], name="projects_domain_once_a_project"),
            models.CheckConstraint(
                condition=models.Q(name__regex=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"), name="projects_domain_spelling"
            ),
        ]
        indexes = [models.Index(fields=["name"], name="projects_domain_by_name")]

    def __str__(self) -> str:
        return said(self.name)

    @property
    def is_proven(self) -> bool:
        return self.state == self.State.PROVEN

    @property
    def is_being_checked(self) -> bool:
        """Somebody asked a moment ago and waits; after a minute the page waits no longer."""
        if self.asked_at is None or self.asked_at < clock.now() - timedelta(minutes=1):
            return False
        return self.checked_at is None or self.checked_at < self.asked_at

    @property
    def proof_name(self) -> str:
        return f"_flectar.{self.name}"

    @property
    def proof(self) -> str:
        return f"flectar={self.token}"
