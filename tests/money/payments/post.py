"""The test provider's post, carried when a test says so: the queued messages, in order, as real HTTP requests."""

import json
from typing import Any

import httpx2
import pytest
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections, connection

from flectar.core import clock, http
from flectar.money.payments import jobs

_JOBS = {"payments.send_test_event": jobs.send_test_event, "payments.carry_out": jobs.carry_out}


def through_wsgi(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent to this machine reaches the product's own WSGI application, middleware and all."""
    handler = WSGIHandler()

    def app(environ: Any, start_response: Any) -> Any:
        # As Django's own test client does: the test's connection, and its transaction, stay open.
        signals.request_started.disconnect(close_old_connections)
        signals.request_finished.disconnect(close_old_connections)
        try:
            answer = handler(environ, start_response)
            body = [b"".join(answer)]
            answer.close()
            return body
        finally:
            signals.request_started.connect(close_old_connections)
            signals.request_finished.connect(close_old_connections)

    def client(*, base_url: str, allow_private: bool) -> httpx2.Client:
        assert allow_private
        return httpx2.Client(base_url=base_url, transport=httpx2.WSGITransport(app=app))

    monkeypatch.setattr(http, "client", client)


class Post:
    """Messages wait in the table of jobs; each is delivered once."""

    def __init__(self) -> None:
        self.done: set[int] = set()

    def waiting(self) -> list[tuple[int, str, dict[str, Any]]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, task_name, args FROM procrastinate_jobs WHERE task_name = ANY(%s)"
                " AND (scheduled_at IS NULL OR scheduled_at <= %s) ORDER BY id",
                [list(_JOBS), clock.now()],
            )
            rows = cursor.fetchall()
        return [
            (pk, name, args if isinstance(args, dict) else json.loads(args))
            for pk, name, args in rows
            if pk not in self.done
        ]

    def deliver(self) -> int:
        """Everything that is due now, and what follows from it; how many messages that were."""
        count = 0
        while waiting := self.waiting():
            for pk, name, args in waiting:
                self.done.add(pk)
                _JOBS[name].run(**args)
                count += 1
        return count
