"""The people and places that every test may ask for."""

import time
from collections.abc import Iterator

import pytest
from django.test import Client

from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.projects.models import Project
from tests import make


class PlatformClient(Client):
    """A browser on the platform's host: unsafe requests carry the Origin that a browser sends."""

    def __init__(self, host: str = "localhost:8000") -> None:
        super().__init__(headers={"host": host})
        self.host = host

    def request(self, **request: object):  # type: ignore[no-untyped-def]  # Django's own has no types
        if request.get("REQUEST_METHOD") in ("POST", "PUT", "PATCH", "DELETE"):
            request.setdefault("HTTP_ORIGIN", f"http://{self.host}")
        return super().request(**request)


@pytest.fixture
def lucia(db: None) -> User:
    """Owner of the salon's organization."""
    return make.user("lucia@nacar.example", first_name="Lucía", last_name="Ferrer")


@pytest.fixture
def stranger(db: None) -> User:
    """Owner of the clinic's organization: a stranger to the salon."""
    return make.user("bruno@clinica.example", first_name="Bruno", last_name="Sala")


@pytest.fixture
def salon(lucia: User) -> Project:
    return make.project("nacar", make.organization("Nácar SL", lucia), name="Nácar")


@pytest.fixture
def clinic(stranger: User) -> Project:
    return make.project("clinica", make.organization("Clínica SL", stranger), name="Clínica Sala")


@pytest.fixture
def in_salon(salon: Project) -> Iterator[Project]:
    """The test runs inside the salon's scope."""
    with project_scope(salon.pk):
        yield salon


@pytest.fixture
def visitor() -> Client:
    """Nobody in particular, on the platform's host."""
    return PlatformClient()


@pytest.fixture
def signed_in(lucia: User) -> Client:
    """Lucía's browser."""
    client = PlatformClient()
    client.force_login(lucia)
    return client


@pytest.fixture
def signed_in_stranger(stranger: User) -> Client:
    """Bruno's browser."""
    client = PlatformClient()
    client.force_login(stranger)
    return client


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


@pytest.fixture
def salon_site(salon: Project) -> Client:
    """A visitor's browser on the salon's public host."""
    return PlatformClient(f"{salon.slug}.localhost:8000")
