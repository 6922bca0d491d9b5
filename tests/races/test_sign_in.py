"""Guesses that come all at once are counted as if they came one by one, and a code opens one door only."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.db import connection
from django.test import Client

from flectar.platform.accounts.models import User
from tests import canary, make
from tests.cast import PlatformClient

COUNTER = 58_000_000  # of the second step's clock, held still


@pytest.fixture
def lucia(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([COUNTER]))
    cache.clear()
    return make.user("lucia@nacar.example", first_name="Lucía")


def at_once(deeds: list[Callable[[], None]]) -> list[BaseException]:
    """Each in its own thread, on its own connection; what went wrong."""
    barrier = Barrier(len(deeds), timeout=30)
    failures: list[BaseException] = []

    def run(deed: Callable[[], None]) -> None:
        try:
            barrier.wait()
            deed()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return failures


def test_of_twenty_passwords_guessed_at_once_five_are_tried(lucia: User, monkeypatch: pytest.MonkeyPatch):
    tried: list[str] = []
    check = User.check_password

    def counted(self: User, raw: str) -> bool:
        tried.append(raw)
        return check(self, raw)

    monkeypatch.setattr(User, "check_password", counted)

    def guess(number: int) -> Callable[[], None]:
        form = {"login": lucia.email, "password": f"not the password {number}"}
        return lambda: _post(PlatformClient(), "/account/login/", form, address=f"198.51.100.{number}")

    assert at_once([guess(number) for number in range(20)]) == []

    assert len(tried) == 5


def _post(client: Client, path: str, form: dict[str, str], *, address: str) -> None:
    answer = client.post(path, form, REMOTE_ADDR=address)
    assert answer.status_code < 500


@pytest.mark.parametrize("kind", ["totp", "recovery_codes"])
def test_of_two_doors_a_code_opens_one(lucia: User, kind: str):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(lucia, secret)
    RecoveryCodes.activate(lucia)
    code = totp.format_hotp_value(totp.hotp_value(secret, COUNTER))
    if kind == "recovery_codes":
        code = Authenticator.objects.get(type=kind).wrap().get_unused_codes()[0]
    doors = [PlatformClient() for _ in range(4)]
    for number, door in enumerate(doors):
        password = {"login": lucia.email, "password": canary.PASSWORD}
        door.post("/account/login/", password, REMOTE_ADDR=f"198.51.100.{number}")

    def enter(number: int) -> Callable[[], None]:
        address = f"198.51.100.{number}"
        return lambda: _post(doors[number], "/account/two-step/authenticate/", {"code": code}, address=address)

    assert at_once([enter(number) for number in range(4)]) == []

    for door in doors:
        door.post("/account/two-step/trust/", {"action": "skip"})
    assert sum("_auth_user_id" in door.session for door in doors) == 1
