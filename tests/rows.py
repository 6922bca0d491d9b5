"""One valid row of any tenant model, made by looking at its fields: for the tests that walk them all."""

import datetime as dt
import uuid
from itertools import count
from typing import Any

from django.apps import apps
from django.db import models

from flectar.core import clock
from flectar.core.tenancy import TenantForeignKey, TenantOneToOneField
from tests import make

_numbers = count(1)

# Values that a constraint asks for and a field's type does not tell: {"app.model": {"field": value}}.
ASKED_FOR: dict[str, dict[str, Any]] = {
    "booking.feed": {"account": make.user},
    "booking.attendee": {"session": lambda: row(apps.get_model("booking", "Session")), "number": 1},
    "booking.claim": {"booking": lambda: row(apps.get_model("booking", "Booking")), "expires_at": clock.now},
    "booking.coupon": {"percent": 10},
    "booking.entitlement": {"kind": "package", "units": 5, "amount_minor": 0},
    "booking.waiting": {"earliest": clock.now, "latest": lambda: clock.now() + dt.timedelta(days=1)},
    "payments.ledgerintent": {"currency": "EUR"},
    "payments.paymentintent": {"return_path": "/", "currency": "EUR"},
    "notifications.notification": {"user": make.user},
    "notifications.preference": {"user": make.user},
    "lists.savedview": {"owner": make.user},
    "lists.firstview": {"user": make.user},
    "customers.customerphone": {"number": lambda: f"+34600{next(_numbers):06}"},
    "projects.location": {"phone": "", "second_phone": "", "zone": "Europe/Madrid"},
    "projects.openinghours": {"weekday": 6, "start_min": 600, "len_min": 60},
}

# Of these fields a row has exactly one.
ONE_OF = {"booking.claim": {"booking", "session", "held_by"}}


def row(model: type[models.Model], **given: Any) -> Any:
    """A saved row in the scope that is open."""
    return model._base_manager.create(**values(model, **given))


def values(model: type[models.Model], **given: Any) -> dict[str, Any]:
    """What a row needs, beyond what has a default. Referenced rows are made along."""
    label = model._meta.label_lower
    asked = {**ASKED_FOR.get(label, {}), **given}
    if given.keys() & (only := ONE_OF.get(label, set())):
        asked = {name: value for name, value in asked.items() if name in given or name not in only}
    found: dict[str, Any] = {}
    start = clock.now().replace(second=0, microsecond=0)
    for position, field in enumerate(model._meta.concrete_fields):
        if field.name in asked:
            value = asked[field.name]
            found[field.name] = value() if callable(value) else value
        elif not _is_needed(field):
            continue
        elif isinstance(field, TenantForeignKey | TenantOneToOneField):
            found[field.name] = row(field.related_model)
        else:
            found[field.name] = _value(field, start + dt.timedelta(hours=position))
    return found


def _is_needed(field: Any) -> bool:
    return not (
        field.null or field.has_default() or field.has_db_default() or field.primary_key or field.generated
    ) or (isinstance(field, models.CharField) and field.unique)


def _value(field: Any, later: dt.datetime) -> Any:
    number = next(_numbers)
    if field.choices:
        return field.choices[0][0]
    match field:
        case models.DateTimeField():
            return later
        case models.DateField():
            return later.date() + dt.timedelta(days=number)
        case models.UUIDField():
            return uuid.uuid4()
        case models.EmailField():
            return f"row{number}@example.com"
        case models.CharField() | models.TextField():
            return f"row{number}"[: field.max_length or 40]
        case models.BooleanField():
            return False
        case models.JSONField():
            return {}
        case models.BinaryField():
            return b"row"
        case models.IntegerField() | models.DecimalField():
            return 1 + number % 5
        case _:
            raise NotImplementedError(f"say in ASKED_FOR what {field} takes")
