"""What webhooks hold about people: sealed bodies, for a month."""

from flectar.core.inventory import COMMUNICATE, CONTRACT, DELETE, NONE, PLATFORM, P, classify
from flectar.platform.integrations.models import Inbox

classify(
    Inbox,
    subject="",
    controller=PLATFORM,
    purposes=(COMMUNICATE,),
    basis=CONTRACT,
    retention="30 days after it arrived",
    fields={
        "body": P("user.contact.email", erase=DELETE, export=False),
        **dict.fromkeys(("id", "provider", "connection", "event_key", "kind", "state", "error", "received_at"), NONE),
    },
)
