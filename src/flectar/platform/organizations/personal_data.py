from flectar.core.inventory import ACCOUNT, CONTRACT, DELETE, NONE, NULL, PLATFORM, P, classify
from flectar.platform.organizations.models import CustomRole, Handover, Invitation, Membership, Organization

classify(
    Organization,
    subject="",
    controller=PLATFORM,
    purposes=(ACCOUNT,),
    basis=CONTRACT,
    retention="While the organization exists.",
    fields={field.name: NONE for field in Organization._meta.concrete_fields},
)
classify(
    CustomRole,
    subject="",
    controller=PLATFORM,
    purposes=(ACCOUNT,),
    basis=CONTRACT,
    retention="While the organization has it.",
    fields={field.name: NONE for field in CustomRole._meta.concrete_fields},
)
classify(
    Membership,
    subject="user",
    controller=PLATFORM,
    purposes=(ACCOUNT,),
    basis=CONTRACT,
    retention="While the person is a member.",
    fields={
        "id": NONE,
        "organization": P("user.account"),
        "user": P("user.unique_id"),
        "role": P("user.account"),
        "custom_role": P("user.account"),
        "project_ids": P("user.account"),
        "created_at": P("user.account"),
    },
)
classify(
    Invitation,
    subject="email",
    controller=PLATFORM,
    purposes=(ACCOUNT,),
    basis=CONTRACT,
    retention="90 days after it was last sent.",
    fields={
        "id": NONE,
        "organization": P("user.account", erase=DELETE),
        "email": P("user.contact.email", erase=DELETE),
        "role": P("user.account", erase=DELETE),
        "custom_role": P("user.account", erase=DELETE),
        "project_ids": P("user.account", erase=DELETE),
        "digest": NONE,
        "locale": P("user.preferences", erase=DELETE),
        "invited_by": P("user.unique_id", erase=NULL),
        "sent_at": P("user.account", erase=DELETE),
        "accepted_at": P("user.account", erase=DELETE),
        "withdrawn_at": P("user.account", erase=DELETE),
    },
)
classify(
    Handover,
    subject="taker",
    controller=PLATFORM,
    purposes=(ACCOUNT,),
    basis=CONTRACT,
    retention="A year after the offer.",
    fields={
        "id": NONE,
        "organization": P("user.account", erase=DELETE),
        "giver": P("user.unique_id", erase=DELETE),
        "taker": P("user.unique_id", erase=DELETE),
        "offered_at": P("user.account", erase=DELETE),
        "accepted_at": P("user.account", erase=DELETE),
        "ended_at": P("user.account", erase=DELETE),
        "taker_role": P("user.account", erase=DELETE),
        "taker_custom_role": P("user.account", erase=DELETE),
        "taker_project_ids": P("user.account", erase=DELETE),
    },
)
