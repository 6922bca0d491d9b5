"""Whose bookings a member may see and change: everybody's, or only what stands in their own calendar.

A condition for the query, so that what is not theirs is as if it were not there. An address that names a booking or a
class is kept by `within_reach`, around every view of urls.py. Keys of the API are no members: they reach everything.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse

from flectar.offers.booking.models import Booking, Resource, Session
from flectar.platform.projects.access import seat_at
from flectar.platform.projects.models import Project


def is_limited(user: Any, project: Project) -> bool:
    """Whether they see their own calendar only."""
    seat = seat_at(user, project.organization_id)
    return seat is not None and seat.is_own_only


def of(user: Any, project: Project) -> Q:
    """For rows with a `resource`: bookings, classes."""
    return Q(resource__in=list(_own(user))) if is_limited(user, project) else Q()


def calendars(user: Any, project: Project) -> Q:
    """For resources themselves."""
    return Q(account=user.pk) if is_limited(user, project) else Q()


def _own(user: Any) -> list[UUID]:
    return list(Resource.objects.filter(account=user.pk).values_list("pk", flat=True))


def within_reach(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """404 for a booking or a class of somebody else's calendar. The view's own mark asks who this is at all."""

    @wraps(view)
    def guarded(request: Any, **kwargs: Any) -> HttpResponse:
        named = {"booking_id": Booking, "session_id": Session}
        for name, model in named.items():
            if name in kwargs and request.project is not None and is_limited(request.user, request.project):
                mine: Any = model.objects.filter(of(request.user, request.project), pk=kwargs[name])
                if not mine.exists():
                    raise Http404
        return view(request, **kwargs)

    return guarded
