"""The documents of the platform and their versions, read from `texts/<document>/<number>.<language>.md`.

A file begins with its facts, then `---`, then the text:

    effective: 2026-11-01
    material: yes
    summary: The first version.
    ---
    ## Who we are

A version is current from its day on (UTC) and stays readable at its own address for ever; one whose day is to come is
shown as coming. `texts/digests.txt` holds the digest of every file, so that no word changes without a new version.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from flectar.core import clock

FOLDER = Path(__file__).parent / "texts"

TITLES: Mapping[str, str | Promise] = {
    "terms": _("Terms of use"),
    "privacy": _("Privacy"),
    "cookies": _("Cookies"),
    "processors": _("Who helps us"),
    "dpa": _("Data agreement"),
}
COMPILED = ("privacy", "cookies", "processors")


class NoSuchDocument(LookupError):
    """No document of that name, or no such version of it."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version, in every language it is written in."""

    document: str
    number: int
    effective_from: date
    is_material: bool
    summaries: Mapping[str, str] = field(hash=False)
    texts: Mapping[str, str] = field(hash=False)

    @property
    def title(self) -> str | Promise:
        return TITLES[self.document]

    @property
    def summary(self) -> str:
        return self.summaries[_language(self.summaries)]

    @property
    def language(self) -> str:
        """The language that a reader of the present one gets."""
        return _language(self.texts)

    @property
    def text(self) -> str:
        """With the operator's name and addresses filled in, in the present language."""
        return filled(self.texts[self.language])

    @property
    def is_in_force(self) -> bool:
        return self.effective_from <= today()


def today() -> date:
    return clock.now().astimezone(UTC).date()


def versions(document: str) -> list[Version]:
    """Oldest first; `NoSuchDocument` if there is none of that name."""
    if document not in TITLES:
        raise NoSuchDocument(document)
    return list(_read(FOLDER, document))


def version(document: str, number: int) -> Version:
    for each in versions(document):
        if each.number == number:
            return each
    raise NoSuchDocument(f"{document} {number}")


def current(document: str) -> Version:
    """The one in force today; the first one also before its day, because an agreement there must be."""
    every = versions(document)
    return ([each for each in every if each.is_in_force] or every[:1])[-1]


def upcoming(document: str) -> Version | None:
    """The next one, announced and not yet in force."""
    return next((each for each in versions(document) if not each.is_in_force), None)


def last_material(document: str) -> Version:
    """The newest version in force that had to be agreed to: later ones only mended words."""
    every = versions(document)
    return ([each for each in every if each.is_in_force and each.is_material] or every[:1])[-1]


def digest(text: str) -> str:
    """SHA-256, hex: what an acceptance was of, to the letter."""
    return hashlib.sha256(text.encode()).hexdigest()


def filled(text: str) -> str:
    """The operator's own facts, from the settings, in the places that a text keeps for them."""
    for place, fact in (
        ("{operator}", settings.OPERATOR_NAME),
        ("{address}", settings.OPERATOR_ADDRESS or settings.PLATFORM_HOST),
        ("{email}", settings.OPERATOR_EMAIL),
        ("{host}", settings.PLATFORM_HOST),
    ):
        text = text.replace(place, fact)
    return text


def forget_read() -> None:
    """For whoever has written a version while this process runs: the command, and tests."""
    _read.cache_clear()


@cache
def _read(folder: Path, document: str) -> tuple[Version, ...]:
    numbers = sorted({int(path.name.partition(".")[0]) for path in (folder / document).glob("[0-9]*.md")})
    return tuple(_version(folder, document, number) for number in numbers)


def _version(folder: Path, document: str, number: int) -> Version:
    facts: dict[str, str] = {}
    summaries, texts = {}, {}
    for path in sorted((folder / document).glob(f"{number}.*.md")):
        language = path.name.split(".")[1]
        facts, texts[language] = parse(path.read_text(encoding="utf-8"))
        summaries[language] = facts["summary"]
    return Version(
        document, number, date.fromisoformat(facts["effective"]), facts["material"] == "yes", summaries, texts
    )


def parse(written: str) -> tuple[dict[str, str], str]:
    """The facts at the head of a file, and its text."""
    head, _rule, text = written.partition("\n---\n")
    facts = dict(line.split(": ", 1) for line in head.splitlines() if line)
    return facts, text.strip() + "\n"


def _language(written: Mapping[str, Any]) -> str:
    """The reader's, else English."""
    code = (get_language() or settings.LANGUAGE_CODE).partition("-")[0]
    return code if code in written else "en"
