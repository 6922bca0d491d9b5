"""Letters to the operator. Whoever writes gets the same answer whatever we know of them or of what they name."""

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from flectar.core import clock
from flectar.core.ids import new_code
from flectar.core.origins import platform_origin
from flectar.platform.audit.log import record
from flectar.platform.legal.models import Letter
from flectar.platform.outbox import send_mail


@transaction.atomic
def write(
    kind: str,
    *,
    topic: str,
    text: str,
    email: str,
    name: str = "",
    reference_kind: str = "",
    reference: str = "",
    about_project: UUID | None = None,
) -> Letter:
    """Keep it for the console, and tell the writer that it arrived."""
    letter = Letter.objects.create(
        code=new_code(8),
        kind=kind,
        topic=topic,
        text=text,
        email=email,
        name=name,
        reference_kind=reference_kind,
        reference=reference,
        about_project=about_project,
        locale=get_language() or "en",
    )
    send_mail(
        event="legal.letter_received",
        to=(name, email),
        locale=letter.locale,
        context={"code": letter.code, "kind": letter.kind, "text": letter.text},
        dedupe_key=f"letter {letter.pk}",
    )
    # What it says stays in the console: the operator's mailbox may be read by others.
    send_mail(
        event="legal.letter_arrived",
        to=("", settings.OPERATOR_EMAIL),
        locale=settings.LANGUAGE_CODE,
        context={"code": letter.code, "topic": letter.get_topic_display(), "address": f"{platform_origin()}/operator/"},
        dedupe_key=f"letter arrived {letter.pk}",
    )
    return letter


@transaction.atomic
def close(letter: Letter, outcome: str, *, tells_writer: bool) -> None:
    """Done. What was done is kept; the writer is told if there is something to tell."""
    locked = Letter.objects.select_for_update().get(pk=letter.pk)
    if locked.closed_at:
        return
    locked.closed_at, locked.outcome = clock.now(), outcome
    locked.save(update_fields=["closed_at", "outcome"])
    record("letter.closed", target=locked, new={"outcome": outcome, "told": tells_writer})
    if tells_writer:
        send_mail(
            event="legal.letter_answered",
            to=(locked.name, locked.email),
            locale=locked.locale,
            context={"code": locked.code, "outcome": outcome},
            dedupe_key=f"letter closed {locked.pk}",
            reply_to=settings.OPERATOR_EMAIL,
        )


@transaction.atomic
def reopen(letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk).update(closed_at=None)
    record("letter.reopened", target=letter)


def host_of(address: str) -> str:
    """The host that a page's address names, however it was pasted; empty if it names none."""
    written = address.strip()
    try:
        return (urlsplit(written if "://" in written else f"//{written}").hostname or "").lower()
    except ValueError:
        return ""
