"""Text from outside is taken whole or refused, and sorts the same on every machine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flectar.core.text import BadText, clean, clean_tree, fold


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "\ud83d", "x\udc00y"])
def test_what_no_database_takes_is_refused(text: str):
    with pytest.raises(BadText):
        clean(text)


@pytest.mark.parametrize("text", ["", "Ana", "👩‍🔬", "\n\t", "\x01", "\uffff"])
def test_every_other_text_passes_as_it_is(text: str):
    assert clean(text) == text


@pytest.mark.parametrize(
    "tree", ["\x00", ["a", "\x00"], {"a": {"b": ["\ud800"]}}, {"a\x00": 1}, {"a": [{"\udfff": None}]}]
)
def test_bad_text_is_found_anywhere_in_a_tree(tree: object):
    with pytest.raises(BadText):
        clean_tree(tree)


def test_a_clean_tree_stays_what_it_is():
    tree = {"a": [1, 2.5, None, True, "ñ", {"b": []}]}

    assert clean_tree(tree) == tree


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Ángela", "angela"),
        ("ÑU", "nu"),
        ("  Ana \t María\n", "ana maria"),
        ("Straße", "strasse"),
        ("Ærø", "aero"),
        ("Łódź", "lodz"),
        ("İstanbul", "istanbul"),
        ("Col·lecció", "colleccio"),
        ("\u212bngström", "angstrom"),
        ("ﬁn", "fin"),
        ("ℌ", "h"),
        ("José" + "\u0301", "jose"),
        ("", ""),
    ],
)
def test_a_sort_key_has_no_case_no_accents_and_single_spaces(text: str, key: str):
    assert fold(text) == key


def test_names_sort_as_people_expect():
    assert sorted(["Zoe", "Ángela", "ana", "Beto", "Ñu"], key=fold) == ["ana", "Ángela", "Beto", "Ñu", "Zoe"]


@given(st.text())
def test_folding_twice_changes_nothing(text: str):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_capitals_fold_to_the_same_key_as_small_letters(text: str):
    assert fold(text.lower().upper()) == fold(text.lower().upper().lower())
