"""The database is gone and nobody brings it back: pages say so within seconds, and work again once it is there."""

import signal
import subprocess
import sys
from collections.abc import Callable
from http.client import HTTPConnection

import pytest

from flectar.config import installation as settled
from flectar.config.launcher.cluster import Cluster
from flectar.core import roles

from .conftest import PATIENCE, Installation, wait_until

pytestmark = pytest.mark.faults


def ask(installation: Installation, path: str, within: float) -> tuple[int, str, str]:
    """Status, Retry-After and body."""
    connection = HTTPConnection("127.0.0.1", installation.port, timeout=within)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{installation.port}"})
        response = connection.getresponse()
        return response.status, response.getheader("Retry-After", ""), response.read().decode()
    finally:
        connection.close()


def test_without_its_database_the_web_server_says_so_within_seconds(install: Callable[[str], Installation]) -> None:
    installation = install("one")
    cluster = Cluster(installation.data)
    cluster.start()
    found = settled.prepare(installation.data)
    address = settled.url(roles.APP, found["passwords"][roles.APP], found["socket"])
    web = subprocess.Popen(
        [sys.executable, "-m", "flectar.config.command", "serve"],
        env=installation.environment | {"DATABASE_URL": address},
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(installation.answers, "the first page")
        cluster.stop()

        page = ask(installation, "/place/", 5)
        health, ready = ask(installation, "/healthz", 5), ask(installation, "/readyz", 5)

        assert page[:2] == (503, "5")
        assert "We’ll be right back" in page[2]
        assert (health[0], ready[0]) == (200, 503)

        cluster.start()
        wait_until(lambda: ask(installation, "/place/", 10)[0] < 500, "the page")
    finally:
        web.send_signal(signal.SIGTERM)
        web.wait(PATIENCE)
        cluster.stop()
