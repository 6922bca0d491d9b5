"""Nothing is said in one language only."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.ui.catalogue import SOURCE, bare, known, missing, pages

# Names and marks that are the same everywhere.
SAME_EVERYWHERE = {"Flectar", "E", "F", "G", "M", "N", "X", "Ctrl", "C", "J", "K", "Esc", "min"}
WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
PLACE = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


@pytest.mark.parametrize("language", ["es"])
def test_every_text_is_translated(language: str):
    lacking = [f"{text.file.relative_to(SOURCE)}:{text.line} {text.id!r}" for text in missing(language)]
    assert lacking == [], f"python -m tests.ui.catalogue {language} prints them as entries to fill in"


@pytest.mark.parametrize("language", ["es"])
def test_a_translation_keeps_the_places_for_values(language: str):
    wrong = []
    for message in known(language):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        # A singular may say "one" instead of the number, so only foreign places are wrong in it.
        allowed, needed = places(ids), places(ids[-1:])
        if not all(places([each]) <= allowed for each in strings) or not places(strings[-1:]) >= needed:
            wrong.append(message.id)
    assert wrong == []


def places(texts: Iterable[str]) -> set[str]:
    return {match.group(0) for text in texts for match in PLACE.finditer(text)}


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(SOURCE)))
def test_no_page_says_anything_outside_a_translation(page: Path):
    words = {word for piece in bare(page) for word in WORD.findall(piece)}
    assert words <= SAME_EVERYWHERE
