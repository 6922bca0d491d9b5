"""One attempt to send one message, such that a crash anywhere leaves either one mail or a repeat under the same name.

Claim the row, find its words if they are not there yet and commit `sending`; call the provider outside any
transaction; commit what came of it. An attempt that finds `sending` knows that the one before it died in between and
that nobody knows the outcome. A provider with idempotency keys is asked again under the same key and sends nothing
twice; SMTP has no such thing, so the mail goes out again under the same Message-ID, because a second copy is better
than none.
"""

import random
from datetime import datetime, timedelta
from uuid import UUID

from flectar.core import clock
from flectar.core.events import announce
from flectar.platform.outbox import circuit
from flectar.platform.outbox.catalogue import Overtaken
from flectar.platform.outbox.facts import MessageLost
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.scope import own_rows
from flectar.platform.outbox.suppression import reason_to_be_silent
from flectar.platform.outbox.transport import Connection, InDoubt, Refused, Unavailable, connection, hand_over
from flectar.platform.outbox.wording import find_words

State = Message.State
# Each attempt waits a random time up to its step, so that a thousand failures do not come back together.
STEPS = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200, 21600))
KEPT_FOR = timedelta(days=180)


def attempt(message_id: UUID, project_id: UUID | None) -> datetime | None:
    """Try once. The moment at which to try again, or None when there is nothing left to do."""
    with own_rows(project_id):
        channel = Message.objects.filter(pk=message_id).values_list("channel", flat=True).first()
    line = connection(channel or Message.Channel.EMAIL)
    if until := circuit.closed_until(line.name):
        return until + _jitter(timedelta(seconds=2))
    with own_rows(project_id):
        message = _claim(message_id, line)
    if message is None:
        return None
    try:
        provider_id = hand_over(message)
    except Refused as refusal:
        circuit.note_success(line.name)
        with own_rows(project_id):
            _finish(message, State.DEAD, error=str(refusal))
        return None
    except Unavailable as failure:
        _note_failure(line, failure)
        with own_rows(project_id):
            return _postpone(message, failure)
    circuit.note_success(line.name)
    with own_rows(project_id):
        _finish(message, State.SENT, provider_id=provider_id, sent_at=clock.now())
        _forget_old()
    return None


def give_up(message_id: UUID, project_id: UUID | None) -> None:
    """No further attempt will come: whoever looks at the message reads why."""
    with own_rows(project_id):
        message: Message | None = Message.objects.filter(pk=message_id).first()
        if message is not None and message.is_waiting:
            _finish(message, State.DEAD, error="A mistake of ours: it could not be written.")


def _claim(message_id: UUID, line: Connection) -> Message | None:
    message: Message | None = Message.objects.select_for_update().filter(pk=message_id).first()
    if message is None or message.state in {State.SENT, State.DEAD, State.OVERTAKEN}:
        return None
    now = clock.now()
    was_interrupted = message.state in {State.SENDING, State.UNKNOWN}
    if was_interrupted and line.is_idempotent and not message.may_be_repeated(now):
        _finish(message, State.UNKNOWN, error="The last attempt was interrupted more than a day ago.")
        return None
    if silence := reason_to_be_silent(message.event, message.to_address):
        # Of a first attempt nobody is told anew: what bounced was told of when it did.
        _finish(message, State.DEAD, error=silence, is_news=message.attempt > 0)
        return None
    try:
        find_words(message)
    except Overtaken:
        _finish(message, State.OVERTAKEN)
        return None
    message.state = State.SENDING
    message.attempt += 1
    message.first_tried_at = message.first_tried_at or now
    message.provider = line.name
    message.next_at = None
    message.save(update_fields=["state", "attempt", "first_tried_at", "provider", "next_at"])
    return message


def _finish(message: Message, state: State, *, error: str = "", is_news: bool = True, **news: object) -> None:
    # A webhook may have been faster than the provider's own answer: what it knew stays.
    rows = Message.objects.filter(pk=message.pk)
    if state is not State.SENT:
        rows = rows.exclude(state=State.SENT)
    if rows.update(state=state, error=error[:300], next_at=None, **news) and state is State.DEAD and is_news:
        announce(MessageLost(message.project_id, message.pk))


def _postpone(message: Message, failure: Unavailable) -> datetime | None:
    if message.attempt > len(STEPS):
        final = State.UNKNOWN if isinstance(failure, InDoubt) else State.DEAD
        _finish(message, final, error=str(failure))
        return None
    asked = timedelta(seconds=failure.retry_after or 0)
    next_at = clock.now() + asked + _jitter(STEPS[message.attempt - 1] if not asked else timedelta(seconds=5))
    state = State.UNKNOWN if isinstance(failure, InDoubt) else State.FAILED
    rows = Message.objects.filter(pk=message.pk).exclude(state=State.SENT)
    rows.update(state=state, error=str(failure)[:300], next_at=next_at)
    return next_at


def _note_failure(line: Connection, failure: Unavailable) -> None:
    if failure.retry_after:
        circuit.wait(line.name, failure.retry_after)
    else:
        circuit.note_failure(line.name)


def _jitter(most: timedelta) -> timedelta:
    return timedelta(seconds=random.uniform(1, most.total_seconds()))  # noqa: S311 - not a secret


def _forget_old() -> None:
    """A few at a time, in the project that is being served anyway: nobody may sweep over all projects."""
    old = Message.objects.filter(created_at__lt=clock.now() - KEPT_FOR).order_by("created_at")[:20]
    Message.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
