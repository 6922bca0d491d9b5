from flectar.platform.projects.addresses import validate_slug
from flectar.platform.projects.models.addresses import Domain, PastAddress
from flectar.platform.projects.models.business import MINUTES_A_DAY, BusinessProfile, OpeningHours, SpecialDay
from flectar.platform.projects.models.endings import Suspension, Transfer
from flectar.platform.projects.models.exports import Export
from flectar.platform.projects.models.locations import Location
from flectar.platform.projects.models.place import Address
from flectar.platform.projects.models.project import (
    Project,
    ProjectQuerySet,
    TenantModel,
    default_locales,
    default_modules,
    validate_zone,
)

__all__ = [
    "MINUTES_A_DAY",
    "Address",
    "BusinessProfile",
    "Domain",
    "Export",
    "Location",
    "OpeningHours",
    "PastAddress",
    "Project",
    "ProjectQuerySet",
    "SpecialDay",
    "Suspension",
    "TenantModel",
    "Transfer",
    "default_locales",
    "default_modules",
    "validate_slug",
    "validate_zone",
]
