from flectar.people.customers.models.addresses import CustomerAddress
from flectar.people.customers.models.completions import Completion
from flectar.people.customers.models.consents import Consent
from flectar.people.customers.models.customers import (
    ContactKind,
    Customer,
    CustomerEmail,
    CustomerImport,
    CustomerNote,
    CustomerPhone,
    CustomerQuerySet,
    Via,
    sort_key,
)
from flectar.people.customers.models.fields import CustomField, CustomValue
from flectar.people.customers.models.files import CustomerFile
from flectar.people.customers.models.merges import Merge, Unlike
from flectar.people.customers.models.tags import CustomerTag, Tag
from flectar.people.customers.models.tombstones import Tombstone

__all__ = [
    "Completion",
    "Consent",
    "ContactKind",
    "CustomField",
    "CustomValue",
    "Customer",
    "CustomerAddress",
    "CustomerEmail",
    "CustomerFile",
    "CustomerImport",
    "CustomerNote",
    "CustomerPhone",
    "CustomerQuerySet",
    "CustomerTag",
    "Merge",
    "Tag",
    "Tombstone",
    "Unlike",
    "Via",
    "sort_key",
]
