"""Webhooks by the API: endpoints, their secrets, and what was delivered."""

from datetime import datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field, StringConstraints

from flectar.platform.webapi.cursors import MAX_LIMIT, from_cursor, page
from flectar.platform.webapi.kit import ApiRequest, needs
from flectar.platform.webapi.problems import Problem
from flectar.platform.webhooks import endpoints
from flectar.platform.webhooks.addresses import validate_url
from flectar.platform.webhooks.catalogue import events
from flectar.platform.webhooks.endpoints import TooMany
from flectar.platform.webhooks.models import Delivery, Endpoint

router = Router(tags=["Webhooks"])
PATH = "/projects/{slug:project}/webhooks"
ONE = PATH + "/{uuid:endpoint_id}"

type Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
type Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
type Names = Annotated[list[Annotated[str, StringConstraints(max_length=60)]], Field(min_length=1, max_length=50)]


class EndpointOut(Schema):
    id: UUID
    url: str
    description: str
    events: list[str]
    is_on: bool
    failing_since: datetime | None
    created_at: datetime


class EndpointMade(EndpointOut):
    secret: str = Field(description="Shown in this answer alone")


class EndpointList(Schema):
    items: list[EndpointOut]
    next: str | None


class EndpointIn(Schema):
    url: Url = Field(description="https, on the public internet")
    events: Names = Field(description="Names such as booking.confirmed")
    description: Line = ""

    model_config = {"extra": "forbid"}


class EndpointChange(Schema):
    """What is left out stays as it is."""

    url: Url | None = None
    events: Names | None = None
    description: Line | None = None
    is_on: bool | None = None

    model_config = {"extra": "forbid"}


class DeliveryOut(Schema):
    id: UUID
    message_id: str
    event: str
    state: Literal["waiting", "delivered", "failed"]
    tries: int
    next_at: datetime | None
    created_at: datetime
    body: str


class DeliveryPage(Schema):
    items: list[DeliveryOut]
    next: str | None


class Listing(Schema):
    cursor: Annotated[str, StringConstraints(max_length=1000)] = ""
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


@router.get(PATH, response=EndpointList, operation_id="list_webhooks", summary="List the webhooks")
@needs("webhooks.read")
def list_webhooks(request: ApiRequest, project: str) -> EndpointList:
    found = Endpoint.objects.order_by("created_at", "id")
    return EndpointList(items=[_out(each) for each in found], next=None)


@router.post(PATH, response={201: EndpointMade}, operation_id="create_webhook", summary="Add a webhook")
@needs("webhooks.manage")
def create_webhook(
    request: ApiRequest, project: str, webhook: EndpointIn, response: HttpResponse
) -> Status[EndpointMade]:
    """The answer carries the secret, and no other does."""
    _check(webhook.url, webhook.events)
    try:
        made, secret = endpoints.make(url=webhook.url, events=webhook.events, description=webhook.description)
    except TooMany as error:
        raise Problem(409, "too_many", str(error)) from None
    response["Location"] = reverse("api-1:get_webhook", args=[project, made.pk])
    response["Cache-Control"] = "no-store"
    return Status(201, EndpointMade(**_out(made).model_dump(), secret=secret))


@router.get(ONE, response=EndpointOut, operation_id="get_webhook", summary="Get a webhook")
@needs("webhooks.read")
def get_webhook(request: ApiRequest, project: str, endpoint_id: UUID) -> EndpointOut:
    return _out(_endpoint(endpoint_id))


@router.patch(ONE, response=EndpointOut, operation_id="change_webhook", summary="Change a webhook")
@needs("webhooks.manage")
def change_webhook(request: ApiRequest, project: str, endpoint_id: UUID, change: EndpointChange) -> EndpointOut:
    found = _endpoint(endpoint_id)
    given = change.model_dump(exclude_unset=True, exclude_none=True)
    _check(given.get("url", found.url), given.get("events", found.events))
    endpoints.change(found, **given)
    return _out(found)


@router.delete(ONE, response={204: None}, operation_id="delete_webhook", summary="Remove a webhook")
@needs("webhooks.manage")
def delete_webhook(request: ApiRequest, project: str, endpoint_id: UUID) -> Status[None]:
    """With its log."""
    endpoints.remove(_endpoint(endpoint_id))
    return Status(204, None)


@router.post(ONE + "/secret", response=EndpointMade, operation_id="roll_webhook_secret", summary="Make a new secret")
@needs("webhooks.manage")
def roll_webhook_secret(request: ApiRequest, project: str, endpoint_id: UUID, response: HttpResponse) -> EndpointMade:
    """For 24 hours everything is signed with both."""
    found = _endpoint(endpoint_id)
    response["Cache-Control"] = "no-store"
    secret = endpoints.roll(found)
    return EndpointMade(**_out(found).model_dump(), secret=secret)


@router.get(
    ONE + "/deliveries", response=DeliveryPage, operation_id="list_webhook_deliveries", summary="List what was sent"
)
@needs("webhooks.read")
def list_webhook_deliveries(
    request: ApiRequest, project: str, endpoint_id: UUID, listing: Query[Listing]
) -> DeliveryPage:
    """Newest first."""
    rows = Delivery.objects.filter(endpoint=_endpoint(endpoint_id)).newest()
    if listing.cursor:
        rows = rows.filter(pk__lt=_place(listing.cursor))
    shown, cursor = page(list(rows.order_by("-id")[: listing.limit + 1]), listing.limit, lambda each: (each.pk,))
    return DeliveryPage(items=[_delivery_out(each) for each in shown], next=cursor)


def _place(cursor: str) -> UUID:
    (pk,) = from_cursor(cursor, 1)
    try:
        return UUID(pk)
    except ValueError:
        raise Problem(400, "bad_cursor", "This cursor is not one of ours. Begin without it.") from None


def _endpoint(pk: UUID) -> Endpoint:
    found: Endpoint | None = Endpoint.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _check(url: str, names: list[str]) -> None:
    complaints = []
    try:
        validate_url(url)
    except ValidationError as error:
        complaints.append({"pointer": "#/url", "detail": error.messages[0]})
    known = {each.name for each in events()}
    complaints += [
        {"pointer": f"#/events/{place}", "detail": f"There is no event {name}."}
        for place, name in enumerate(names)
        if name not in known
    ]
    if complaints:
        raise Problem(422, "invalid", "Some values are not as they should be.", errors=complaints)


def _out(endpoint: Endpoint) -> EndpointOut:
    return EndpointOut(
        id=endpoint.pk,
        url=endpoint.url,
        description=endpoint.description,
        events=endpoint.events,
        is_on=endpoint.is_on,
        failing_since=endpoint.failing_since,
        created_at=endpoint.created_at,
    )


def _delivery_out(delivery: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=delivery.pk,
        message_id=delivery.message_id,
        event=delivery.event,
        state=cast(Any, delivery.state),  # one of the three, as a choice of the model
        tries=delivery.tries,
        next_at=delivery.next_at,
        created_at=delivery.created_at,
        body=delivery.body,
    )
