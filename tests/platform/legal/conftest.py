"""A further version of a document, as a release would bring it: in a copy of the texts, so that no real one is met."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from flectar.platform.legal import documents

type Publish = Callable[..., None]


@pytest.fixture
def publish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publish]:
    """publish("terms", 2, in_days=40, text="…"): a new version, material unless said otherwise."""
    folder = tmp_path / "texts"
    shutil.copytree(documents.FOLDER, folder)
    monkeypatch.setattr(documents, "FOLDER", folder)

    def publish(document: str, number: int, *, in_days: int, is_material: bool = True, text: str = "") -> None:
        effective: date = documents.today() + timedelta(days=in_days)
        head = f"effective: {effective}\nmaterial: {'yes' if is_material else 'no'}\n"
        for language, summary in (("en", "Shorter sentences."), ("es", "Frases más cortas.")):
            before = documents.versions(document)[-1].texts[language]
            file = folder / document / f"{number}.{language}.md"
            file.write_text(f"{head}summary: {summary}\n---\n{text or before}", encoding="utf-8")
        documents.forget_read()

    yield publish
    documents.forget_read()
