"""What is stored about programs that call us, and about those they act for."""

from flectar.core.inventory import CONTRACT, DELETE, NONE, NULL, OPERATE, PLATFORM, PROJECT, PROTECT, P, classify
from flectar.platform.webapi.models import ApiKey, IdempotentAnswer

classify(
    ApiKey,
    subject="created_by",
    controller=PLATFORM,
    purposes=(PROTECT,),
    basis=CONTRACT,
    retention="As long as the organization exists; who made it is forgotten with the account",
    fields={
        "id": NONE,
        "organization": NONE,
        "name": NONE,
        "prefix": NONE,
        "digest": NONE,
        "scopes": NONE,
        "project_ids": NONE,
        "created_by": P("user.unique_id", erase=NULL),
        "created_at": NONE,
        "expires_at": NONE,
        "last_used_at": NONE,
        "revoked_at": NONE,
        "networks": NONE,
        "is_leaked": NONE,
        "rolled_into": NONE,
    },
)
classify(
    IdempotentAnswer,
    subject="",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="One day",
    fields={
        "id": NONE,
        "project": NONE,
        "caller_id": NONE,
        "key": NONE,
        "request_digest": NONE,
        "status": NONE,
        "body": P("user.content", erase=DELETE, export=False),
        "location": NONE,
        "created_at": NONE,
    },
)
