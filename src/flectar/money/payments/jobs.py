"""The test provider's post. Its project goes by the name `of_project`, so that no scope is open while it sends."""

from uuid import UUID

from django.conf import settings

from flectar.core.jobs import GiveUp, job
from flectar.core.tenancy import project_scope
from flectar.money.payments.capturing import REFUNDED
from flectar.money.payments.models import LedgerIntent, PaymentIntent


@job("payments.send_test_event")
def send_test_event(of_project: str, about: str, kind: str, event_key: str) -> None:
    from flectar.money.payments import testing

    _only_in_tests()
    with project_scope(UUID(of_project)):
        intent = PaymentIntent.objects.filter(pk=about).first()
        body = testing.message(kind, event_key, intent) if intent else b""
    if body:
        testing.deliver(UUID(of_project), body)


@job("payments.carry_out")
def carry_out(of_project: str, ledger_id: str) -> None:
    """The test provider sends money back at once, and says so as it says everything."""
    from flectar.money.payments import testing

    _only_in_tests()
    with project_scope(UUID(of_project)):
        refund = LedgerIntent.objects.filter(pk=ledger_id, state=LedgerIntent.State.QUEUED).first()
        body = testing.message(REFUNDED, f"refund-{ledger_id}", refund) if refund else b""
    if body:
        testing.deliver(UUID(of_project), body)


def _only_in_tests() -> None:
    if not settings.TEST_PAYMENTS:
        raise GiveUp("the test payments are switched off")
