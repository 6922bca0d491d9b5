from flectar.core.inventory import ACCOUNT, CONTRACT, LEGITIMATE, NONE, PLATFORM, PROTECT, P, classify
from flectar.platform.accounts.models import Copy, Device, ParkedAccount, User

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
        "phone": P("user.contact.phone_number"),
        "phone_verified_at": P("user.account"),
        "picture": P("user.image"),
        "locale": P("user.preferences"),
        "theme": P("user.preferences"),
        "is_active": NONE,
        "is_operator": NONE,
        "date_joined": P("user.account"),
        "closes_at": P("user.account"),
    },
)

classify(
    Device,
    subject="user",
    controller=PLATFORM,
    purposes=(ACCOUNT, PROTECT),
    basis=LEGITIMATE,
    note="People hear of a sign-in that was not theirs, and keep their own way in; a random value knows a browser.",
    retention="Until it is signed out, at most 400 days after it was last seen.",
    fields={
        "id": NONE,
        "user": P("user.unique_id"),
        "digest": P("user.unique_id.pseudonymous", export=False, sensitive=True),
        "user_agent": P("user.device"),
        "country": P("user.location.imprecise"),
        "first_seen_at": P("user.behavior"),
        "last_seen_at": P("user.behavior"),
        "trusted_until": P("user.account"),
        "trusted_for": P("user.authorization", export=False, sensitive=True),
    },
)

classify(
    ParkedAccount,
    subject="user",
    controller=PLATFORM,
    purposes=(ACCOUNT,),
    basis=CONTRACT,
    retention="Until it is switched to or signed out, at most 14 days.",
    fields={
        "id": NONE,
        "browser": P("user.unique_id.pseudonymous", export=False, sensitive=True),
        "user": P("user.unique_id"),
        "session_key": P("user.authorization", export=False, sensitive=True),
        "parked_at": P("user.behavior"),
        "is_kept": P("user.preferences"),
    },
)

classify(
    Copy,
    subject="user",
    controller=PLATFORM,
    purposes=(ACCOUNT,),
    basis=CONTRACT,
    retention="7 days after it was asked for.",
    fields={
        "id": NONE,
        "user": P("user.unique_id"),
        "asked_at": P("user.behavior"),
        "made_at": P("user.behavior"),
        "path": P("user.account", export=False),
    },
)
