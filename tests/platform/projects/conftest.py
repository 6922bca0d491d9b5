"""A name server of the test's own."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from flectar.core import dns
from flectar.platform.integrations.dns.emulator.server import NameServer
from flectar.platform.integrations.dns.emulator.zone import Zone


@pytest.fixture
def names(settings: LazySettings) -> Iterator[NameServer]:
    """The whole domain name system: empty until the test puts records into its zone."""
    server = NameServer(Zone())
    server.start()
    settings.RESOLVERS = [f"127.0.0.1:{server.port}"]
    yield server
    dns._resolver.cache_clear()
    server.stop()
