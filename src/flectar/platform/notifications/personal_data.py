from flectar.core.inventory import COMMUNICATE, CONTRACT, DELETE, NONE, PROJECT, P, classify
from flectar.platform.notifications.models import Notification, Preference

classify(
    Notification,
    subject="user",
    controller=PROJECT,
    purposes=(COMMUNICATE,),
    basis=CONTRACT,
    retention="90 days.",
    fields={
        "id": NONE,
        "project": NONE,
        "user": P("user.unique_id"),
        "kind": NONE,
        "facts": P("user.content", erase=DELETE),  # names of customers and colleagues
        "is_shown": NONE,
        "in_digest": NONE,
        "at": NONE,
        "read_at": NONE,
    },
)
classify(
    Preference,
    subject="user",
    controller=PROJECT,
    purposes=(COMMUNICATE,),
    basis=CONTRACT,
    retention="While the account exists.",
    fields={
        "id": NONE,
        "project": NONE,
        "user": P("user.unique_id"),
        "kind": NONE,
        "channel": NONE,
        "is_on": NONE,
    },
)
