"""Signing up and in: codes by mail, passwords, the second step, and nothing that tells who has an account."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache

from flectar.platform.accounts.models import Device, User
from flectar.platform.outbox.models import Message
from tests import canary
from tests.cast import PlatformClient

COUNTER = 58_000_000  # of the second step's clock, held still


@pytest.fixture(autouse=True)
def the_clock_stands(db, monkeypatch):
    cache.clear()
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([COUNTER]))


def last_mail():
    return Message.objects.order_by("created_at", "id").last()


def last_code():
    return re.search(r"[A-Z0-9]{3,}-?[A-Z0-9]{3,}", last_mail().subject)[0]


def totp_code(secret):
    return totp.format_hotp_value(totp.hotp_value(secret, COUNTER))


def with_second_step(user):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def sign_in(client, email="lucia@nacar.example", password=canary.PASSWORD):
    return client.post("/account/login/", {"login": email, "password": password})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def text(response):
    return response.content.decode()


def test_a_new_account_is_opened_with_a_code(visitor):
    answer = visitor.post(
        "/account/signup/",
        {"email": "Nuria@Example.com", "password1": "una frase bastante larga", "is_old_enough": "on"},
    )
    assert answer.headers["Location"] == "/account/confirm-email/"
    assert "nuria@example.com" in text(visitor.get("/account/confirm-email/"))
    assert last_mail().event == "account.email_confirmation_signup"
    assert not is_signed_in(visitor)

    answer = visitor.post("/account/confirm-email/", {"code": last_code()})

    assert answer.status_code == 302
    assert is_signed_in(visitor)
    user = User.objects.get(email="nuria@example.com")
    assert user.password.startswith("argon2")
    assert EmailAddress.objects.get(user=user).verified


def test_a_wrong_code_opens_nothing_and_three_end_it(visitor):
    visitor.post(
        "/account/signup/",
        {"email": "nuria@example.com", "password1": "una frase bastante larga", "is_old_enough": "on"},
    )
    right = last_code()
    for _ in range(3):
        visitor.post("/account/confirm-email/", {"code": "WRONG1"})

    visitor.post("/account/confirm-email/", {"code": right})

    assert not is_signed_in(visitor)


def test_signing_up_with_a_known_address_answers_the_same_and_tells_its_owner(lucia):
    answers = []
    for email in ("lucia@nacar.example", "new@nacar.example"):
        visitor = PlatformClient()
        posted = visitor.post(
            "/account/signup/", {"email": email, "password1": "una frase bastante larga", "is_old_enough": "on"}
        )
        page = visitor.get(posted.headers["Location"])
        answers.append((posted.status_code, posted.headers["Location"], page.status_code, text(page).count("form")))

    assert answers[0] == answers[1]
    assert set(Message.objects.values_list("to_address", "event")) == {
        ("lucia@nacar.example", "account.account_already_exists"),
        ("new@nacar.example", "account.email_confirmation_signup"),
    }
    assert User.objects.filter(email="lucia@nacar.example").count() == 1


def test_a_weak_password_is_refused_beside_its_field(visitor):
    answer = visitor.post(
        "/account/signup/", {"email": "nuria@example.com", "password1": "password", "is_old_enough": "on"}
    )

    assert "aria-invalid" in text(answer)
    assert not User.objects.exists()
    assert not Message.objects.exists()


def test_signing_in_with_a_password(visitor, lucia):
    answer = sign_in(visitor)

    assert answer.status_code == 302
    assert is_signed_in(visitor)


def test_a_wrong_password_and_an_unknown_address_answer_the_same(visitor, lucia):
    wrong = sign_in(visitor, password="not the password")
    unknown = sign_in(visitor, email="nobody@nacar.example")

    for answer in (wrong, unknown):
        assert answer.status_code == 200
        assert "The email or the password isn’t right." in text(answer)
    assert not is_signed_in(visitor)


def test_after_five_wrong_passwords_the_right_one_waits_but_a_code_still_works(visitor, lucia):
    for _ in range(5):
        sign_in(visitor, password="not the password")

    answer = sign_in(visitor)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
    assert "Too many tries." in text(answer)
    assert not is_signed_in(visitor)

    visitor.post("/account/login/code/", {"email": lucia.email})
    visitor.post("/account/login/code/confirm/", {"code": last_code()})
    assert is_signed_in(visitor)


def test_signing_in_with_a_code(visitor, lucia):
    answer = visitor.post("/account/login/code/", {"email": "lucia@nacar.example"})
    assert answer.headers["Location"] == "/account/login/code/confirm/"
    assert last_mail().event == "account.login_code"
    assert last_mail().to == "Lucía Ferrer <lucia@nacar.example>"

    visitor.post("/account/login/code/confirm/", {"code": last_code()})

    assert is_signed_in(visitor)


def test_asking_for_a_code_never_tells_whether_there_is_an_account(lucia):
    known, unknown = PlatformClient(), PlatformClient()
    answers = [
        known.post("/account/login/code/", {"email": "lucia@nacar.example"}),
        unknown.post("/account/login/code/", {"email": "nobody@nacar.example"}),
    ]

    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert known.get("/account/login/code/confirm/").status_code == 200
    assert unknown.get("/account/login/code/confirm/").status_code == 200
    assert set(Message.objects.values_list("event", flat=True)) == {"account.login_code", "account.unknown_account"}


def test_a_new_code_can_be_sent(visitor, lucia):
    visitor.post("/account/login/code/", {"email": lucia.email})
    first = last_code()
    visitor.post("/account/login/code/confirm/", {"action": "resend"})

    assert Message.objects.count() == 2
    assert last_code() != first
    visitor.post("/account/login/code/confirm/", {"code": last_code()})
    assert is_signed_in(visitor)


def last_link():
    return re.search(r"http://localhost:8000(/account/login/link/\S+)", last_mail().text)[1]


def test_the_link_in_the_mail_shows_a_button_and_only_the_button_signs_in(visitor, lucia):
    visitor.post("/account/login/code/", {"email": lucia.email})
    link = last_link()
    assert f'href="http://localhost:8000{link}"' in last_mail().html

    for _ in range(2):
        page = visitor.get(link)
        assert page.status_code == 200
        assert lucia.email in text(page)
    assert not is_signed_in(visitor)

    assert visitor.post(link).status_code == 302
    assert is_signed_in(visitor)


def test_the_link_leads_on_to_where_one_wanted_to_go_and_never_elsewhere(lucia):
    for wanted, place in (("/nacar/customers/?q=ana", "/nacar/customers/?q=ana"), ("https://evil.example/", "/")):
        browser = PlatformClient()
        browser.post("/account/login/code/", {"email": lucia.email, "next": wanted})
        assert browser.post(last_link()).headers["Location"] == place


def test_the_link_asks_for_the_second_step_too(visitor, lucia):
    with_second_step(lucia)
    visitor.post("/account/login/code/", {"email": lucia.email})

    assert visitor.post(last_link()).headers["Location"].startswith("/account/two-step/authenticate/")
    assert not is_signed_in(visitor)


def test_the_link_opens_nothing_in_another_browser(visitor, lucia):
    visitor.post("/account/login/code/", {"email": lucia.email})
    link = last_link()
    waiting_for_another = PlatformClient()
    waiting_for_another.post("/account/login/code/", {"email": "nobody@nacar.example"})
    for elsewhere in (PlatformClient(), waiting_for_another):
        assert elsewhere.get(link).status_code == 404
        assert elsewhere.post(link).status_code == 404
        assert not is_signed_in(elsewhere)

    visitor.post(link)
    assert is_signed_in(visitor)


def test_the_link_ends_with_its_code(visitor, lucia, monkeypatch):
    visitor.post("/account/login/code/", {"email": lucia.email})
    replaced = last_link()
    visitor.post("/account/login/code/confirm/", {"action": "resend"})
    newest = last_link()
    page = visitor.post(replaced)
    assert page.status_code == 404
    assert "Type the code" in text(page)

    after_ten_minutes = time.time() + settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT + 1
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: after_ten_minutes)
        assert visitor.post(newest).status_code == 404

    assert not is_signed_in(visitor)


def test_the_link_works_once(visitor, lucia):
    visitor.post("/account/login/code/", {"email": lucia.email})
    link = last_link()
    visitor.post(link)
    visitor.post("/account/logout/")

    assert visitor.post(link).status_code == 404
    assert not is_signed_in(visitor)


def test_a_new_password_comes_by_code(visitor, lucia):
    visitor.post("/account/password/reset/", {"email": lucia.email})
    assert last_mail().event == "account.password_reset_code"
    visitor.post("/account/password/reset/confirm/", {"code": last_code()})
    page = visitor.get("/account/password/reset/complete/")
    assert page.status_code == 200
    new = {"password1": "otra frase bien larga", "password2": "otra frase bien larga"}

    visitor.post("/account/password/reset/complete/", new)

    lucia.refresh_from_db()
    assert lucia.check_password("otra frase bien larga")
    assert last_mail().event == "account.password_reset"


def test_asking_for_a_new_password_never_tells_whether_there_is_an_account(lucia):
    answers = [
        PlatformClient().post("/account/password/reset/", {"email": email}).headers["Location"]
        for email in ("lucia@nacar.example", "nobody@nacar.example")
    ]
    assert answers[0] == answers[1]


def test_the_second_step_is_asked_for_and_let_in(visitor, lucia):
    secret = with_second_step(lucia)
    answer = sign_in(visitor)
    assert answer.headers["Location"] == "/account/two-step/authenticate/"
    assert not is_signed_in(visitor)
    assert "Six digits from the authenticator app on your phone." in text(visitor.get(answer.headers["Location"]))

    visitor.post("/account/two-step/authenticate/", {"code": "000000"})
    assert not is_signed_in(visitor)

    answer = visitor.post("/account/two-step/authenticate/", {"code": totp_code(secret)})
    assert answer.headers["Location"] == "/account/two-step/trust/"
    visitor.post("/account/two-step/trust/", {"action": "skip"})
    assert is_signed_in(visitor)


def test_a_trusted_computer_is_not_asked_again(visitor, lucia):
    secret = with_second_step(lucia)
    sign_in(visitor)
    visitor.post("/account/two-step/authenticate/", {"code": totp_code(secret)})
    visitor.post("/account/two-step/trust/", {"action": "trust"})
    assert Device.objects.get().trusted_until is not None
    visitor.post("/account/logout/")

    sign_in(visitor)

    assert is_signed_in(visitor)


def test_a_recovery_code_works_once(lucia):
    with_second_step(lucia)
    code = Authenticator.objects.get(user=lucia, type="recovery_codes").wrap().get_unused_codes()[0]
    first, second = PlatformClient(), PlatformClient()
    for client in (first, second):
        sign_in(client)
        client.post("/account/two-step/authenticate/", {"code": code})
        client.post("/account/two-step/trust/", {"action": "skip"})

    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_a_second_step_code_works_once(lucia):
    secret = with_second_step(lucia)
    code = totp_code(secret)
    first, second = PlatformClient(), PlatformClient()
    for client in (first, second):
        sign_in(client)
        client.post("/account/two-step/authenticate/", {"code": code})
        client.post("/account/two-step/trust/", {"action": "skip"})

    assert is_signed_in(first)
    assert not is_signed_in(second)


CHILD = """
import django, sys
django.setup()
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
auth.yield_hotp_counters_from_time = lambda: iter([int(sys.argv[2])])
print(Authenticator.objects.get(type="totp").wrap().validate_code(sys.argv[1]))
"""


def test_a_code_used_in_one_process_is_refused_in_another(transactional_db, lucia, database_urls):
    secret = with_second_step(lucia)
    code = totp_code(secret)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "flectar.config.settings",
        "DATABASE_URL": database_urls["flectar_app"],
        "FLECTAR_KEYS": settings.FLECTAR_KEYS,
        "FLECTAR_SECRET_KEY": settings.SECRET_KEY,
        "PYTHONPATH": str(Path(__file__).parents[3] / "src"),
    }
    command = [sys.executable, "-c", CHILD, code, str(COUNTER)]
    # Both at once: the mark of a used code is kept for no longer than the code is good.
    processes = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [process.communicate()[0].strip() for process in processes]

    assert sorted(answers) == ["False", "True"]


def test_secrets_of_the_second_step_are_sealed_at_rest(lucia):
    secret = with_second_step(lucia)
    seed = Authenticator.objects.get(user=lucia, type="recovery_codes").wrap().instance.data["seed"]
    stored = " ".join(str(one.data) for one in Authenticator.objects.all())

    assert secret not in stored
    assert len(seed) > 100
    assert len(Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()) == 10


def test_a_closed_account_stays_out(visitor, lucia):
    lucia.is_active = False
    lucia.save()

    answer = sign_in(visitor)

    assert not is_signed_in(visitor)
    assert answer.status_code in {200, 302}


def test_signing_out_needs_a_post(signed_in):
    assert "Sign out" in text(signed_in.get("/account/logout/"))
    assert is_signed_in(signed_in)
    signed_in.post("/account/logout/")
    assert not is_signed_in(signed_in)


def test_signing_in_renews_the_session_key(visitor, lucia):
    visitor.get("/account/login/")
    visitor.session.save()
    before = visitor.cookies.get(settings.SESSION_COOKIE_NAME)
    sign_in(visitor)

    assert visitor.cookies[settings.SESSION_COOKIE_NAME].value != (before.value if before else "")


def test_the_persons_language_and_look_come_along(visitor, lucia):
    User.objects.update(locale="es", theme="dark")

    answer = sign_in(visitor)

    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "es"
    assert answer.cookies[settings.THEME_COOKIE].value == "dark"


def test_the_address_of_whoever_signs_in_is_the_trusted_one(visitor, lucia):
    visitor.post(
        "/account/login/",
        {"login": lucia.email, "password": canary.PASSWORD},
        headers={"x-forwarded-for": "198.51.100.9"},
    )
    visitor.get("/account/sessions/")

    assert UserSession.objects.get().ip == "127.0.0.1"


def test_where_to_go_after_signing_in_is_never_another_host(visitor, lucia):
    answer = visitor.post(
        "/account/login/?next=https://evil.example/", {"login": lucia.email, "password": canary.PASSWORD}
    )
    assert "evil.example" not in answer.headers["Location"]
