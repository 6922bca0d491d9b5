"""Through the door with Google, and between two accounts, as a person does it."""

from collections.abc import Iterator

import pytest
from allauth.socialaccount.models import SocialAccount
from playwright.sync_api import Page, expect

from flectar.platform.accounts.models import User
from tests import canary, make
from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.world import World

pytestmark = pytest.mark.browser
CARLA = "carla.moya@gmail.example"


@pytest.fixture(params=[True, False], ids=["script", "plain"])
def page(request: pytest.FixtureRequest, world: World, server: Server, windows: Windows) -> Iterator[Page]:
    User.objects.filter(email__in=[CARLA, "berta@several.example", "aldo@several.example"]).delete()
    context = windows.fresh(Mode(1280, "light", has_script=request.param), None)
    yield context.new_page()
    context.close()


def test_with_google_from_the_first_time_to_the_second(page: Page, server: Server):
    page.goto(server.url("/account/signup/"))
    page.get_by_role("button", name="Sign up with Google").click()
    page.get_by_role("button", name="Carla Moya").click()
    expect(page.get_by_role("heading", name="One thing more")).to_be_visible()
    page.get_by_role("button", name="Open the account").click()
    expect(page.get_by_text("You can open an account once you are 16.")).to_be_visible()
    page.get_by_label("I am 16 or older").check()
    page.get_by_role("button", name="Open the account").click()
    expect(page.get_by_role("heading", name="Your first project")).to_be_visible()
    assert SocialAccount.objects.filter(user__email=CARLA).count() == 1

    page.goto(server.url("/account/logout/"))
    page.get_by_role("button", name="Sign out", exact=True).last.click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_role("button", name="Sign in with Google").click()
    page.get_by_role("button", name="Carla Moya").click()
    expect(page.get_by_role("heading", name="Your first project")).to_be_visible()


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("Email", exact=True).fill(email)
    page.get_by_label("Password", exact=True).fill(canary.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def menu(page: Page) -> None:
    page.locator("summary", has_text="Your account").click()


def in_front(page: Page, server: Server, name: str) -> None:
    expect(page.get_by_role("heading", name="Your first project")).to_be_visible()
    page.goto(server.url("/account/"))
    expect(page.get_by_label("First name")).to_have_value(name)


def test_two_accounts_in_one_browser(page: Page, server: Server):
    for name in ("Berta", "Aldo"):
        make.user(f"{name.lower()}@several.example", first_name=name)
    page.goto(server.url("/account/login/?next=/account/"))
    sign_in(page, "berta@several.example")
    expect(page.get_by_label("First name")).to_have_value("Berta")

    menu(page)
    page.get_by_role("button", name="Add another account").click()
    expect(page.get_by_role("button", name="Berta berta@several.example")).to_be_visible()
    sign_in(page, "aldo@several.example")
    in_front(page, server, "Aldo")

    menu(page)
    page.get_by_role("button", name="Switch to Berta").click()
    in_front(page, server, "Berta")

    menu(page)
    page.get_by_role("button", name="Sign out of all accounts").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_text("Aldo")).to_have_count(0)
