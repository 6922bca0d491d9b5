from flectar.core.inventory import CONTRACT, NONE, OPERATE, PROJECT, P, classify
from flectar.platform.lists.models import FirstView, SavedView

classify(
    SavedView,
    subject="owner",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="Until somebody removes it or its owner's account ends.",
    fields={
        "id": NONE,
        "project": NONE,
        "list": NONE,
        "name": P("user.content"),
        "query": P("user.content"),  # a search may be somebody's name
        "owner": P("user.unique_id"),
        "is_shared": NONE,
        "created_at": NONE,
    },
)
classify(
    FirstView,
    subject="user",
    controller=PROJECT,
    purposes=(OPERATE,),
    basis=CONTRACT,
    retention="Until the view or the account ends.",
    fields={"id": NONE, "project": NONE, "user": P("user.unique_id"), "list": NONE, "view": NONE},
)
