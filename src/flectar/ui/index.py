"""A list of the dashboard, declared: what it shows and what can be done with it. One template shows them all.

An app reads what is asked (`Look.read`), finds its rows, and gives an `Index` to `show`. Everything that can be asked
stands in the address: the view, the search, the filters, the order, the place where the page begins, the open row.
Deeds on many rows are posted with a `Selection`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from flectar.core.planning import planned_anew
from flectar.ui.toasts import report

type Text = str | Promise

LONGEST_TEXT = 100
PAGE = 50
MOST_FILTERS, NEAR_FILTERS = 6, 2
COUNT_TO = 10_000  # beyond it a list only says "more than"
COUNT_VIEW_TO = 1000  # beyond it a saved view only says "1000+"


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody asks a list for. Values that it does not know are left out."""

    view: str = ""
    text: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)  # filter → value
    sort: str = ""  # a column's key, with - in front: backwards
    after: str = ""

    @classmethod
    def read(
        cls,
        asked: QueryDict,
        *,
        views: Sequence[str] = ("",),
        filters: Collection[str] = (),
        sorts: Sequence[str] = ("",),
    ) -> "Look":
        """The first of `views` and of `sorts` is what one sees without asking."""
        view, sort = asked.get("view", ""), asked.get("sort", "")
        return cls(
            view=view if view in views else views[0],
            text=asked.get("q", "").strip()[:LONGEST_TEXT],
            chosen={name: str(asked[name]) for name in filters if asked.get(name)},
            sort=sort if sort in sorts else sorts[0],
            after=asked.get("after", ""),
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.chosen)


@dataclass(frozen=True, slots=True)
class Column:
    """`place` is where it stands when the table turns to cards: lead (in front), name, end (beside the name), line and
    foot (own lines under it), side (beside the foot), or nowhere. `kind`: r (right), muted, wrap."""

    label: Text
    place: str = "line"
    kind: str = ""
    sort: str = ""  # the key by which the list can be put in this order
    says: bool = False  # a card says the label too, because the value alone would be a riddle


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a cell a column (ui/cells.py makes those that are more than text)."""

    pk: object
    name: str  # for the ear: "Select Paula"
    cells: Sequence[object]
    edit_url: str = ""  # what the key E opens


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under a heading of their own."""

    rows: Sequence[Row]
    title: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A view of the list. `count` may be said as "1000+"."""

    key: str
    label: Text
    count: object = None


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice among others; `anything` says what no choice means. Without options: a day."""

    name: str
    label: Text
    anything: Text = ""
    options: Sequence[tuple[str, Text]] = ()


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to do with all chosen rows: they are posted to `url` as a `Selection`."""

    label: Text
    icon: str
    url: str
    is_file: bool = False  # the answer is a file: the list stays on the screen


@dataclass(frozen=True, slots=True)
class Way:
    """A link at the head of the page. One of them is the primary one."""

    label: Text
    url: str
    icon: str = ""
    is_primary: bool = False
    hotkey: str = ""
    no_phone: bool = False
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class Empty:
    """What a list without anything says: what it is, one thing to do."""

    title: Text
    text: Text = ""
    way: Way | None = None
    help: Text = ""
    art: str = "paper"  # the drawing beside it: calendar, letter or plug
    template: str = "ui/parts/index_empty.html"


@dataclass(frozen=True, slots=True)
class Index:
    key: str  # names the list among saved views, and its classes
    title: Text
    look: Look
    columns: Sequence[Column]
    groups: Sequence[Group]
    empty: Empty
    views: Sequence[Tab] = ()
    search: Text = ""  # what can be typed; none without it
    filters: Sequence[Filter] = ()
    ways: Sequence[Way] = ()
    deeds: Sequence[Deed] = ()
    said: str = ""  # "38 bookings"
    count: int | None = None  # of all that match, if it was counted
    next: str = ""  # where the next page begins
    sub: Text = ""
    nothing: str = ""  # when nothing matches
    view_name: str = "view"  # what the address calls the view
    is_bare: bool = False  # there is nothing at all yet: no search, no tabs
    has_peek: bool = False  # each row has a side panel, see `peek`
    peeked: str = ""  # the panel that is open
    sorts: Sequence[str] = ()
    crumb: tuple[str, Text] | None = None  # url and label of what is above
    more: Mapping[str, object] = field(default_factory=dict)

    @property
    def rows(self) -> list[Row]:
        return [row for group in self.groups for row in group.rows]

    @property
    def orders(self) -> list[tuple[str, str]]:
        """What the list can be put in order by, in words: Name ↑, Name ↓."""
        labels: dict[str, Text] = {column.sort: column.label for column in self.columns if column.sort}
        return [
            (sort, f"{labels[sort.removeprefix('-')]} {'↓' if sort.startswith('-') else '↑'}")
            for sort in self.sorts
            if sort.removeprefix("-") in labels
        ]

    @property
    def near_filters(self) -> list[Filter]:
        """Those beside the search: the first few of many, and whatever is chosen. The others fold."""
        is_short = len(self.filters) <= MOST_FILTERS
        return [
            one
            for place, one in enumerate(self.filters)
            if is_short or place < NEAR_FILTERS or self.look.chosen.get(one.name)
        ]

    @property
    def far_filters(self) -> list[Filter]:
        near = self.near_filters
        return [one for one in self.filters if one not in near]

    @property
    def shows_boxes(self) -> bool:
        return bool(self.deeds) and bool(self.rows)

    @property
    def width(self) -> int:
        return len(self.columns) + self.shows_boxes + self.has_peek

    @property
    def is_first(self) -> bool:
        return not self.look.after

    @property
    def has_more(self) -> bool:
        """More match than stand on this page."""
        return bool(self.next) or not self.is_first


def show(
    request: HttpRequest, index: Index, template: str = "ui/index.html", status: int = 200, **context: Any
) -> HttpResponse:
    saved = _saved(request, index)
    if saved and saved.first and not request.GET and request.method != "POST":
        return HttpResponseRedirect(f"?{saved.first.query}")
    values = {"index": index, "query": tidy(request.GET), "saved": saved, **context}
    return render(request, template, values, status=status)


def newest[M: Model](rows: "QuerySet[M]", key: str, after: str, *, size: int = PAGE) -> tuple[list[M], str]:
    """A page of them, newest first, and where the next one begins; `key` is the field that says when. `after` is the id
    of the last row before; one that is unknown or gone begins at the beginning."""
    pk = _uuid(after)
    value = rows.model._base_manager.filter(pk=pk).values_list(key, flat=True).first() if pk else None
    if value is not None:
        # The first condition is what the index serves, the second what makes the page exact.
        rows = rows.filter(Q(**{f"{key}__lte": value}), Q(**{f"{key}__lt": value}) | Q(id__lt=pk))
    found = list(rows.order_by(f"-{key}", "-id")[: size + 1])
    return found[:size], str(found[size - 1].pk) if len(found) > size else ""


def cut[M: Model](rows: Sequence[M], after: str, *, size: int = PAGE) -> tuple[Sequence[M], str]:
    """As `newest`, of rows that are read already and stand in their order."""
    begin = next((place for place, row in enumerate(rows, 1) if str(row.pk) == after), 0)
    further = len(rows) > begin + size
    return rows[begin : begin + size], str(rows[begin + size - 1].pk) if further else ""


def peek(request: HttpRequest, template: str, find: Callable[[UUID], Mapping[str, Any] | None]) -> SafeString:
    """The side panel about the row that `?peek=` names, or nothing where there is none."""
    pk = _uuid(request.GET.get("peek", ""))
    context = find(pk) if pk else None
    if context is None:
        return SafeString("")
    closing = request.GET.copy()
    closing.pop("peek", None)
    closing.pop("part", None)
    return render_to_string(template, {**context, "close_url": f"?{closing.urlencode()}"}, request)


def is_peek_alone(request: HttpRequest) -> bool:
    """Only the panel is wanted: the list is on the screen already."""
    return request.GET.get("part") == "peek"


def tidy(asked: QueryDict) -> str:
    """The query without what is empty, without the place and the open row: what a view of the list is."""
    kept = [(key, value) for key, values in asked.lists() for value in values if value and key not in _PASSING]
    return urlencode(sorted(kept))


_PASSING = ("after", "page", "peek", "part", "csrfmiddlewaretoken", "id", "everything")


# What apps above add to every list: the views that people keep, and what the shell counts on each page anyway.

type Counted = Callable[[QueryDict], "QuerySet[Any] | None"]


@dataclass(frozen=True, slots=True)
class Around:
    """`views` are those kept of a list, each with a `query`; the bell counts `bell`, the menu `waiting`."""

    views: Callable[[HttpRequest, str], Sequence[Any]]
    kept: Callable[[HttpRequest, Sequence[Any]], Any]
    bell: Callable[[HttpRequest], "QuerySet[Any] | None"]
    waiting: Callable[[HttpRequest], "QuerySet[Any] | None"]


_around: Around | None = None


def connect(around: Around) -> None:
    """Called once, by config/apps.py."""
    global _around
    _around = around


def _saved(request: HttpRequest, index: Index) -> Any:
    if _around is None:
        return None
    return _around.kept(request, _views(request, index.key))


def _views(request: Any, key: str) -> Sequence[Any]:
    if not hasattr(request, "saved_views"):
        request.saved_views = _around.views(request, key) if _around else ()
    found: Sequence[Any] = request.saved_views
    return found


# Counting


def tally(
    request: Any,
    key: str,
    querysets: Sequence["QuerySet[Any] | None"],
    *,
    counted: Counted | None = None,
    to: int = COUNT_TO,
) -> list[int | None]:
    """The counts of a list's own querysets. In the same question: those of its saved views, and what the shell counts.

    `counted` gives what a saved view's query would show, None where counting is too dear.
    """
    views = _views(request, key)
    to_of_view = min(to, COUNT_VIEW_TO)
    of_views = [counted(QueryDict(view.query)) if counted else None for view in views]
    of_views = [None if rows is None else rows[: to_of_view + 1] for rows in of_views]
    shell = [_around.bell(request), _around.waiting(request)] if _around else [None, None]
    found = counts([*querysets, *of_views, *shell], to)
    for view, count in zip(views, found[len(querysets) : -2], strict=True):
        view.count = said(count, to_of_view)
    request.in_the_shell = found[-2:]
    return found[: len(querysets)]


def counts(querysets: Sequence["QuerySet[Any] | None"], to: int = COUNT_TO) -> list[int | None]:
    """How many rows each would give, all asked at once, each only as far as `to` + 1. None stays None.

    A queryset's order is kept: give one that an index serves, and the count is a walk along it that ends at `to`.
    Without one the database is free to read the whole table. The same queryset object is asked once.
    """
    asked: dict[int, tuple[str, tuple[Any, ...]]] = {}
    for rows in querysets:
        if rows is not None and id(rows) not in asked:
            with suppress(EmptyResultSet):  # Django knows that nothing can match
                asked[id(rows)] = rows.values("pk")[: to + 1].query.sql_with_params()
    found: dict[int, int] = {}
    if asked:
        parts = ", ".join(f"(SELECT count(*) FROM ({sql}) AS counted)" for sql, _params in asked.values())  # noqa: S608 - Django wrote them
        with planned_anew(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {parts}", [value for _sql, params in asked.values() for value in params])
            found = dict(zip(asked, cursor.fetchone(), strict=True))
    return [None if rows is None else found.get(id(rows), 0) for rows in querysets]


def said(count: int | None, to: int = COUNT_TO) -> str:
    """A count that may be "1000+"; empty for none."""
    return "" if count is None else f"{to}+" if count > to else str(count)


# Deeds on many


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that somebody ticked, or everything that the list's query matches."""

    ids: Sequence[UUID]
    is_everything: bool
    asked: QueryDict

    @classmethod
    def read(cls, posted: QueryDict) -> "Selection":
        ids = [found for text in posted.getlist("id")[:COUNT_TO] if (found := _uuid(text))]
        return cls(ids, bool(posted.get("everything")), QueryDict(posted.get("query", "")[:2000]))

    def of[M: QuerySet[Any]](self, everything: M) -> M:
        """Those of the rows that are chosen."""
        return everything if self.is_everything else everything.filter(pk__in=self.ids)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(slots=True)
class Outcome:
    """What became of a deed on many: how many it was done to, and who was left out for which reason."""

    done: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)  # name, reason

    def tell(self, request: HttpRequest, text: str, *, undo: str = "") -> None:
        """`text` says how many were done; the rest is said here."""
        if self.skipped:
            number = len(self.skipped)
            text += ngettext(", %(number)s skipped", ", %(number)s skipped", number) % {"number": number}
        reasons = [f"{name}: {reason}" for name, reason in self.skipped[:20]]
        if len(self.skipped) > len(reasons):
            reasons.append(_("… and %(number)s more") % {"number": len(self.skipped) - len(reasons)})
        report(request, text, reasons, undo=undo if self.done else "")
