"""Customers in the API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import reverse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field, StringConstraints

from flectar.core.text import fold
from flectar.people.customers import addresses, custom, directory, jobs, merging, tags
from flectar.people.customers.addresses import PostalAddress
from flectar.people.customers.contacts import BadContact, e164, plain_email
from flectar.people.customers.directory import Details
from flectar.people.customers.errors import EmailTaken, Restricted
from flectar.people.customers.models import Customer, CustomValue, Merge, Via
from flectar.people.customers.search import search
from flectar.platform.webapi.cursors import MAX_LIMIT, from_cursor, page
from flectar.platform.webapi.kit import ApiRequest, needs
from flectar.platform.webapi.problems import Problem

router = Router(tags=["Customers"])
PATH = "/projects/{slug:project}/customers"

type Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
type Contacts = Annotated[list[Annotated[str, StringConstraints(max_length=254)]], Field(max_length=20)]
type Tags = Annotated[list[Annotated[str, StringConstraints(max_length=100)]], Field(max_length=30)]
type Answers = Annotated[dict[str, Annotated[str, StringConstraints(max_length=500)]], Field(max_length=40)]
type Language = Annotated[str, StringConstraints(max_length=10, pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]{2,6})?)?$")]


class AddressOut(Schema):
    street: str
    postal_code: str
    city: str
    region: str
    country: str = Field(description="Two letters, as in ES")
    kind: str = Field(description="home, work, billing, delivery, other, or empty")


class AddressIn(Schema):
    street: Annotated[str, StringConstraints(max_length=160)] = ""
    postal_code: Annotated[str, StringConstraints(max_length=16)] = ""
    city: Annotated[str, StringConstraints(max_length=80)] = ""
    region: Annotated[str, StringConstraints(max_length=80)] = ""
    country: Annotated[str, StringConstraints(max_length=2)] = Field(
        default="", description="Two letters; empty is the country of the business"
    )
    kind: Literal["", "home", "work", "billing", "delivery", "other"] = ""

    model_config = {"extra": "forbid"}


type Addresses = Annotated[list[AddressIn], Field(max_length=20)]
type Kinds = Annotated[
    dict[Annotated[str, StringConstraints(max_length=254)], Literal["", "mobile", "home", "work", "other"]],
    Field(max_length=40, description="Of emails and phones, by what they are; those without a kind are left out"),
]


class CustomerOut(Schema):
    id: UUID
    name: str
    kind: Literal["person", "company"]
    locale: str
    emails: list[str]
    phones: list[str] = Field(description="In E.164, as in +34600000142; the first one is used first")
    addresses: list[AddressOut]
    kinds: dict[str, str] = Field(description="Of emails and phones, by what they are: mobile, home, work, other")
    tags: list[str]
    fields: dict[str, str] = Field(description="The business's own fields by name, each as text: 2026-11-23, yes, 4.5")
    collected_via: str
    created_at: datetime
    archived_at: datetime | None
    restricted_at: datetime | None = Field(description="Since when nothing may be changed or sent")


class CustomerPage(Schema):
    items: list[CustomerOut]
    next: str | None = Field(description="Pass it as `cursor` to get the next page; null on the last one")


class CustomerIn(Schema):
    name: Name = Field(description="May be left out when there is an email or a phone", default="")
    kind: Literal["person", "company"] = "person"
    locale: Language = ""
    emails: Contacts = []
    phones: Contacts = Field(default=[], description="In E.164, or as written in the project's country")
    addresses: Addresses = []
    kinds: Kinds = {}
    tags: Tags = []
    fields: Answers = {}

    model_config = {"extra": "forbid"}


class CustomerChange(Schema):
    """What is left out stays as it is; a list replaces the whole list."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = None
    kind: Literal["person", "company"] | None = None
    locale: Language | None = None
    emails: Contacts | None = None
    phones: Contacts | None = None
    addresses: Addresses | None = None
    kinds: Kinds | None = None
    tags: Tags | None = None
    fields: Answers | None = Field(default=None, description="Those named change; an empty text takes one away")
    archived: bool | None = None

    model_config = {"extra": "forbid"}


class Listing(Schema):
    q: Annotated[str, StringConstraints(max_length=100)] = Field(
        default="", description="Part of a name, an email or a phone"
    )
    archived: bool = False
    cursor: Annotated[str, StringConstraints(max_length=1000)] = ""
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


@router.get(PATH, response=CustomerPage, operation_id="list_customers", summary="List or search customers")
@needs("customers.read", module="customers")
def list_customers(request: ApiRequest, project: str, listing: Query[Listing]) -> CustomerPage:
    """In the order of their names."""
    after = _place(listing.cursor) if listing.cursor else None
    everybody = Customer.objects.archived() if listing.archived else Customer.objects.current()
    if listing.q.strip():
        ids = search(listing.q, archived=listing.archived, after=after, limit=listing.limit + 1)
        found = everybody.whole().in_bulk(ids)
        rows = [found[pk] for pk in ids if pk in found]
    else:
        following = everybody.after(*after) if after else everybody
        rows = list(following.by_name().whole()[: listing.limit + 1])
    shown, cursor = page(rows, listing.limit, lambda customer: (customer.sort_key, customer.pk))
    return CustomerPage(items=[as_shown(customer) for customer in shown], next=cursor)


def _place(cursor: str) -> tuple[str, UUID]:
    key, pk = from_cursor(cursor, 2)
    try:
        return key, UUID(pk)
    except ValueError:
        raise Problem(400, "bad_cursor", "This cursor is not one of ours. Begin without it.") from None


@router.get(PATH + "/{uuid:customer_id}", response=CustomerOut, operation_id="get_customer", summary="Get a customer")
@needs("customers.read", module="customers")
def get_customer(request: ApiRequest, project: str, customer_id: UUID) -> CustomerOut:
    return as_shown(_customer(customer_id))


@router.post(PATH, response={201: CustomerOut}, operation_id="create_customer", summary="Add a customer")
@needs("customers.write", module="customers")
def create_customer(
    request: ApiRequest, project: str, customer: CustomerIn, response: HttpResponse
) -> Status[CustomerOut]:
    """An email belongs to one customer: 409 `email_taken` names the one who has it."""
    region = directory.region(request.project)
    details = Details(
        name=customer.name,
        kind=customer.kind,
        locale=customer.locale,
        emails=_emails(customer.emails),
        phones=_phones(customer.phones, region),
        addresses=_addresses([one.model_dump() for one in customer.addresses], region),
        kinds=_kinds(customer.kinds, region),
    )
    if not (details.name or details.emails or details.phones):
        raise Problem(422, "invalid", "Give a name, an email or a phone.")
    try:
        with transaction.atomic():
            added = directory.add(request.project, details, collected_via=Via.API)
            tags.put(added, customer.tags)
            _put_answers(added, customer.fields)
    except EmailTaken as taken:
        raise _taken(taken) from None
    except tags.BadTag as bad:
        raise _bad_tag(bad) from None
    response["Location"] = reverse("api-1:get_customer", args=[project, added.pk])
    return Status(201, as_shown(added))


@router.patch(
    PATH + "/{uuid:customer_id}", response=CustomerOut, operation_id="change_customer", summary="Change a customer"
)
@needs("customers.write", module="customers")
def change_customer(request: ApiRequest, project: str, customer_id: UUID, change: CustomerChange) -> CustomerOut:
    customer = _customer(customer_id)
    given = change.model_dump(exclude_unset=True, exclude_none=True)
    archived = given.pop("archived", None)
    if archived is not None and not request.caller.may("customers.delete", request.project):
        raise Problem(
            403, "missing_permission", "This needs the permission customers.delete.", permission="customers.delete"
        )
    wanted_tags, own = given.pop("tags", None), given.pop("fields", {})
    details = directory.current_details(customer)
    if "emails" in given:
        given["emails"] = _emails(given["emails"])
    if "phones" in given:
        given["phones"] = _phones(given["phones"], directory.region(request.project))
    if "addresses" in given:
        given["addresses"] = _addresses(given["addresses"], directory.region(request.project))
    if "kinds" in given:
        given["kinds"] = _kinds(given["kinds"], directory.region(request.project))
    for name, value in given.items():
        setattr(details, name, value)
    try:
        with transaction.atomic():
            if given:
                directory.change(customer, details)
            _put_answers(customer, own)
            if wanted_tags is not None:
                tags.replace(customer, wanted_tags)
            if archived is not None:
                (directory.archive if archived else directory.restore)(customer)
    except EmailTaken as taken:
        raise _taken(taken) from None
    except tags.BadTag as bad:
        raise _bad_tag(bad) from None
    except Restricted as restricted:
        raise Problem(409, "restricted", str(restricted)) from None
    return as_shown(_customer(customer_id))


class MergeIn(Schema):
    gone_id: UUID = Field(description="The customer whose all goes over, and who is nobody's id afterwards")

    model_config = {"extra": "forbid"}


class MergeOut(Schema):
    id: UUID
    kept_id: UUID
    gone_id: UUID
    at: datetime
    can_be_undone_until: datetime
    undone_at: datetime | None


@router.post(
    PATH + "/{uuid:customer_id}/merges",
    response={201: MergeOut},
    operation_id="merge_customers",
    summary="Make one of two customers",
)
@needs("customers.delete", module="customers")
def merge_customers(request: ApiRequest, project: str, customer_id: UUID, wanted: MergeIn) -> Status[MergeOut]:
    """The one in the address stays. It can be undone for thirty days."""
    kept, gone = _customer(customer_id), _customer(wanted.gone_id)
    try:
        line = merging.merge(kept, gone)
    except merging.CannotMerge as refused:
        raise Problem(409, "cannot_merge", str(refused)) from None
    jobs.forget_merge.defer_at(line.at + merging.UNDO_FOR, project_id=request.project.pk, merge_id=str(line.pk))
    return Status(201, _merge_shown(line))


@router.post(
    "/projects/{slug:project}/customer-merges/{uuid:merge_id}/reversal",
    response=MergeOut,
    operation_id="undo_merge",
    summary="Take two customers apart again",
)
@needs("customers.delete", module="customers")
def undo_merge(request: ApiRequest, project: str, merge_id: UUID) -> MergeOut:
    line = Merge.objects.filter(pk=merge_id).first()
    if line is None:
        raise Http404
    try:
        merging.undo(line)
    except merging.CannotSplit as refused:
        raise Problem(409, "cannot_undo", str(refused)) from None
    line.refresh_from_db()
    return _merge_shown(line)


def _merge_shown(line: Merge) -> MergeOut:
    until = line.at + merging.UNDO_FOR
    return MergeOut(
        id=line.pk,
        kept_id=line.kept_id,
        gone_id=line.gone_id,
        at=line.at,
        can_be_undone_until=until,
        undone_at=line.undone_at,
    )


def _customer(pk: UUID) -> Customer:
    found: Customer | None = Customer.objects.whole().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _emails(raw: list[str]) -> list[str]:
    return [_plain(plain_email, value, f"#/emails/{place}") for place, value in enumerate(raw)]


def _phones(raw: list[str], region: str) -> list[str]:
    return [_plain(lambda text: e164(text, region), value, f"#/phones/{place}") for place, value in enumerate(raw)]


def _addresses(raw: list[dict[str, str]], region: str) -> list[PostalAddress]:
    return [
        _plain(lambda given: addresses.plain(given, region=region), one, f"#/addresses/{place}")
        for place, one in enumerate(raw)
    ]


def _kinds(raw: Mapping[str, str], region: str) -> dict[str, str]:
    return {
        _plain(lambda text: plain_email(text) if "@" in text else e164(text, region), value, f"#/kinds/{value}"): kind
        for value, kind in raw.items()
        if kind
    }


def _plain(plain: Any, value: Any, pointer: str) -> Any:
    try:
        return plain(value)
    except BadContact as bad:
        raise Problem(422, "invalid", str(bad), errors=[{"pointer": pointer, "detail": str(bad)}]) from None


def _taken(taken: EmailTaken) -> Problem:
    return Problem(409, "email_taken", str(taken), email=taken.email, customer_id=str(taken.customer.pk))


def _put_answers(customer: Customer, own: dict[str, str]) -> None:
    if not own:
        return
    asked = {field.sort_key: field for field in custom.fields()}
    found: dict[Any, custom.Value] = {}
    for name, raw in own.items():
        pointer = f"#/fields/{name}"
        field = asked.get(fold(name))
        if field is None:
            detail = "There is no field of that name."
            raise Problem(422, "invalid", detail, errors=[{"pointer": pointer, "detail": detail}])
        try:
            found[field] = custom.read(field, raw)
        except custom.BadValue as bad:
            raise Problem(422, "invalid", str(bad), errors=[{"pointer": pointer, "detail": str(bad)}]) from None
    custom.put(customer, found)


def _values(customer: Customer) -> list[CustomValue]:
    held = [value for value in customer.values.all() if value.field.removed_at is None]
    return sorted(held, key=lambda value: (value.field.position, value.field_id))


def _bad_tag(bad: tags.BadTag) -> Problem:
    return Problem(422, "invalid", str(bad), errors=[{"pointer": "#/tags", "detail": str(bad)}])


def as_shown(customer: Customer) -> CustomerOut:
    return CustomerOut(
        id=customer.pk,
        name=customer.name,
        kind="company" if customer.kind == Customer.Kind.COMPANY else "person",
        locale=customer.locale,
        emails=[row.email for row in customer.emails.all()],
        phones=[row.number for row in customer.phones.all()],
        addresses=[
            AddressOut(
                street=row.street,
                postal_code=row.postal_code,
                city=row.city,
                region=row.region,
                country=row.country,
                kind=row.kind,
            )
            for row in customer.addresses.all()
        ],
        kinds=dict(directory.current_details(customer).kinds or {}),
        tags=sorted((row.tag.name for row in customer.tags.all()), key=fold),
        fields={value.field.name: custom.typed(custom.plain(value.field, value)) for value in _values(customer)},
        collected_via=customer.collected_via,
        created_at=customer.created_at,
        archived_at=customer.archived_at,
        restricted_at=customer.restricted_at,
    )
