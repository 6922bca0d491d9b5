"""/metrics of a whole installation, over real HTTP: what each process did is there, and nobody's name is."""

import os
import re
import signal
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from .conftest import Installation, copies, free_port, wait_until
from .place import make_place
from .test_bookings import OF_THE_KEY, Crowd, is_all_mailed, taking_mail, wishes_of

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def measured(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One for all these tests; the first of them counts from nothing."""
    folder = tmp_path_factory.mktemp("metrics")
    (folder / "mail").mkdir()
    with copies(prepared, folder) as install, taking_mail("resend", folder / "mail", lambda mails: None) as provider:
        installation = install("one")
        installation.place = make_place(installation)
        installation.environment |= provider.environment | {"FLECTAR_OPERATOR_PORT": str(free_port())}
        installation.up()
        yield installation
        installation.end()


def get(installation: Installation, port: int, path: str, host: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers={"Host": host})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def scrape(installation: Installation) -> str:
    port = int(installation.environment["FLECTAR_OPERATOR_PORT"])
    status, text = get(installation, port, "/metrics", f"localhost:{port}")
    assert status == 200
    return text


def value(text: str, name: str, **labels: str) -> float:
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def test_it_tells_what_every_process_did_and_of_nobody(measured: Installation) -> None:
    crowd = Crowd(measured, measured.place, wishes_of(measured.place)[:12])
    crowd.begin()
    crowd.end()
    wait_until(lambda: is_all_mailed(measured), "the last mail")
    site = f"place.localhost:{measured.port}"

    def visited_from_memory() -> bool:
        """The bookings renew the page's next free time: until that is done, a visit may have to be read or made."""
        get(measured, measured.port, "/", site)
        return value(scrape(measured), "flectar_front_requests_total", outcome="hit") >= 2

    wait_until(visited_from_memory, "a page out of memory, twice")
    get(measured, measured.port, "/nobody-has-this-page", site)
    get(measured, measured.port, "/whatever?x=secret", "no-such-business.localhost")

    booked = len(crowd.confirmed)
    mails = 2 * booked + OF_THE_KEY
    sent = {"job": "outbox.send", "outcome": "done"}

    wait_until(lambda: value(scrape(measured), "flectar_job_seconds_count", **sent) == mails, "each sending job")

    text = scrape(measured)
    created = {"view": "api-1:list_bookings", "method": "POST"}
    assert value(text, "flectar_request_seconds_count", **created, status="2xx") == booked
    assert value(text, "flectar_request_seconds_count", **created, status="4xx") == len(crowd.refused)
    assert value(text, "flectar_request_seconds_bucket", **created, le="+Inf") == 12
    assert value(text, "flectar_outbox_messages", state="sent") == mails
    assert value(text, "flectar_outbox_messages", state="pending") == 0
    assert value(text, "flectar_jobs", state="failed") == 0
    assert value(text, "flectar_jobs", state="scheduled") >= 1
    assert value(text, "flectar_database_up") == 1
    assert value(text, "flectar_database_connections", state="idle") >= 1
    assert value(text, "flectar_front_requests_total", outcome="hit") >= 2
    assert value(text, "flectar_front_requests_total", outcome="refused") >= 1
    assert value(text, "flectar_front_requests_total", outcome="passed") >= 12
    assert not re.search(r"visitor|secret|nobody-has|no-such-business|place|@|[0-9a-f]{8}-[0-9a-f]{4}", text)
    assert len(text.splitlines()) < 600


def test_counts_outlive_a_killed_worker_and_what_it_held_does_not(measured: Installation) -> None:
    site = f"place.localhost:{measured.port}"
    get(measured, measured.port, "/", site)
    before = value(scrape(measured), "flectar_front_requests_total")
    killed = measured.pid_of("web worker")

    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: killed not in measured.pids(), "the end of the worker")
    wait_until(measured.answers, "another")

    text = scrape(measured)
    assert value(text, "flectar_front_requests_total") >= before
    folder = measured.data / "metrics"
    assert not list(folder.glob(f"gauge_live*_{killed}.db"))
    assert list(folder.glob(f"counter_{killed}.db"))


def test_only_loopback_names_may_ask_and_a_resting_database_is_told(measured: Installation) -> None:
    port = int(measured.environment["FLECTAR_OPERATOR_PORT"])

    assert get(measured, port, "/metrics", "evil.example")[0] == 421
    assert get(measured, port, "/", f"127.0.0.1:{port}")[0] == 404
    assert "flectar_" not in get(measured, measured.port, "/metrics", f"localhost:{measured.port}")[1]

    # Without its database it still answers.
    os.kill(measured.pid_of("postgres"), signal.SIGSTOP)
    try:
        text = scrape(measured)
    finally:
        os.kill(measured.pid_of("postgres"), signal.SIGCONT)

    assert value(text, "flectar_database_up") == 0
    assert "flectar_request_seconds_count" in text
