"""What the payment tables hold of people: amounts, and the ids of what was paid for. No name, no card."""

from django.db.models import Model

from flectar.core.inventory import CONTRACT, KEEP, NONE, PROJECT, P, Purpose, classify
from flectar.money.payments.models import LedgerIntent, PaymentEvent, PaymentIntent

_BOOKS = "As long as the business keeps its books."


def _of_money(model: type[Model], plain: tuple[str, ...], amounts: tuple[str, ...], **more: P) -> None:
    classify(
        model,
        subject="",
        controller=PROJECT,
        purposes=(Purpose.PAYMENTS,),
        basis=CONTRACT,
        note="Whose payment it is, is known only to what was paid for.",
        retention=_BOOKS,
        fields={
            **dict.fromkeys(("id", "project", *plain), NONE),
            **dict.fromkeys(amounts, P("user.financial", erase=KEEP, export=False)),
            **more,
        },
    )


_PSEUDONYM = P("user.unique_id.pseudonymous", erase=KEEP, export=False)
_of_money(
    PaymentIntent,
    ("subject", "purpose", "label", "currency", "state", "expires_at", "return_path", "created_at", "captured_at"),
    ("amount_minor",),
    subject_id=_PSEUDONYM,
    token=P("user.authorization.credentials", export=False),
)
_of_money(
    PaymentEvent,
    ("provider", "event_key", "kind", "intent", "currency", "outcome", "received_at"),
    ("amount_minor",),
)
_of_money(
    LedgerIntent,
    ("key", "kind", "subject", "currency", "state", "created_at", "done_at"),
    ("amount_minor",),
    subject_id=_PSEUDONYM,
    reason=P("user.content", erase=KEEP, export=False),
)
