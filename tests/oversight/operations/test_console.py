"""The operator's console: closed to everybody else, and whatever is done or looked at in it is written down."""

import re
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from flectar.core import limits, switches
from flectar.oversight.operations import probes
from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.legal import acceptance, letters
from flectar.platform.outbox.models import Message
from flectar.platform.projects import suspension
from flectar.platform.projects.models import Project
from tests import make
from tests.cast import PlatformClient
from tests.test_query_counts import asked

PAGES = (
    *("", "accounts/", "organizations/", "projects/", "domains/", "letters/", "limits/", "switches/", "access-log/"),
    "jobs/",
)


@pytest.fixture
def operator(signed_in: Client, lucia: User) -> Client:
    make.operator(lucia)
    return signed_in


@pytest.mark.parametrize("page", PAGES)
def test_an_operator_sees_the_page_and_nobody_else_does(
    operator: Client, signed_in_stranger: Client, visitor: Client, page: str
):
    assert operator.get(f"/operator/{page}").status_code == 200
    assert signed_in_stranger.get(f"/operator/{page}").status_code == 404
    assert visitor.get(f"/operator/{page}").status_code == 302


def test_an_operator_without_a_second_factor_is_sent_to_get_one(signed_in: Client, lucia: User):
    User.objects.filter(pk=lucia.pk).update(is_operator=True)

    assert signed_in.get("/operator/")["Location"] == "/account/two-step/"
    assert signed_in.post("/operator/switches/", {"notice": "x"}).status_code == 302
    assert switches.NOTICE.value() == ""


@pytest.mark.parametrize("page", ["accounts/", "organizations/", "projects/", "letters/", "access-log/"])
def test_a_list_asks_the_database_rarely(operator: Client, salon: Project, clinic: Project, page: str):
    for number in range(3):
        letters.write("abuse", topic="fraud", text="Look", email=f"a{number}@example.com")

    assert len(asked(operator, f"/operator/{page}")) <= 12


def test_a_closed_account_is_out_and_stays_out_until_it_is_opened(
    operator: Client, stranger: User, signed_in_stranger: Client
):
    page = f"/operator/accounts/{stranger.pk}"
    assert signed_in_stranger.get("/projects").status_code == 200

    assert operator.post(f"{page}/closing", {"reason": "It sent spam."}).status_code == 302

    stranger.refresh_from_db()
    assert not stranger.is_active
    assert signed_in_stranger.get("/projects").status_code == 302
    told = Message.objects.get(event="operations.account_closed")
    assert (told.to_address, "It sent spam." in told.text) == (stranger.email, True)
    assert Entry.objects.get(action="account.suspended").new["reason"] == "It sent spam."

    operator.post(f"{page}/opening")

    stranger.refresh_from_db()
    assert stranger.is_active
    assert Message.objects.filter(event="operations.account_opened").count() == 1


def test_closing_needs_a_reason(operator: Client, stranger: User):
    assert operator.post(f"/operator/accounts/{stranger.pk}/closing", {"reason": ""}).status_code == 422

    stranger.refresh_from_db()
    assert stranger.is_active
    assert not Message.objects.exists()


@pytest.mark.parametrize("deed", ["closing", "sessions/ending", "password/ending"])
def test_nobody_closes_the_door_behind_themselves(operator: Client, lucia: User, deed: str):
    operator.post(f"/operator/accounts/{lucia.pk}/{deed}", {"reason": "Oops"})

    lucia.refresh_from_db()
    assert lucia.is_active
    assert lucia.has_usable_password()
    assert operator.get("/operator/").status_code == 200
    assert not Message.objects.exists()


def test_an_ended_password_opens_nothing_and_the_mail_leads_to_a_new_one(
    operator: Client, stranger: User, signed_in_stranger: Client
):
    signed_in_stranger.get("/projects")

    operator.post(f"/operator/accounts/{stranger.pk}/password/ending")

    stranger.refresh_from_db()
    assert not stranger.has_usable_password()
    assert signed_in_stranger.get("/projects").status_code == 302
    assert "/account/password/reset/" in Message.objects.get(event="operations.new_password").text


@pytest.mark.parametrize("what", ["organizations", "projects"])
def test_an_operators_look_stands_in_the_log_of_the_organization(
    operator: Client, clinic: Project, signed_in_stranger: Client, what: str
):
    pk = clinic.organization_id if what == "organizations" else clinic.pk

    operator.get(f"/operator/{what}/{pk}")

    entry = Entry.objects.get(action="operator.looked")
    assert (entry.organization_id, entry.actor_name) == (clinic.organization_id, "Lucía Ferrer")
    page = signed_in_stranger.get(f"/organizations/{clinic.organization_id}/").content.decode()
    assert "Looked at it, as an operator of the installation" in page
    assert "Lucía Ferrer" in operator.get("/operator/access-log/").content.decode()


def test_a_text_of_its_own_is_offered_and_withdrawn(operator: Client, clinic: Project):
    page = f"/operator/organizations/{clinic.organization_id}"

    assert operator.post(f"{page}/own-text", {"text": "", "summary": ""}).status_code == 422
    operator.post(f"{page}/own-text", {"text": "## Ours\n\nOther words.", "summary": "Other words"})
    assert acceptance.agreement_of(clinic.organization_id).version == "own-1"

    operator.post(f"{page}/own-text/withdrawal")
    assert acceptance.agreement_of(clinic.organization_id).version == "1"


def test_a_letter_is_closed_with_a_word_to_its_writer(operator: Client, salon: Project):
    letter = letters.write("abuse", topic="fraud", text="Look", email="ana@example.com", about_project=salon.pk)
    assert f"/operator/projects/{salon.pk}" in operator.get(f"/operator/letters/{letter.pk}").content.decode()

    operator.post(f"/operator/letters/{letter.pk}", {"outcome": "The page is gone.", "tells_writer": "on"})

    letter.refresh_from_db()
    assert letter.closed_at
    assert "The page is gone." in Message.objects.get(event="legal.letter_answered").text
    operator.get("/operator/")  # shows the note that says so
    assert letter.code not in operator.get("/operator/letters/").content.decode()
    assert letter.code in operator.get("/operator/letters/?view=closed").content.decode()


def test_the_limits_page_counts_what_was_turned_away_under_pseudonyms(operator: Client):
    for _ in range(8):
        limits.hit("letters 203.0.113.9", limit=3, per_seconds=3600)

    page = operator.get("/operator/limits/").content.decode()

    assert "203.0.113.9" not in page
    (found,) = limits.most_refused()
    assert (found.name, found.hits) == ("letters", 5)
    assert found.key in page


def test_a_switch_holds_from_the_next_request_on(operator: Client, visitor: Client):
    assert 'name="email"' in visitor.get("/account/signup/").content.decode()

    operator.post("/operator/switches/", {"notice": "Back at noon"})

    assert 'name="email"' not in visitor.get("/account/signup/").content.decode()
    assert "Back at noon" in visitor.get("/status").content.decode()
    entry = Entry.objects.get(action="switches.changed")
    assert entry.old == {"sign_up": True, "notice": ""}
    assert entry.new == {"sign_up": False, "notice": "Back at noon"}
    with pytest.raises(TypeError):
        switches.SIGN_UP.set("yes")  # type: ignore[arg-type]  # that is what is tried


# Status


def states() -> dict[str, str]:
    return {each.key: each.state for each in probes.components()}


def test_the_status_page_tells_how_things_are(db: None, visitor: Client, settings: Any):
    settings.MAIL_PROVIDER = "smtp"

    assert states() == {"web": "good", "database": "good", "jobs": "good", "mail": "good"}
    page = visitor.get("/status").content.decode()
    assert "Everything works." in page
    assert "PostgreSQL" not in page  # versions are for the operator


def test_a_job_that_waits_for_long_makes_the_work_slow_or_down(db: None, settings: Any):
    settings.MAIL_PROVIDER = "smtp"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts, scheduled_at)"
            " VALUES ('default', 'outbox.send', '{}', 'todo', 0, now() - interval '1 hour')"
        )
        assert states()["jobs"] == "down"  # and no worker is there
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert states()["jobs"] == "slow"


def test_without_a_database_the_status_page_still_answers(db: None, visitor: Client, monkeypatch: pytest.MonkeyPatch):
    def gone() -> None:
        raise OperationalError("the connection was lost")

    monkeypatch.setattr(probes, "_database", gone)

    answer = visitor.get("/status")

    assert answer.status_code == 200
    assert "Something does not work. We are on it." in answer.content.decode()


def test_the_cookie_page_shows_names_and_sizes_and_never_values(db: None):
    browser = PlatformClient()
    browser.cookies["session"] = "a-very-secret-value"
    browser.cookies["strange"] = "<b>another</b>"

    page = browser.get("/legal/cookies/check").content.decode()

    assert "a-very-secret-value" not in page
    assert "another" not in page
    assert re.search(r"<b>session</b>.*?>27<", page, re.DOTALL)
    assert "Not one of ours" in page


# Suspension


def test_a_site_is_closed_with_a_notice_and_opened_with_an_answer(operator: Client, clinic: Project):
    page = f"/operator/projects/{clinic.pk}"
    assert operator.post(f"{page}/suspension", {"reason": "abuse", "notice": ""}).status_code == 422

    operator.post(f"{page}/suspension", {"reason": "abuse", "notice": "It sells what is not there."})

    assert PlatformClient("clinica.localhost:8000").get("/").status_code == 503
    assert "It sells what is not there." in Message.objects.get(event="project.suspended").text
    assert "It sells what is not there." in operator.get(page).content.decode()

    suspension.appeal(clinic, "It is there.", by=clinic.organization.members.get())
    operator.post(f"{page}/suspension/answer", {"answer": "We looked again: no.", "refuse": "yes"})
    assert PlatformClient("clinica.localhost:8000").get("/").status_code == 503

    operator.post(f"{page}/suspension/answer", {"answer": "You are right."})

    clinic.refresh_from_db()
    assert clinic.suspended_at is None
    assert "You are right." in Message.objects.get(event="project.reopened").text
