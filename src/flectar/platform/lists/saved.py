"""The views that somebody keeps of a list, with how many rows each shows now; keeping, changing and removing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from flectar.platform.audit.log import changes, record
from flectar.platform.lists.models import FirstView, SavedView
from flectar.platform.projects.access import can
from flectar.platform.projects.models import Project
from flectar.ui import index as ui

MOST = 20  # tabs of one list; more is a mess


class NameTaken(Exception):
    """This person has a view of that name already. Fit to show."""

    def __init__(self, name: str) -> None:
        super().__init__(_("You already have a view called “%(name)s”.") % {"name": name})


class TooMany(Exception):
    """Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("A list has room for %(most)s views. Remove one first.") % {"most": MOST})


@dataclass(slots=True)
class Kept:
    """What ui/parts/index.html shows beside the list's own views."""

    views: Sequence[SavedView] = ()
    current: SavedView | None = None
    first: SavedView | None = None
    can_keep: bool = False
    is_own: bool = False  # whether the current one is theirs to change
    template: str = "lists/keep.html"


def views(request: Any, key: str) -> Sequence[SavedView]:
    """For config/apps.py: the views of this list that this person sees."""
    if request.project is None or not can(request.user, "home.read", request.project):
        return ()
    return list(of_person(request.user, key))


def kept(request: Any, found: Sequence[SavedView]) -> Kept | None:
    """For config/apps.py: what the page shows of them. None outside a project."""
    if request.project is None or not can(request.user, "home.read", request.project):
        return None
    query = ui.tidy(request.GET)
    current = next((view for view in found if view.query == query), None)
    return Kept(
        views=found,
        current=current,
        first=next((view for view in found if getattr(view, "is_first", False)), None),
        can_keep=current is None and _says_something(request.GET),
        is_own=current is not None and is_own(request.user, current, request.project),
    )


def _says_something(asked: QueryDict) -> bool:
    """A plain view of the list need not be kept."""
    return any(asked.get(key) for key in asked if key not in ("view", "after", "page", "peek", "part"))


def of_person(user: Any, key: str) -> "QuerySet[SavedView]":
    """Their own and the shared ones of a list, oldest first; `is_first` marks the one that opens."""
    first = FirstView.objects.filter(view=OuterRef("pk"), user=user)
    seen = SavedView.objects.filter(Q(owner=user) | Q(is_shared=True), list=key)
    found: QuerySet[SavedView] = seen.annotate(is_first=Exists(first)).order_by("created_at", "id")
    return found[:MOST]


def is_own(user: Any, view: SavedView, project: Project) -> bool:
    """Whether this person may change it: their own, and shared ones if they run the project."""
    return view.owner_id == user.pk or (view.is_shared and can(user, "project.manage", project))


@transaction.atomic
def keep(user: Any, *, key: str, name: str, query: str, is_shared: bool) -> SavedView:
    """Raises NameTaken, TooMany."""
    if SavedView.objects.filter(owner=user, list=key).count() >= MOST:
        raise TooMany
    view = SavedView(list=key, name=name, query=query, owner=user, is_shared=is_shared)
    _save(view)
    record("view.kept", target=view, new={"list": key, "query": query, "is_shared": is_shared})
    return view


@transaction.atomic
def change(view: SavedView, *, name: str, is_shared: bool) -> None:
    """Raises NameTaken."""
    before = {"name": view.name, "is_shared": view.is_shared}
    view.name, view.is_shared = name, is_shared
    _save(view)
    old, new = changes(before, {"name": name, "is_shared": is_shared})
    if new:
        record("view.changed", target=view, old=old, new=new)


def _save(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        if "lists_view_named_once" not in str(error):
            raise
        raise NameTaken(view.name) from error


@transaction.atomic
def remove(view: SavedView) -> dict[str, object]:
    """What `put_back` needs to undo it."""
    values = {"id": str(view.pk), "owner": str(view.owner_id)}
    values |= {"list": view.list, "name": view.name, "query": view.query}
    record("view.removed", target=view, old={"list": view.list, "query": view.query})
    view.delete()
    return {**values, "is_shared": view.is_shared}


@transaction.atomic
def put_back(values: dict[str, Any]) -> SavedView | None:
    """The same view again; None where its name has been given away meanwhile."""
    view = SavedView(
        id=UUID(values["id"]),
        owner_id=UUID(values["owner"]),
        list=values["list"],
        name=values["name"],
        query=values["query"],
        is_shared=values["is_shared"],
    )
    try:
        with transaction.atomic():
            view.save(force_insert=True)
    except IntegrityError:
        return None
    record("view.kept", target=view, new={"list": view.list, "query": view.query, "is_shared": view.is_shared})
    return view


def open_with(user: Any, view: SavedView, *, is_first: bool) -> None:
    """Whether this person's list opens with this view."""
    if is_first:
        FirstView.objects.update_or_create(user=user, list=view.list, defaults={"view": view})
    else:
        FirstView.objects.filter(user=user, view=view).delete()
