"""Versions stay readable, a coming one is no current one, and what is compiled says what the code says."""

import re

import pytest
from django.test import Client
from django.utils.translation import override

from flectar.config import outside
from flectar.platform.legal import compiled, documents, prose, revising
from tests.platform.legal.conftest import Publish
from tests.ui.catalogue import known


@pytest.mark.parametrize("name", documents.TITLES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_document_can_be_read_in_every_language(db: None, visitor: Client, name: str, language: str):
    page = visitor.get(f"/legal/{name}", headers={"accept-language": language}).content.decode()

    with override(language):
        title = str(documents.TITLES[name])
    assert f"<h1>{title}</h1>" in page
    assert not re.search(r"{(operator|address|email|host|inventory|items|processors|interests)}", page)


def test_what_is_compiled_from_the_code_is_what_the_documents_say():
    assert revising.out_of_date() == [], (
        "run `bin/flectar legal` (--rewrite before a release) and commit what it writes"
    )


def test_no_word_of_a_document_changes_without_a_new_version():
    assert revising.pinned() == revising.digests(), "a text changed: write a new version and run `bin/flectar legal`"


def test_a_new_cookie_or_field_makes_the_documents_differ(monkeypatch: pytest.MonkeyPatch):
    one_more = outside.BrowserItem("visitor", "localStorage", "To count", "1 year")
    monkeypatch.setattr(compiled._outside, "items", (*outside.BROWSER_ITEMS, one_more))

    assert revising.out_of_date() == ["cookies"]


def test_a_difference_becomes_a_new_version_and_leaves_the_old_one(publish: Publish, monkeypatch: pytest.MonkeyPatch):
    before = documents.version("cookies", 1).texts["en"]
    one_more = outside.BrowserItem("visitor", "localStorage", "To count", "1 year")
    monkeypatch.setattr(compiled._outside, "items", (*outside.BROWSER_ITEMS, one_more))

    list(revising.revise(effective="2099-01-01", summaries=["One more", "Una más"], is_material=True, rewrites=False))

    assert documents.version("cookies", 1).texts["en"] == before
    assert "`visitor`" in documents.version("cookies", 2).texts["en"]
    assert documents.current("cookies").number == 1
    assert revising.out_of_date() == []


def test_every_sentence_of_the_inventory_has_its_translation():
    catalogue = known("es")

    assert [sentence for sentence in sorted(compiled.sentences()) if catalogue.get(sentence) is None] == []


def test_a_version_to_come_is_shown_as_coming_and_not_as_current(db: None, visitor: Client, publish: Publish):
    publish("terms", 2, in_days=40, text="## New\n\nA new world.\n")

    current = visitor.get("/legal/terms").content.decode()
    coming = visitor.get("/legal/terms/2").content.decode()

    assert "A new world" not in current
    assert "A new version will hold from" in current
    assert "This version is announced. It does not hold yet." in coming


def test_an_old_version_stays_readable_at_its_address(db: None, visitor: Client, publish: Publish):
    publish("terms", 2, in_days=0, text="## New\n\nA new world.\n")

    assert "A new world" in visitor.get("/legal/terms").content.decode()
    old = visitor.get("/legal/terms/1").content.decode()
    assert "This is an old version." in old
    assert "Your account" in old


def test_the_page_of_changes_marks_what_is_new_and_what_is_gone(db: None, visitor: Client, publish: Publish):
    publish("terms", 2, in_days=0, text=documents.version("terms", 1).texts["en"].replace("16 years", "18 years"))

    page = visitor.get("/legal/terms/2/changes").content.decode()

    assert "<del>16</del>" in page
    assert "<ins>18</ins>" in page
    assert "What is yours stays yours" in page  # headings say where one is
    assert "we may hide a page" not in page  # unchanged paragraphs are left out


@pytest.mark.parametrize("path", ["nothing", "terms/99", "terms/1/changes", "terms/99/changes"])
def test_what_is_not_there_is_not_found(db: None, visitor: Client, path: str):
    assert visitor.get(f"/legal/{path}").status_code == 404


def test_a_text_is_shown_and_never_run():
    html = str(prose.html("## A <b>\n\n<script>alert(1)</script> [x](javascript:alert(1)) [y](/legal/terms) `<i>`\n"))

    assert "<script>" not in html
    assert "<i>" not in html
    assert "javascript:alert(1)" in html  # as words
    assert 'href="javascript' not in html
    assert '<a class="link" href="/legal/terms">y</a>' in html


def test_security_txt_says_where_to_write_and_runs_out_within_a_year(db: None, visitor: Client, settings):
    settings.OPERATOR_EMAIL = "safe@flectar.example"

    answer = visitor.get("/.well-known/security.txt")

    lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines() if "mailto" not in line)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "Contact: mailto:safe@flectar.example\n" in answer.content.decode()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", lines["Expires"])
    assert documents.today().isoformat() < lines["Expires"] < f"{documents.today().year + 1}-12-31"
    assert lines["Canonical"] == "http://localhost:8000/.well-known/security.txt"
