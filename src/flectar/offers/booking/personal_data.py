"""What the booking tables hold of people: the customer's promise, and the team's working time."""

from django.db.models import Model

from flectar.core.inventory import CONTRACT, KEEP, NONE, OPERATE, PROJECT, REDACT, P, classify
from flectar.offers.booking.models import (
    Booking,
    BookingEvent,
    CalendarImport,
    CalendarSource,
    Claim,
    Closure,
    ExternalBusy,
    Resource,
    Schedule,
    ScheduleOverride,
    ScheduleWindow,
    Service,
    ServiceNeed,
)

_TEAM = "As long as the person works for the business."
_BOOKINGS = "As long as the business keeps its books; the person is removed on request, time and price stay."


def _nothing(model: type[Model], *names: str) -> None:
    classify(
        model,
        subject="",
        controller=PROJECT,
        purposes=(OPERATE,),
        basis=CONTRACT,
        retention="As long as the project exists.",
        fields=dict.fromkeys(names, NONE),
    )


classify(
    Resource,
    subject="account",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention=_TEAM,
    fields={
        "id": NONE,
        "project": NONE,
        "kind": NONE,
        "name": P("user.name", erase=REDACT),
        "name_folded": P("user.name", erase=REDACT, export=False),
        "account": P("user.unique_id", erase=KEEP, export=False),
        "schedule": NONE,
        "location": NONE,
        "rank": NONE,
        "is_active": NONE,
        "rev": NONE,
    },
)
_nothing(Schedule, "id", "project", "name")
_nothing(ScheduleWindow, "id", "project", "schedule", "weekday", "start_min", "len_min")
_nothing(ScheduleOverride, "id", "project", "resource", "day", "windows")
_nothing(CalendarSource, "id", "project", "resource", "kind", "name", "synced_at")
_nothing(ServiceNeed, "id", "project", "service", "group_no", "resource")
_nothing(Claim, "id", "project", "resource", "unit", "starts_at", "ends_at", "booking", "is_forced")
_nothing(
    Service,
    *("id", "project", "name", "name_folded", "slug", "group", "description", "duration_min", "price_minor"),
    *("buffer_before", "buffer_after", "buffer_inside_hours", "notice_min", "horizon_days", "step_min"),
    *("change_notice_min", "is_active", "position", "version"),
)
classify(
    Closure,
    subject="resource__account",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention=_TEAM,
    fields={
        **dict.fromkeys(("id", "project", "resource", "service", "starts_at", "ends_at", "is_public"), NONE),
        "reason": P("user.content"),
    },
)
classify(
    ExternalBusy,
    subject="resource__account",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="Until the calendar is imported again or removed.",
    fields={
        **dict.fromkeys(("id", "project", "resource", "source"), NONE),
        "uid": P("user.unique_id", export=False),
        "starts_at": P("user.behavior"),
        "ends_at": P("user.behavior"),
    },
)
classify(
    Booking,
    subject="customer",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention=_BOOKINGS,
    fields={
        **dict.fromkeys(("id", "project", "service", "resource", "status", "tz", "service_name", "source"), NONE),
        **dict.fromkeys(("idempotency_key", "version", "created_at", "policy_snapshot"), NONE),
        "code": P("user.unique_id", erase=KEEP),
        "token": P("user.authorization.credentials", export=False),
        "customer": P("user.unique_id", erase=KEEP, export=False),
        "starts_at": P("user.behavior.purchase_history", erase=KEEP),
        "ends_at": P("user.behavior.purchase_history", erase=KEEP),
        "local_start": P("user.behavior.purchase_history", erase=KEEP),
        "price_snapshot": P("user.behavior.purchase_history", erase=KEEP),
        "note": P("user.content", erase=REDACT),
        "locale": P("user.settings", erase=KEEP),
    },
)
classify(
    BookingEvent,
    subject="booking__customer",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention=_BOOKINGS,
    fields={
        **dict.fromkeys(("id", "project", "booking", "kind", "from_status", "to_status", "before", "after"), NONE),
        "at": P("user.behavior", erase=KEEP),
        "actor_kind": NONE,
        "actor_id": P("user.unique_id", erase=KEEP, export=False),
        "actor_name": P("user.name", erase=KEEP, export=False),
        "reason": P("user.content", erase=KEEP),
    },
)
classify(
    CalendarImport,
    subject="resource__account",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="The file goes when it is brought in, or after two days; the report goes after thirty.",
    fields={
        **dict.fromkeys(("id", "project", "resource", "state", "series", "done", "events", "busy", "problem"), NONE),
        **dict.fromkeys(("created_at", "finished_at"), NONE),
        "file_name": P("user.content"),
        "content": P("user.content", export=False),
        "skipped": P("user.content", export=False),
        "clashes": NONE,
        "author": P("user.unique_id", erase=KEEP, export=False),
    },
)
