"""Putting tags on customers and taking them off. A tag exists as long as somebody bears it."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from flectar.core.text import BadText, clean, fold
from flectar.people.customers.errors import leave_alone_if_restricted
from flectar.people.customers.models import Customer, CustomerTag, Tag
from flectar.platform.audit.log import record

MOST = 30  # on one customer
MOST_NAMES = 300  # of one project: more is a list of notes
LONGEST = 40


class BadTag(ValueError):
    """The word cannot be a tag. Fit to show."""


def plain(raw: str) -> str:
    """One line, single spaces. Raises BadTag."""
    try:
        name = " ".join(clean(raw).split())
    except BadText as bad:
        raise BadTag(str(bad)) from None
    if not fold(name):
        raise BadTag(_("Type a tag."))
    if len(name) > LONGEST:
        raise BadTag(_("A tag has at most %(limit)s characters.") % {"limit": LONGEST})
    return name


def names() -> Sequence[str]:
    """Every tag of the project, in order."""
    return list(Tag.objects.order_by("sort_key").values_list("name", flat=True))


@transaction.atomic
def put(customer: Customer, raw: Iterable[str]) -> int:
    """Add these tags; how many were new on this customer. Raises BadTag or Restricted, and adds none."""
    wanted = {fold(name): name for name in map(plain, raw)}
    borne = set(customer.tags.values_list("tag__sort_key", flat=True))
    new = {key: name for key, name in wanted.items() if key not in borne}
    if not new:
        return 0
    leave_alone_if_restricted(customer)
    if len(borne) + len(new) > MOST:
        raise BadTag(_("%(limit)s tags on one customer are enough.") % {"limit": MOST})
    tags = _known(new)
    CustomerTag.objects.bulk_create(
        [CustomerTag(project_id=customer.project_id, customer=customer, tag=tag) for tag in tags],
        ignore_conflicts=True,
    )
    record("customer.tagged", target=customer, new={"tags": sorted(tag.name for tag in tags)})
    _forget_read(customer)
    return len(tags)


@transaction.atomic
def take(customer: Customer, tag: Tag) -> bool:
    """Take a tag off; the last one to bear it takes it along. Raises Restricted."""
    leave_alone_if_restricted(customer)
    gone, _each = CustomerTag.objects.filter(customer=customer, tag=tag).delete()
    if not gone:
        return False
    record("customer.untagged", target=customer, old={"tags": [tag.name]})
    _tidy([tag])
    _forget_read(customer)
    return True


@transaction.atomic
def replace(customer: Customer, raw: Iterable[str]) -> None:
    """Exactly these. Raises BadTag."""
    wanted = {fold(name): name for name in map(plain, raw)}
    for one in customer.tags.select_related("tag"):
        if one.tag.sort_key not in wanted:
            take(customer, one.tag)
    put(customer, wanted.values())


def put_on_new(pairs: Iterable[tuple[Customer, Sequence[str]]]) -> None:
    """On customers who bear none yet, an import's: no entry in the log for each. Raises BadTag."""
    bearers = [(customer, {fold(name): name for name in raw}) for customer, raw in pairs if raw]
    if not bearers:
        return
    every = {key: name for _customer, wanted in bearers for key, name in wanted.items()}
    by_key = {tag.sort_key: tag for tag in _known(every)}
    CustomerTag.objects.bulk_create(
        CustomerTag(project_id=customer.project_id, customer=customer, tag=by_key[key])
        for customer, wanted in bearers
        for key in wanted
    )


def room_for(raw: Iterable[str]) -> bool:
    """Whether the project may have all these tags."""
    keys = {fold(name) for name in raw}
    new = len(keys) - Tag.objects.filter(sort_key__in=keys).count()
    return not new or Tag.objects.count() + new <= MOST_NAMES


def _known(wanted: dict[str, str]) -> list[Tag]:
    """The tags of these folded names, made where they are missing."""
    missing = set(wanted) - set(Tag.objects.filter(sort_key__in=wanted).values_list("sort_key", flat=True))
    if missing and Tag.objects.count() + len(missing) > MOST_NAMES:
        raise BadTag(_("There are %(limit)s tags already. Use one of them.") % {"limit": MOST_NAMES})
    Tag.objects.bulk_create([Tag(name=wanted[key], sort_key=key) for key in sorted(missing)], ignore_conflicts=True)
    # Locked, so that nobody tidies one away before it is borne.
    return list(Tag.objects.select_for_update().filter(sort_key__in=wanted).order_by("sort_key"))


def _tidy(tags: Iterable[Tag]) -> None:
    for tag in Tag.objects.select_for_update().filter(pk__in=[tag.pk for tag in tags]):
        if not CustomerTag.objects.filter(tag=tag).exists():
            tag.delete()


def _forget_read(customer: Customer) -> None:
    getattr(customer, "_prefetched_objects_cache", {}).pop("tags", None)
