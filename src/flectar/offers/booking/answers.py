"""What customers answer to the questions of a service: kept with the wording they saw, sensitive answers sealed.

Files are private: pictures are made anew from their points, documents are kept as they came, and both go out only as
downloads. A sensitive file is sealed like a sensitive text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from flectar.core import clock, crypto, storage
from flectar.core.storage import BadUpload, save_private
from flectar.core.text import clean
from flectar.offers.booking import forgetting
from flectar.offers.booking.models import Booking, Requirement, RequirementAnswer
from flectar.platform.audit.log import record

MOST_FILE_BYTES = 10 * 1024 * 1024
FILE_TYPES = ".pdf,.jpg,.jpeg,.png,.webp"
_PICTURES = {".jpg", ".jpeg", ".png", ".webp"}

type Given = str | bool | Any
"""A text, a tick, or an uploaded file."""


@dataclass(frozen=True, slots=True)
class Readable:
    """An answer for whoever may read it."""

    pk: UUID
    label: str
    text: str
    file_name: str = ""
    is_sealed: bool = False
    is_forgotten: bool = False
    """It was answered; what was said is gone, as promised."""


def keep(booking: Booking, given: Mapping[UUID, Given]) -> None:
    """Write down the answers to the questions of this booking's service; an empty one is none. A second answer to the
    same question replaces the first. Raises BadUpload."""
    wanted = Requirement.objects.filter(service=booking.service_id, pk__in=given, is_active=True)
    changed, is_sealed = [], False
    for requirement in wanted.order_by("position", "pk"):
        value = given[requirement.pk]
        if value in (None, "", False):
            continue
        answer = RequirementAnswer.objects.filter(booking=booking, requirement=requirement).first()
        answer = answer or RequirementAnswer(booking=booking, requirement=requirement, project_id=booking.project_id)
        answer.label, answer.wording, answer.at = requirement.label, requirement.version, clock.now()
        if requirement.kind == Requirement.Kind.FILE:
            _put_file(answer, requirement, value)
        else:
            _put_text(answer, requirement, _in_words(requirement, value))
        answer.save()
        changed.append(str(requirement.pk))
        is_sealed = is_sealed or answer.sealed is not None
    if is_sealed:
        forgetting.sealed_later(booking)
    if changed:
        # Which questions were answered; never what was said.
        record("booking.answered", target=booking, new={"questions": changed})


def of(booking: Booking, *, opens_sealed: bool = False) -> list[Readable]:
    """All answers in the order of the questions. A link to a booking is soon forwarded: behind it sealed answers stay
    sealed; they are opened for the team, whose right to read the caller has checked."""
    answers = booking.answers.select_related("requirement").order_by("requirement__position", "pk")
    return [_readable(one, opens_sealed or one.sealed is None) for one in answers]


def _readable(answer: RequirementAnswer, may_open: bool) -> Readable:
    return Readable(
        answer.pk,
        answer.label,
        text_of(answer) if may_open else "",
        answer.file_name if may_open else "",
        is_sealed=not may_open,
        is_forgotten=not (answer.text or answer.sealed or answer.file),
    )


def open_questions(booking: Booking) -> list[Requirement]:
    """What a customer may still answer on their own page: what is asked afterwards, and what was left out before."""
    answered = booking.answers.values("requirement")
    before, after = Requirement.When.BEFORE, Requirement.When.AFTER
    asked = Requirement.objects.filter(service=booking.service_id, is_active=True, when__in=(before, after))
    found: list[Requirement] = list(asked.exclude(pk__in=answered).order_by("position", "pk"))
    return found


def text_of(answer: RequirementAnswer) -> str:
    if answer.sealed is None or answer.file:
        return answer.text
    return crypto.open_sealed(bytes(answer.sealed), _place(answer)).decode()


def file_of(answer: RequirementAnswer) -> bytes:
    """The bytes of an answer that is a file."""
    with storage.private_files().open(answer.file) as stored:
        content: bytes = stored.read()
    return crypto.open_sealed(content, _place(answer)) if answer.sealed is not None else content


def must_be_readable(upload: Any) -> tuple[bytes, str]:
    """Bytes and suffix of a file that we take, or BadUpload."""
    if upload.size > MOST_FILE_BYTES:
        raise BadUpload(_("This file is larger than 10 MB. Make it smaller, or send it to us later."))
    suffix = PurePosixPath(upload.name).suffix.lower()
    upload.seek(0)
    if suffix in _PICTURES:
        return storage.accept_image(upload)
    content: bytes = upload.read()
    if not content.startswith(b"%PDF-"):
        raise BadUpload(_("Choose a PDF or a picture (JPEG, PNG, WebP)."))
    return content, ".pdf"


def _put_file(answer: RequirementAnswer, requirement: Requirement, upload: Any) -> None:
    content, suffix = must_be_readable(upload)
    former = answer.file
    if requirement.is_sensitive:
        content = crypto.seal(content, _place(answer))
        answer.sealed = crypto.seal(b"file", _place(answer))  # says that the file is sealed
    name = clean(PurePosixPath(upload.name).stem)[:180] or "file"
    answer.file_name = f"{name}{suffix}"
    answer.file = save_private(f"{answer.project_id}/answers", answer.file_name, content)
    if former:
        transaction.on_commit(lambda: storage.private_files().delete(former))


def _put_text(answer: RequirementAnswer, requirement: Requirement, text: str) -> None:
    if requirement.is_sensitive or requirement.kind == Requirement.Kind.ID:
        answer.text, answer.sealed = "", crypto.seal(text.encode(), _place(answer))
    else:
        answer.text, answer.sealed = text, None


def _in_words(requirement: Requirement, value: Given) -> str:
    match requirement.kind:
        case Requirement.Kind.CONSENT:
            return _("Agreed")
        case Requirement.Kind.AGE:
            return _("%(age)s or older") % {"age": requirement.least_age or 0}
        case _:
            return clean(str(value)).strip()[:4000]


def under_the_active_key() -> Iterator[int]:
    """Each row by itself and locked, its file with it. As the owner of the tables, who sees every project."""
    sealed = RequirementAnswer._base_manager.filter(sealed__isnull=False)
    for pk in list(sealed.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            answer = RequirementAnswer._base_manager.select_for_update().filter(pk=pk, sealed__isnull=False).first()
            if answer is None:
                continue
            answer.sealed = crypto.rewrap(bytes(answer.sealed or b""), _place(answer))
            if answer.file:
                _rewrap_file(answer)
            answer.save(update_fields=["sealed", "file"])
        yield 1


def _rewrap_file(answer: RequirementAnswer) -> None:
    former = answer.file
    with storage.private_files().open(former) as stored:
        fresh = crypto.rewrap(stored.read(), _place(answer))
    answer.file = save_private(f"{answer.project_id}/answers", answer.file_name, fresh)
    transaction.on_commit(lambda: storage.private_files().delete(former))


def _place(answer: RequirementAnswer) -> str:
    return f"booking answer {answer.booking_id} {answer.requirement_id}"
