"""What was typed when the session had ended: it stands in its form again after the sign-in, and is sent by a person."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.organizations.models import Role
from flectar.platform.projects import drafts
from flectar.platform.projects.models import Location, Project
from tests import make
from tests.cast import PlatformClient, just_said_who

NEW = "/nacar/settings/locations/new"
TYPED = {
    "name": 'Calle <Mayor> "2"',
    "street": "Calle Mayor 2",
    "postal_code": "08001",
    "city": "Barcelona",
    "country": "PT",
    "zone": "Europe/Lisbon",
}


@pytest.fixture
def ended(signed_in: Client, salon: Project) -> Client:
    """Lucía's browser, with a page of hers still open when her session has ended."""
    page(signed_in)
    signed_in.session.flush()
    return signed_in


@pytest.fixture
def left_out(ended: Client) -> Client:
    """The same, when she has just sent a form."""
    ended.post(NEW, TYPED, headers={"referer": f"http://localhost:8000{NEW}?from=list"})
    return ended


@pytest.fixture
def ana(salon: Project) -> User:
    """A colleague who uses the same browser."""
    colleague = make.user("ana@nacar.example")
    make.member(salon.organization, colleague, Role.ADMIN)
    return colleague


def page(browser: Client, path: str = NEW) -> str:
    return browser.get(path).content.decode()


def places(project: Project) -> int:
    with project_scope(project.pk):
        return Location.objects.filter(is_first=False).count()


def test_the_sign_in_page_says_plainly_that_nothing_was_saved(ended: Client, salon: Project):
    answer = ended.post(NEW, TYPED, headers={"referer": f"http://localhost:8000{NEW}?from=list"})

    assert answer.headers["Location"] == "/account/login/?next=/nacar/settings/locations/new%3Ffrom%3Dlist"
    told = page(ended, answer.headers["Location"])
    assert "You were signed out before this was sent. Nothing was saved or changed." in told
    assert "what you typed stands in its form again" in told
    assert places(salon) == 0


def test_after_the_sign_in_the_form_has_what_was_typed_and_waits_to_be_sent(left_out: Client, lucia: User, salon):
    left_out.force_login(lucia)

    shown = page(left_out, f"{NEW}?from=list")

    assert "This is what you typed." in shown
    assert 'value="Calle &lt;Mayor&gt; &quot;2&quot;"' in shown
    assert '<option value="PT" selected>' in shown
    assert places(salon) == 0

    assert left_out.post(NEW, TYPED).status_code == 302
    assert places(salon) == 1
    assert left_out.cookies[settings.DRAFT_COOKIE].value == ""
    assert 'Lisbon" selected' not in page(left_out)


def test_another_browser_and_nobody_see_nothing_of_it(left_out: Client, lucia: User):
    elsewhere = PlatformClient()
    elsewhere.force_login(lucia)

    assert 'Lisbon" selected' not in page(elsewhere)
    assert left_out.get(NEW).status_code == 302


def test_who_signs_in_next_in_the_same_browser_never_sees_it(left_out: Client, ana: User, lucia: User):
    token = left_out.cookies[settings.DRAFT_COOKIE].value
    left_out.force_login(ana)

    shown = page(left_out, f"{NEW}?from=list")

    assert "This is what you typed" not in shown
    assert "Mayor" not in shown
    assert cache.get(drafts._key(token)) is None


def test_a_form_that_may_be_either_of_two_peoples_is_kept_for_nobody(ended: Client, ana: User):
    """Lucía left her page open, Ana signed in and out beside it: the form that comes now may be hers or Lucía's."""
    ended.force_login(ana)
    page(ended)
    ended.session.flush()

    answer = ended.post(NEW, TYPED)

    assert settings.DRAFT_COOKIE not in ended.cookies
    assert "Back button" in page(ended, answer.headers["Location"])


def test_a_form_of_nobody_that_we_know_of_is_not_kept(salon: Project):
    browser = PlatformClient()

    browser.post(NEW, TYPED)

    assert settings.DRAFT_COOKIE not in browser.cookies


def test_the_cookie_names_nobody_to_who_reads_it(signed_in: Client, salon: Project, lucia: User):
    page(signed_in)

    assert str(lucia.pk) not in signed_in.cookies[settings.WRITER_COOKIE].value


def test_what_was_typed_by_a_known_person_is_not_shown_to_another(salon: Project, ana: User, signed_in: Client):
    signed_in.post("/nacar/settings/keys/new", {"name": "Till"})
    assert "Till" in page(signed_in, "/nacar/settings/keys/new")

    signed_in.force_login(ana)

    assert "Till" not in page(signed_in, "/nacar/settings/keys/new")


def test_it_is_sealed_and_gone_after_an_hour(left_out: Client, lucia: User):
    token = left_out.cookies[settings.DRAFT_COOKIE].value
    assert "Calle" not in cache.get(drafts._key(token))
    left_out.force_login(lucia)

    with clock.frozen(clock.now() + timedelta(seconds=drafts.LASTS + 1)):
        cache.touch(drafts._key(token), -1)  # the table's own clock is the database's
        assert 'Lisbon" selected' not in page(left_out)


def test_passwords_and_secrets_are_never_kept(ended: Client):
    secrets = {"password": "x", "new-password2": "x", "api_secret": "x", "csrfmiddlewaretoken": "x"}
    ended.post(NEW, {**TYPED, **secrets, "passage": "yes"})

    kept = drafts._read(ended.cookies[settings.DRAFT_COOKIE].value)

    assert kept is not None
    assert set(kept.values) == {*TYPED, "passage"}


@pytest.mark.parametrize("typed", [{"name": "x" * 40_000}, {f"n{number}": "x" for number in range(500)}, {"name": ""}])
def test_too_much_and_nothing_are_not_kept(ended: Client, typed: dict[str, str]):
    ended.post(NEW, typed)

    assert settings.DRAFT_COOKIE not in ended.cookies


def test_a_flood_of_forms_is_not_kept(ended: Client):
    for _ in range(drafts._PER_CLIENT):
        ended.post(NEW, TYPED)
    del ended.cookies[settings.DRAFT_COOKIE]

    answer = ended.post(NEW, TYPED)

    assert settings.DRAFT_COOKIE not in ended.cookies
    assert "Back button" in page(ended, answer.headers["Location"])


def test_a_forged_cookie_shows_nothing(signed_in: Client, salon: Project):
    signed_in.cookies[settings.DRAFT_COOKIE] = "x" * 32

    assert "This is what you typed" not in page(signed_in)


def test_another_site_cannot_choose_the_page(salon: Project):
    answer = PlatformClient().post(NEW, TYPED, headers={"referer": "https://evil.example/nacar/"})

    assert answer.headers["Location"] == f"/account/login/?next={NEW}"


def test_who_is_asked_who_they_are_finds_the_form_as_it_was(signed_in: Client, salon: Project):
    typed = {
        "name": "Till",
        "reach": "project",
        "expires": "90",
        "networks": "203.0.113.0/24",
        "scopes": ["bookings.read"],
    }
    answer = signed_in.post("/nacar/settings/keys/new", typed)
    assert answer.headers["Location"].startswith("/account/reauthenticate/?next=%2Fnacar%2Fsettings%2Fkeys%2Fnew")
    just_said_who(signed_in)

    shown = page(signed_in, "/nacar/settings/keys/new")

    assert "This is what you typed." in shown
    assert 'value="Till"' in shown
    assert "203.0.113.0/24" in shown
    assert signed_in.post("/nacar/settings/keys/new", typed).status_code == 201
