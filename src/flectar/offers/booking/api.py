"""Services, free times and bookings in the API.

A key books by the customers' own rules, so that every listed time can be had; it moves and cancels with the team's
rights, because it is the business's own program.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import AfterValidator, Field, StringConstraints

from flectar.core import clock
from flectar.offers.booking.availability import Reason
from flectar.offers.booking.deeds import lifecycle, queries
from flectar.offers.booking.errors import BookingError, SlotTaken, TryAgain
from flectar.offers.booking.messages.invitation import address_line
from flectar.offers.booking.models import Booking, Resource, Service
from flectar.offers.booking.scheduling import locations, seats
from flectar.offers.booking.scheduling.diaries import candidates
from flectar.people.customers import directory
from flectar.people.customers.contacts import BadContact
from flectar.people.customers.models import Customer, Via
from flectar.platform.projects.models import Location, Project
from flectar.platform.webapi.cursors import MAX_LIMIT, from_cursor, page
from flectar.platform.webapi.kit import ApiRequest, needs
from flectar.platform.webapi.problems import Problem

services = Router(tags=["Services"])
bookings = Router(tags=["Bookings"])
SERVICES = "/projects/{slug:project}/services"
BOOKINGS = "/projects/{slug:project}/bookings"


def _near(value: datetime) -> datetime:
    if not 2000 <= value.year <= 2200:
        raise ValueError("is not a time that anybody books")
    return value


def _near_day(value: date) -> date:
    if not 2000 <= value.year <= 2200:
        raise ValueError("is not a day that anybody books")
    return value


type Instant = Annotated[datetime, AfterValidator(_near)]
type Day = Annotated[date, AfterValidator(_near_day)]
type Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


# --- Services ---------------------------------------------------------------------------------------------------------


class Price(Schema):
    minor: int = Field(description="In the smallest unit of the currency: 3850 is €38.50")
    currency: str


class ServiceOut(Schema):
    id: UUID
    name: str
    group: str
    description: str
    duration_minutes: int
    price: Price
    can_be_booked: bool


class ServiceList(Schema):
    items: list[ServiceOut]
    next: str | None


class FreeStart(Schema):
    starts_at: datetime = Field(description="In UTC")
    local: str = Field(description="What the clock says there then, as in 2026-11-24T16:30")
    staff_ids: list[UUID]


class FreeDayOut(Schema):
    day: date
    starts: list[FreeStart]
    reason: str | None = Field(description="Why there is no free time: closed, claimed, too_soon, …")


class FreeTimes(Schema):
    time_zone: str = Field(description="Of the location, where there is one")
    location_id: UUID | None = Field(description="Where; null where nothing is bound to a place")
    days: list[FreeDayOut]


class Window(Schema):
    first: Day | None = Field(default=None, alias="from", description="The first day; today if left out")
    days: Annotated[int, Field(ge=1, le=62)] = 7
    location_id: UUID | None = Field(
        default=None, description="Needed where the service can be had at several (see its locations)"
    )


class LocationOut(Schema):
    id: UUID
    name: str
    address: str
    time_zone: str


class LocationList(Schema):
    items: list[LocationOut]
    next: str | None


@services.get(SERVICES, response=ServiceList, operation_id="list_services", summary="List the services")
@needs("services.read", module="booking")
def list_services(request: ApiRequest, project: str) -> ServiceList:
    """All of them, in the order of the business's page."""
    return ServiceList(
        items=[_service_out(request.project, service) for service in Service.objects.in_order()], next=None
    )


@services.get(SERVICES + "/{uuid:service_id}", response=ServiceOut, operation_id="get_service", summary="Get a service")
@needs("services.read", module="booking")
def get_service(request: ApiRequest, project: str, service_id: UUID) -> ServiceOut:
    return _service_out(request.project, _service(service_id))


@services.get(
    SERVICES + "/{uuid:service_id}/locations",
    response=LocationList,
    operation_id="list_service_locations",
    summary="List the locations of a service",
)
@needs("services.read", module="booking")
def list_service_locations(request: ApiRequest, project: str, service_id: UUID) -> LocationList:
    """Where it can be had, the first location first; none where nothing that it needs is bound to a place."""
    found = [
        LocationOut(id=one.pk, name=one.name, address=address_line(one), time_zone=one.zone)
        for one in _places(_service(service_id))
    ]
    return LocationList(items=found, next=None)


@services.get(
    SERVICES + "/{uuid:service_id}/free-times",
    response=FreeTimes,
    operation_id="list_free_times",
    summary="List the free times of a service",
)
@needs("services.read", module="booking")
def list_free_times(request: ApiRequest, project: str, service_id: UUID, window: Query[Window]) -> FreeTimes:
    """By local day of the location, or of the business. Whatever is listed can be booked."""
    service = _service(service_id)
    place = _where(service, window.location_id, wrong=_wrong_parameter)
    here = locations.here(request.project, place)
    days = queries.free_times(here, service, first_day=window.first or here.today, days=window.days, location=place)
    return FreeTimes(
        time_zone=here.zone,
        location_id=place.pk if place else None,
        days=[
            FreeDayOut(
                day=one.day,
                starts=[
                    FreeStart(
                        starts_at=slot.starts_at,
                        local=_wall(slot.starts_at, here),
                        staff_ids=list(slot.resource_ids),
                    )
                    for slot in one.slots
                ],
                reason=None if one.reason is None else str(one.reason.value),
            )
            for one in days
        ],
    )


def _service(pk: UUID) -> Service:
    found: Service | None = Service.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _places(service: Service) -> list[Location]:
    return locations.of(candidates(service, party=None))


def _where(
    service: Service, asked: UUID | None, staff: Resource | None = None, *, wrong: Callable[[str, str], Problem]
) -> Location | None:
    """Where it will be, by the rules of the business's page: whoever books says it where there are several, unless
    the person works at one of them; a date of a class is somewhere already."""
    places = _places(service)
    if asked is None:
        place = locations.only(places, staff)
        if place is None and len(places) > 1 and service.mode != Service.Mode.SESSION:
            raise wrong("location_id", _("The service can be had at several locations: say at which."))
        return place
    place = locations.find(places, str(asked))
    if place is None:
        raise wrong("location_id", _("The service cannot be had there."))
    if staff is not None and staff.location_id not in (None, place.pk):
        raise wrong("staff_id", _("They do not work there."))
    return place


def _wrong(name: str, detail: str) -> Problem:
    """In the body."""
    return Problem(422, "invalid", detail, errors=[{"pointer": f"#/{name}", "detail": detail}])


def _wrong_parameter(name: str, detail: str) -> Problem:
    """In the address."""
    return Problem(422, "invalid", detail, errors=[{"parameter": name, "detail": detail}])


def _service_out(project: Project, service: Service) -> ServiceOut:
    return ServiceOut(
        id=service.pk,
        name=service.name,
        group=service.group,
        description=service.description,
        duration_minutes=service.duration_min,
        price=Price(minor=service.price_minor, currency=project.currency),
        can_be_booked=service.is_active,
    )


# --- Bookings ---------------------------------------------------------------------------------------------------------


class BookingOut(Schema):
    id: UUID
    code: str
    status: str
    service_id: UUID
    service: str
    staff_id: UUID
    staff: str
    location_id: UUID | None = Field(description="Where; null where nothing is bound to a place")
    location: str = Field(description="Its name, or empty")
    customer_id: UUID
    customer: str
    starts_at: datetime
    ends_at: datetime
    local_start: str = Field(description="What the clock says there then")
    time_zone: str
    price: Price
    note: str
    version: int
    created_at: datetime


class BookingPage(Schema):
    items: list[BookingOut]
    next: str | None = Field(description="Pass it as `cursor` to get the next page; null on the last one")


class Listing(Schema):
    starts_from: Instant | None = Field(default=None, alias="from", description="Bookings that start then or later")
    starts_before: Instant | None = Field(default=None, alias="to", description="Bookings that start before")
    status: Literal["", "confirmed", "cancelled"] = ""
    customer_id: UUID | None = None
    location_id: UUID | None = None
    cursor: Annotated[str, StringConstraints(max_length=1000)] = ""
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


class Who(Schema):
    name: Line
    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)] = ""
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    locale: Annotated[str, StringConstraints(max_length=10)] = ""

    model_config = {"extra": "forbid"}


class BookingIn(Schema):
    service_id: UUID
    starts_at: Instant = Field(description="Without an offset it is the local time of the location, or of the business")
    staff_id: UUID | None = None
    location_id: UUID | None = Field(
        default=None, description="Needed where the service can be had at several, unless `staff_id` works at one"
    )
    customer_id: UUID | None = None
    customer: Who | None = Field(default=None, description="Instead of `customer_id`; a known email is that customer")
    note: Annotated[str, StringConstraints(max_length=1000)] = ""
    notify: bool = Field(default=True, description="Whether the customer and the team get mail")

    model_config = {"extra": "forbid"}


class Move(Schema):
    starts_at: Instant = Field(description="Without an offset it is the local time of where it will be")
    staff_id: UUID | None = None
    location_id: UUID | None = Field(default=None, description="Another location; left out, it stays where it is")
    notify: bool = True

    model_config = {"extra": "forbid"}


class Cancellation(Schema):
    reason: Line = ""
    notify: bool = True

    model_config = {"extra": "forbid"}


@bookings.get(BOOKINGS, response=BookingPage, operation_id="list_bookings", summary="List bookings")
@needs("bookings.read", module="booking")
def list_bookings(request: ApiRequest, project: str, listing: Query[Listing]) -> BookingPage:
    """In the order of their starts."""
    found = Booking.objects.listed_with_people().prefetch_related("location")
    if listing.starts_from:
        found = found.filter(starts_at__gte=_instant(listing.starts_from, request.project))
    if listing.starts_before:
        found = found.filter(starts_at__lt=_instant(listing.starts_before, request.project))
    if listing.status:
        found = found.filter(status=listing.status)
    if listing.customer_id:
        found = found.filter(customer_id=listing.customer_id)
    if listing.location_id:
        found = found.filter(location_id=listing.location_id)
    if listing.cursor:
        at, pk = _place(listing.cursor)
        found = found.filter(Q(starts_at__gte=at), Q(starts_at__gt=at) | Q(id__gt=pk))
    rows = list(found.order_by("starts_at", "id")[: listing.limit + 1])
    shown, cursor = page(rows, listing.limit, lambda booking: (booking.starts_at.isoformat(), booking.pk))
    return BookingPage(items=[as_shown(booking) for booking in shown], next=cursor)


@bookings.get(BOOKINGS + "/{uuid:booking_id}", response=BookingOut, operation_id="get_booking", summary="Get a booking")
@needs("bookings.read", module="booking")
def get_booking(request: ApiRequest, project: str, booking_id: UUID) -> BookingOut:
    return as_shown(_booking(booking_id))


@bookings.post(BOOKINGS, response={201: BookingOut}, operation_id="create_booking", summary="Book a time")
@needs("bookings.write", module="booking")
def create_booking(request: ApiRequest, project: str, booking: BookingIn, response: HttpResponse) -> Status[BookingOut]:
    """A time that cannot be had is 409 `slot_taken`, with the nearest free times."""
    service: Service = _named(Service.objects.active(), booking.service_id, "service_id")
    staff: Resource | None = _named(Resource.objects.all(), booking.staff_id, "staff_id") if booking.staff_id else None
    place = _where(service, booking.location_id, staff, wrong=_wrong)
    here = locations.here(request.project, place)
    starts_at = _instant(booking.starts_at, here)
    with _refusals():
        made = lifecycle.book(
            here,
            service,
            starts_at,
            _customer(request.project, booking),
            resource=staff or _who_gives(service, starts_at, place if booking.location_id else None),
            location=place,
            source=Booking.Source.API,
            note=booking.note,
            notify=booking.notify,
        )
    response["Location"] = reverse("api-1:get_booking", args=[project, made.pk])
    return Status(201, as_shown(_booking(made.pk)))


@bookings.patch(
    BOOKINGS + "/{uuid:booking_id}", response=BookingOut, operation_id="move_booking", summary="Move a booking"
)
@needs("bookings.write", module="booking")
def move_booking(request: ApiRequest, project: str, booking_id: UUID, move: Move) -> BookingOut:
    """A refusal leaves the old time as it was."""
    booking = _booking(booking_id)
    staff: Resource | None = _named(Resource.objects.all(), move.staff_id, "staff_id") if move.staff_id else None
    place = _where_to(booking, move, staff)
    starts_at = _instant(move.starts_at, locations.here(request.project, place))
    with _refusals():
        lifecycle.move(
            booking,
            starts_at,
            resource=staff or (_who_gives(booking.service, starts_at, place) if move.location_id else None),
            location=place,
            by_team=True,
            notify=move.notify,
        )
    return as_shown(_booking(booking_id))


def _where_to(booking: Booking, move: Move, staff: Resource | None) -> Location | None:
    """Where a moved booking will be: as asked, or where the person works who is asked for, or where it is."""
    if move.location_id:
        return _where(booking.service, move.location_id, staff, wrong=_wrong)
    return locations.place_of(staff, booking.location) if staff else booking.location


def _who_gives(service: Service, starts_at: datetime, place: Location | None) -> Resource | None:
    """Of a class, whoever gives it there at that time, because another date may begin elsewhere with it; SlotTaken if
    none does. Nobody needs to be named for anything else."""
    if service.mode != Service.Mode.SESSION or place is None:
        return None
    dates = seats.planned(service, starts_at, starts_at + timedelta(minutes=1))
    found: list[Resource] = [one.resource for one in dates if one.resource.location_id in (None, place.pk)]
    if not found:
        raise SlotTaken(starts_at, Reason.CLOSED)
    return found[0]


@bookings.post(
    BOOKINGS + "/{uuid:booking_id}/cancellation",
    response=BookingOut,
    operation_id="cancel_booking",
    summary="Cancel a booking",
)
@needs("bookings.write", module="booking")
def cancel_booking(request: ApiRequest, project: str, booking_id: UUID, cancellation: Cancellation) -> BookingOut:
    """Cancelling what is cancelled changes nothing."""
    with _refusals():
        lifecycle.cancel(_booking(booking_id), by_team=True, reason=cancellation.reason, notify=cancellation.notify)
    return as_shown(_booking(booking_id))


@contextmanager
def _refusals() -> Iterator[None]:
    """A refused deed leaves nothing: not even the customer that came with it."""
    try:
        with transaction.atomic():
            yield
    except SlotTaken as taken:
        nearest = [start.astimezone(UTC).isoformat() for start in taken.nearest]
        raise Problem(409, "slot_taken", str(taken), reason=str(taken.reason.value), nearest=nearest) from None
    except TryAgain as busy:
        raise Problem(503, "try_again", str(busy), retry_after=2) from None
    except BookingError as refused:
        raise Problem(409, "refused", str(refused)) from None
    except BadContact as bad:
        raise Problem(422, "invalid", str(bad), errors=[{"pointer": "#/customer", "detail": str(bad)}]) from None


def _customer(project: Project, booking: BookingIn) -> Customer:
    if (booking.customer_id is None) == (booking.customer is None):
        raise Problem(422, "invalid", _("Give either customer_id or customer."))
    if booking.customer is None:
        known: Customer = _named(Customer.objects.current(), booking.customer_id, "customer_id")
        return known
    who = booking.customer
    if not (who.email or who.phone):
        raise Problem(422, "invalid", _("Give an email or a phone."))
    return directory.find_or_create(
        project, name=who.name, email=who.email, phone=who.phone, locale=who.locale, collected_via=Via.API
    )


def _named(rows: Any, pk: UUID | None, name: str) -> Any:
    """The row that the body names by its id."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise _wrong(name, _("There is none with this id."))
    return found


def _instant(value: datetime, project: Project) -> datetime:
    """A time without an offset is the wall clock of the business; one that the clock never shows is refused."""
    if value.tzinfo is not None:
        return value.astimezone(UTC)
    instant = clock.to_instant(value, project.tz)
    if instant.astimezone(project.tz).replace(tzinfo=None) != value:
        raise Problem(422, "nonexistent_time", _("The clocks go forward then: this local time does not exist."))
    return instant


def _place(cursor: str) -> tuple[datetime, UUID]:
    at, pk = from_cursor(cursor, 2)
    try:
        place = datetime.fromisoformat(at), UUID(pk)
    except ValueError:
        place = None
    if place is None or place[0].tzinfo is None:
        raise Problem(400, "bad_cursor", _("This cursor is not one of ours. Begin without it."))
    return place


def _booking(pk: UUID) -> Booking:
    found: Booking | None = Booking.objects.with_people().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _wall(instant: datetime, project: Project) -> str:
    return f"{instant.astimezone(project.tz):%Y-%m-%dT%H:%M}"


def as_shown(booking: Booking) -> BookingOut:
    return BookingOut(
        id=booking.pk,
        code=booking.code,
        status=booking.status,
        service_id=booking.service_id,
        service=booking.service_name,
        staff_id=booking.resource_id,
        staff=booking.resource.name,
        location_id=booking.location_id,
        location=booking.location.name if booking.location else "",
        customer_id=booking.customer_id,
        customer=booking.customer.name,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        local_start=booking.local_start,
        time_zone=booking.tz,
        price=Price(minor=booking.price.minor, currency=booking.price.currency),
        note=booking.note,
        version=booking.version,
        created_at=booking.created_at,
    )
