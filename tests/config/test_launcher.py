"""Preparing a checkout, joining translations, and running the checks: what is done once, retried, and told."""

import gettext
import sys
from pathlib import Path
from typing import Any

import pytest

from flectar.config.launcher import catalogues, prepare, proof

# --- Preparing


class Machine:
    """A checkout in a folder of the test's own, and a record of the programs that were to run."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.ran, self.failing = root, [], ()
        environment = root / ".venv"
        (environment / "bin").mkdir(parents=True)
        (environment / "bin" / "python").write_text("")
        (root / "requirements.lock").write_text("django==6.1 \\\n    --hash=sha256:1\n")
        (root / "requirements-dev.lock").write_text("django==6.1 \\\npytest==9 \\\n")
        for name, path in {
            "ROOT": root,
            "ENVIRONMENT": environment,
            "PYTHON": environment / "bin" / "python",
            "FRONTEND": root / "frontend",
            "BUILT": root / "dist",
            "LOCALE": root / "locale",
        }.items():
            monkeypatch.setattr(prepare, name, path)
        monkeypatch.setattr(prepare, "runs", lambda program, *arguments: True)
        monkeypatch.setattr(prepare, "node_and_npm", lambda: ("/n/node", ["/n/npm"]))
        monkeypatch.setattr(prepare, "attempt", self.attempt)

    def attempt(self, command: list[str], *rest: Any) -> str | None:
        words = " ".join(command)
        self.ran.append(words)
        return "it broke" if any(word in words for word in self.failing) else None

    def called(self, word: str) -> int:
        return sum(word in words for words in self.ran)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_packages_are_installed_with_their_hashes_and_only_once(machine: Machine):
    prepare.environment("requirements.lock")
    prepare.environment("requirements.lock")

    assert machine.called("--require-hashes --compile-bytecode -r requirements.lock") == 1


def test_a_changed_lock_is_installed_anew(machine: Machine):
    prepare.environment("requirements.lock")
    (machine.root / "requirements.lock").write_text("django==6.2 \\\n")

    prepare.environment("requirements.lock")

    assert machine.called("-r requirements.lock") == 2


def test_the_development_lock_holds_the_products(machine: Machine):
    prepare.environment("requirements-dev.lock")
    machine.ran.clear()

    prepare.environment("requirements.lock")

    assert machine.ran == []


def test_where_uv_cannot_pip_does(machine: Machine, capsys: pytest.CaptureFixture[str]):
    machine.failing = ("--system-certs",)

    prepare.environment("requirements.lock")

    assert (
        machine.called("-m pip --disable-pip-version-check --quiet install --require-hashes -r requirements.lock") == 1
    )
    assert "trying pip" in capsys.readouterr().out


def test_when_neither_can_the_reason_is_told_and_the_next_call_tries_again(machine: Machine):
    machine.failing = ("requirements.lock",)
    with pytest.raises(prepare.Trouble, match="it broke"):
        prepare.environment("requirements.lock")
    machine.failing = ()
    machine.ran.clear()

    prepare.environment("requirements.lock")

    assert machine.called("-r requirements.lock") == 1


def a_front_end(machine: Machine) -> None:
    (machine.root / "frontend" / "node_modules").mkdir(parents=True)
    (machine.root / "dist").mkdir()
    for name in ("build.mjs", "package-lock.json", "app.ts"):
        (machine.root / "frontend" / name).write_text(name)


def test_the_front_end_is_built_once_and_anew_when_a_source_changes(machine: Machine):
    a_front_end(machine)

    prepare.front_end()
    prepare.front_end()
    assert (machine.called("npm ci --ignore-scripts"), machine.called("node build.mjs")) == (1, 1)

    (machine.root / "frontend" / "app.ts").write_text("changed")
    prepare.front_end()
    assert (machine.called("npm ci --ignore-scripts"), machine.called("node build.mjs")) == (1, 2)


def test_a_front_end_that_does_not_build_is_told(machine: Machine):
    a_front_end(machine)
    machine.failing = ("build.mjs",)

    with pytest.raises(prepare.Trouble, match="could not be built"):
        prepare.front_end()


def test_an_attempt_tells_the_end_of_what_a_program_said():
    assert prepare.attempt([sys.executable, "-c", "pass"], Path("/")) is None
    told = prepare.attempt([sys.executable, "-c", "print('x' * 9); raise SystemExit(3)"], Path("/"))
    assert told == "xxxxxxxxx"
    assert prepare.attempt(["/nonexistent/program"], Path("/")) is not None


# --- Translations


def po(*entries: tuple[str, str]) -> str:
    return "".join(f'msgid "{source}"\nmsgstr "{target}"\n\n' for source, target in entries)


def test_parts_are_joined_the_shared_file_decides_and_nothing_half_done_is_shown(tmp_path: Path):
    folder = tmp_path / "es" / "LC_MESSAGES"
    (folder / "parts").mkdir(parents=True)
    (folder / "django.po").write_text(po(("Save", "Guardar")), encoding="utf-8")
    (folder / "parts" / "booking.po").write_text(
        po(("Save", "Salvar"), ("Day", "Día"), ("Empty", "")), encoding="utf-8"
    )
    (folder / "parts" / "sites.po").write_text(
        po(("Day", "Jornada")) + '#, fuzzy\nmsgid "Page"\nmsgstr "Hoja"\n', encoding="utf-8"
    )

    catalogues.compile_all(tmp_path)

    spoken = gettext.translation("django", tmp_path, ["es"])
    assert [spoken.gettext(word) for word in ("Save", "Day", "Empty", "Page")] == ["Guardar", "Día", "Empty", "Page"]
    assert not (folder / "django.mo.part").exists()


# --- Running the checks


def test_every_step_runs_and_one_failure_fails_all(capsys: pytest.CaptureFixture[str]):
    steps = [(name, [sys.executable, "-c", code]) for name, code in (("a", "pass"), ("b", "exit(1)"), ("c", "pass"))]

    assert proof.run(steps) == 1
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] + " " + line.split()[-1] for line in said[-3:]] == ["passed a", "FAILED b", "passed c"]
    assert proof.run([steps[0]]) == 0


def test_without_a_browser_its_tests_are_a_failure_not_a_silence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(proof, "find_browser", lambda: None)
    (left_out,) = [step for step in proof.tests() if step[0] == "browser tests"]

    assert proof.run([left_out]) == 1


def test_browser_and_fault_tests_are_processes_of_their_own(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(proof, "find_browser", lambda: "/usr/bin/chromium")
    steps = dict(proof.tests())

    assert {"--ignore=tests/e2e", "--ignore=tests/faults"} <= set(steps["tests"])
    assert steps["browser tests"][-1] == "tests/e2e"
    assert steps["fault tests"][-1] == "tests/faults"
    assert proof.variables("browser tests")["DJANGO_ALLOW_ASYNC_UNSAFE"] == "1"
    assert "DJANGO_ALLOW_ASYNC_UNSAFE" not in proof.variables("tests")
