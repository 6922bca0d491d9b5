"""Finding, adding and changing customers: the only way in, for the dashboard, bookings, imports and the API.

Whoever comes with a known email is that customer; whoever comes with a known phone is too, if the names fit, because
families share phones. Concurrent calls for one email or phone wait for each other, so that one person stays one row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.events import announce
from flectar.core.tenancy import current_project_id
from flectar.core.text import clean
from flectar.people.customers import mentions
from flectar.people.customers.addresses import PostalAddress, each_once, of_row
from flectar.people.customers.contacts import BadContact, e164, plain_email
from flectar.people.customers.errors import EmailTaken, leave_alone_if_restricted
from flectar.people.customers.facts import CustomerAdded, CustomerChanged
from flectar.people.customers.models import (
    Customer,
    CustomerAddress,
    CustomerEmail,
    CustomerNote,
    CustomerPhone,
    CustomerQuerySet,
    Via,
    sort_key,
)
from flectar.people.customers.people import same_name
from flectar.platform.audit.log import changes, record
from flectar.platform.projects.models import BusinessProfile, Project


def region(project: Project) -> str:
    """The country that a phone number without prefix belongs to."""
    country = BusinessProfile.objects.filter(project=project).values_list("country", flat=True).first()
    return country or "ES"


def find_or_create(
    project: Project,
    *,
    name: str,
    email: str = "",
    phone: str = "",
    locale: str = "",
    collected_via: str,
    collected_from: str = "",
    notice_version: str = "",
) -> Customer:
    """The customer with this email or phone, completed with what is new; or a new one.

    Raises BadContact for an email or phone that is none. A known customer keeps the stored name: whoever fills in a
    public form must not rename somebody else. An archived one comes back.
    """
    emails = [plain_email(email)] if email.strip() else []
    phones = [e164(phone, region(project))] if phone.strip() else []
    with transaction.atomic():
        wait_for_my_turn(emails + phones)
        customer = known(name, emails, phones)
        if customer is None:
            return add(
                project,
                Details(name=name, emails=emails, phones=phones, locale=locale),
                collected_via=collected_via,
                collected_from=collected_from,
                notice_version=notice_version,
            )
        if complete(customer, emails=emails, phones=phones, locale=locale):
            announce(CustomerChanged(customer.pk))
        if customer.is_archived:
            restore(customer)
        return customer


@dataclass(slots=True)
class Details:
    """What a person may change about a customer. Emails and phones are in their stored form, the first one first."""

    name: str
    kind: str = Customer.Kind.PERSON
    locale: str = ""
    emails: Sequence[str] = field(default_factory=list)
    phones: Sequence[str] = field(default_factory=list)
    addresses: Sequence[PostalAddress] | None = None  # None leaves them as they are
    kinds: Mapping[str, str] | None = None  # of emails and phones, by what they are; None leaves them too


@transaction.atomic
def add(
    project: Project,
    details: Details,
    *,
    collected_via: str = Via.DASHBOARD,
    collected_from: str = "",
    notice_version: str = "",
) -> Customer:
    """A new customer. Raises EmailTaken."""
    wait_for_my_turn([*details.emails, *details.phones])
    refuse_taken(details.emails, but=None)
    name = " ".join(clean(details.name).split())[:200] or next(iter([*details.emails, *details.phones]), "")
    if not name:
        raise BadContact(_("Type a name."))
    customer: Customer = Customer.objects.create(
        project=project,
        name=name,
        sort_key=sort_key(name),
        kind=details.kind,
        locale=details.locale[:10],
        collected_via=collected_via,
        collected_from=collected_from[:200],
        notice_version=notice_version[:40],
    )
    _put_contacts(customer, details)
    record("customer.created", target=customer, new={"collected_via": collected_via, **_recorded(details)})
    announce(CustomerAdded(customer.pk))
    return customer


@transaction.atomic
def change(customer: Customer, details: Details) -> None:
    """Set everything a person may change. Raises EmailTaken, Restricted."""
    leave_alone_if_restricted(customer)
    wait_for_my_turn([*details.emails, *details.phones])
    refuse_taken(details.emails, but=customer)
    current = current_details(customer)
    if details.addresses is None:
        current.addresses = None
    if details.kinds is None:
        current.kinds = None
    before = _recorded(current)
    customer.name = " ".join(clean(details.name).split())[:200]
    customer.sort_key = sort_key(customer.name)
    customer.kind, customer.locale = details.kind, details.locale[:10]
    customer.save(update_fields=["name", "sort_key", "kind", "locale"])
    customer.emails.exclude(email__in=details.emails).delete()
    customer.phones.exclude(number__in=details.phones).delete()
    if details.addresses is not None:
        customer.addresses.exclude(key__in=[one.key for one in details.addresses]).delete()
    _put_contacts(customer, details)
    old, new = changes(before, _recorded(details))
    if new:
        record("customer.changed", target=customer, old=old, new=new)
        announce(CustomerChanged(customer.pk))


def complete(
    customer: Customer,
    *,
    emails: Iterable[str] = (),
    phones: Iterable[str] = (),
    addresses: Iterable[PostalAddress] = (),
    kinds: Mapping[str, str] | None = None,
    locale: str = "",
) -> bool:
    """Add what is not known yet, take nothing away. True if there was something to add.

    The caller has waited for its turn and knows that no other customer has the emails. Who is restricted stays as they
    are.
    """
    if not customer.is_open_to_change:
        return False
    details = current_details(customer)
    new_emails = [email for email in emails if email not in details.emails]
    new_phones = [phone for phone in phones if phone not in details.phones]
    there = {one.key for one in details.addresses or ()}
    new_addresses = [one for one in addresses if one.key not in there]
    new_locale = locale[:10] if locale and not customer.locale else ""
    if not (new_emails or new_phones or new_addresses or new_locale):
        return False
    if new_locale:
        customer.locale = details.locale = new_locale
        customer.save(update_fields=["locale"])
    details.emails, details.phones = [*details.emails, *new_emails], [*details.phones, *new_phones]
    details.addresses = [*(details.addresses or ()), *new_addresses]
    details.kinds = {**(kinds or {}), **(details.kinds or {})}
    _put_contacts(customer, details)
    found = {
        "emails": new_emails,
        "phones": new_phones,
        "addresses": list(map(str, new_addresses)),
        "locale": new_locale,
    }
    record("customer.completed", target=customer, new={key: value for key, value in found.items() if value})
    return True


def archive(customer: Customer) -> None:
    leave_alone_if_restricted(customer)
    if customer.is_archived:
        return
    customer.archived_at = clock.now()
    customer.save(update_fields=["archived_at"])
    record("customer.archived", target=customer)


def restore(customer: Customer) -> None:
    if not customer.is_archived or customer.erased_at:
        return
    customer.archived_at = None
    customer.save(update_fields=["archived_at"])
    record("customer.restored", target=customer)


@transaction.atomic
def archive_many(customers: CustomerQuerySet) -> tuple[int, datetime]:
    """How many of them were archived, and the moment that all of them bear: undo goes by it."""
    at = clock.now()
    found = list(customers.filter(archived_at=None, restricted_at=None).select_for_update(of=["self"]))
    Customer.objects.filter(pk__in=[each.pk for each in found]).update(archived_at=at)
    for each in found:
        record("customer.archived", target=each)
    return len(found), at


@transaction.atomic
def restore_many(customers: CustomerQuerySet) -> int:
    found = list(customers.filter(archived_at__isnull=False, erased_at=None).select_for_update(of=["self"]))
    Customer.objects.filter(pk__in=[each.pk for each in found]).update(archived_at=None)
    for each in found:
        record("customer.restored", target=each)
    return len(found)


def note(customer: Customer, body: str, *, author: Any = None) -> CustomerNote:
    leave_alone_if_restricted(customer)
    written = CustomerNote.objects.create(
        project_id=customer.project_id, customer=customer, body=clean(body).strip()[:5000], author=author
    )
    record("customer.noted", target=customer)
    mentions.call(customer.project, customer, written)
    return written


NOTE_BACK_FOR = timedelta(days=1)


@transaction.atomic
def rewrite(project: Project, note: CustomerNote, body: str) -> None:
    """Other words. Whom the new ones call for the first time is told. Raises Restricted."""
    leave_alone_if_restricted(note.customer)
    before, note.body = note.body, clean(body).strip()[:5000]
    if note.body == before:
        return
    note.changed_at = clock.now()
    note.save(update_fields=["body", "changed_at"])
    record("customer.note_changed", target=note.customer)
    mentions.call(project, note.customer, note, but=mentions.called(project, before))


@transaction.atomic
def take_away(note: CustomerNote) -> None:
    """Raises Restricted."""
    leave_alone_if_restricted(note.customer)
    if note.removed_at is None:
        note.removed_at = clock.now()
        note.save(update_fields=["removed_at"])
        record("customer.note_removed", target=note.customer)


def bring_note_back(note: CustomerNote) -> None:
    if note.removed_at is not None:
        note.removed_at = None
        note.save(update_fields=["removed_at"])
        record("customer.noted", target=note.customer)


def forget_note(note_id: UUID) -> None:
    """If it is still away."""
    CustomerNote.objects.filter(pk=note_id, removed_at__lte=clock.now() - NOTE_BACK_FOR).delete()


def current_details(customer: Customer) -> Details:
    return Details(
        name=customer.name,
        kind=customer.kind,
        locale=customer.locale,
        emails=[row.email for row in customer.emails.all()],
        phones=[row.number for row in customer.phones.all()],
        addresses=[of_row(row) for row in customer.addresses.all()],
        kinds={
            **{row.email: row.kind for row in customer.emails.all() if row.kind},
            **{row.number: row.kind for row in customer.phones.all() if row.kind},
        },
    )


# --- Who is who -------------------------------------------------------------------------------------------------------


def known(name: str, emails: Sequence[str], phones: Sequence[str]) -> Customer | None:
    """The customer meant, archived ones included. A current one before an archived one, the oldest first."""
    if emails:
        by_email = CustomerEmail.objects.filter(email__in=emails).values("customer_id")
        owner: Customer | None = Customer.objects.filter(pk__in=by_email).order_by("id").first()
        if owner:
            return owner
    sharing = (
        Customer.objects.filter(id__in=CustomerPhone.objects.filter(number__in=phones).values("customer_id"))
        if phones
        else Customer.objects.none()
    )
    fitting: list[Customer] = [
        other
        for other in sharing.order_by("id")
        if not name.strip() or is_stand_in(other.name) or same_name(other.name, name)
    ]
    return next((other for other in fitting if not other.is_archived), next(iter(fitting), None))


def is_stand_in(name: str) -> bool:
    """The name is an email or a phone, for want of one."""
    return "@" in name or name.startswith("+")


def like(details: Details) -> list[Customer]:
    """Current customers who may be the person about to be added: the same phone, or the same name to the letter."""
    by_phone = CustomerPhone.objects.filter(number__in=details.phones).values("customer_id")
    current = Customer.objects.current()
    found = {other.pk: other for other in current.filter(id__in=by_phone)[:5]}
    found |= {other.pk: other for other in current.filter(sort_key=sort_key(details.name))[:5]}
    return sorted(found.values(), key=lambda other: other.sort_key)[:5]


def alike(customer: Customer) -> list[Customer]:
    """Others who may be the same person twice."""
    return [other for other in like(current_details(customer)) if other.pk != customer.pk]


def wait_for_my_turn(contacts: Iterable[str]) -> None:
    """Until the transaction ends, nobody else adds or finds a customer by these emails and phones.

    In one order, so that two people with two contacts each do not wait for each other.
    """
    project_id = current_project_id()
    with connection.cursor() as cursor:
        for contact in sorted(set(contacts)):
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [f"customer {project_id} {contact}"]
            )


def refuse_taken(emails: Sequence[str], *, but: Customer | None) -> None:
    """Raises EmailTaken. The caller has waited for its turn."""
    taken = CustomerEmail.objects.filter(email__in=emails).select_related("customer")
    if but is not None:
        taken = taken.exclude(customer=but)
    if first := taken.first():
        raise EmailTaken(first.email, first.customer)


def _put_contacts(customer: Customer, details: Details) -> None:
    """In this order; those already there only move, and take their kind if kinds are said."""
    kinds = details.kinds or {}
    touched = ["position"] if details.kinds is None else ["position", "kind"]
    owner = {"project_id": customer.project_id, "customer": customer}
    CustomerEmail.objects.bulk_create(
        [
            CustomerEmail(**owner, email=email, kind=kinds.get(email, ""), position=position)
            for position, email in enumerate(dict.fromkeys(details.emails))
        ],
        update_conflicts=True,
        unique_fields=["project", "email"],
        update_fields=touched,
    )
    CustomerPhone.objects.bulk_create(
        [
            CustomerPhone(**owner, number=number, kind=kinds.get(number, ""), position=position)
            for position, number in enumerate(dict.fromkeys(details.phones))
        ],
        update_conflicts=True,
        unique_fields=["project", "customer", "number"],
        update_fields=touched,
    )
    CustomerAddress.objects.bulk_create(
        [one.row(**owner, position=position) for position, one in enumerate(each_once(details.addresses or ()))],
        update_conflicts=True,
        unique_fields=["project", "customer", "key"],
        update_fields=["street", "postal_code", "city", "region", "country", "kind", "position"],
    )
    # What was read before is stale now.
    getattr(customer, "_prefetched_objects_cache", {}).clear()


def _recorded(details: Details) -> dict[str, Any]:
    return {
        "name": details.name,
        "kind": str(details.kind),
        "locale": details.locale,
        "emails": list(details.emails),
        "phones": list(details.phones),
        **({} if details.addresses is None else {"addresses": list(map(str, details.addresses))}),
        **({} if details.kinds is None else {"kinds": dict(details.kinds)}),
    }
