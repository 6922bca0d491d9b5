from flectar.core.inventory import ACCOUNT, CONTRACT, NONE, PLATFORM, P, classify
from flectar.platform.organizations.models import Membership, Organization

classify(
    Organization,
    subject="",
    controller=PLATFORM,
    purposes=(ACCOUNT,),
    basis=CONTRACT,
    retention="While the organization exists.",
    fields={"id": NONE, "name": NONE, "created_at": NONE},
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
        "created_at": P("user.account"),
    },
)
