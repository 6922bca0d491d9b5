"""Anybody can write to the operator, from any public page, without a script; the answer never tells what we know."""

import re

import pytest
from django.conf import settings
from django.test import Client

from flectar.core import clock, crypto
from flectar.platform.legal import letters
from flectar.platform.legal.models import Letter
from flectar.platform.outbox.models import Message
from flectar.platform.projects.models import Project


@pytest.fixture
def report() -> dict[str, str]:
    return {
        "page": "http://nacar.localhost:8000/",
        "topic": "fraud",
        "text": "It sells tickets that do not exist.",
        "email": "ana@example.com",
        "stamp": crypto.sign("letter", "1"),
    }


@pytest.fixture
def question() -> dict[str, str]:
    return {
        "topic": "access",
        "reference_kind": "page",
        "reference": "nacar.localhost",
        "text": "What do you have of me?",
        "email": "ana@example.com",
        "stamp": crypto.sign("letter", "1"),
    }


def test_the_foot_of_a_public_page_leads_to_the_report_of_that_page(
    salon: Project, salon_site: Client, visitor: Client
):
    page = salon_site.get("/").content.decode()

    address = re.search(r'href="(http://localhost:8000/abuse\?[^"]+)"', page).group(1)
    form = visitor.get(address.removeprefix("http://localhost:8000")).content.decode()
    assert 'value="http://nacar.localhost:8000"' in form


def test_a_report_reaches_the_operator_and_its_writer_gets_a_receipt(
    salon: Project, visitor: Client, report: dict[str, str]
):
    answer = visitor.post("/abuse", report)

    letter = Letter.objects.get()
    assert answer["Location"] == f"/thanks/{letter.code}"
    assert (letter.kind, letter.topic, letter.about_project) == ("abuse", "fraud", salon.pk)
    receipt = Message.objects.get(event="legal.letter_received")
    assert receipt.to_address == "ana@example.com"
    assert letter.code in receipt.subject
    told = Message.objects.get(event="legal.letter_arrived")
    assert told.to_address == settings.OPERATOR_EMAIL
    assert letter.code in told.text
    assert "tickets" not in told.text


@pytest.mark.parametrize(
    ("field", "value"), [("page", ""), ("topic", "nonsense"), ("text", ""), ("email", "ana"), ("stamp", "forged")]
)
def test_a_wrong_report_is_said_beside_the_field_and_keeps_nothing(
    salon: Project, visitor: Client, report: dict[str, str], field: str, value: str
):
    answer = visitor.post("/abuse", report | {field: value})

    assert answer.status_code == 422
    assert not Letter.objects.exists()
    assert not Message.objects.exists()


def test_a_form_left_open_keeps_the_text_and_works_the_second_time(db: None, visitor: Client, report: dict[str, str]):
    with clock.frozen(clock.now()):
        stale = report | {"stamp": "1:1aaaaa:forged"}
        page = visitor.post("/abuse", stale).content.decode()
    fresh = re.search(r'name="stamp" value="([^"]+)"', page).group(1)

    assert "tickets that do not exist" in page
    assert visitor.post("/abuse", report | {"stamp": fresh}).status_code == 302


def test_a_program_that_fills_what_nobody_sees_is_thanked_and_forgotten(
    db: None, visitor: Client, report: dict[str, str]
):
    answer = visitor.post("/abuse", report | {"website": "https://spam.example"})

    assert answer["Location"].startswith("/thanks/")
    assert not Letter.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("reference", ["nacar.localhost", "nothing.localhost", "", "http://[", "AB12CD"])
def test_a_question_is_answered_alike_whether_its_reference_is_known_or_not(
    salon: Project, visitor: Client, question: dict[str, str], reference: str
):
    known = visitor.post("/privacy", question)
    asked = visitor.post("/privacy", question | {"reference": reference})

    assert (asked.status_code, len(asked["Location"])) == (known.status_code, len(known["Location"]))
    pages = [visitor.get(each["Location"]).content.decode() for each in (known, asked)]
    codes = [each["Location"].rpartition("/")[2] for each in (known, asked)]
    csrf = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
    bare = [csrf.sub("", page.replace(code, "")) for page, code in zip(pages, codes, strict=True)]
    assert bare[0] == bare[1]
    subjects = {
        message.text.replace(code, "")
        for code in codes
        for message in Message.objects.filter(event="legal.letter_received")
    }
    assert len({text for text in subjects if not any(code in text for code in codes)}) == 1


def test_too_many_letters_from_one_place_are_refused(db: None, visitor: Client, report: dict[str, str]):
    answers = [visitor.post("/abuse", report | {"email": f"a{n}@example.com"}).status_code for n in range(12)]

    assert answers.count(302) == 10
    assert answers[-2:] == [429, 429]
    assert Letter.objects.count() == 10


def test_closing_a_letter_tells_its_writer_once(db: None):
    letter = letters.write("abuse", topic="fraud", text="Look", email="ana@example.com")

    letters.close(letter, "The page is gone.", tells_writer=True)
    letters.close(letter, "Again.", tells_writer=True)

    letter.refresh_from_db()
    assert letter.outcome == "The page is gone."
    assert Message.objects.filter(event="legal.letter_answered").count() == 1
