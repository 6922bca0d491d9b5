"""A receiver on loopback, and a project that sends to it."""

from collections.abc import Iterator

import pytest

from flectar.core import http
from flectar.core.tenancy import project_scope
from flectar.platform.projects.models import Project
from flectar.platform.webhooks import endpoints, sending
from flectar.platform.webhooks.models import Endpoint
from tests.platform.webhooks.receiver import Receiver, listening


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    server = listening(made)
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard refuses loopback, and rightly: for these tests the receiver is let through."""
    guarded = http.client
    monkeypatch.setattr(sending.http, "client", lambda timeout: guarded(timeout=timeout, allow_private=True))


@pytest.fixture
def endpoint(salon: Project, receiver: Receiver, loopback: None) -> Endpoint:
    """Wants everything; the receiver knows its secret."""
    events = ["booking.confirmed", "booking.moved", "booking.cancelled", "customer.added", "customer.changed"]
    with project_scope(salon.pk):
        made, receiver.secret = endpoints.make(url=receiver.url, events=events)
    return made
