"""The three documents that are compiled from the code: privacy from the data inventory, cookies and processors from
the register in config/outside.py (handed down once).

`flectar legal` writes what the code says now into the files; a test fails while they differ.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from flectar.core import inventory
from flectar.core.inventory import Basis, Controller, P, Purpose
from flectar.core.text import fold
from flectar.platform.legal.documents import FOLDER

LANGUAGES = ("en", "es")


@dataclass
class _Outside:
    items: Sequence[Any] = ()
    processors: Sequence[Any] = ()


_outside = _Outside()


def connect(items: Sequence[Any], processors: Sequence[Any]) -> None:
    """Called once, with the tables of config/outside.py."""
    _outside.items, _outside.processors = items, processors


def browser_items() -> Sequence[Any]:
    """The cookies and storage keys that we set."""
    return _outside.items


def compiled(document: str, language: str) -> str:
    """The text that the code calls for today."""
    frame = (FOLDER / "frames" / f"{document}.{language}.md").read_text(encoding="utf-8")
    with override(language):
        parts = {"privacy": _privacy, "cookies": _cookies, "processors": _processors}[document]()
    for place, text in parts.items():
        frame = frame.replace("{" + place + "}", text)
    return frame.strip() + "\n"


# Privacy

CATEGORIES: dict[str, str | Promise] = {
    "user.account": _("account and membership"),
    "user.authorization": _("sign-in secrets, encrypted or hashed"),
    "user.behavior": _("times and actions"),
    "user.contact": _("contact details"),
    "user.contact.email": _("email address"),
    "user.contact.phone_number": _("phone number"),
    "user.contact.address": _("postal address"),
    "user.content": _("what you write"),
    "user.device": _("device and browser"),
    "user.device.ip_address": _("network address"),
    "user.name": _("name"),
    "user.preferences": _("language and other choices"),
    "user.unique_id": _("an id"),
    "user.unique_id.pseudonymous": _("a pseudonym"),
}
PURPOSES: dict[Purpose, str | Promise] = {
    Purpose.ACCOUNT: _("your account"),
    Purpose.OPERATE: _("running the service"),
    Purpose.PAYMENTS: _("payments"),
    Purpose.COMMUNICATE: _("messages"),
    Purpose.PROTECT: _("protection against misuse"),
    Purpose.SUPPORT: _("help and answers"),
    Purpose.LEGAL: _("duties of law"),
    Purpose.MARKETING: _("news you asked for"),
}
BASES: dict[Basis, str | Promise] = {
    Basis.CONTRACT: _("agreement"),
    Basis.LEGITIMATE_INTERESTS: _("legitimate interests"),
    Basis.CONSENT: _("consent"),
    Basis.LEGAL_OBLIGATION: _("law"),
}


def _privacy() -> dict[str, str]:
    """By purpose, as the list above has them, then by name."""
    rows: dict[tuple[tuple[Purpose, ...], str, str], set[str]] = {}
    notes: list[str] = []
    for record in _of_platform():
        for name in record.fields:
            field = record.of(name)
            if not isinstance(field, P):
                continue
            basis = field.basis or record.basis
            purposes = tuple(each for each in PURPOSES if each in field.purposes)
            key = (purposes, str(BASES[basis]), _translated(field.retention))
            rows.setdefault(key, set()).add(_category(field.category))
            if basis is Basis.LEGITIMATE_INTERESTS and record.note and (note := _translated(record.note)) not in notes:
                notes.append(note)
    places = list(PURPOSES)
    table: list[list[str]] = []
    for order in sorted({key[0] for key in rows}, key=lambda purposes: [places.index(each) for each in purposes]):
        named = [
            [
                _listed(sorted(categories, key=lambda each: fold(str(each)))),
                _listed(PURPOSES[each] for each in order),
                basis,
                retention,
            ]
            for (purposes, basis, retention), categories in rows.items()
            if purposes == order
        ]
        table += sorted(named, key=lambda row: [fold(text) for text in row])
    return {
        "inventory": _table([gettext("What"), gettext("What for"), gettext("Why we may"), gettext("How long")], table),
        "interests": " ".join(sorted(notes)),
    }


def sentences() -> set[str]:
    """What the inventory says in whole sentences: a translation of each belongs into the catalogue."""
    found = set()
    for record in _of_platform():
        fields = [each for name in record.fields if isinstance(each := record.of(name), P)]
        found |= {each.retention for each in fields}
        if record.note and any((each.basis or record.basis) is Basis.LEGITIMATE_INTERESTS for each in fields):
            found.add(record.note)
    return found | {each.safeguard for each in _outside.processors}


def _of_platform() -> list[inventory.Record]:
    known = inventory.records()
    installed = set(apps.get_models(include_auto_created=True))
    found = [each for each in known.values() if each.controller is Controller.PLATFORM and each.model in installed]
    return sorted(found, key=lambda each: each.model._meta.label)


def _category(key: str) -> str:
    """Of the nearest key above that has words: user.contact.email.work is an email address."""
    while key and key not in CATEGORIES:
        key = key.rpartition(".")[0]
    return str(CATEGORIES.get(key, _("other details")))


# Cookies and processors


def _cookies() -> dict[str, str]:
    kinds = {
        "cookie": gettext("Cookie"),
        "localStorage": gettext("Storage"),
        "sessionStorage": gettext("Storage of the tab"),
    }
    rows = [
        [f"`{item.name.removeprefix('__Host-')}`", kinds[item.where], str(item.purpose), str(item.lasts)]
        for item in _outside.items
    ]
    return {"items": _table([gettext("Name"), gettext("Kind"), gettext("What for"), gettext("How long")], rows)}


def _processors() -> dict[str, str]:
    rows = [
        [
            f"**{each.name}**",
            str(each.role),
            _listed(sorted({_category(category) for category in each.data})),
            each.country,
            _translated(each.safeguard),
        ]
        for each in _outside.processors
    ]
    head = [gettext("Company"), gettext("Task"), gettext("Data"), gettext("Country"), gettext("Safeguard")]
    return {"processors": _table(head, rows)}


def _translated(sentence: str) -> str:
    """Of the inventory, whose sentences are plain: their translations stand in the catalogue of this app."""
    say = translation.gettext  # by another name: what is extracted from the code are texts, not variables
    return say(sentence)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines)


def _listed(words: Iterable[str | Promise]) -> str:
    return ", ".join(dict.fromkeys(str(word) for word in words))
