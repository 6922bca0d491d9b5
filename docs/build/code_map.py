"""Writes code-map.md: every wing, app and module with the first sentence of its docstring.

python docs/build/code_map.py            write it
python docs/build/code_map.py --check    fail if it is not what the code says
"""

import ast
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parents[1] / "src" / "flectar"
TARGET = HERE / "code-map.md"
# From the top floor down; a wing imports only from those below it.
WINGS = ["config", "demo", "oversight", "offers", "presence", "people", "platform", "ui", "core"]
LEFT_OUT = {"migrations", "templates", "static", "locale", "__pycache__"}


def first_sentence(file: Path) -> str:
    """Of the module's docstring, on one line; empty without one."""
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(text.split("\n\n")[0].split())
    head, dot, _ = paragraph.partition(". ")
    return head + ("." if dot else "")


def lines(folder: Path, depth: int) -> list[str]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda path: (path.is_dir(), path.name)):
        indent = "  " * depth
        if entry.is_dir() and entry.name not in LEFT_OUT and (entry / "__init__.py").exists():
            found.append(f"{indent}- **{entry.name}/** {first_sentence(entry / '__init__.py')}".rstrip())
            found += lines(entry, depth + 1)
        elif entry.suffix == ".py" and entry.name not in ("__init__.py", "apps.py"):
            found.append(f"{indent}- `{entry.name}` {first_sentence(entry)}".rstrip())
    return found


def code_map() -> str:
    parts = [
        "# Code map",
        "",
        "Made by `python docs/build/code_map.py` from the modules' own docstrings. From the top floor down: a wing "
        "imports only from those below it, and inside a wing, an app only from those to its right in `pyproject.toml`.",
    ]
    for wing in WINGS:
        folder = PACKAGE / wing
        if folder.is_dir():
            parts += ["", f"## {wing}", first_sentence(folder / "__init__.py"), "", *lines(folder, 0)]
    return "\n".join(parts) + "\n"


def main() -> int:
    fresh = code_map()
    if "--check" in sys.argv:
        if TARGET.exists() and TARGET.read_text(encoding="utf-8") == fresh:
            return 0
        sys.stderr.write("docs/build/code-map.md is not what the code says; run bin/fix\n")
        return 1
    TARGET.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
