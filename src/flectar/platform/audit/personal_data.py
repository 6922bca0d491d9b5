from flectar.core.inventory import KEEP, LEGITIMATE, NONE, PLATFORM, PROTECT, PSEUDONYMISE, P, classify
from flectar.platform.audit.models import Block, Entry

classify(
    Entry,
    subject="actor_id",
    controller=PLATFORM,
    purposes=(PROTECT,),
    basis=LEGITIMATE,
    retention="2 years; what names a person, 90 days.",
    note="Owners and the platform must be able to tell who changed what. Only changed values, secrets masked.",
    fields={
        "id": NONE,
        "at": P("user.behavior", erase=KEEP),
        "action": P("user.behavior", erase=KEEP),
        "actor_id": P("user.unique_id.pseudonymous", erase=KEEP),
        "actor_kind": NONE,
        "actor_name": P("user.name", erase=PSEUDONYMISE),
        "organization_id": NONE,
        "project_id": NONE,
        "target_type": NONE,
        "target_id": NONE,
        "target_name": P("user.name", erase=PSEUDONYMISE),
        "request_id": NONE,
        "old": P("user.content", erase=PSEUDONYMISE),
        "new": P("user.content", erase=PSEUDONYMISE),
        "salt": P("user.content", erase=PSEUDONYMISE, export=False),
        "fingerprint": NONE,
        "block": NONE,
    },
)
classify(
    Block,
    subject="",
    controller=PLATFORM,
    purposes=(PROTECT,),
    basis=LEGITIMATE,
    retention="As long as the entries that it seals.",
    note="Digests and counts; nothing about anybody.",
    fields={field.name: NONE for field in Block._meta.concrete_fields},
)
