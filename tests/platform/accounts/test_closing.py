"""Closing: two weeks to think again, an owner always stays, and then nothing of the person is left anywhere."""

import io
import json
import zipfile
from contextlib import nullcontext
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client

from flectar.core import clock, storage
from flectar.core.tenancy import project_scope
from flectar.platform.accounts import erasure
from flectar.platform.accounts.jobs import close, forget_old, pack
from flectar.platform.accounts.models import Copy, User
from flectar.platform.audit import sealing
from flectar.platform.audit.log import Actor, acting_as, record
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import Membership, Organization, Role
from flectar.platform.outbox.models import Message
from flectar.platform.projects.models import Project
from tests import canary, make
from tests.cast import PlatformClient
from tests.platform.accounts.test_sign_in import is_signed_in, last_mail, sign_in, text, the_clock_stands

__all__ = ["the_clock_stands"]
TWO_WEEKS = timedelta(days=14, seconds=1)


@pytest.fixture(autouse=True)
def files(tmp_path: Any, settings: Any) -> None:
    kept = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path), "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "public": kept, "default": kept}


@pytest.fixture
def browser(lucia: User) -> Client:
    """Lucía's, signed in just now."""
    browser = PlatformClient()
    sign_in(browser)
    browser.post("/account/reauthenticate/", {"password": canary.PASSWORD})
    return browser


def ask(browser: Client) -> Any:
    return browser.post("/account/data/closing/")


def later(lucia: User) -> None:
    with clock.frozen(clock.now() + TWO_WEEKS):
        close.run(str(lucia.pk))
    lucia.refresh_from_db()


def test_asking_signs_out_everywhere_and_says_until_when(browser: Client, lucia: User):
    elsewhere = PlatformClient()
    sign_in(elsewhere)

    answer = ask(browser)

    assert "Your account is closing" in text(answer)
    lucia.refresh_from_db()
    assert lucia.closes_at is not None
    assert not is_signed_in(browser)
    assert elsewhere.get("/account/").status_code == 302
    assert last_mail().event == "account.closing"
    assert Entry.objects.filter(action="account.closing_asked").count() == 1


def test_it_is_asked_for_behind_a_password(lucia: User):
    browser = PlatformClient()
    sign_in(browser)
    session = browser.session
    session["account_authentication_methods"] = []
    session.save()

    assert browser.get("/account/data/closing/").headers["Location"].startswith("/account/reauthenticate/")
    assert ask(browser).headers["Location"].startswith("/account/reauthenticate/")

    lucia.refresh_from_db()
    assert lucia.closes_at is None


def test_signing_in_takes_it_back(browser: Client, lucia: User):
    ask(browser)

    sign_in(browser)

    assert "Your account stays open." in text(browser.get("/account/"))
    assert "account.closing_cancelled" in Message.objects.values_list("event", flat=True)
    later(lucia)
    assert (lucia.closes_at, lucia.email) == (None, "lucia@nacar.example")


def test_before_the_day_nothing_goes(browser: Client, lucia: User):
    ask(browser)

    with clock.frozen(clock.now() + timedelta(days=13)):
        close.run(str(lucia.pk))

    lucia.refresh_from_db()
    assert lucia.email == "lucia@nacar.example"


def test_the_only_owner_hands_over_first(browser: Client, lucia: User, salon: Project):
    assert "You are the only owner of Nácar SL." in text(browser.get("/account/data/closing/"))

    answer = ask(browser)

    assert answer.status_code == 409
    lucia.refresh_from_db()
    assert lucia.closes_at is None
    assert is_signed_in(browser)

    make.member(salon.organization, make.user("dani@nacar.example"), Role.OWNER)
    assert ask(browser).status_code == 200


def test_who_has_become_the_only_owner_meanwhile_stays(browser: Client, lucia: User, salon: Project):
    dani = make.member(salon.organization, make.user("dani@nacar.example"), Role.OWNER)
    ask(browser)
    dani.delete()

    later(lucia)

    assert (lucia.closes_at, lucia.email) == (None, "lucia@nacar.example")
    assert last_mail().event == "account.not_closed"
    assert "You are the only owner of Nácar SL." in last_mail().text


def test_an_organization_that_nobody_is_left_in_ends_too(browser: Client, lucia: User):
    make.organization("Lucía sola", lucia)
    ask(browser)

    later(lucia)

    assert not Organization.objects.exists()


def test_nothing_of_the_person_is_left_anywhere(
    browser: Client, lucia: User, salon: Project, django_capture_on_commit_callbacks: Any
):
    """Every text of every table is searched for what named her. That the seal survives: tests/platform/audit."""
    make.member(salon.organization, make.user("dani@nacar.example", first_name="Dani"), Role.OWNER)
    User.objects.filter(pk=lucia.pk).update(
        phone="+34612345678", picture=storage.save_public("people", ".jpg", b"picture")
    )
    with acting_as(Actor(kind="person", id=lucia.pk, name=lucia.name)):
        record("account.email_changed", target=lucia, new={"email": lucia.email}, organization_id=salon.organization_id)
        with project_scope(salon.pk):
            record("project.changed", target=salon, new={"note": "by Lucía Ferrer"})
    sealing.seal()
    assert len(found_in_database(["lucia@nacar.example", "Ferrer"], salon)) > 5
    ask(browser)

    with django_capture_on_commit_callbacks(execute=True), clock.frozen(clock.now() + TWO_WEEKS):
        assert erasure.finish(lucia)

    lucia.refresh_from_db()
    assert (lucia.name, lucia.is_active, lucia.has_usable_password()) == (str(lucia.pk), False, False)
    assert found_in_database(["lucia@nacar.example", "Lucía", "Ferrer", "612345678"], salon) == []
    assert storage.public_files().listdir("people")[1] == []
    assert not Membership.objects.filter(user=lucia).exists()
    assert {entry.is_forgotten for entry in Entry.objects.filter(actor_id=lucia.pk)} == {True}


def found_in_database(words: list[str], project: Project) -> list[str]:
    """Where one of the words stands, in the platform's rows and in those of a project."""
    found: list[str] = []
    for scope in (None, project.pk):
        with project_scope(scope) if scope else nullcontext(), connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            for (table,) in cursor.fetchall():
                if table in {"core_cache"}:
                    continue
                for word in words:
                    cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text ILIKE %s', [f"%{word}%"])
                    if cursor.fetchone()[0]:
                        found.append(f"{table}: {word}")
    return found


def test_a_day_that_passed_without_its_job_is_made_up_for_by_night(browser: Client, lucia: User):
    ask(browser)

    with clock.frozen(clock.now() + TWO_WEEKS):
        forget_old.run()

    lucia.refresh_from_db()
    assert not lucia.is_active


def test_the_same_address_can_open_an_account_again(browser: Client, lucia: User, visitor: Client):
    ask(browser)
    later(lucia)

    form = {"email": "lucia@nacar.example", "password1": "una frase bastante larga", "is_old_enough": "on"}
    visitor.post("/account/signup/", form)

    assert User.objects.filter(email="lucia@nacar.example").exclude(pk=lucia.pk).count() == 1


# A copy of one's data


def archive(browser: Client) -> dict[str, Any]:
    """What is downloaded, by file."""
    link = urlsplit(browser.get("/account/data/copy/").headers["Location"])
    answer = PlatformClient("files.localhost:8000").get(link.path)
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    return {name: packed.read(name) for name in packed.namelist()}


def test_a_copy_holds_what_the_inventory_lets_out(browser: Client, lucia: User, salon: Project):
    path = storage.public_files().save("people/me.jpg", ContentFile(b"picture"))
    User.objects.filter(pk=lucia.pk).update(picture=path)
    browser.post("/account/data/copy/asking")
    pack.run(str(Copy.objects.get().pk))
    assert last_mail().event == "account.copy_ready"

    files = archive(browser)

    (account,) = json.loads(files["accounts.User.json"])
    assert (account["email"], account["first_name"]) == ("lucia@nacar.example", "Lucía")
    assert "password" not in account
    assert files["picture.jpg"] == b"picture"
    assert {"organizations.Membership.json", "accounts.Device.json", "usersessions.UserSession.json"} <= set(files)
    everything = b"".join(files.values()).decode()
    for secret in (User.objects.get(pk=lucia.pk).password, browser.session.session_key):
        assert secret not in everything


def test_a_copy_is_about_nobody_else(browser: Client, lucia: User, salon: Project, clinic: Project, stranger: User):
    with acting_as(Actor(kind="person", id=lucia.pk, name=lucia.name)):
        record("member.role_changed", target=stranger, new={"email": stranger.email})
    browser.post("/account/data/copy/asking")
    pack.run(str(Copy.objects.get().pk))

    everything = b"".join(archive(browser).values()).decode()

    assert stranger.email not in everything
    assert str(stranger.pk) not in everything


def test_one_copy_is_made_an_hour_and_making_it_twice_is_one(browser: Client, lucia: User):
    for _ in range(2):
        browser.post("/account/data/copy/asking")
    copy = Copy.objects.get()
    assert "Being made." in text(browser.get("/account/data/"))

    for _ in range(2):
        pack.run(str(copy.pk))

    assert Message.objects.filter(event="account.copy_ready").count() == 1
    page = text(browser.get("/account/data/"))
    assert "Download" in page
    assert "Make a new one" not in page
    with clock.frozen(clock.now() + timedelta(hours=1, seconds=1)):
        assert "Make a new one" in text(browser.get("/account/data/"))


def test_a_copy_is_for_its_owner_and_for_a_week(browser: Client, lucia: User, signed_in_stranger: Client):
    browser.post("/account/data/copy/asking")
    copy = Copy.objects.get()
    pack.run(str(copy.pk))
    signed_in_stranger.post("/account/reauthenticate/", {"password": canary.PASSWORD})
    assert signed_in_stranger.get("/account/data/copy/").status_code == 404
    copy.refresh_from_db()

    with clock.frozen(clock.now() + timedelta(days=7, seconds=1)):
        forget_old.run()

    assert not Copy.objects.exists()
    assert not storage.private_files().exists(copy.path)
