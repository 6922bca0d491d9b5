"""The pages of one's own account, and that every page of the library wears our look."""

import re
from pathlib import Path

import allauth
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.template.loader import get_template

from flectar.platform.accounts.models import User
from flectar.platform.accounts.templatetags.devices import device
from flectar.platform.audit.models import Entry
from flectar.platform.outbox.catalogue import mail_events
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.rendering import render
from tests import canary
from tests.cast import PlatformClient
from tests.platform.accounts.test_sign_in import (
    last_code,
    last_mail,
    sign_in,
    text,
    the_clock_stands,
    totp_code,
    with_second_step,
)

__all__ = ["the_clock_stands"]

# Pages of things that are switched off: their addresses do not exist.
UNREACHABLE = re.compile(
    r"webauthn/(base|signup)|by_passkey|phone|base_|/elements/|snippets/|socialaccount/(login|login_redirect)\.html|email_confirm\.html|recovery_codes/base|totp/base"
)


def stock_pages():
    folder = Path(allauth.__file__).parent / "templates"
    names = [str(file.relative_to(folder)) for file in folder.rglob("*.html")]
    return sorted(
        name
        for name in names
        if name.startswith(("account/", "mfa/", "socialaccount/", "usersessions/", "allauth/layouts/"))
        and not UNREACHABLE.search("/" + name)
    )


@pytest.mark.parametrize("name", stock_pages())
def test_no_page_of_the_library_is_ever_shown(name):
    assert Path(get_template(name).origin.name).is_relative_to(settings.PACKAGE)


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("name", [name for name in mail_events() if name.startswith("account.")])
def test_every_account_mail_renders(db, name, locale):
    mail = render(name, locale=locale, context=mail_events()[name].sample(), sender_name="Flectar")

    assert mail.subject
    assert len(mail.subject) < 100
    assert "{{" not in mail.html + mail.text
    assert "<script" not in mail.html


def confirmed(client, user):
    """Recently proved to be themselves."""
    client.post("/account/reauthenticate/", {"password": canary.PASSWORD})
    return client


ENTRANCE = [
    "/account/login/",
    "/account/signup/",
    "/account/login/code/",
    "/account/password/reset/",
    "/account/inactive/",
    "/account/password/reset/done/",
]
MANAGE = [
    "/account/",
    "/account/email/",
    "/account/password/change/",
    "/account/two-step/",
    "/account/two-step/totp/activate/",
    "/account/google/",
    "/account/phone/",
    "/account/sessions/",
    "/account/activity/",
    "/account/data/",
    "/account/data/closing/",
]


@pytest.mark.parametrize("path", ENTRANCE)
def test_the_way_in_shows(visitor, path):
    page = visitor.get(path)
    assert page.status_code == 200
    assert 'class="door"' in text(page)


@pytest.mark.parametrize("path", MANAGE)
def test_the_account_shows(signed_in, lucia, path):
    page = confirmed(signed_in, lucia).get(path, follow=True)
    assert page.status_code == 200
    assert 'class="subnav"' in text(page)


def test_each_page_shows_without_a_transaction_around_it(transactional_db, lucia, salon, signed_in):
    """As a browser asks for it: most tests run inside a transaction, which hides what needs one."""
    confirmed(signed_in, lucia)
    for path in MANAGE:
        assert signed_in.get(path, follow=True).status_code == 200, path


@pytest.mark.parametrize("path", MANAGE)
def test_the_account_is_for_its_owner(visitor, path):
    answer = visitor.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/?next=")


def test_the_details_can_be_changed(signed_in, lucia):
    answer = signed_in.post(
        "/account/", {"first_name": "Lucía", "last_name": "Ferrer Roca", "locale": "es", "theme": "dark"}
    )

    assert answer.status_code == 302
    lucia.refresh_from_db()
    assert (lucia.name, lucia.locale, lucia.theme) == ("Lucía Ferrer Roca", "es", "dark")
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "es"
    entry = Entry.objects.get(action="account.changed")
    assert entry.new == {"last_name": "Ferrer Roca", "locale": "es", "theme": "dark"}


def test_a_language_that_we_do_not_speak_changes_nothing(signed_in, lucia):
    answer = signed_in.post("/account/", {"first_name": "L", "last_name": "F", "locale": "xx", "theme": "neon"})

    assert answer.status_code == 422
    lucia.refresh_from_db()
    assert (lucia.first_name, lucia.locale, lucia.theme) == ("Lucía", "en", "system")


def added(client, lucia, email="lucia@brizna.example"):
    """A second address, confirmed with its code."""
    confirmed(client, lucia)
    client.post("/account/email/", {"email": email, "action_add": "1"})
    client.post("/account/confirm-email/", {"code": last_code()})


def test_another_address_counts_once_its_code_is_entered(signed_in, lucia):
    confirmed(signed_in, lucia)
    signed_in.post("/account/email/", {"email": "lucia@brizna.example", "action_add": "1"})
    assert not EmailAddress.objects.filter(email="lucia@brizna.example", verified=True).exists()
    assert (last_mail().event, last_mail().to_address) == ("account.email_confirmation", "lucia@brizna.example")

    signed_in.post("/account/confirm-email/", {"code": last_code()})

    lucia.refresh_from_db()
    assert lucia.email == "lucia@nacar.example"
    assert EmailAddress.objects.get(email="lucia@brizna.example").verified
    visitor = PlatformClient()
    sign_in(visitor, email="lucia@brizna.example")
    assert visitor.get("/account/").status_code == 200


def test_another_main_address_is_told_to_the_old_one_and_keeps_all_sessions(signed_in, lucia):
    elsewhere = PlatformClient()
    sign_in(elsewhere)
    added(signed_in, lucia)

    signed_in.post("/account/email/", {"email": "lucia@brizna.example", "action_primary": "1"})

    lucia.refresh_from_db()
    assert lucia.email == "lucia@brizna.example"
    assert (last_mail().event, last_mail().to_address) == ("account.email_changed", "lucia@nacar.example")
    assert elsewhere.get("/account/").status_code == 200
    assert Entry.objects.get(action="account.email_changed").new == {"email": "lucia@brizna.example"}


def test_an_address_that_is_not_confirmed_is_never_the_main_one(signed_in, lucia):
    confirmed(signed_in, lucia)
    EmailAddress.objects.create(user=lucia, email="other@brizna.example", verified=False)

    signed_in.post("/account/email/", {"email": "other@brizna.example", "action_primary": "1"})

    lucia.refresh_from_db()
    assert lucia.email == "lucia@nacar.example"


def test_the_main_address_stays_and_another_can_go(signed_in, lucia):
    added(signed_in, lucia)

    signed_in.post("/account/email/", {"email": "lucia@nacar.example", "action_remove": "1"})
    assert EmailAddress.objects.count() == 2

    signed_in.post("/account/email/", {"email": "lucia@brizna.example", "action_remove": "1"})
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["lucia@nacar.example"]
    assert "account.email_deleted" in Message.objects.values_list("event", flat=True)


def test_five_addresses_are_the_most(signed_in, lucia):
    confirmed(signed_in, lucia)
    for number in range(4):
        EmailAddress.objects.create(user=lucia, email=f"l{number}@nacar.example", verified=True)

    assert "Five addresses are the most." in text(signed_in.get("/account/email/"))
    signed_in.post("/account/email/", {"email": "sixth@nacar.example", "action_add": "1"})
    assert EmailAddress.objects.count() == 5
    assert not Message.objects.exists()


def test_the_password_changes_with_the_present_one(signed_in, lucia):
    new = {"password1": "otra frase bien larga", "password2": "otra frase bien larga"}
    bad = signed_in.post("/account/password/change/", {"oldpassword": "wrong", **new})
    assert "That isn’t your present password." in text(bad)

    signed_in.post("/account/password/change/", {"oldpassword": canary.PASSWORD, **new})

    lucia.refresh_from_db()
    assert lucia.check_password("otra frase bien larga")
    assert last_mail().event == "account.password_changed"


def test_the_second_step_is_set_up_behind_a_password(lucia, django_capture_on_commit_callbacks):
    client = PlatformClient()
    sign_in(client)
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    assert client.get("/account/two-step/totp/activate/").headers["Location"].startswith("/account/reauthenticate/")
    confirmed(client, lucia)
    page = text(client.get("/account/two-step/totp/activate/"))
    assert "data:image/svg+xml" in page
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)[1]

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/two-step/totp/activate/", {"code": totp_code(secret)})

    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    assert "account.totp_activated" in Message.objects.values_list("event", flat=True)
    assert text(client.get("/account/two-step/recovery-codes/")).count("<code>") == 10


def test_the_second_step_can_be_switched_off(signed_in, lucia):
    with_second_step(lucia)
    confirmed(signed_in, lucia)
    assert "Leave it on" in text(signed_in.get("/account/two-step/totp/deactivate/"))

    signed_in.post("/account/two-step/totp/deactivate/")

    assert not Authenticator.objects.filter(type="totp").exists()


def test_recovery_codes_can_be_downloaded_and_made_anew(signed_in, lucia):
    with_second_step(lucia)
    confirmed(signed_in, lucia)
    before = text(signed_in.get("/account/two-step/recovery-codes/download/"))
    assert len(re.findall(r"^[\d-]+$", before, re.M)) == 10

    signed_in.post("/account/two-step/recovery-codes/generate/")

    assert text(signed_in.get("/account/two-step/recovery-codes/download/")) != before


def test_one_other_device_can_be_signed_out(lucia):
    here, there = PlatformClient(), PlatformClient()
    for client in (here, there):
        sign_in(client)
        client.get("/account/sessions/")
    other = UserSession.objects.get(session_key=there.session.session_key)
    assert text(here.get("/account/sessions/")).count("/ending") == 1

    here.post(f"/account/sessions/{other.pk}/ending")

    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def test_all_other_devices_can_be_signed_out(lucia):
    clients = [PlatformClient() for _ in range(3)]
    for client in clients:
        sign_in(client)
        client.get("/account/sessions/")

    clients[0].post("/account/sessions/")

    assert [client.get("/account/").status_code for client in clients] == [200, 302, 302]


def test_nobody_ends_a_session_of_somebody_else(signed_in, signed_in_stranger):
    signed_in_stranger.get("/account/sessions/")
    session = UserSession.objects.get(session_key=signed_in_stranger.session.session_key)

    assert signed_in.post(f"/account/sessions/{session.pk}/ending").status_code == 404
    assert signed_in_stranger.get("/account/").status_code == 200


def test_no_account_page_has_inline_script_or_style(signed_in, lucia, visitor):
    confirmed(signed_in, lucia)
    for client, paths in ((visitor, ENTRANCE), (signed_in, MANAGE)):
        for path in paths:
            page = text(client.get(path, follow=True))
            assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page), path


def test_a_person_without_a_name_is_their_address(db):
    assert str(User(email="nuria@example.com")) == "nuria"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("curl/8.0", "curl/8.0"),
        ("", "An unknown program"),
    ],
)
def test_a_device_is_named_as_its_owner_knows_it(user_agent, words):
    assert device(user_agent) == words
