"""Which modules a project has switched on. The table of them is above us (config/modules.py) and handed down once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from flectar.core.events import announce
from flectar.platform.audit.log import record
from flectar.platform.projects.facts import ProfileChanged
from flectar.platform.projects.models import Project


@dataclass(frozen=True, slots=True)
class Switch:
    """A module that a project can switch: what it is, and which others it cannot do without."""

    key: str
    label: str | Promise
    text: str | Promise
    needs: tuple[str, ...] = ()


class Needed(Exception):
    """One module cannot go without another. Fit to show."""

    def __init__(self, module: Switch, needed: Switch) -> None:
        self.module = module
        self.needed = needed
        super().__init__(
            _("%(module)s needs %(needed)s. Switch both on, or both off.")
            % {"module": module.label, "needed": needed.label}
        )


_switches: Sequence[Switch] = ()


def connect(switches: Sequence[Switch]) -> None:
    """Called once, with the table of config/modules.py."""
    global _switches
    _switches = switches


def switches() -> Sequence[Switch]:
    return _switches


@transaction.atomic
def switch(project: Project, on: Collection[str]) -> bool:
    """Have exactly these modules on; whether that changed anything. What a module has stored stays."""
    known = {each.key: each for each in _switches}
    for each in _switches:
        for needed in each.needs:
            if each.key in on and needed not in on:
                raise Needed(each, known[needed])
    locked = Project.objects.select_for_update().get(pk=project.pk)
    before = list(locked.modules)
    # A key that no table knows (any more) is kept: its module may come back.
    after = [key for key in before if key not in known] + [each.key for each in _switches if each.key in on]
    if set(after) == set(before):
        return False
    locked.modules = project.modules = after
    locked.save(update_fields=["modules"])
    record("modules.switched", target=project, old={"modules": before}, new={"modules": after})
    announce(ProfileChanged(project.pk))
    return True
