"""What a business says of itself, where it is and how it is reached. Each change is recorded and announced."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from flectar.core.events import announce
from flectar.platform.audit.log import changes, record
from flectar.platform.projects.facts import ProfileChanged
from flectar.platform.projects.models import BusinessProfile, Project
from flectar.platform.projects.places import follow


@transaction.atomic
def save_business(project: Project, *, name: str, profile: Mapping[str, Any]) -> bool:
    """Set the name and fields of the profile; whether that changed anything."""
    current = BusinessProfile.objects.select_for_update(no_key=True).get()
    old, new = changes({field: getattr(current, field) for field in profile}, profile)
    if new:
        for field, value in new.items():
            setattr(current, field, value)
        current.save(update_fields=list(new))
        follow(project)
        record("profile.changed", target=current, old=old, new=new)
        announce(ProfileChanged(project.pk))
    return save_project(project, {"name": name}) or bool(new)


@transaction.atomic
def save_project(project: Project, values: Mapping[str, Any]) -> bool:
    """Set fields of the project itself: name, languages, zone, currency. Whether that changed anything."""
    current = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    old, new = changes({field: getattr(current, field) for field in values}, values)
    if not new:
        return False
    for field, value in new.items():
        setattr(current, field, value)
        setattr(project, field, value)
    current.save(update_fields=list(new))
    if "zone" in new:
        follow(project)
    record("project.changed", target=current, old=old, new=new)
    announce(ProfileChanged(project.pk))
    return True
