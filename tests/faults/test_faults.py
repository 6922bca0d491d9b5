"""Kill, start twice, start beside: nothing orphaned, nothing shared, back by itself."""

import os
import signal
import socket
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from flectar.config import installation as settled

from .conftest import AS_ANOTHER_USER, Installation, free_port, wait_until

pytestmark = pytest.mark.faults

type Install = Callable[[str], Installation]

ALL = ("worker", "web", "web worker", "postgres")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_leaves_nothing(running: Installation, number: signal.Signals) -> None:
    assert running.signal(number) == 0

    assert running.pids() == {}
    log = (running.data / "log" / "postgres.log").read_text()
    assert log.rstrip().endswith("database system is shut down")


def test_a_second_start_prepares_nothing_again(running: Installation) -> None:
    running.signal(signal.SIGTERM)

    said = running.last_words()

    assert "Stopping" in said
    assert "Preparing" not in said
    assert "Making" not in said


def test_a_second_start_on_the_same_folder_is_refused(running: Installation) -> None:
    second = Installation(running.data, free_port())

    refused = second.flectar("up")

    assert refused.returncode == 1
    assert "already runs on" in refused.stderr
    assert running.answers()


def test_a_second_start_on_the_same_port_is_refused(running: Installation, install: Install) -> None:
    second = install("two")
    second.environment["FLECTAR_PORT"] = str(running.port)

    refused = second.flectar("up")

    assert refused.returncode == 1
    assert f"port {running.port} is in use by another Flectar installation" in refused.stderr
    assert second.pids() == {}
    assert running.answers()


def test_a_port_of_another_program_is_refused_even_if_it_would_be_shared(install: Install) -> None:
    installation = install("one")
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", installation.port))
        other.listen()

        refused = installation.flectar("up")

    assert refused.returncode == 1
    assert f"port {installation.port} is in use by another program" in refused.stderr
    assert installation.pids() == {}


def test_two_installations_run_side_by_side(install: Install) -> None:
    one, two = install("one"), install("two")
    one.up()
    two.up()

    assert one.signal(signal.SIGTERM) == 0

    assert one.pids() == {}
    assert two.answers()


def test_nothing_outlives_a_killed_supervisor(running: Installation) -> None:
    os.kill(running.pid_of("supervisor"), signal.SIGKILL)

    wait_until(lambda: not running.pids(), "the end of every process")
    assert not running.answers()

    running.end()
    running.up()
    assert running.answers()


@pytest.mark.parametrize("kind", ALL)
def test_it_comes_back_after_kill_9(running: Installation, kind: str) -> None:
    wait_until(lambda: running.has(kind), kind)
    killed = running.pid_of(kind)

    os.kill(killed, signal.SIGKILL)

    wait_until(lambda: killed not in running.pids(), f"the end of {kind}")
    wait_until(lambda: running.has(*ALL), "all four")
    wait_until(running.answers, "an answer")
    assert running.pid_of(kind) != killed
    assert not running.has_ended()


def test_a_child_that_dies_twice_quickly_ends_everything(running: Installation) -> None:
    for _ in range(2):
        killed = running.pid_of("worker")
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda killed=killed: killed not in running.pids(), "the end of the worker")  # type: ignore[misc]
        wait_until(lambda: running.has_ended() or running.has(*ALL), "another worker, or the end")

    wait_until(running.has_ended, "the end")

    assert "worker ended twice within 10 seconds; its last words:" in running.last_words()
    assert running.process is not None
    assert running.process.returncode == 1
    assert running.pids() == {}


def test_detached_it_returns_when_the_first_page_answers(install: Install) -> None:
    installation = install("one")

    started = installation.flectar("up", "--detach")

    try:
        assert started.returncode == 0, started.stderr
        assert f"http://localhost:{installation.port}/" in started.stdout
        assert installation.answers()
        assert stat.S_IMODE((installation.data / "log" / "up.log").stat().st_mode) == 0o600
    finally:
        stopped = installation.flectar("stop")
    assert stopped.stdout == "Stopped.\n"
    assert installation.pids() == {}


def test_stop_says_when_nothing_runs(install: Install) -> None:
    installation = install("one")

    stopped = installation.flectar("stop")

    assert stopped.returncode == 0
    assert "Nothing runs on" in stopped.stdout


def test_stop_touches_no_stranger_of_the_same_id(install: Install) -> None:
    installation = install("one")
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (installation.data / "supervisor.lock").write_text(f'{{"pid": {stranger.pid}, "started": "1"}}')

        installation.flectar("stop")

        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_it_runs_without_being_root(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "var", free_port(), AS_ANOTHER_USER if os.getuid() == 0 else [])
    try:
        installation.up()

        assert installation.answers()
    finally:
        installation.end()
    wait_until(lambda: not installation.pids(), "the end of every process")


def test_the_entry_script_works_from_any_folder(install: Install) -> None:
    installation = install("one")
    script = settled.ROOT / "bin" / "flectar"

    said = subprocess.run(
        [str(script), "stop"], cwd="/", env=installation.environment, capture_output=True, text=True, check=False
    )

    assert (said.returncode, said.stdout) == (0, f"Nothing runs on {installation.data}.\n")
