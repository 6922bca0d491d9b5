"""The database keeps projects apart; this is our side of the bargain.

Start with `scope.py` (who is being served now), then `schema.py` (what the database enforces),
then `models.py` (the field and the queryset that every tenant table uses).
"""

from flectar.core.tenancy.models import ProjectKey, TenantForeignKey, TenantOneToOneField, TenantQuerySet
from flectar.core.tenancy.schema import PlatformOrTenantIsolation, TenantIsolation, TenantReference
from flectar.core.tenancy.scope import (
    NoProjectScope,
    current_project_id,
    forget_project,
    outside_projects,
    project_scope,
    prove_it_will_be_kept,
)

__all__ = [
    "NoProjectScope",
    "PlatformOrTenantIsolation",
    "ProjectKey",
    "TenantForeignKey",
    "TenantIsolation",
    "TenantOneToOneField",
    "TenantQuerySet",
    "TenantReference",
    "current_project_id",
    "forget_project",
    "outside_projects",
    "project_scope",
    "prove_it_will_be_kept",
]
