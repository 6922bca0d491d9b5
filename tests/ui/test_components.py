"""What each component writes into a page."""

import re
from datetime import UTC, datetime

import pytest
from django import forms
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.template import Context, Engine, RequestContext, Template
from django.test import RequestFactory

from flectar.ui.icons import drawn
from flectar.ui.templatetags import ui as template_library
from tests.ui.catalogue import pages


class Service(forms.Form):
    name = forms.CharField(label="Name", help_text="As customers see it")
    minutes = forms.IntegerField(label="Length")
    text = forms.CharField(label="Text", required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "One"), ("b", "Two")], widget=forms.RadioSelect)
    shown = forms.BooleanField(label="Show it", required=False, help_text="On your page")


def render(text: str, context: Context | None = None, **values: object) -> str:
    made = context or Context(values)
    return re.sub(r"\s+", " ", Template("{% load i18n ui %}" + text).render(made)).strip()


def test_an_icon_is_hidden_from_the_ear():
    assert render('{% icon "check" "s" %}').startswith('<svg class="i s" viewBox="0 0 24 24" aria-hidden="true"><path')


def test_an_unknown_icon_is_found_at_once():
    with pytest.raises(KeyError, match="no-such-icon"):
        render('{% icon "no-such-icon" %}')


@pytest.mark.parametrize(
    ("name", "letters"), [("Paula Ibáñez", "PI"), ("Ana María de la Ó", "AÓ"), ("ana", "A"), ("", "?"), ("42", "?")]
)
def test_initials_are_the_first_and_the_last_name(name: str, letters: str):
    assert render("{{ name|initials }}", name=name) == letters


def test_a_field_ties_hint_and_error_to_its_control():
    html = render("{% field form.name %}", form=Service({"name": ""}))

    assert 'for="id_name"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert '<p class="help" id="id_name_helptext">As customers see it</p>' in html
    assert 'id="id_name_error"' in html


def test_a_field_that_may_stay_empty_says_so():
    assert "optional" in render("{% field form.text %}", form=Service())
    assert "optional" not in render("{% field form.name %}", form=Service())


def test_a_unit_stands_inside_the_box():
    html = render('{% field form.minutes after="min" %}', form=Service())
    assert '<div class="affix post"><span></span><input' in html
    assert "<span>min</span></div>" in html


def test_choices_are_a_group_with_a_legend():
    html = render("{% field form.kind %}", form=Service({"kind": ""}))
    assert '<fieldset class="field" aria-describedby="id_kind_error"> <legend class="label">Kind</legend>' in html
    assert html.count('type="radio"') == 2
    assert html.count('class="check"') == 2


def test_a_box_is_inside_its_label():
    html = render("{% field form.shown %}", form=Service())
    assert '<label class="choice" for="id_shown"><input' in html
    assert 'aria-describedby="id_shown_helptext"' in html


def test_typed_markup_stays_text():
    html = render("{% field form.name %}", form=Service({"name": "<script>alert(1)</script>"}))
    assert "<script>" not in html


def test_the_summary_links_to_what_is_wrong():
    html = render("{% errors form %}", form=Service({"name": "", "minutes": "ten", "kind": "a"}))
    assert "Fix 2 things before you save" in html
    assert '<a href="#id_name">Name: This field is required.</a>' in html
    assert '<a href="#id_minutes">Length: Enter a whole number.</a>' in html


def test_a_good_form_has_no_summary():
    assert render("{% errors form %}", form=Service({"name": "Cut", "minutes": "5", "kind": "a"})) == ""


def test_pages_keep_the_rest_of_the_query():
    request = RequestFactory().get("/?q=ana&page=2")
    page = Paginator(range(50), 20).get_page(2)

    html = render("{% pagination page %}", RequestContext(request, {"page": page}))

    assert "21–40 of 50" in html
    assert 'href="?q=ana&amp;page=1"' in html
    assert 'href="?q=ana&amp;page=3"' in html


def test_one_page_needs_no_pager():
    request = RequestFactory().get("/")
    html = render("{% pagination page %}", RequestContext(request, {"page": Paginator([1], 20).get_page(1)}))
    assert html == ""


def test_changing_a_filter_begins_at_the_first_page():
    request = RequestFactory().get("/?q=ana&with=2&page=3")
    html = render('{% query with=None status="new" %}', RequestContext(request))
    assert html == "?q=ana&amp;status=new"


def test_a_note_carries_the_way_back():
    message = Message(25, "Moved", extra_tags="undo=/nacar/bookings/1/undo")
    html = render('{% include "ui/parts/toasts.html" %}', messages=[message], csrf_token="x")
    assert 'action="/nacar/bookings/1/undo"' in html


def test_a_place_in_the_day_is_a_class():
    first = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    at = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
    assert render("{{ at|at_class:first }} {{ 45|for_class }}", at=at, first=first) == "at-19 for-9"
    assert render("{{ first|at_class:at }} {{ 0|for_class }}", at=at, first=first) == "at-1 for-1"


def test_no_filter_of_ours_takes_the_name_of_one_of_django():
    ours, theirs = template_library.register, Engine.get_default().template_builtins
    assert not {name for builtin in theirs for name in builtin.filters} & set(ours.filters)
    assert not {name for builtin in theirs for name in builtin.tags} & set(ours.tags)


def test_no_page_counts_minutes_instead_of_saying_them():
    """`|length` is Django's and would say 0 of a number; ours is `|duration`."""
    assert [page for page in pages() if re.search(r"min(utes)?\|length", page.read_text())] == []


def test_every_icon_of_a_page_is_in_the_set():
    named = {name for page in pages() for name in re.findall(r"{% icon [\"']([a-z0-9-]+)[\"']", page.read_text())}

    assert all(drawn(name) for name in named)
    assert len(named) > 50
