"""House rules that only the source can break: how the tenant is set, what is printed, which names never appear."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.PACKAGE).parents[1]
SOURCE = sorted(path for path in Path(settings.PACKAGE).rglob("*.py"))


@cache
def read(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a module, the module itself first: read once for all rules."""
    return tuple(ast.walk(ast.parse(path.read_text())))


def said(path: Path) -> Iterator[tuple[int, str]]:
    """Every text of a module with its line, those of f-strings joined; docstrings are prose, not statements."""
    prose = {
        id(node.body[0].value)
        for node in read(path)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in read(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
            yield node.lineno, "".join(str(part) for part in parts)


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


# A setting of the session outlives the transaction, and the next borrower of the connection would inherit it.
SESSION_SET = re.compile(r"(?:^|;)\s*(?i:SET)\s+(?!LOCAL\b)[a-z]+[._][a-z_.]+\s*(?:=|(?i:TO)\b)|^\s*(?i:SET SESSION)\b")
SET_CONFIG = re.compile(r"set_config\s*\(([^()]|\([^()]*\))*\)", re.IGNORECASE)
# The pool's reset callback clears the setting of the session: that is what it is for.
FORGETS = "src/flectar/core/tenancy/scope.py"


def session_settings(text: str) -> bool:
    calls = [call[0] for call in SET_CONFIG.finditer(text)]
    return bool(SESSION_SET.search(text)) or any(not re.search(r",\s*true\s*\)$", call) for call in calls)


@pytest.mark.parametrize(
    ("statement", "outlives"),
    [
        ("SELECT set_config('app.project_id', %s, false)", True),
        ("SELECT set_config(%s, %s, %s)", True),
        ("SET app.project_id = 'x'", True),
        ("SELECT 1; SET app.project_id TO 'x'", True),
        ("set session characteristics as transaction read only", True),
        ("SET SESSION AUTHORIZATION flectar_owner", True),
        ("SELECT set_config('app.project_id', %s, true)", False),
        ("SET LOCAL lock_timeout TO DEFAULT", False),
        ("SET TRANSACTION READ ONLY", False),
        ("UPDATE a SET b_c = 1", False),
        ("set it to your own name", False),
        ("ON CONFLICT (key) DO UPDATE\n SET free_at = 1", False),
    ],
)
def test_a_setting_that_outlives_its_transaction_is_recognised(statement: str, outlives: bool):
    assert session_settings(statement) == outlives


def test_no_setting_outlives_its_transaction():
    found = [
        where(path, line)
        for path in SOURCE
        for line, text in said(path)
        if session_settings(text) and where(path, 0) != f"{FORGETS}:0"
    ]

    assert found == []


def test_one_place_sets_the_project():
    found = {where(path, 0) for path in SOURCE for _line, text in said(path) if "app.project_id" in text}

    readers = {"src/flectar/core/tenancy/schema.py"}  # policies read it
    migrations = {name for name in found if "/migrations/" in name}
    assert {name.removesuffix(":0") for name in found - migrations} <= {FORGETS, *readers}


# Commands and the launcher talk to whoever sits before the terminal.
TERMINAL = ("src/flectar/config/command/", "src/flectar/config/launcher/")


def test_nothing_prints_but_what_runs_in_a_terminal():
    found = [
        where(path, node.lineno)
        for path in SOURCE
        for node in read(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "breakpoint")
    ]

    assert [place for place in found if not place.startswith(TERMINAL) and "/emulator/__main__" not in place] == []


# What every app has, and holds what its name says.
USUAL = ("apps.py", "models.py", "permissions.py", "personal_data.py", "urls.py")


def test_every_module_says_what_it_is():
    silent = [
        where(path, 1)
        for path in SOURCE
        if not {"migrations", "templatetags", "models"} & set(path.parts)
        and path.name not in USUAL
        and path.read_text().strip()
        and ast.get_docstring(read(path)[0]) is None
    ]

    assert silent == []


def test_what_answers_get_answers_head():
    found = [where(path, 1) for path in SOURCE if "require_GET" in path.read_text()]

    assert found == [], "use require_safe: link checkers and load balancers ask for the head alone"


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name]


# Spelled in pieces, so that this file does not name them itself.
REGISTRIES = ["registry." + "npmjs.org", "py" + "pi.org", "files.python" + "hosted.org", "registry.yarn" + "pkg.com"]
MACHINES = re.compile(r"(?<![\w.~$}])/(?:work|root|home|Users)/[\w.-]+/")
LEFT = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def test_no_committed_file_names_a_registry_or_a_machine():
    found = []
    for path in committed():
        if path.suffix in (".png", ".jpg", ".webp", ".ico", ".woff2") or not path.is_file():
            continue
        text = path.read_text(errors="replace")
        found += [f"{path.relative_to(ROOT)}: {host}" for host in REGISTRIES if host in text]
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in MACHINES.finditer(text)]

    assert found == []


def test_nothing_is_left_for_later():
    found = [where(path, 0) for path in SOURCE if LEFT.search(path.read_text())]

    assert found == []


def test_every_silenced_check_says_why():
    silenced = re.compile(r"#\s*(?:noqa|type:\s*ignore)[^#]*$")
    reasoned = re.compile(r"(?:noqa(?::\s*[A-Z0-9, ]+)?|ignore(?:\[[\w, -]+\])?)\W+\w{2,}")
    found = [
        where(path, number)
        for path in SOURCE
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if silenced.search(line) and not reasoned.search(line) and "# type: ignore" + "[" + "]" not in line
    ]

    assert [place for place in found if "/migrations/" not in place] == []
