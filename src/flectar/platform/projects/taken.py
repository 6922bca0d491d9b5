"""Whether an address is free. A project keeps every address it has had, and nobody gets one that looks like another's.

Two tables hold addresses (projects and their past), so whoever takes one first takes a lock on what the eye sees of it.
"""

from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from flectar.platform.projects.addresses import skeleton, slug_from
from flectar.platform.projects.models import PastAddress, Project


class AddressTaken(Exception):
    """Another project has this address, had it, or has one that looks the same. Fit to show."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(_("“%(slug)s” is taken. Choose another address.") % {"slug": slug})


class LooksTaken(AddressTaken):
    """It differs only in letters that the eye confuses. Fit to show."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.args = (_("“%(slug)s” looks like another business's address. Choose another one.") % {"slug": slug},)


def refuse_taken(slug: str, *, by: UUID | None = None) -> None:
    """Raise AddressTaken unless it is free for the project `by` (None: for a new one)."""
    same = Q(slug=slug) | Q(skeleton=skeleton(slug))
    # Nobody holds the past of a project that is gone; leaving out `by` alone would forget those rows.
    not_own, not_own_past = (~Q(pk=by), ~Q(holder=by) | Q(holder=None)) if by else (Q(), Q())
    others = [
        *Project.objects.filter(same, not_own).values_list("slug", flat=True)[:2],
        *PastAddress.objects.filter(same, not_own_past).values_list("slug", flat=True)[:2],
    ]
    if others:
        raise AddressTaken(slug) if slug in others else LooksTaken(slug)


def claim(slug: str, *, by: UUID | None = None) -> None:
    """The same, and until this transaction ends nobody else can take it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('project address'), hashtext(%s))", [skeleton(slug)])
    refuse_taken(slug, by=by)


def free_slug(name: str) -> str:
    """An address that the name suggests and nobody has or had; empty if the name suggests none."""
    wanted = slug_from(name)
    if not wanted:
        return ""
    begins = Q(skeleton__startswith=skeleton(wanted))
    taken = {
        skeleton
        for model in (Project, PastAddress)
        for skeleton in model._default_manager.filter(begins).values_list("skeleton", flat=True)
    }
    numbers = (f"{wanted}-{number}" for number in range(2, 2 * len(taken) + 3))
    return next(slug for slug in (wanted, *numbers) if skeleton(slug) not in taken)
