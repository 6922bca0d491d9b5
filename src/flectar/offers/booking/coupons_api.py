"""Coupons in the API: a shop's till, a letter or another program makes them and reads how often they were used."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field, StringConstraints

from flectar.offers.booking.api import Instant
from flectar.offers.booking.models import Coupon, Service
from flectar.offers.booking.prices import codebook, usage
from flectar.offers.booking.prices.codebook import CodeTaken
from flectar.platform.webapi.cursors import MAX_LIMIT, from_cursor, page
from flectar.platform.webapi.kit import ApiRequest, needs
from flectar.platform.webapi.problems import Problem

router = Router(tags=["Coupons"])
PATH = "/projects/{slug:project}/coupons"
ONE = PATH + "/{uuid:coupon_id}"
MOST = 10**11

type Code = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[A-Za-z0-9 .+_-]*$")]
type Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
type Count = Annotated[int, Field(ge=1, le=1_000_000)]
type Ids = Annotated[list[UUID], Field(max_length=200)]


class CouponOut(Schema):
    id: UUID
    code: str
    name: str
    percent: int | None
    amount_minor: int | None = Field(description="In the smallest unit of the project's currency")
    valid_from: datetime | None
    valid_until: datetime | None
    max_uses: int | None
    max_per_customer: int | None
    least_minor: int
    service_ids: list[UUID] = Field(description="Empty: all")
    stacks: bool
    is_active: bool
    used: int


class CouponPage(Schema):
    items: list[CouponOut]
    next: str | None


class CouponIn(Schema):
    code: Code = Field(default="", description="Left out, we make one")
    name: Line = ""
    percent: Annotated[int, Field(ge=1, le=100)] | None = None
    amount_minor: Annotated[int, Field(ge=1, le=MOST)] | None = Field(
        default=None, description="Exactly one of percent and amount_minor"
    )
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    max_uses: Count | None = None
    max_per_customer: Annotated[int, Field(ge=1, le=10_000)] | None = None
    least_minor: Annotated[int, Field(ge=0, le=MOST)] = 0
    service_ids: Ids = []
    stacks: bool = False

    model_config = {"extra": "forbid"}


class CouponChange(Schema):
    """What is left out stays as it is."""

    name: Line | None = None
    is_active: bool | None = None

    model_config = {"extra": "forbid"}


class Listing(Schema):
    cursor: Annotated[str, StringConstraints(max_length=1000)] = ""
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


@router.get(PATH, response=CouponPage, operation_id="list_coupons", summary="List the coupons")
@needs("services.read", module="booking")
def list_coupons(request: ApiRequest, project: str, listing: Query[Listing]) -> CouponPage:
    """Newest first."""
    rows = Coupon.objects.order_by("-id")
    if listing.cursor:
        rows = rows.filter(pk__lt=_place(listing.cursor))
    shown, cursor = page(list(rows[: listing.limit + 1]), listing.limit, lambda one: (one.pk,))
    used = usage.times_used([one.pk for one in shown])
    return CouponPage(items=[_out(one, used.get(one.pk, 0)) for one in shown], next=cursor)


@router.post(PATH, response={201: CouponOut}, operation_id="create_coupon", summary="Make a coupon")
@needs("services.write", module="booking")
def create_coupon(request: ApiRequest, project: str, coupon: CouponIn, response: HttpResponse) -> Status[CouponOut]:
    values = _values(coupon)
    try:
        made = codebook.save_coupon(Coupon(), values)
    except CodeTaken as taken:
        raise Problem(409, "code_taken", str(taken)) from None
    response["Location"] = reverse("api-1:get_coupon", args=[project, made.pk])
    return Status(201, _out(made, 0))


@router.get(ONE, response=CouponOut, operation_id="get_coupon", summary="Get a coupon")
@needs("services.read", module="booking")
def get_coupon(request: ApiRequest, project: str, coupon_id: UUID) -> CouponOut:
    return _shown(_coupon(coupon_id))


@router.patch(ONE, response=CouponOut, operation_id="change_coupon", summary="Stop a coupon, or make it valid again")
@needs("services.write", module="booking")
def change_coupon(request: ApiRequest, project: str, coupon_id: UUID, change: CouponChange) -> CouponOut:
    found = _coupon(coupon_id)
    given = change.model_dump(exclude_unset=True, exclude_none=True)
    return _shown(codebook.save_coupon(found, given) if given else found)


def _values(coupon: CouponIn) -> dict[str, Any]:
    complaints = []
    if (coupon.percent is None) == (coupon.amount_minor is None):
        complaints.append({"pointer": "#/percent", "detail": "Give either percent or amount_minor."})
    if coupon.valid_from and coupon.valid_until and coupon.valid_until <= coupon.valid_from:
        complaints.append({"pointer": "#/valid_until", "detail": "This is not after valid_from."})
    known = set(Service.objects.filter(pk__in=coupon.service_ids).values_list("pk", flat=True))
    complaints += [
        {"pointer": f"#/service_ids/{place}", "detail": "There is no such service."}
        for place, pk in enumerate(coupon.service_ids)
        if pk not in known
    ]
    if complaints:
        raise Problem(422, "invalid", "Some values are not as they should be.", errors=complaints)
    given = coupon.model_dump(exclude={"valid_from", "valid_until", "service_ids"})
    return {
        **given,
        "starts_at": coupon.valid_from,
        "ends_at": coupon.valid_until,
        "services": sorted(str(pk) for pk in known),
    }


def _coupon(pk: UUID) -> Coupon:
    found: Coupon | None = Coupon.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _place(cursor: str) -> UUID:
    (pk,) = from_cursor(cursor, 1)
    try:
        return UUID(pk)
    except ValueError:
        raise Problem(400, "bad_cursor", "This cursor is not one of ours. Begin without it.") from None


def _shown(coupon: Coupon) -> CouponOut:
    return _out(coupon, usage.times_used([coupon.pk]).get(coupon.pk, 0))


def _out(coupon: Coupon, used: int) -> CouponOut:
    return CouponOut(
        id=coupon.pk,
        code=coupon.code,
        name=coupon.name,
        percent=coupon.percent,
        amount_minor=coupon.amount_minor,
        valid_from=coupon.starts_at,
        valid_until=coupon.ends_at,
        max_uses=coupon.max_uses,
        max_per_customer=coupon.max_per_customer,
        least_minor=coupon.least_minor,
        service_ids=[UUID(pk) for pk in coupon.services],
        stacks=coupon.stacks,
        is_active=coupon.is_active,
        used=used,
    )
