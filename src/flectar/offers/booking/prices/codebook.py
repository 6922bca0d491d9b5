"""Coupons, packages, vouchers and terms as the business keeps them. Each change is audited; what was sold stays as it
was sold."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Model, RestrictedError
from django.utils.translation import gettext as _

from flectar.core.events import announce
from flectar.core.ids import new_code
from flectar.offers.booking.errors import BookingError
from flectar.offers.booking.facts import ServicesChanged
from flectar.offers.booking.models import Coupon, Entitlement, Policy, Service
from flectar.offers.booking.prices.coupons import folded
from flectar.offers.booking.services import catalogue, versions
from flectar.platform.audit.log import changes, record
from flectar.platform.projects.models import Project

CODE_LETTERS = 8


class CodeTaken(BookingError):
    def __init__(self, code: str) -> None:
        super().__init__(_("The code %(code)s is there already. Take another one.") % {"code": code})


class StillUsed(BookingError):
    def __init__(self, name: str) -> None:
        super().__init__(
            _("Services still use “%(name)s”. Give them other terms first.") % {"name": name},
        )


def is_code_taken(code: str, *, but: UUID | None = None) -> bool:
    """Coupons, packages and vouchers share their codes: people type them into one field."""
    same = folded(code)
    owners = [
        *Coupon.objects.filter(code_folded=same).values_list("pk", flat=True),
        *Entitlement.objects.filter(code_folded=same).values_list("pk", flat=True),
    ]
    return any(pk != but for pk in owners)


def unused_code() -> str:
    """One that can be read aloud and cannot be guessed."""
    return next(code for _try in range(20) if not is_code_taken(code := new_code(CODE_LETTERS)))


@transaction.atomic
def save_coupon(coupon: Coupon, values: Mapping[str, Any]) -> Coupon:
    """A new one, or the same with other values: what was used stays used, at the old price. Raises CodeTaken."""
    return _save(coupon, values, "coupon")


@transaction.atomic
def grant(entitlement: Entitlement, values: Mapping[str, Any]) -> Entitlement:
    """A package or a voucher, given by hand. Raises CodeTaken."""
    return _save(entitlement, values, "prepaid")


def _save[C: (Coupon, Entitlement)](row: C, values: Mapping[str, Any], kind: str) -> C:
    is_new = row._state.adding
    before = {} if is_new else _values(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.code = " ".join(row.code.split())
    if not folded(row.code):  # nothing, or nothing that anybody could type
        row.code = unused_code()
    row.code_folded = folded(row.code)
    if is_code_taken(row.code, but=None if is_new else row.pk):
        raise CodeTaken(row.code)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "code_once" in str(error):
            raise CodeTaken(row.code) from error
        raise
    old, new = changes(before, _values(row))
    if new:
        record(f"{kind}.created" if is_new else f"{kind}.changed", target=row, old=old, new=new)
    return row


@transaction.atomic
def switch_coupons(coupons: Collection[UUID], *, is_active: bool) -> list[UUID]:
    """Stop them or let them be used again; those that it changed something for."""
    return _switch(Coupon, coupons, "coupon.changed", is_active=is_active)


@transaction.atomic
def switch_prepaid(entitlements: Collection[UUID], *, is_active: bool) -> list[UUID]:
    return _switch(Entitlement, entitlements, "prepaid.changed", is_active=is_active)


def _switch(
    model: type[Coupon] | type[Entitlement], ids: Collection[UUID], action: str, *, is_active: bool
) -> list[UUID]:
    found: list[Any] = list(
        model.objects.filter(pk__in=ids).exclude(is_active=is_active).order_by("pk").select_for_update(no_key=True)
    )
    model.objects.filter(pk__in=[one.pk for one in found]).update(is_active=is_active)
    for one in found:
        record(action, target=one, old={"is_active": not is_active}, new={"is_active": is_active})
    return [one.pk for one in found]


@transaction.atomic
def save_policy(policy: Policy, values: Mapping[str, Any]) -> Policy:
    """Touches new bookings only: each has its terms frozen in it."""
    is_new = policy._state.adding
    before = {} if is_new else _values(policy)
    for name, value in values.items():
        setattr(policy, name, value)
    policy.save()
    old, new = changes(before, _values(policy))
    if new:
        record("terms.created" if is_new else "terms.changed", target=policy, old=old, new=new)
    return policy


@transaction.atomic
def remove_policy(policy: Policy) -> None:
    """Raises StillUsed."""
    name = policy.name
    try:
        with transaction.atomic():
            policy.delete()
    except RestrictedError as error:
        raise StillUsed(name) from error
    record("terms.removed", old={"name": name})


@transaction.atomic
def save_payment(project: Project, service: Service, values: Mapping[str, Any]) -> Service:
    """How a service is paid, and by which terms it is cancelled."""
    before = catalogue.values_of(service)
    for name, value in values.items():
        setattr(service, name, value)
    old, new = changes(before, catalogue.values_of(service))
    if new:
        with versions.kept(service.pk) as keep:
            service.version = F("version") + 1
            service.save(update_fields=[*values, "version"])
            service.refresh_from_db()
            keep(record("service.changed", target=service, old=old, new=new))
        announce(ServicesChanged(project.pk))
    return service


def _values(row: Model) -> dict[str, Any]:
    kept = ("id", "project", "code_folded", "created_at")
    return {field.name: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in kept}
