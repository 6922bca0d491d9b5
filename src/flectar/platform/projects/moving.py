"""Giving a project another address. The old one stays its own and leads on to the new one."""

from django.db import transaction
from django.utils.translation import gettext as _

from flectar.core.events import announce
from flectar.platform.audit.log import record
from flectar.platform.projects.facts import AddressesChanged
from flectar.platform.projects.models import PastAddress, Project
from flectar.platform.projects.taken import claim

# Each is a name that nobody else can have.
MOST_PAST = 10


class TooManyMoves(Exception):
    """Fit to show."""

    def __init__(self) -> None:
        super().__init__(
            _("This project keeps %(count)s older addresses already. Go back to one of them.") % {"count": MOST_PAST}
        )


@transaction.atomic
def move(project: Project, slug: str) -> bool:
    """Whether that changed anything. Raises AddressTaken and TooManyMoves."""
    current = Project.objects.select_for_update().get(pk=project.pk)
    if current.slug == slug:
        return False
    claim(slug, by=current.pk)
    is_return, _rows = PastAddress.objects.filter(slug=slug, holder=current).delete()
    if not is_return and current.past_addresses.count() >= MOST_PAST:
        raise TooManyMoves
    PastAddress.objects.create(slug=current.slug, holder=current)
    before, current.slug = current.slug, slug
    current.save(update_fields=["slug"])
    project.slug = slug
    record("project.moved", target=current, old={"slug": before}, new={"slug": slug})
    announce(AddressesChanged(project.pk))
    return True
