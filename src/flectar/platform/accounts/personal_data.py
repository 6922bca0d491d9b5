from flectar.core.inventory import ACCOUNT, CONTRACT, NONE, PLATFORM, P, classify
from flectar.platform.accounts.models import User

classify(
    User,
    subject="self",
    controller=PLATFORM,
    purposes=(ACCOUNT,),
    basis=CONTRACT,
    retention="While the account exists, and 30 days after it is closed.",
    fields={
        "id": NONE,
        "password": P("user.authorization.password", export=False, sensitive=True),
        "last_login": P("user.behavior"),
        "email": P("user.contact.email"),
        "first_name": P("user.name"),
        "last_name": P("user.name"),
        "locale": P("user.preferences"),
        "theme": P("user.preferences"),
        "is_active": NONE,
        "is_operator": NONE,
        "date_joined": P("user.account"),
    },
)
