"""Customers who may be one person twice: the same phone and names that fit, or the same name to the letter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from flectar.people.customers import directory
from flectar.people.customers.models import Customer, CustomerPhone, Unlike
from flectar.people.customers.people import same_name

MOST = 100
_OF_ONE_KEY = 6  # more people of one name are a common name, not one person


@dataclass(frozen=True, slots=True)
class Pair:
    one: Customer  # the older
    other: Customer
    shares_phone: bool


def pairs() -> list[Pair]:
    """The likeliest first, at most a hundred."""
    by_phone = _groups(CustomerPhone.objects.filter(customer__archived_at=None), "number", "customer_id")
    by_name = _groups(Customer.objects.current(), "sort_key", "pk")
    found = {*by_phone, *by_name}
    customers = Customer.objects.with_contacts().in_bulk({pk for pair in found for pk in pair})
    unlike = told_apart(customers)
    likely = [
        Pair(customers[one], customers[other], (one, other) in by_phone)
        for one, other in sorted(found)
        if (one, other) not in unlike and ((one, other) in by_name or _fit(customers[one], customers[other]))
    ]
    return sorted(likely, key=lambda pair: (not pair.shares_phone, pair.one.sort_key))[:MOST]


def _groups(rows: Any, key: str, owner: str) -> set[tuple[UUID, UUID]]:
    repeated = rows.values(key).annotate(times=Count(owner, distinct=True)).filter(times__range=(2, _OF_ONE_KEY))
    keys = repeated.order_by(key).values_list(key, flat=True)[: MOST * 2]
    owners: dict[str, set[UUID]] = {}
    for value, pk in rows.filter(**{f"{key}__in": list(keys)}).values_list(key, owner):
        owners.setdefault(value, set()).add(pk)
    return {pair for pks in owners.values() for pair in combinations(sorted(pks), 2)}


def _fit(one: Customer, other: Customer) -> bool:
    return directory.is_stand_in(one.name) or directory.is_stand_in(other.name) or same_name(one.name, other.name)


def told_apart(ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    wanted = list(ids)
    return set(Unlike.objects.filter(one__in=wanted, other__in=wanted).values_list("one_id", "other_id"))


def tell_apart(one: Customer, other: Customer) -> None:
    first, second = sorted((one.pk, other.pk))
    Unlike.objects.get_or_create(one_id=first, other_id=second)


def bring_together(one: Customer, other: Customer) -> None:
    """They may be asked about again."""
    first, second = sorted((one.pk, other.pk))
    Unlike.objects.filter(one=first, other=second).delete()


def alike(customer: Customer) -> Sequence[Customer]:
    """Others who may be this person, but for those whom somebody has told apart."""
    others = directory.alike(customer)
    if not others:
        return []
    pks = Unlike.objects.filter(Q(one=customer.pk) | Q(other=customer.pk)).values_list("one_id", "other_id")
    apart = {pk for pair in pks for pk in pair}
    return [other for other in others if other.pk not in apart]
