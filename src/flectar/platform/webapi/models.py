"""Keys of an organization, and the answers that a repeated request gets again."""

import ipaddress

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.core.ids import UUIDv7
from flectar.platform.organizations.models import Organization
from flectar.platform.projects.models import Project, TenantModel


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def working(self) -> "ApiKeyQuerySet":
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=clock.now()), revoked_at=None)

    def reaching(self, project: Project) -> "ApiKeyQuerySet":
        """Keys of the project's organization that may be used for it."""
        mine = Q(project_ids=[]) | Q(project_ids__contains=[str(project.pk)])
        return self.filter(mine, organization_id=project.organization_id)


class ApiKey(models.Model):
    """A program's right to act for an organization. Belongs to the organization, so it outlives whoever made it.

    Only a hash is stored: the key has 256 random bits, so a plain SHA-256 cannot be guessed back.
    """

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="api_keys")
    name = models.CharField(_("Name"), max_length=80)
    prefix = models.CharField(max_length=40, unique=True)  # the public part: fb_live_3kTz…
    digest = models.CharField(max_length=64)  # SHA-256 of the whole key, in hex
    scopes = models.JSONField(default=list)  # permissions, as in "customers.read"
    project_ids = models.JSONField(default=list)  # empty: every project of the organization
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)  # to the hour
    revoked_at = models.DateTimeField(null=True)
    # CIDR ranges, as in 203.0.113.0/24; empty: from anywhere.
    networks = ArrayField(models.CharField(max_length=43), default=list, db_default=[])
    is_leaked = models.BooleanField(default=False, db_default=False)  # somebody found it in public; then it is revoked
    rolled_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")  # the key in its place

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organization", "-created_at"], name="webapi_key_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_working(self) -> bool:
        return self.revoked_at is None and not self.has_expired

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= clock.now()

    def comes_from(self, address: str) -> bool:
        """Whether the key may be used from this address."""
        if not self.networks:
            return True
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        ip = getattr(ip, "ipv4_mapped", None) or ip
        return any(ip in ipaddress.ip_network(network) for network in self.networks)

    def reaches(self, project: Project) -> bool:
        is_its_own = project.organization_id == self.organization_id
        return is_its_own and (not self.project_ids or str(project.pk) in self.project_ids)


class IdempotentAnswer(TenantModel):
    """What a request with an Idempotency-Key was answered, for a day. Status 0: it is being worked on."""

    caller_id = models.UUIDField()  # the API key's or the person's id
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.SmallIntegerField(default=0)
    body = models.TextField(blank=True)
    location = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "caller_id", "key"], name="webapi_answer_once"),
        ]
        indexes = [models.Index(fields=["project", "created_at"], name="webapi_answer_oldest")]

    def __str__(self) -> str:
        return self.key
