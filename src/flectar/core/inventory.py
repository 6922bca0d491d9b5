"""What each stored field is, whose it is, why it is kept and how it ends: the data inventory.

Every app classifies its models in `personal_data.py`; libraries' models stand in config/third_party_data.py.
An unclassified field fails the tests. Exports, erasure and the privacy page are compiled from this.
Categories follow fideslang's keys (user.name, user.contact.email, ...).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise

type Text = str | Promise


class Controller(StrEnum):
    PLATFORM = "platform"
    PROJECT = "project"


class Purpose(StrEnum):
    """The closed list of uses of the mission, §3."""

    ACCOUNT = "account"
    OPERATE = "operate"
    PAYMENTS = "payments"
    COMMUNICATE = "communicate"
    PROTECT = "protect"
    SUPPORT = "support"
    LEGAL = "legal"
    MARKETING = "marketing"


class Basis(StrEnum):
    """GDPR Art. 6(1)."""

    CONTRACT = "contract"
    LEGITIMATE_INTERESTS = "legitimate_interests"
    CONSENT = "consent"
    LEGAL_OBLIGATION = "legal_obligation"


class Erase(StrEnum):
    """What erasure does to the value."""

    DELETE = "delete"
    NULL = "null"
    REDACT = "redact"
    PSEUDONYMISE = "pseudonymise"
    KEEP = "keep"


PLATFORM, PROJECT = Controller.PLATFORM, Controller.PROJECT
ACCOUNT, OPERATE, COMMUNICATE, PROTECT, LEGAL = (
    Purpose.ACCOUNT,
    Purpose.OPERATE,
    Purpose.COMMUNICATE,
    Purpose.PROTECT,
    Purpose.LEGAL,
)
CONTRACT, LEGITIMATE, CONSENT, OBLIGATION = (
    Basis.CONTRACT,
    Basis.LEGITIMATE_INTERESTS,
    Basis.CONSENT,
    Basis.LEGAL_OBLIGATION,
)
DELETE, NULL, REDACT, PSEUDONYMISE, KEEP = Erase.DELETE, Erase.NULL, Erase.REDACT, Erase.PSEUDONYMISE, Erase.KEEP


@dataclass(frozen=True, slots=True)
class P:
    """A field with personal data. What is left empty is taken from the model's line."""

    category: str
    erase: Erase = DELETE
    export: bool = True
    sensitive: bool = False
    purposes: tuple[Purpose, ...] = ()
    basis: Basis | None = None
    retention: str = ""


@dataclass(frozen=True, slots=True)
class _None:
    """A field with no personal data."""


NONE = _None()


@dataclass(frozen=True, slots=True)
class Record:
    """One model's line of the inventory."""

    model: type[models.Model]
    subject: str
    controller: Controller
    purposes: tuple[Purpose, ...]
    basis: Basis
    retention: str
    note: str = ""
    fields: Mapping[str, P | _None] = field(default_factory=dict)
    title: Text = ""
    words: Mapping[str, Text] = field(default_factory=dict)

    def of(self, name: str) -> P | _None | None:
        """The field's own class with the model's values filled in; None if nobody classified it."""
        found = self.fields.get(name)
        if isinstance(found, P):
            return replace(
                found,
                purposes=found.purposes or self.purposes,
                basis=found.basis or self.basis,
                retention=found.retention or self.retention,
            )
        return found


_records: dict[type[models.Model], Record] = {}


def classify(
    model: type[models.Model],
    *,
    subject: str,
    controller: Controller,
    purposes: tuple[Purpose, ...],
    basis: Basis,
    retention: str,
    fields: Mapping[str, P | _None],
    note: str = "",
    title: Text = "",
    words: Mapping[str, Text] | None = None,
) -> None:
    """Say what a model holds. `subject` is the path to the person ("customer", "booking__customer", "" for nobody).

    `title` and `words` (field → its name) are how the person whom it is about reads it in their copy; without words a
    field says its own label. `retention` is a sentence an owner understands. Legitimate interests need a `note` that
    weighs them.
    """
    if basis is LEGITIMATE and not note:
        raise ValueError(f"{model.__name__}: legitimate interests need a note that weighs them")
    unknown = set(fields) - {f.name for f in model._meta.concrete_fields}
    if unknown:
        raise ValueError(f"{model.__name__} has no field {', '.join(sorted(unknown))}")
    _records[model] = Record(model, subject, controller, purposes, basis, retention, note, fields, title, words or {})


def records() -> dict[type[models.Model], Record]:
    """The whole inventory, read from every app's `personal_data.py`."""
    for app in apps.get_app_configs():
        module = f"{app.name}.personal_data"
        if app.name.startswith("flectar.") and find_spec(module):
            import_module(module)
    return _records


def unclassified(known: Mapping[type[models.Model], Record]) -> list[str]:
    """Fields that nobody classified, as app.Model.field."""
    missing: list[str] = []
    for model in apps.get_models(include_auto_created=True):
        record: Any = known.get(model)
        missing += [
            f"{model._meta.label}.{f.name}"
            for f in model._meta.concrete_fields
            if record is None or record.of(f.name) is None
        ]
    return missing
