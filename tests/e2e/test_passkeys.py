"""A passkey from its making to its end, with the browser's own virtual authenticator."""

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import CDPSession, Page, expect

from flectar.platform.accounts.models import User
from flectar.platform.outbox.models import Message
from tests import make
from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.world import World

pytestmark = pytest.mark.browser
PASSWORD = "a long enough phrase"
EMAIL = "vera@passkeys.example"


@pytest.fixture
def vera(world: World) -> User:
    User.objects.filter(email=EMAIL).delete()
    user = make.user(EMAIL, first_name="Vera")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def page(vera: User, server: Server, windows: Windows) -> Iterator[Page]:
    """Nobody is signed in; the device has a finger on its sensor."""
    context = windows.fresh(Mode(1280, "light", has_script=True), None)
    page = context.new_page()
    yield page
    context.close()


@pytest.fixture
def device(page: Page) -> tuple[CDPSession, str]:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session, made["authenticatorId"]


def by_password(page: Page, server: Server) -> None:
    page.goto(server.url("/account/login/?next=/account/"))
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"/account/(two-step/authenticate/)?$"))


def make_passkey(page: Page, server: Server) -> None:
    page.goto(server.url("/account/two-step/webauthn/add/"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Make the passkey").click()
    expect(page).to_have_url(re.compile("/account/two-step/recovery-codes/"))


def sign_out(page: Page, server: Server) -> None:
    page.goto(server.url("/account/logout/"))
    page.get_by_role("button", name="Sign out", exact=True).last.click()
    page.wait_for_url("**/account/login/**")


def test_from_the_first_passkey_to_the_last(page: Page, device: tuple[CDPSession, str], server: Server, vera: User):
    by_password(page, server)
    make_passkey(page, server)
    key = Authenticator.objects.get(user=vera, type="webauthn")
    assert re.match(r"Chrome on \w+", key.wrap().name)
    sign_out(page, server)

    # Alone it opens the account, without email and password.
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).not_to_have_url(re.compile("login"))
    page.goto(server.url("/account/"))
    expect(page.get_by_label("First name")).to_have_value("Vera")
    sign_out(page, server)

    # After the password it is the second step.
    by_password(page, server)
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="No, ask each time").click()
    expect(page.get_by_label("First name")).to_have_value("Vera")

    # It is renamed, and removed.
    page.goto(server.url("/account/two-step/webauthn/"))
    page.get_by_role("link", name="Rename").click()
    expect(page.get_by_role("heading", name="Is it still you?")).to_be_visible()
    page.locator("a[href*='webauthn/reauthenticate']").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Remove Laptop").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("No passkey yet")).to_be_visible()
    assert not Authenticator.objects.filter(user=vera, type="webauthn").exists()
    events = Message.objects.filter(to_address=EMAIL).values_list("event", flat=True)
    assert {"account.webauthn_added", "account.webauthn_removed"} <= set(events)


def test_a_finger_that_is_not_the_owners_opens_nothing(
    page: Page, device: tuple[CDPSession, str], server: Server, vera: User
):
    by_password(page, server)
    make_passkey(page, server)
    sign_out(page, server)
    session, authenticator = device
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_text("That did not work.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()
    page.goto(server.url("/account/"))
    expect(page).to_have_url(re.compile("/account/login/"))


def test_without_script_the_page_offers_the_other_ways(vera: User, server: Server, windows: Windows):
    context = windows.fresh(Mode(375, "light", has_script=False), None)
    page = context.new_page()
    page.goto(server.url("/account/login/"))

    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    expect(page.get_by_role("link", name="Email me a code")).to_be_visible()
    context.close()
