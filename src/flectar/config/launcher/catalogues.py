"""Joins `parts/*.po` of each language to `django.po` and compiles both to `django.mo`.

Each app's translations are a file of their own, so that two people rarely edit the same one. Where two parts
translate the same sentence, the first in the order of names wins.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_all(locale: Path) -> None:
    for folder in sorted(locale.glob("*/LC_MESSAGES")):
        joined = join(folder, folder.parent.name)
        part = folder / "django.mo.part"
        with part.open("wb") as file:
            write_mo(file, joined)
        part.rename(folder / "django.mo")


def join(folder: Path, language: str) -> Catalog:
    joined = Catalog(locale=language, charset="utf-8")
    for source in sources(folder):
        with source.open("rb") as file:
            part = read_po(file, locale=language, charset="utf-8", abort_invalid=True)
        for message in part:
            if not message.id or message.fuzzy or not all(_strings(message.string)):
                continue
            known = joined.get(message.id, message.context)
            if known is None:
                joined.add(message.id, message.string, context=message.context)
    return joined


def sources(folder: Path) -> list[Path]:
    """The shared file first: it decides where a part says something else."""
    return [path for path in (folder / "django.po", *sorted((folder / "parts").glob("*.po"))) if path.exists()]


def _strings(translation: object) -> tuple[object, ...]:
    return tuple(translation) if isinstance(translation, (tuple, list)) else (translation,)


if __name__ == "__main__":
    compile_all(Path(sys.argv[1]))
