"""docs/run/settings.md names each variable that the code reads, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r"\b(?:FLECTAR_[A-Z][A-Z_]*[A-Z]|DATABASE_URL)\b")


def test_the_page_of_settings_is_exact():
    code = [path.read_text(encoding="utf-8") for path in (ROOT / "src" / "flectar").rglob("*.py")]
    read = {name for text in code for name in VARIABLE.findall(text)}
    told = set(VARIABLE.findall((ROOT / "docs" / "run" / "settings.md").read_text(encoding="utf-8")))

    assert told == read


def test_defaults_are_those_of_the_code():
    page = (ROOT / "docs" / "run" / "settings.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(FLECTAR_[A-Z_]+)` \| (\d+)\b", page, re.MULTILINE))
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src" / "flectar").rglob("*.py"))
    used = dict(re.findall(r'(?:number|whole_number|_port)\("(FLECTAR_[A-Z_]+)", (\d+)', code))

    assert used.items() <= told.items()
