from django.db import models

from flectar.core.ids import UUIDv7
from flectar.core.tenancy import PlatformOrTenantIsolation


class Entry(models.Model):
    """One change. `old` and `new` hold the changed values, secrets masked; ids are plain, so that nothing is lost
    with the row they point to."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    at = models.DateTimeField()
    action = models.CharField(max_length=80)
    actor_id = models.UUIDField(null=True)
    actor_kind = models.CharField(max_length=20, default="system")
    actor_name = models.CharField(max_length=200, blank=True)
    organization_id = models.UUIDField(null=True)
    project_id = models.UUIDField(null=True)
    target_type = models.CharField(max_length=80, blank=True)
    target_id = models.UUIDField(null=True)
    target_name = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["project_id", "-at", "-id"], name="audit_by_project"),
            models.Index(fields=["organization_id", "-at", "-id"], name="audit_by_organization"),
            models.Index(fields=["project_id", "target_id", "-at"], name="audit_by_target"),
            models.Index(fields=["project_id", "actor_id", "-at", "-id"], name="audit_by_actor"),
            models.Index(fields=["project_id", "action", "-at", "-id"], name="audit_by_action"),
        ]
        constraints = [PlatformOrTenantIsolation(name="audit_entry_tenant")]
