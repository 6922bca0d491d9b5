from django.db import models

from flectar.core.ids import UUIDv7
from flectar.core.tenancy import PlatformOrTenantIsolation


class Block(models.Model):
    """A sealed batch of entries. Its digest is over theirs and over the block before it: see sealing.py."""

    number = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    count = models.IntegerField()
    previous = models.BinaryField()
    digest = models.BinaryField()

    def __str__(self) -> str:
        return str(self.number)


class Entry(models.Model):
    """One change. `old` and `new` hold the changed values, secrets masked; ids are plain, so that nothing is lost
    with the row they point to.

    What may name a person (names, old, new) can be forgotten later; `fingerprint` stands for it in the seal.
    """

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
    salt = models.BinaryField(null=True)  # of the fingerprint; goes with what is forgotten, else it could be guessed
    fingerprint = models.BinaryField(default=bytes)
    block = models.BigIntegerField(null=True)  # the sealed batch that it is in; None for the newest

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["project_id", "-at", "-id"], name="audit_by_project"),
            models.Index(fields=["organization_id", "-at", "-id"], name="audit_by_organization"),
            models.Index(fields=["project_id", "target_id", "-at"], name="audit_by_target"),
            models.Index(fields=["project_id", "actor_id", "-at", "-id"], name="audit_by_actor"),
            models.Index(fields=["project_id", "action", "-at", "-id"], name="audit_by_action"),
            models.Index(fields=["block", "id"], name="audit_by_block"),
        ]
        constraints = [PlatformOrTenantIsolation(name="audit_entry_tenant")]

    def __str__(self) -> str:
        return self.action

    @property
    def is_forgotten(self) -> bool:
        """What named a person was taken out; the deed and its time stay."""
        return self.salt is None
