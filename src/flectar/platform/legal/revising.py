"""What a developer does to the documents: write what the code compiles, and pin every file by its digest."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from flectar.platform.legal import documents
from flectar.platform.legal.compiled import LANGUAGES, compiled
from flectar.platform.legal.documents import COMPILED, TITLES, digest, forget_read, parse, versions


def revise(*, effective: str, summaries: Sequence[str], is_material: bool, rewrites: bool) -> Iterator[str]:
    """A line for each file that was written. A new version asks for a date and a summary in each language."""
    for document in out_of_date():
        newest = versions(document)[-1]
        number = newest.number
        if not rewrites:
            date.fromisoformat(effective)
            number += 1
        for place, language in enumerate(LANGUAGES):
            if rewrites:
                head, _text = parse(_file(document, number, language).read_text(encoding="utf-8"))
            else:
                material = "yes" if is_material else "no"
                head = {"effective": effective, "material": material, "summary": summaries[place]}
            written = "".join(f"{name}: {fact}\n" for name, fact in head.items())
            file = _file(document, number, language)
            file.write_text(f"{written}---\n{compiled(document, language)}", encoding="utf-8")
            yield f"wrote {document}/{file.name}"
    forget_read()
    _digests_file().write_text("".join(f"{line}\n" for line in digests()), encoding="utf-8")


def out_of_date() -> list[str]:
    """Documents whose newest version is not what the code compiles."""
    return [
        document
        for document in COMPILED
        if any(versions(document)[-1].texts[language] != compiled(document, language) for language in LANGUAGES)
    ]


def digests() -> list[str]:
    """Of every file, as they are."""
    return [
        f"{digest(file.read_text(encoding='utf-8'))}  {document}/{file.name}"
        for document in TITLES
        for file in sorted((documents.FOLDER / document).glob("*.md"))
    ]


def pinned() -> list[str]:
    """Of every file, as they were when the version was written."""
    return _digests_file().read_text(encoding="utf-8").splitlines()


def _file(document: str, number: int, language: str) -> Path:
    return documents.FOLDER / document / f"{number}.{language}.md"


def _digests_file() -> Path:
    return documents.FOLDER / "digests.txt"
