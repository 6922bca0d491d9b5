"""What a page needs on which another time is chosen for a booking: free times by day, and an exact one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flectar.offers.booking import reach
from flectar.offers.booking.errors import BookingError, SlotTaken
from flectar.offers.booking.forms.team import NewTimeForm
from flectar.offers.booking.models import Booking
from flectar.offers.booking.public import times
from flectar.offers.booking.scheduling.diaries import candidates
from flectar.platform.projects.access import ProjectRequest


def form_for(request: ProjectRequest, one: Booking) -> NewTimeForm:
    people = candidates(one.service).all
    is_limited = reach.is_limited(request.user, request.project)
    if is_limited:
        people = {pk: person for pk, person in people.items() if person.account_id == request.user.pk}
    return NewTimeForm(
        request.POST or None, project=request.project, people=people, booking=one, may_be_anyone=not is_limited
    )


def context(request: ProjectRequest, one: Booking, form: NewTimeForm, refusal: BookingError | None) -> dict[str, Any]:
    resource = form.people.get(times.uuid(request.GET.get("with", "")))  # type: ignore[arg-type]  # None is in no dict
    strip = times.strip(
        request.project,
        one.service,
        day=times.read_day(request.GET, "day"),
        first=times.read_day(request.GET, "from"),
        resource=resource,
        for_team=True,
        without=one,
    )
    return {
        "booking": one,
        "form": form,
        "refusal": refusal,
        "nearest": nearest(refusal),
        "strip": strip,
        "days": [(day, times.in_a_word(day)) for day in strip.days],
        "why_empty": times.why_empty(request.project, one.service, strip.chosen, resource),
        "people": form.people.values(),
        "resource": resource,
    }


def nearest(refusal: BookingError | None) -> Sequence[datetime]:
    return refusal.nearest if isinstance(refusal, SlotTaken) else ()
