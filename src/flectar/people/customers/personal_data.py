"""What is stored about customers, why, and how it ends."""

from flectar.core.inventory import CONTRACT, DELETE, LEGAL, NONE, OBLIGATION, OPERATE, PROJECT, REDACT, P, classify
from flectar.people.customers.models import (
    Consent,
    Customer,
    CustomerEmail,
    CustomerImport,
    CustomerNote,
    CustomerPhone,
    CustomerTag,
    Tag,
)

_AS_LONG_AS_NEEDED = "Until the business erases the customer"

classify(
    Customer,
    subject="",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention=_AS_LONG_AS_NEEDED,
    fields={
        "id": NONE,
        "project": NONE,
        "name": P("user.name", erase=REDACT),
        "sort_key": P("user.name", erase=REDACT, export=False),
        "kind": NONE,
        "locale": P("user.demographic.language", erase=REDACT),
        "collected_via": P("user.behavior", erase=DELETE),
        "collected_from": P("user.behavior", erase=REDACT),
        "notice_version": P("user.privacy_preferences"),
        "brought_by": NONE,
        "created_at": NONE,
        "archived_at": NONE,
    },
)
classify(
    CustomerEmail,
    subject="customer",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention=_AS_LONG_AS_NEEDED,
    fields={
        "id": NONE,
        "project": NONE,
        "customer": NONE,
        "email": P("user.contact.email"),
        "position": NONE,
    },
)
classify(
    CustomerPhone,
    subject="customer",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention=_AS_LONG_AS_NEEDED,
    fields={
        "id": NONE,
        "project": NONE,
        "customer": NONE,
        "number": P("user.contact.phone_number"),
        "position": NONE,
    },
)
classify(
    CustomerNote,
    subject="customer",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention=_AS_LONG_AS_NEEDED,
    fields={
        "id": NONE,
        "project": NONE,
        "customer": NONE,
        "body": P("user.content", sensitive=True),
        "author": NONE,
        "created_at": NONE,
    },
)
classify(
    CustomerImport,
    subject="",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="The file until the import ends, two days at most; rows that did not come in for 30 days",
    fields={
        "id": NONE,
        "project": NONE,
        "file_name": P("user.content", erase=REDACT),
        "content": P("user.content", export=False),
        "says": NONE,
        "state": NONE,
        "rows": NONE,
        "people": NONE,
        "done": NONE,
        "added": NONE,
        "completed": NONE,
        "known": NONE,
        "remarks": P("user.content", export=False),
        "headers": NONE,
        "problem": NONE,
        "author": NONE,
        "created_at": NONE,
        "finished_at": NONE,
    },
)
classify(
    Tag,
    subject="",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="As long as a customer bears it",
    fields={"id": NONE, "project": NONE, "name": NONE, "sort_key": NONE, "created_at": NONE},
)
classify(
    CustomerTag,
    subject="customer",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention=_AS_LONG_AS_NEEDED,
    fields={"id": NONE, "project": NONE, "customer": P("user.unique_id", export=False), "tag": P("user.content")},
)
classify(
    Consent,
    subject="customer",
    controller=PROJECT,
    purposes=(LEGAL,),
    basis=OBLIGATION,  # Art. 7(1) GDPR: the business must be able to show it
    retention=_AS_LONG_AS_NEEDED,
    fields={
        "id": NONE,
        "project": NONE,
        "customer": P("user.unique_id", export=False),
        "purpose": P("user.privacy_preferences"),
        "channel": P("user.privacy_preferences"),
        "is_given": P("user.privacy_preferences"),
        "at": P("user.privacy_preferences"),
        "method": P("user.privacy_preferences"),
        "wording": P("user.privacy_preferences"),
        "wording_version": P("user.privacy_preferences"),
        "wording_locale": P("user.privacy_preferences"),
        "page": P("user.privacy_preferences"),
        "author": NONE,
    },
)
