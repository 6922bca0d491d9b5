"""What the booking tables hold of people: the customer's promise, and the team's working time."""

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from flectar.core.inventory import CONTRACT, KEEP, NONE, OPERATE, PROJECT, REDACT, P, classify
from flectar.offers.booking.models import (
    Attendee,
    BookedExtra,
    Booking,
    BookingEvent,
    BookingImport,
    CalendarImport,
    CalendarSource,
    Claim,
    Closure,
    Coupon,
    CouponUse,
    Embedding,
    Entitlement,
    EntitlementUse,
    ExternalBusy,
    Feed,
    Figures,
    Hold,
    Letter,
    Limit,
    NeedGroup,
    NoShowRule,
    Pardon,
    Policy,
    QuietHours,
    Requirement,
    RequirementAnswer,
    Resource,
    Schedule,
    ScheduleOverride,
    ScheduleWindow,
    Season,
    Series,
    Service,
    ServiceExtra,
    ServiceNeed,
    ServiceVersion,
    Session,
    Subscription,
    Waiting,
)

_TEAM = "As long as the person works for the business."
_ATTENDANCE = "Where attendance is switched on: a year after the booking."
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
        **dict.fromkeys(("units", "allocation", "seats_min", "seats_max"), NONE),
        "rank": NONE,
        "is_active": NONE,
        "rev": NONE,
    },
)
_nothing(
    Letter,
    *("id", "project", "kind", "service", "after_hours", "words", "review_url", "is_advertising", "is_on"),
)
_nothing(Schedule, "id", "project", "name")
_nothing(ScheduleWindow, "id", "project", "schedule", "weekday", "start_min", "len_min", "valid_from", "valid_until")
_nothing(ScheduleOverride, "id", "project", "resource", "day", "windows")
_nothing(CalendarSource, "id", "project", "resource", "kind", "name", "synced_at")
_nothing(ServiceVersion, "id", "project", "service", "entry_id", "at", "state")
_nothing(ServiceNeed, "id", "project", "service", "group_no", "resource", "price_minor")
_nothing(NeedGroup, "id", "project", "service", "group_no", "qty", "is_per_person", "parts")
_nothing(
    ServiceExtra,
    *("id", "project", "service", "name", "price_minor", "is_per_person", "is_per_night", "add_min", "max_qty"),
    *("stock", "position", "is_active"),
)
_nothing(
    Requirement,
    *("id", "project", "service", "kind", "when", "label", "help", "choices", "least_age", "is_required"),
    *("is_sensitive", "position", "version", "is_active"),
)
_nothing(
    Season,
    *("id", "project", "service", "name", "first", "last", "price_minor", "min_nights", "max_nights"),
    *("arrival_days", "departure_days", "fills_gaps"),
)
_nothing(Limit, "id", "project", "service", "resource", "per", "most", "counts_people", "counts_minutes")
_nothing(QuietHours, "id", "project", "is_on", "begins", "ends")
_nothing(Embedding, "id", "project", "allows", "origins")
_nothing(Policy, "id", "project", "name", "tiers", "no_show_percent", "most_moves")
_nothing(Series, "id", "project", "rrule", "tz", "local_start", "created_at")
_nothing(
    Session,
    *("id", "project", "service", "resource", "starts_at", "ends_at", "tz", "local_start", "capacity", "least"),
    "is_cancelled_if_few",
    *("waiting_max", "repeats", "note", "is_cancelled", "version", "created_at"),
)
_nothing(BookedExtra, "id", "project", "booking", "extra", "name", "qty", "price_minor", "add_min")
_nothing(
    Coupon,
    *("id", "project", "code", "code_folded", "name", "percent", "amount_minor", "starts_at", "ends_at", "max_uses"),
    *("max_per_customer", "least_minor", "services", "stacks", "is_active", "created_at"),
)
_nothing(EntitlementUse, "id", "project", "entitlement", "booking", "units", "amount_minor", "state", "at")
_nothing(
    Claim,
    *("id", "project", "resource", "unit", "starts_at", "ends_at", "booking", "session", "held_by"),
    *("expires_at", "is_forced"),
)
_nothing(Hold, "id", "project", "token", "service", "resource", "starts_at", "until", "created_at")
_nothing(
    Service,
    *("id", "project", "name", "name_folded", "slug", "group", "description", "duration_min", "price_minor"),
    *("buffer_before", "buffer_after", "buffer_inside_hours", "notice_min", "horizon_days", "step_min"),
    *("change_notice_min", "remind_min", "most_dates", "is_active", "position", "version", "mode", "align", "approval"),
    *("is_reserved_by_requests", "request_hours", "pay", "deposit_percent", "deposit_minor", "hold_min"),
    *("min_party", "max_party", "is_priced_per_person", "capacity", "has_waiting_list", "check_in_min"),
    *("check_out_min", "min_nights", "max_nights", "tax_category", "is_completed_by_itself", "policy"),
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
    retention="Until the calendar is imported or read again, or removed.",
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
    title=_("Bookings"),
    words={
        "due_minor": _("To be paid"),
        "paid_minor": _("Paid"),
        "attendance": _("Whether you came"),
        "arrived_at": _("Arrived"),
        "starts_at": _("Begins"),
        "ends_at": _("Ends"),
        "local_start": _("Begins, on the clock of the place"),
        "price_snapshot": _("Price"),
        "customer_zone": _("Time zone"),
        "locale": _("Language"),
    },
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention=_BOOKINGS,
    fields={
        **dict.fromkeys(("id", "project", "service", "resource", "location", "status", "tz"), NONE),
        **dict.fromkeys(("service_name", "source", "brought_by"), NONE),
        **dict.fromkeys(("idempotency_key", "version", "created_at", "policy_snapshot"), NONE),
        **dict.fromkeys(
            ("mode", "hold_until", "series", "visit", "session", "moves", "is_proposed", "is_rule_bypassed"), NONE
        ),
        "party": P("user.behavior.purchase_history", erase=KEEP),
        "nights": P("user.behavior.purchase_history", erase=KEEP),
        "due_minor": P("user.financial", erase=KEEP),
        "paid_minor": P("user.financial", erase=KEEP),
        "total_minor": P("user.financial", erase=KEEP, export=False),
        "attendance": P("user.behavior", erase=KEEP, retention=_ATTENDANCE),
        "arrived_at": P("user.behavior", erase=KEEP, retention=_ATTENDANCE),
        "code": P("user.unique_id", erase=KEEP),
        "token": P("user.authorization.credentials", export=False),
        "customer": P("user.unique_id", erase=KEEP, export=False),
        "starts_at": P("user.behavior.purchase_history", erase=KEEP),
        "ends_at": P("user.behavior.purchase_history", erase=KEEP),
        "local_start": P("user.behavior.purchase_history", erase=KEEP),
        "price_snapshot": P("user.behavior.purchase_history", erase=KEEP),
        "note": P("user.content", erase=REDACT),
        "customer_zone": P("user.location", erase=REDACT),
        "locale": P("user.settings", erase=KEEP),
    },
)
classify(
    BookingEvent,
    subject="booking__customer",
    title=_("What happened to bookings"),
    words={
        "at": _("When"),
        "reason": _("Reason"),
    },
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
classify(
    Attendee,
    subject="booking__customer",
    title=_("Who came along"),
    words={
        "attendance": _("Whether they came"),
        "arrived_at": _("Arrived"),
    },
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention=_BOOKINGS,
    fields={
        **dict.fromkeys(("id", "project", "booking", "session", "number"), NONE),
        "name": P("user.name", erase=REDACT),
        "attendance": P("user.behavior", erase=KEEP, retention=_ATTENDANCE),
        "arrived_at": P("user.behavior", erase=KEEP, retention=_ATTENDANCE),
        "token": P("user.authorization.credentials", export=False),
    },
)
classify(
    RequirementAnswer,
    subject="booking__customer",
    title=_("Answers given when booking"),
    words={
        "text": _("Answer"),
        "file_name": _("File"),
    },
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="Sensitive answers until thirty days after the booking is over; others as long as the booking.",
    fields={
        **dict.fromkeys(("id", "project", "booking", "requirement", "label", "wording", "at"), NONE),
        "text": P("user.content", erase=REDACT),
        "sealed": P("user.health_and_medical", erase=REDACT, export=False),
        "file": P("user.content", erase=REDACT, export=False),
        "file_name": P("user.content", erase=REDACT),
    },
)
classify(
    Waiting,
    subject="customer",
    title=_("Waiting lists"),
    words={
        "earliest": _("From"),
        "latest": _("Until"),
        "locale": _("Language"),
        "customer_zone": _("Time zone"),
        "created_at": _("Added"),
    },
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="Until a year after the day that was waited for.",
    fields={
        **dict.fromkeys(
            ("id", "project", "service", "session", "resource", "location", "party", "state", "offer"), NONE
        ),
        "customer": P("user.unique_id", erase=KEEP, export=False),
        "earliest": P("user.behavior", erase=KEEP),
        "latest": P("user.behavior", erase=KEEP),
        "token": P("user.authorization.credentials", export=False),
        "locale": P("user.settings", erase=KEEP),
        "customer_zone": P("user.location", erase=REDACT),
        "created_at": P("user.behavior", erase=KEEP),
    },
)
classify(
    CouponUse,
    subject="customer",
    title=_("Discount codes used"),
    words={
        "off_minor": _("Taken off"),
        "at": _("When"),
    },
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention=_BOOKINGS,
    fields={
        **dict.fromkeys(("id", "project", "coupon", "booking", "state"), NONE),
        "customer": P("user.unique_id", erase=KEEP, export=False),
        "off_minor": P("user.behavior.purchase_history", erase=KEEP),
        "at": P("user.behavior.purchase_history", erase=KEEP),
    },
)
classify(
    Entitlement,
    subject="customer",
    title=_("Packages and vouchers"),
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention=_BOOKINGS,
    fields={
        **dict.fromkeys(("id", "project", "kind", "name", "code_folded", "service", "is_active", "created_at"), NONE),
        "code": P("user.behavior.purchase_history", erase=KEEP),
        "customer": P("user.unique_id", erase=KEEP, export=False),
        "units": P("user.behavior.purchase_history", erase=KEEP),
        "amount_minor": P("user.behavior.purchase_history", erase=KEEP),
        "valid_until": P("user.behavior.purchase_history", erase=KEEP),
    },
)
classify(
    Subscription,
    subject="source__resource__account",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="Until the calendar is removed.",
    fields={
        **dict.fromkeys(("id", "project", "source", "etag", "last_modified", "digest", "zone", "covers_until"), NONE),
        **dict.fromkeys(("checked_at", "succeeded_at", "next_at", "trouble", "answered", "failures"), NONE),
        **dict.fromkeys(("failing_since", "told_at", "events", "host"), NONE),
        "url": P("user.authorization.credentials", export=False),
        "url_index": P("user.authorization.credentials", export=False),
        "unread": P("user.content", export=False),
    },
)
classify(
    Feed,
    subject="account",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="Until it is taken back, or whoever made it is erased.",
    fields={
        **dict.fromkeys(("id", "project", "resource", "shows", "created_at"), NONE),
        "name": P("user.content"),
        "digest": P("user.authorization.credentials", export=False),
        "locale": P("user.settings"),
        "account": P("user.unique_id", export=False),
        "last_used_at": P("user.behavior"),
    },
)
_nothing(NoShowRule, "id", "project", "does", "times", "months")
classify(
    Figures,
    subject="customer",
    title=_("Visits counted"),
    words={
        "visits": _("Visits"),
        "no_shows": _("No-shows"),
        "worth_minor": _("Worth"),
        "last_visit_on": _("Last visit"),
        "last_start_at": _("Begin of the last booking"),
    },
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="As long as the customer has bookings",
    fields={
        "id": NONE,
        "project": NONE,
        "customer": P("user.unique_id", export=False),
        "visits": P("user.behavior"),
        "no_shows": P("user.behavior"),
        "worth_minor": P("user.behavior.purchase_history"),
        "last_visit_on": P("user.behavior"),
        "last_start_at": P("user.behavior"),
    },
)
classify(
    Pardon,
    subject="customer",
    title=_("No-shows that no longer count"),
    words={
        "at": _("When"),
    },
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="Until the business takes it back or erases the customer",
    fields={
        "id": NONE,
        "project": NONE,
        "customer": P("user.unique_id", export=False),
        "reason": P("user.content", sensitive=True),
        "author": NONE,
        "at": P("user.behavior"),
    },
)
classify(
    BookingImport,
    subject="",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="The file until the import ends, two days at most; rows that did not come in for 30 days",
    fields={
        **{field.name: NONE for field in BookingImport._meta.concrete_fields},
        "file_name": P("user.content", erase=REDACT),
        "content": P("user.content", export=False),
        "remarks": P("user.content", export=False),
        "names": P("user.content", export=False),
    },
)
