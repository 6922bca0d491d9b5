"""A request with an Idempotency-Key is done once; the same request again gets the same answer, for a day.

The row is written in the deed's own transaction: if the deed fails, the key is free again. A second request with the
same key waits at the unique index until the first one ends.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.platform.webapi import jobs
from flectar.platform.webapi.models import IdempotentAnswer
from flectar.platform.webapi.problems import Problem

KEPT = jobs.KEPT
MAX_KEY = 255
WAIT = "5s"


def once(request: Any, do: Callable[[], HttpResponse]) -> HttpResponse:
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST":
        return do()
    if not key or len(key) > MAX_KEY or not key.isascii() or not key.isprintable():
        raise Problem(400, "bad_idempotency_key", _("An Idempotency-Key has 1 to 255 visible characters of ASCII."))
    digest = _digest(request)
    if not _claim(request, key, digest):
        return _replayed(request, key, digest)
    response = do()
    mine = IdempotentAnswer.objects.filter(caller_id=request.caller.id, key=key)
    if response.status_code < 400:
        mine.update(status=response.status_code, body=response.content.decode(), location=response.get("Location", ""))
        jobs.forget_answers.defer_at(
            clock.now() + KEPT, project_id=request.project.pk, _key=f"webapi answers {request.project.pk}"
        )
    elif response.status_code < 500:
        # Nothing was done, so the caller may mend the request and use the key again. From 500 on all is rolled back.
        mine.delete()
    return response


def _digest(request: Any) -> str:
    """The same request: method, address, and the same JSON however it is spaced."""
    body = json.dumps(getattr(request, "json_body", None), sort_keys=True)
    return hashlib.sha256(f"{request.method} {request.get_full_path()} {body}".encode()).hexdigest()


def _claim(request: Any, key: str, digest: str) -> bool:
    """True if the key is new, or its answer is older than a day."""
    IdempotentAnswer.objects.filter(caller_id=request.caller.id, key=key, created_at__lt=clock.now() - KEPT).delete()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT])
            cursor.execute(
                "INSERT INTO webapi_idempotentanswer"
                " (project_id, caller_id, key, request_digest, status, body, location, created_at)"
                " VALUES (%s, %s, %s, %s, 0, '', '', %s) ON CONFLICT (project_id, caller_id, key) DO NOTHING",
                [request.project.pk, request.caller.id, key, digest, clock.now()],
            )
            is_new: bool = cursor.rowcount == 1
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
            return is_new
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != "55P03":  # lock_not_available
            raise
        raise Problem(
            409, "in_progress", _("The same request is being worked on. Ask again in a moment."), retry_after=1
        ) from None


def _replayed(request: Any, key: str, digest: str) -> HttpResponse:
    stored = IdempotentAnswer.objects.get(caller_id=request.caller.id, key=key)
    if stored.request_digest != digest:
        raise Problem(
            422, "idempotency_key_reused", _("This Idempotency-Key was used for another request. Take a new one.")
        )
    response = HttpResponse(stored.body, status=stored.status, content_type="application/json; charset=utf-8")
    if stored.location:
        response["Location"] = stored.location
    response["Idempotency-Replayed"] = "true"
    return response
