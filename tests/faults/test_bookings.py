"""kill -9 of worker, web and database in the middle of 200 bookings: what was confirmed exists once and is mailed,
what was refused left nothing, and what nobody was told about is whole or absent."""

import json
import os
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import parseaddr
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Protocol

import psycopg
import pytest
from aiosmtpd.controller import Controller
from psycopg import sql

from flectar.config import installation as settled
from flectar.core import roles
from tests.platform.integrations.emulation import API_KEY, running_resend

from .conftest import Installation, wait_until
from .place import OWNER, make_place

pytestmark = pytest.mark.faults

type Install = Callable[[str], Installation]
BOOKINGS = 200
RACED = 40  # times that three clients want
CLIENTS = 8
OF_THE_KEY = 1  # the owner hears of the key that the clients use
KILLED_AT_MAIL = 30


# --- Those who book ---------------------------------------------------------------------------------------------------


@dataclass
class Wish:
    """One booking that one client wants. Every fifth client never asks again after a broken connection."""

    number: int
    staff: str
    starts_at: datetime
    answer: int = 0  # the last status; 0 as long as no whole answer came
    code: str = ""

    @property
    def email(self) -> str:
        return f"visitor-{self.number:03}@example.com"

    @property
    def gives_up(self) -> bool:
        return self.number % 5 == 0


@dataclass
class Crowd:
    """The clients: each takes the next wish, and asks until it has an answer."""

    installation: Installation
    place: dict[str, Any]
    wishes: list[Wish]
    failures: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._queue: SimpleQueue[Wish] = SimpleQueue()
        for wish in self.wishes:
            self._queue.put(wish)
        self._threads = [threading.Thread(target=self._serve, args=(number,)) for number in range(CLIENTS)]

    def begin(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        for thread in self._threads:
            thread.join(400)
            assert not thread.is_alive()
        assert not self.failures, self.failures

    @property
    def confirmed(self) -> list[Wish]:
        return [wish for wish in self.wishes if wish.answer == 201]

    @property
    def refused(self) -> list[Wish]:
        return [wish for wish in self.wishes if wish.answer == 409]

    @property
    def unknown(self) -> list[Wish]:
        return [wish for wish in self.wishes if wish.answer not in (201, 409)]

    def _serve(self, client: int) -> None:
        while True:
            try:
                wish = self._queue.get_nowait()
            except Empty:
                return
            try:
                self._ask(wish, f"203.0.113.{client}")
            except BaseException as failure:
                self.failures.append(failure)
                return

    def _ask(self, wish: Wish, address: str) -> None:
        while not self._is_answered(wish, address) and not wish.gives_up:
            wait_until(self.installation.answers, "the web server after a kill")
        if wish.gives_up:
            wait_until(self.installation.answers, "the web server after a kill")

    def _is_answered(self, wish: Wish, address: str) -> bool:
        body = {
            "service_id": self.place["service"],
            "staff_id": wish.staff,
            "starts_at": wish.starts_at.isoformat(),
            "customer": {"name": f"Visitor {wish.number:03}", "email": wish.email},
        }
        headers = {
            "Host": f"localhost:{self.installation.port}",
            "Authorization": f"Bearer {self.place['key']}",
            "Idempotency-Key": f"wish-{wish.number}",
            "Content-Type": "application/json",
            "X-Forwarded-For": address,
        }
        connection = HTTPConnection("127.0.0.1", self.installation.port, timeout=120)
        try:
            connection.request("POST", "/api/v1/projects/place/bookings", json.dumps(body), headers)
            response = connection.getresponse()
            said = response.read()
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
        wish.answer = response.status
        if response.status == 201:
            wish.code = json.loads(said)["code"]
        assert response.status in (201, 409) or response.status >= 500, said
        return response.status in (201, 409)


def wishes_of(place: dict[str, Any]) -> list[Wish]:
    """200 different times, those of the races named by three clients one after the other."""
    monday = (datetime.now(UTC) + timedelta(days=2)).replace(hour=0, minute=0, second=0, microsecond=0)
    times = [
        (staff, monday + timedelta(minutes=30 * slot)) for slot in range(BOOKINGS // 4) for staff in place["staff"]
    ]
    wanted = [time for index, time in enumerate(times) for _ in range(3 if index % (BOOKINGS // RACED) == 0 else 1)]
    return [Wish(number, staff, at) for number, (staff, at) in enumerate(wanted)]


# --- Those who take the mail ------------------------------------------------------------------------------------------


class Provider(Protocol):
    environment: dict[str, str]

    def accepted(self) -> list[tuple[str, str, str]]: ...


class Resend:
    """The emulator. `on_mail` runs after a mail is accepted and before its sender hears of it."""

    def __init__(self, server: Any, url: str, on_mail: Callable[[int], None]) -> None:
        self.server = server
        self.environment = {"FLECTAR_RESEND_API_KEY": API_KEY, "FLECTAR_RESEND_API_URL": url}
        announce, count = server.announce_fate, Counter[str]()

        def then(email_id: str, email: Any) -> None:
            announce(email_id, email)
            count["mails"] += 1
            on_mail(count["mails"])

        server.announce_fate = then

    def accepted(self) -> list[tuple[str, str, str]]:
        """Name, address and text of each; Resend names a mail by itself."""
        mailbox, found, after = self.server.mailbox, [], None
        while page := mailbox.listing(limit=100, after=after)["data"]:
            found += [mailbox.whole(row["id"]) for row in page]
            after = page[-1]["id"]
        return [(mail["id"], parseaddr(mail["to"][0])[1], mail["text"]) for mail in found]


class Smtp:
    """A mail server. `on_mail` runs after a mail is accepted and before its sender hears of it."""

    def __init__(self, on_mail: Callable[[int], None]) -> None:
        self.envelopes: list[Any] = []
        self.on_mail = on_mail
        self.environment: dict[str, str] = {}

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.envelopes.append(envelope)
        self.on_mail(len(self.envelopes))
        return "250 OK"

    def accepted(self) -> list[tuple[str, str, str]]:
        mails = [message_from_bytes(one.content, policy=policy.default) for one in self.envelopes]
        texts = [mail.get_body(("plain",)) for mail in mails]
        return [
            (mail["Message-ID"], one.rcpt_tos[0], text.get_content() if text else "")
            for mail, one, text in zip(mails, self.envelopes, texts, strict=True)
        ]


@contextmanager
def taking_mail(kind: str, folder: Path, on_mail: Callable[[int], None]) -> Iterator[Provider]:
    if kind == "resend":
        with running_resend(folder) as emulator:
            yield Resend(emulator.server, emulator.url, on_mail)
        return
    server = Smtp(on_mail)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    server.environment = {"FLECTAR_SMTP_URL": f"smtp://127.0.0.1:{port}"}
    try:
        yield server
    finally:
        controller.stop()


# --- The database, looked at from outside -----------------------------------------------------------------------------


def rows(installation: Installation, question: str) -> list[tuple[Any, ...]]:
    """As the owner of the tables, whose policies show every project."""
    found = settled.load(installation.data)
    assert found is not None
    address = settled.url(roles.OWNER, found["passwords"][roles.OWNER], found["socket"])
    with psycopg.connect(address, autocommit=True) as connection:
        return connection.execute(question.encode()).fetchall()


def traces(installation: Installation, words: list[str]) -> dict[str, int]:
    """Rows of any table that say one of these words anywhere, by table."""
    found = settled.load(installation.data)
    assert found is not None
    address = settled.url(roles.OWNER, found["passwords"][roles.OWNER], found["socket"])
    counted = {}
    with psycopg.connect(address, autocommit=True) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            query = sql.SQL("SELECT count(*) FROM {} t WHERE t::text ~ %s").format(sql.Identifier(table))
            row = connection.execute(query, ["|".join(words)]).fetchone()
            assert row is not None
            if row[0]:
                counted[table] = row[0]
    return counted


def is_all_mailed(installation: Installation) -> bool:
    try:
        return rows(installation, "SELECT count(*) FROM outbox_message WHERE state <> 'sent'") == [(0,)]
    except psycopg.OperationalError:
        return False


@pytest.mark.parametrize(
    ("kind", "killed"), [("resend", {60: "web", 120: "postgres"}), ("smtp", {90: "postgres"})], ids=["resend", "smtp"]
)
def test_kill_9_in_the_middle_of_200_bookings_loses_doubles_and_leaves_nothing(
    install: Install, tmp_path: Path, kind: str, killed: dict[int, str]
) -> None:
    """The worker dies too: the provider kills it when it has taken a mail and not yet said so."""
    installation = install("one")
    place = make_place(installation)
    (tmp_path / "mail").mkdir()

    def kill_the_worker(mails: int) -> None:
        if mails == KILLED_AT_MAIL:
            os.kill(installation.pid_of("worker"), signal.SIGKILL)

    with taking_mail(kind, tmp_path / "mail", kill_the_worker) as provider:
        installation.environment |= provider.environment | {"FLECTAR_TRUSTED_PROXIES": "1"}
        installation.up()
        crowd = Crowd(installation, place, wishes_of(place))

        crowd.begin()
        for least, which in killed.items():
            wait_until(lambda least=least: len(crowd.confirmed) >= least or crowd.failures, f"{least} bookings")  # type: ignore[misc]
            os.kill(installation.pid_of(which), signal.SIGKILL)
        crowd.end()
        wait_until(lambda: is_all_mailed(installation), "the last mail")

        assert len(crowd.refused) >= 2 * RACED - 10
        booked = prove_each_is_there_once(installation, crowd)
        assert traces(installation, [wish.email for wish in crowd.refused]) == {}
        prove_all_are_mailed(provider.accepted(), booked, exactly_once=kind == "resend")
        assert not installation.has_ended()


def prove_each_is_there_once(installation: Installation, crowd: Crowd) -> dict[str, str]:
    """The codes of the bookings that exist, by the address of who booked."""
    found = rows(
        installation,
        "SELECT b.code, e.email, "
        " (SELECT count(*) FROM booking_claim k WHERE k.booking_id = b.id),"
        " (SELECT count(*) FROM booking_bookingevent e WHERE e.booking_id = b.id),"
        " (SELECT count(*) FROM audit_entry a WHERE a.target_id = b.id),"
        " (SELECT count(*) FROM outbox_message m WHERE m.dedupe_key LIKE '%' || b.id || '%')"
        " FROM booking_booking b JOIN customers_customeremail e ON e.customer_id = b.customer_id",
    )
    booked = {email: code for code, email, *_ in found}

    assert {tuple(counts) for _code, _email, *counts in found} == {(1, 1, 1, 2)}
    assert len(booked) == len(found)
    assert {wish.email: wish.code for wish in crowd.confirmed}.items() <= booked.items()
    # Who gave up in the middle may have it or not, but nobody else has anything.
    assert booked.keys() <= {wish.email for wish in (*crowd.confirmed, *crowd.unknown)}
    assert all(wish.gives_up for wish in crowd.unknown)
    assert len(booked) <= BOOKINGS
    return booked


def prove_all_are_mailed(mails: list[tuple[str, str, str]], booked: dict[str, str], *, exactly_once: bool) -> None:
    to_customers = Counter(address for _id, address, _text in mails if address != OWNER)
    to_owner = Counter(
        code for _id, address, text in mails if address == OWNER for code in booked.values() if code in text
    )
    names = {(address, text): set[str]() for _id, address, text in mails}
    for message_id, address, text in mails:
        names[address, text].add(message_id)

    assert to_customers.keys() == booked.keys()
    assert to_owner.keys() == set(booked.values())
    # A repeat carries the same Message-ID, so that whoever gets both sees one.
    assert all(len(ids) == 1 for ids in names.values())
    expected = 2 * len(booked) + OF_THE_KEY
    if exactly_once:
        assert set(to_customers.values()) == set(to_owner.values()) == {1}
        assert len(mails) == expected
    else:
        assert len(mails) > expected, "the mail whose taking was never heard of was not repeated"
