from flectar.core.inventory import (
    CONTRACT,
    KEEP,
    LEGAL,
    LEGITIMATE,
    NONE,
    OBLIGATION,
    PLATFORM,
    PROTECT,
    P,
    Purpose,
    classify,
)
from flectar.platform.legal.models import Acceptance, Announcement, Letter, OwnText

classify(
    Acceptance,
    subject="account_id",
    controller=PLATFORM,
    purposes=(LEGAL,),
    basis=OBLIGATION,
    retention="As long as what was agreed can be disputed: six years after the account is closed.",
    fields={
        "id": NONE,
        "account_id": P("user.unique_id", erase=KEEP),
        "account_name": P("user.name", erase=KEEP),
        "organization_id": P("user.account", erase=KEEP),
        "document": P("user.account", erase=KEEP),
        "version": P("user.account", erase=KEEP),
        "locale": P("user.preferences", erase=KEEP),
        "digest": NONE,
        "accepted_at": P("user.account", erase=KEEP),
    },
)
classify(
    OwnText,
    subject="",
    controller=PLATFORM,
    purposes=(LEGAL,),
    basis=CONTRACT,
    retention="While the organization exists.",
    fields=dict.fromkeys(
        ("id", "organization_id", "document", "number", "text", "summary", "created_at", "is_withdrawn"), NONE
    ),
)
classify(
    Letter,
    subject="email",
    controller=PLATFORM,
    purposes=(PROTECT, Purpose.SUPPORT, LEGAL),
    basis=LEGITIMATE,
    note="Whoever reports abuse or asks about their data expects an answer, and writes for that alone.",
    retention="Two years after it was closed.",
    fields={
        "id": NONE,
        "code": NONE,
        "kind": NONE,
        "topic": P("user.content"),
        "reference_kind": NONE,
        "reference": P("user.content"),
        "about_project": NONE,
        "text": P("user.content"),
        "email": P("user.contact.email"),
        "name": P("user.name"),
        "locale": P("user.preferences"),
        "created_at": P("user.behavior"),
        "closed_at": NONE,
        "outcome": P("user.content"),
    },
)
classify(
    Announcement,
    subject="",
    controller=PLATFORM,
    purposes=(LEGAL,),
    basis=OBLIGATION,
    retention="As long as the version can be read.",
    fields=dict.fromkeys(("id", "document", "version", "finished_at"), NONE),
)
