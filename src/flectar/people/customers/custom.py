"""Fields of the owner's own: defined, read from text as forms and files bring it, kept, and said again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.text import BadText, clean, fold
from flectar.people.customers.errors import leave_alone_if_restricted
from flectar.people.customers.models import Customer, CustomerQuerySet, CustomField, CustomValue, Tag
from flectar.platform.audit.log import record
from flectar.ui import formats

MOST = 40  # fields of a project
MOST_CHOICES = 100
BACK_FOR = timedelta(days=30)
Kind = CustomField.Kind

type Value = str | Decimal | date | bool | None
_COLUMNS = {Kind.TEXT: "text", Kind.CHOICE: "text", Kind.NUMBER: "number", Kind.DATE: "day", Kind.YES_NO: "is_yes"}
_NOTHING: Mapping[str, Value] = {"text": "", "number": None, "day": None, "is_yes": None}
_YES = {"yes", "y", "true", "1", "x", "si", "s", "verdadero"}
_NO = {"no", "n", "false", "0", "falso"}
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")


class BadValue(ValueError):
    """Not what the field takes, or a field that cannot be. Fit to show."""


# What is asked


def fields() -> Sequence[CustomField]:
    return list(CustomField.objects.filter(removed_at=None))


def to_filter_by() -> tuple[Sequence[str], Sequence[CustomField]]:
    """The names of all tags, and the fields: in one question, because every list asks it."""
    columns = ("pk", "name", "kind", "choices", "position", "sort_key")
    nothing: dict[str, Any] = {
        "kind": models.Value("", output_field=models.CharField()),
        "choices": models.Value([], output_field=models.JSONField()),
        "position": models.Value(0, output_field=models.SmallIntegerField()),
    }
    tags: Any = Tag.objects.annotate(**nothing)
    own = CustomField.objects.filter(removed_at=None).order_by().values_list(*columns)
    rows = list(tags.order_by().values_list(*columns).union(own, all=True).order_by("kind", "position", "sort_key"))
    found = [CustomField(**dict(zip(columns, row, strict=True))) for row in rows if row[2]]
    return [row[1] for row in rows if not row[2]], sorted(found, key=lambda field: (field.position, field.pk))


@transaction.atomic
def define(field: CustomField, *, name: str, kind: str, choices: Sequence[str] = ()) -> CustomField:
    """A new field, or other words for one that there is; its kind stays as it was. Raises BadValue."""
    is_new = field._state.adding
    others = CustomField.objects.filter(removed_at=None)
    if is_new and others.count() >= MOST:
        raise BadValue(_("%(limit)s fields are enough. Remove one first.") % {"limit": MOST})
    if others.filter(sort_key=fold(name)).exclude(pk=field.pk).exists():
        raise BadValue(_("There is a field called “%(name)s” already.") % {"name": name})
    field.name, field.sort_key = name, fold(name)
    field.kind = kind if is_new else field.kind
    field.choices = list(choices)[:MOST_CHOICES] if field.kind == Kind.CHOICE else []
    if field.kind == Kind.CHOICE and len(field.choices) < 2:
        raise BadValue(_("Give at least two choices, one a line."))
    if is_new:
        field.position = others.count()
    field.save()
    record("customers.field_defined", target=field, new={"kind": field.kind, "choices": field.choices})
    return field


def remove(field: CustomField) -> None:
    """Nobody is asked any more; `forget` deletes the answers thirty days later."""
    if field.removed_at is None:
        field.removed_at = clock.now()
        field.save(update_fields=["removed_at"])
        record("customers.field_removed", target=field)


def bring_back(field: CustomField) -> None:
    """Raises BadValue when another one has taken its name."""
    if field.removed_at is None:
        return
    if CustomField.objects.filter(removed_at=None, sort_key=field.sort_key).exists():
        raise BadValue(_("There is a field called “%(name)s” already.") % {"name": field.name})
    field.removed_at = None
    field.save(update_fields=["removed_at"])
    record("customers.field_defined", target=field, new={"kind": field.kind, "choices": field.choices})


def forget(field_id: UUID) -> None:
    """If it is still removed."""
    CustomField.objects.filter(pk=field_id, removed_at__lte=clock.now() - BACK_FOR).delete()


# What is answered


def read(field: CustomField, raw: str) -> Value:
    """From what somebody typed, or a file says; None for nothing. Raises BadValue."""
    try:
        text = clean(raw).strip()
    except BadText as bad:
        raise BadValue(str(bad)) from None
    if not text:
        return None
    match field.kind:
        case Kind.NUMBER:
            return _number(field, text)
        case Kind.DATE:
            return _day(field, text)
        case Kind.YES_NO:
            return _yes_or_no(field, text)
        case Kind.CHOICE:
            return _choice(field, text)
    if len(text) > 500:
        raise BadValue(_("%(field)s: 500 characters at most.") % {"field": field.name})
    return text


def _number(field: CustomField, text: str) -> Decimal:
    plain = text.replace(" ", "").replace("\xa0", "")
    if "," in plain:
        plain = (
            plain.replace(".", "").replace(",", ".") if plain.rfind(",") > plain.rfind(".") else plain.replace(",", "")
        )
    try:
        number = Decimal(plain).quantize(Decimal("0.0001"))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= Decimal(10) ** 14:
        raise BadValue(_("%(field)s: “%(text)s” is not a number.") % {"field": field.name, "text": text[:60]})
    return number


def _day(field: CustomField, text: str) -> date:
    for pattern in _DAYS:
        try:
            return datetime.strptime(text[:10], pattern).date()  # noqa: DTZ007 - a date without a time has no zone
        except ValueError:
            continue
    raise BadValue(_("%(field)s: “%(text)s” is not a date.") % {"field": field.name, "text": text[:60]})


def _yes_or_no(field: CustomField, text: str) -> bool:
    if fold(text) in _YES | _NO:
        return fold(text) in _YES
    raise BadValue(_("%(field)s: “%(text)s” is neither yes nor no.") % {"field": field.name, "text": text[:60]})


def _choice(field: CustomField, text: str) -> str:
    found = next((choice for choice in field.choices if fold(choice) == fold(text)), None)
    if found is None:
        raise BadValue(_("%(field)s: “%(text)s” is none of the choices.") % {"field": field.name, "text": text[:60]})
    return str(found)


@transaction.atomic
def put(customer: Customer, answers: Mapping[CustomField, Value]) -> bool:
    """Set these answers; None takes one away. True if something was other than before. Raises Restricted."""
    before = {value.field_id: value for value in customer.values.select_related("field")}
    old, new = {}, {}
    for field, value in answers.items():
        was = before.get(field.pk)
        if value == (plain(field, was) if was else None):
            continue
        leave_alone_if_restricted(customer)
        old[field.name], new[field.name] = said(field, plain(field, was) if was else None), said(field, value)
        if value is None:
            CustomValue.objects.filter(customer=customer, field=field).delete()
        else:
            CustomValue.objects.update_or_create(
                customer=customer, field=field, defaults={**_NOTHING, column(field): value}
            )
    if new:
        record("customer.changed", target=customer, old={"fields": old}, new={"fields": new})
    return bool(new)


def put_on_new(pairs: Iterable[tuple[Customer, Mapping[CustomField, Value]]]) -> None:
    """On customers who have no answers yet, an import's: no entry in the log for each."""
    CustomValue.objects.bulk_create(
        CustomValue(
            project_id=customer.project_id, customer=customer, field=field, **{**_NOTHING, column(field): value}
        )
        for customer, answers in pairs
        for field, value in answers.items()
        if value is not None
    )


def answers(customer: Customer, asked: Sequence[CustomField] | None = None) -> list[tuple[CustomField, Value]]:
    """Those that there are, in the order of the fields."""
    by_field = {value.field_id: value for value in customer.values.all()}
    wanted = fields() if asked is None else asked
    return [(field, plain(field, by_field[field.pk])) for field in wanted if field.pk in by_field]


def column(field: CustomField) -> str:
    return _COLUMNS[Kind(field.kind)]


def plain(field: CustomField, value: CustomValue) -> Value:
    found: Value = getattr(value, column(field))
    return found


def said(field: CustomField, value: Value) -> str:
    """For people, in their language."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return formats.day(value) if isinstance(value, date) else value


def typed(value: Value) -> str:
    """As `read` takes it again: in forms and files."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value or "")


def narrowed(found: CustomerQuerySet, field_id: UUID, wanted: str) -> CustomerQuerySet:
    """Those whose answer is this; "-" stands for none. What is not a value of the field finds nobody."""
    field = CustomField.objects.filter(pk=field_id, removed_at=None).first()
    if field is None:
        return found
    values = CustomValue.objects.filter(field=field)
    if wanted == "-":
        without: CustomerQuerySet = found.exclude(pk__in=values.values("customer"))
        return without
    try:
        same: Any = values.filter(**{column(field): read(field, wanted)}) if wanted != "*" else values
    except BadValue:
        return found.none()
    narrow: CustomerQuerySet = found.filter(pk__in=same.values("customer"))
    return narrow
