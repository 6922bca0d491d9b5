from flectar.core.inventory import CONTRACT, NONE, OPERATE, PROJECT, P, classify
from flectar.platform.webhooks.models import Attempt, Delivery, Endpoint

classify(
    Endpoint,
    subject="",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="Until it is removed.",
    fields=dict.fromkeys(
        (
            "id", "project", "url", "description", "events", "secret", "old_secret", "old_secret_until", "is_on",
            "failing_since", "switched_off_at", "created_at",
        ),
        NONE,
    ),
)  # fmt: skip
classify(
    Delivery,
    subject="",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="30 days.",
    fields={
        **dict.fromkeys(
            ("id", "project", "endpoint", "message_id", "event", "state", "tries", "next_at", "created_at"), NONE
        ),
        "body": P("user.content"),
    },
)
classify(
    Attempt,
    subject="",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="30 days.",
    fields={
        **dict.fromkeys(("id", "project", "delivery", "at", "took_ms", "status", "error"), NONE),
        "answer": P("user.content"),
    },
)
