"""A name server of the test's own, and browsers of people who have just said who they are."""

import time
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.test import Client

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


def just_said_who(client: Client) -> Client:
    """As after typing the password once more."""
    session = client.session
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session.save()
    return client


@pytest.fixture
def sure(signed_in: Client) -> Client:
    """Lucía's browser."""
    return just_said_who(signed_in)


@pytest.fixture
def sure_stranger(signed_in_stranger: Client) -> Client:
    """Bruno's browser."""
    return just_said_who(signed_in_stranger)
