"""“Why is this time not free?”: the reasons one by one, also as if it were another day, for another customer."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from flectar.offers.booking import reach
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.errors import BookingError, sentence
from flectar.offers.booking.forms import summary
from flectar.offers.booking.forms.team import WhyForm
from flectar.offers.booking.models import Service
from flectar.offers.booking.scheduling import why
from flectar.people.customers.models import Customer
from flectar.people.customers.search import search
from flectar.platform.projects.access import ProjectRequest, dashboard
from flectar.ui import formats


@dashboard("bookings.read", module="booking")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    if reach.is_limited(request.user, request.project):
        raise PermissionDenied  # the answer names bookings of everybody
    is_asked = "service" in request.GET and "time" in request.GET
    form = WhyForm(request.GET if is_asked else None, project=request.project, initial=_begin(request))
    context: dict[str, Any] = {"form": form}
    if is_asked and form.is_valid():
        context |= _answer(request, form)
    return render(request, "booking/why.html", context, status=422 if form.errors else 200)


def _begin(request: ProjectRequest) -> dict[str, Any]:
    first = Service.objects.active().exclude(mode=Service.Mode.STAY).in_order().first()
    return {
        "service": first.pk if first else None,
        "day": request.GET.get("day") or request.project.today,
        "resource": request.GET.get("with", ""),
        "party": 1,
    }


def _answer(request: ProjectRequest, form: WhyForm) -> dict[str, Any]:
    typed, project = form.cleaned_data, request.project
    customer = _customer(typed["customer"])
    context = {"as_of": form.as_of, "customer": customer, "nobody": bool(typed["customer"]) and customer is None}
    try:
        answer = why.ask(
            project,
            typed["service"],
            form.instant,
            party=typed["party"] or 1,
            resource=form.person,
            customer=customer,
            by_team=typed["by_team"],
            now=form.as_of,
        )
    except BookingError as refused:
        return {**context, "refusal": str(refused)}
    return {
        **context,
        "answer": answer,
        "told": sentence(answer.told) if answer.told else "",
        "general": [_general(one, project) for one in answer.general],
    }


def _general(one: why.Because, project: Any) -> str:
    if one.reason == Reason.TOO_SOON and one.ends_at:
        return _("Too soon: with its notice, this service can be booked from %(when)s.") % {
            "when": formats.when(one.ends_at, project)
        }
    if one.reason == Reason.PAST_HORIZON and one.starts_at:
        return _("Too far ahead: bookings are taken until before %(when)s.") % {
            "when": formats.when(one.starts_at, project)
        }
    if one.reason == Reason.CLOSED:
        return _("No date of this class is planned at that time.")
    if one.reason == Reason.CAPACITY:
        return _("The class has not so many places left. Who comes stands on the page of its date.")
    return summary.reached(one.limit)


def _customer(text: str) -> Customer | None:
    if not text.strip():
        return None
    found: Customer | None = Customer.objects.filter(pk__in=search(text, limit=1)).first()
    return found
