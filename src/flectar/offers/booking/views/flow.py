"""Booking on the public page: service, time, details. Plain links and forms; three taps if one knows what one wants."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from flectar.core import limits
from flectar.core.ids import new_token
from flectar.offers.booking import queries, times
from flectar.offers.booking.diaries import candidates
from flectar.offers.booking.errors import BookingError, SlotTaken
from flectar.offers.booking.forms import DetailsForm
from flectar.offers.booking.lifecycle import check
from flectar.offers.booking.models import Resource, Service
from flectar.offers.booking.views.look import public_context
from flectar.people.customers import directory
from flectar.people.customers.contacts import BadContact
from flectar.platform.projects.access import ProjectRequest, limited, site_view

MAILS_AN_HOUR = 60


@site_view(module="booking", takes_in=True)
@require_safe
def choose_service(request: ProjectRequest) -> HttpResponse:
    """The list, by group; with one service there is nothing to choose."""
    services = queries.in_groups()
    if len(services) == 1:
        return redirect("booking:book_time", service=services[0].slug)
    groups = [
        (name, [(one, one.price(request.project.currency)) for one in members])
        for name, members in groupby(services, key=lambda one: one.group)
    ]
    return render(request, "booking/public/service.html", public_context(request.project, groups=groups, steps=steps()))


@site_view(module="booking", takes_in=True)
@require_safe
def choose_time(request: ProjectRequest, service: str) -> HttpResponse:
    chosen = get_object_or_404(Service.objects.active(), slug=service)
    people = candidates(chosen)
    resource = _person(people.all, request.GET.get("with", ""))
    strip = times.strip(
        request.project,
        chosen,
        day=times.read_day(request.GET, "day"),
        first=times.read_day(request.GET, "from"),
        resource=resource,
    )
    context = public_context(
        request.project,
        service=chosen,
        price=chosen.price(request.project.currency),
        people=people.people if people.exist else (),
        resource=resource,
        more=f"&with={resource.pk}" if resource else "",
        strip=strip,
        days=[(day, times.in_a_word(day)) for day in strip.days],
        why_empty=times.why_empty(request.project, chosen, strip.chosen, resource),
        steps=steps(),
    )
    return render(request, "booking/public/time.html", context)


@limited("booking.book", limit=120, per_seconds=60)
@site_view(module="booking", takes_in=True)
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: ProjectRequest, service: str) -> HttpResponse:
    """Who is coming; then the booking itself. A time that is gone answers 409 with what is left; the words stay."""
    chosen = get_object_or_404(Service.objects.active(), slug=service)
    asked = request.POST if request.method == "POST" else request.GET
    starts_at = times.read_instant(asked.get("at", ""))
    if starts_at is None:
        return redirect("booking:book_time", service=service)
    resource = _person(candidates(chosen).all, asked.get("with", ""))
    form = DetailsForm(request.POST or None, initial={"key": new_token()})
    try:
        check(request.project, chosen, starts_at, resource=resource, key=f"site:{asked.get('key', '')}")
        if form.is_bound and form.is_valid() and _may_be_mailed(form):
            booking = _book(request, chosen, starts_at, resource, form.cleaned_data)
            return redirect(f"{reverse('booking:manage', kwargs={'token': booking.token})}?new=1")
    except SlotTaken as taken:
        return _details_page(
            request, chosen, starts_at, resource, form, refusal=str(taken), nearest=taken.nearest, status=409
        )
    except BookingError as refused:
        return _details_page(request, chosen, starts_at, resource, form, refusal=str(refused), status=409)
    except BadContact as wrong:
        form.add_error("phone" if form.cleaned_data["phone"] else "email", str(wrong))
    return _details_page(request, chosen, starts_at, resource, form, status=422 if form.is_bound else 200)


def _may_be_mailed(form: DetailsForm) -> bool:
    """Nobody can have a stranger's mailbox filled by booking in their name."""
    email = form.cleaned_data["email"].lower()
    if not email or limits.hit(f"booking mail {email}", limit=MAILS_AN_HOUR, per_seconds=3600).allowed:
        return True
    form.add_error("email", _("This address has booked very often. Call us, or try again in an hour."))
    return False


def _book(
    request: ProjectRequest, service: Service, starts_at: datetime, resource: Resource | None, typed: dict[str, Any]
) -> Any:
    """The customer and the booking are one deed: a refusal leaves neither."""
    with transaction.atomic():
        customer = directory.find_or_create(
            request.project,
            name=typed["name"],
            email=typed["email"],
            phone=typed["phone"],
            locale=get_language() or "",
            collected_via="booking",
            collected_from=request.path,
        )
        return queries.book(
            request.project,
            service,
            starts_at,
            customer,
            resource=resource,
            note=typed["note"],
            locale=get_language() or "",
            idempotency_key=f"site:{typed['key']}",
        )


def _details_page(
    request: ProjectRequest,
    service: Service,
    starts_at: datetime,
    resource: Resource | None,
    form: DetailsForm,
    *,
    status: int,
    refusal: str = "",
    nearest: Sequence[datetime] = (),
) -> HttpResponse:
    context = public_context(
        request.project,
        service=service,
        price=service.price(request.project.currency),
        starts_at=starts_at,
        at=times.written(starts_at),
        resource=resource,
        form=form,
        refusal=refusal,
        nearest=[(times.written(one), one) for one in nearest],
        steps=steps(),
        policy_until=starts_at - service.change_notice,
    )
    response = render(request, "booking/public/details.html", context, status=status)
    if status == 200:
        # The Back button brings back this very form, with its key: sent again it finds the booking instead of "gone".
        response["Cache-Control"] = "private, max-age=300"
    return response


def _person(people: dict[UUID, Resource], wanted: str) -> Resource | None:
    try:
        return people.get(UUID(wanted))
    except ValueError:
        return None


def steps() -> list[str]:
    return [_("Service"), _("Time"), _("Details")]
