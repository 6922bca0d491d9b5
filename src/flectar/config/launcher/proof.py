"""Runs the tests and the checks, each as its own process, and ends with one line per step."""

import os
import subprocess
import sys
import time
from pathlib import Path

from flectar.config.launcher.prepare import ROOT, find_browser, say

BIN = ROOT / ".venv" / "bin"
CODE = ["src", "tests", "bench", "docs/build"]
CODE_MAP = "docs/build/code_map.py"

type Step = tuple[str, list[str]]


def main() -> None:
    os.chdir(ROOT)
    kind, arguments = sys.argv[1], sys.argv[2:]
    if kind == "fix":
        sys.exit(run(fixes()))
    if kind == "check":
        sys.exit(run([*checks(), *tests()]))
    sys.exit(run([("tests", [*pytest(), *arguments])] if arguments else tests()))


def checks() -> list[Step]:
    code = [folder for folder in CODE if Path(folder).exists()]
    steps: list[Step] = [
        ("format", [tool("ruff"), "format", "--check", *code]),
        ("lint", [tool("ruff"), "check", *code]),
        ("types", [tool("mypy")]),
        ("import contracts", [tool("lint-imports")]),
        ("migrations", [tool("python"), "-m", "django", "makemigrations", "--check", "--dry-run", "--skip-checks"]),
        ("code map", [tool("python"), CODE_MAP, "--check"]),
    ]
    if pages := templates():
        steps.insert(4, ("templates", [tool("djade"), "--check", "--target-version", "6.1", *pages]))
    if (ROOT / "frontend" / "tsconfig.json").exists():
        from flectar.config.launcher.prepare import node_and_npm

        compiler = ROOT / "frontend" / "node_modules" / "typescript" / "bin" / "tsc"
        steps.insert(4, ("TypeScript", [node_and_npm()[0], str(compiler), "--noEmit", "-p", "frontend"]))
    return steps


def fixes() -> list[Step]:
    code = [folder for folder in CODE if Path(folder).exists()]
    steps: list[Step] = [
        ("lint", [tool("ruff"), "check", "--fix", *code]),
        ("format", [tool("ruff"), "format", *code]),
        ("code map", [tool("python"), CODE_MAP]),
    ]
    if pages := templates():
        # djade ends with 1 when it changed something.
        steps.append(("templates", [tool("djade"), "--target-version", "6.1", *pages]))
    return steps


def tests() -> list[Step]:
    """Unit, database and race tests first; then browsers; then faults. Within each, side by side on all cores.

    Browsers wait for their frames a part of their time: one more of those at once.
    """
    apart = [folder for folder in ("tests/e2e", "tests/faults") if Path(folder).exists()]
    ignored = [f"--ignore={folder}" for folder in apart]
    spread = ["-q", "--dist", "worksteal", "-n"]
    cores = os.process_cpu_count() or 1
    steps = [("tests", [*pytest(), *spread, str(cores), *ignored, "tests"])]
    if "tests/e2e" in apart:
        if find_browser() is None:
            steps.append(("browser tests", [tool("python"), "-c", "import sys; sys.exit('no Chromium: left out')"]))
        else:
            steps.append(("browser tests", [*pytest(), *spread, str(cores + 1), "tests/e2e"]))
    if "tests/faults" in apart:
        steps.append(("fault tests", [*pytest(), *spread, str(cores), "tests/faults"]))
    return steps


def pytest() -> list[str]:
    return [tool("python"), "-m", "pytest"]


def templates() -> list[str]:
    return [str(path) for path in sorted((ROOT / "src").rglob("templates/**/*.html"))]


def tool(name: str) -> str:
    return str(BIN / name)


def run(steps: list[Step]) -> int:
    """Every step runs, also after one that failed: the whole list of what is wrong, at once."""
    results: list[tuple[str, bool, float]] = []
    for name, command in steps:
        say(f"— {name}")
        began = time.monotonic()
        done = subprocess.run(command, check=False, env=variables(name))
        results.append((name, done.returncode == 0, time.monotonic() - began))
    say("")
    for name, passed, seconds in results:
        say(f"{'passed' if passed else 'FAILED'}  {seconds:6.1f} s  {name}")
    return 0 if all(passed for _, passed, _ in results) else 1


def variables(name: str) -> dict[str, str]:
    found = {**os.environ, "DJANGO_SETTINGS_MODULE": "flectar.config.settings"}
    if browser := find_browser():
        found["FLECTAR_CHROMIUM"] = browser
    if name == "browser tests":
        # Playwright keeps an event loop on the thread, and Django would refuse every query beside it.
        found["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return found


if __name__ == "__main__":
    main()
