"""The list of customers as the team looks through it: views, search, order, page by page."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.http import QueryDict

from flectar.core.planning import planned_anew
from flectar.core.text import fold
from flectar.people.customers import consents, custom, narrowing
from flectar.people.customers.models import Customer, CustomerQuerySet, CustomerTag
from flectar.people.customers.search import search
from flectar.ui.index import Look

PAGE = 50
MOST = 1000  # a deed on all that a search finds takes so many
VIEWS = ("current", "archived")
FILTERS = ("tag", "consent", "kind")
FIELD = re.compile(r"field-([0-9a-f]{8}-[0-9a-f-]{27})")  # a filter by a field of the owner's own
MOST_FILTERS = 10
SORTS = ("name", "-name", "-added", "added")
_KEYS = {"name": "sort_key", "added": "created_at"}


@dataclass(frozen=True, slots=True)
class Page:
    customers: Sequence[Customer]
    next: str  # where the next page begins; empty on the last


def read(asked: QueryDict, may: Callable[[str], bool] | None = None) -> Look:
    """`may`: the reader's rights; a filter that they may not use is left out."""
    if asked.get("show") == "archived":  # the address that this view had before
        asked = asked.copy()
        asked["view"] = "archived"
    of_fields = [name for name in asked if FIELD.fullmatch(name)][:MOST_FILTERS]
    return Look.read(asked, views=VIEWS, filters=(*FILTERS, *narrowing.names(may), *of_fields), sorts=SORTS)


def matching(look: Look) -> CustomerQuerySet:
    """Everybody that the list would show, on whatever page."""
    found: CustomerQuerySet = Customer.objects.archived() if look.view == "archived" else Customer.objects.current()
    for name, value in look.chosen.items():
        found = _narrowed(found, name, value)
    found = narrowing.narrowed(found, look.chosen)
    if fold(look.text):
        return found.filter(pk__in=search(look.text, archived=look.view == "archived", limit=MOST))
    return found


def _narrowed(found: CustomerQuerySet, name: str, value: str) -> CustomerQuerySet:
    if name == "tag":
        return found.filter(pk__in=CustomerTag.objects.filter(tag__sort_key=fold(value)).values("customer"))
    if name == "kind":
        return found.filter(kind=value)
    if name == "consent":
        return consents.of_those(found, value) if value in consents.QUESTIONS else found.none()
    if match := FIELD.fullmatch(name):
        return custom.narrowed(found, UUID(match[1]), value)
    return found


def in_order(look: Look, found: CustomerQuerySet) -> CustomerQuerySet:
    """By an index of its own, whatever the order."""
    sign, key = ("-" if look.sort.startswith("-") else ""), _KEYS[look.sort.removeprefix("-")]
    ordered: CustomerQuerySet = found.order_by(f"{sign}{key}", f"{sign}id")
    return ordered


def _sorted(look: Look, found: CustomerQuerySet) -> CustomerQuerySet:
    """As `in_order`, past its index: no index gives what an expression is."""
    sign, key = look.sort.startswith("-"), _KEYS[look.sort.removeprefix("-")]
    column = Coalesce(key, key)
    ordered: CustomerQuerySet = found.order_by(column.desc() if sign else column.asc(), "-id" if sign else "id")
    return ordered


def counted(asked: QueryDict) -> CustomerQuerySet | None:
    """For the count of a saved view."""
    return to_count(read(asked))


def to_count(look: Look) -> CustomerQuerySet | None:
    """None for a search, which is not counted. All of a view are counted along its order; some of them are found by
    what they have in common, which no order helps with."""
    if look.text:
        return None
    found = matching(look)
    return found if look.chosen else in_order(look, found)


def page(look: Look, *, are_few: bool = False) -> Page:
    """`are_few`: hardly anybody matches, so they are put in order, instead of looked for in the order of all."""
    key, is_backwards = _KEYS[look.sort.removeprefix("-")], look.sort.startswith("-")
    after = _place(look.after, key)
    if fold(look.text) and look.sort == "name" and not look.chosen:
        # The function says in which order; the rows come through the policies.
        ids = search(look.text, archived=look.view == "archived", after=after, limit=PAGE + 1)
        found = Customer.objects.with_first_contacts().in_bulk(ids)
        rows = [found[pk] for pk in ids if pk in found]
    else:
        everybody = matching(look)
        if after:
            everybody = _behind(everybody, key, after, is_backwards=is_backwards)
        ordered = _sorted(look, everybody) if are_few else in_order(look, everybody)
        with planned_anew():
            rows = list(ordered.with_first_contacts()[: PAGE + 1])
    return Page(rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else "")


def _behind(everybody: CustomerQuerySet, key: str, after: tuple[Any, UUID], *, is_backwards: bool) -> CustomerQuerySet:
    """The first condition is what the index serves, the second what makes the page exact."""
    value, pk = after
    side = "lt" if is_backwards else "gt"
    return everybody.filter(Q(**{f"{key}__{side}e": value}), Q(**{f"{key}__{side}": value}) | Q(**{f"id__{side}": pk}))


def _place(text: str, key: str) -> tuple[Any, UUID] | None:
    """Where a page begins: behind this customer. Whoever is gone begins it at the start."""
    try:
        pk = UUID(text)
    except ValueError:
        return None
    value = Customer.objects.filter(pk=pk).values_list(key, flat=True).first()
    return None if value is None else (value, pk)
