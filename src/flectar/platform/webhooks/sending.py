"""One attempt to deliver: read in the project's scope, call outside any transaction, note what came of it.

An answer of 2xx is delivered. Everything else is tried again by the schedule below; 410 says "never again" and switches
the endpoint off at once. An endpoint that has failed for five days is switched off, and those who run the project are
told. A receiver may get the same message twice (the same webhook-id): when we died between its answer and our note.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

import httpx2

from flectar.core import clock, http
from flectar.core.logs import redact
from flectar.core.tenancy import project_scope
from flectar.platform.projects.models import Project
from flectar.platform.webhooks import signing
from flectar.platform.webhooks.mails import tell_of_silence
from flectar.platform.webhooks.models import Attempt, Delivery, Endpoint
from flectar.platform.webhooks.sealed import good_now

# The waits before each further attempt, each made up to a tenth longer at random: about three days in all.
SCHEDULE = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400))
GIVE_UP_ON_ENDPOINT = timedelta(days=5)
TIMEOUT = httpx2.Timeout(15.0, connect=5.0)
MOST_READ = 2000  # bytes of an answer
KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int | None
    text: str = ""
    error: str = ""
    took_ms: int = 0

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def attempt(delivery_id: UUID, project_id: UUID) -> datetime | None:
    """Try once. The moment at which to try again, or None when there is nothing left to do."""
    with project_scope(project_id):
        delivery = Delivery.objects.select_related("endpoint").filter(pk=delivery_id).first()
        if delivery is None or delivery.state != Delivery.State.WAITING or not delivery.endpoint.is_on:
            return None
        endpoint, body = delivery.endpoint, delivery.body.encode()
        moment = int(clock.now().timestamp())
        headers = signing.headers(good_now(endpoint), delivery.message_id, moment, body)
    answer = _post(endpoint.url, body, headers)
    with project_scope(project_id):
        again_at, is_silenced = _note(delivery, answer)
        _forget_old()
    if is_silenced:
        # Outside the scope: the mail is the platform's, not the business's.
        tell_of_silence(Project.objects.get(pk=project_id), endpoint)
    return again_at


def _post(url: str, body: bytes, headers: dict[str, str]) -> _Answer:
    began = monotonic()
    try:
        with (
            http.client(timeout=TIMEOUT) as client,
            client.stream(
                "POST",
                url,
                content=body,
                headers={"Content-Type": "application/json", "User-Agent": "Flectar-Webhooks/1", **headers},
            ) as response,
        ):
            read = bytearray()
            for chunk in response.iter_raw():
                read += chunk
                if len(read) > MOST_READ or monotonic() - began > 30:
                    break
            text = bytes(read[:MOST_READ]).decode(errors="replace").replace("\x00", "")
            return _Answer(response.status_code, str(redact(text)), took_ms=_since(began))
    except http.ForbiddenAddress as error:
        return _Answer(None, error=str(error), took_ms=_since(began))
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        return _Answer(None, error=f"{type(error).__name__}: {error}"[:300], took_ms=_since(began))


def _since(began: float) -> int:
    return int((monotonic() - began) * 1000)


def _note(delivery: Delivery, answer: _Answer) -> tuple[datetime | None, bool]:
    """When to try again, and whether the endpoint has just been switched off."""
    locked = Delivery.objects.select_for_update().filter(pk=delivery.pk).first()
    endpoint = Endpoint.objects.select_for_update().filter(pk=delivery.endpoint_id).first()
    if locked is None or endpoint is None:
        return None, False
    Attempt.objects.create(
        delivery=locked, status=answer.status, answer=answer.text, error=answer.error, took_ms=answer.took_ms
    )
    locked.tries += 1
    locked.next_at = None
    is_silenced = False
    if answer.is_good:
        locked.state = Delivery.State.DELIVERED
        endpoint.failing_since = None
    else:
        endpoint.failing_since = endpoint.failing_since or clock.now()
        is_silenced = answer.status == 410 or clock.now() - endpoint.failing_since >= GIVE_UP_ON_ENDPOINT
        if is_silenced:
            endpoint.is_on, endpoint.switched_off_at = False, clock.now()
        if is_silenced or locked.tries > len(SCHEDULE):
            locked.state = Delivery.State.FAILED
        else:
            locked.next_at = clock.now() + SCHEDULE[locked.tries - 1] * random.uniform(1, 1.1)  # noqa: S311 - no secret
    locked.save(update_fields=["state", "tries", "next_at"])
    endpoint.save(update_fields=["is_on", "failing_since", "switched_off_at"])
    return locked.next_at, is_silenced


def _forget_old() -> None:
    """A few at a time, in the project that is being served anyway."""
    old = Delivery.objects.filter(created_at__lt=clock.now() - KEPT_FOR).order_by("created_at")[:20]
    Delivery.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
