"""Agreeing to a version: for oneself (terms), or as an owner for an organization (the data agreement)."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from flectar.platform.audit.log import record
from flectar.platform.legal import documents
from flectar.platform.legal.models import Acceptance, OwnText

TERMS, AGREEMENT = "terms", "dpa"


class TextHasChanged(Exception):
    """What was accepted is not what holds by now: show the new text and ask again."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What an organization is asked to agree to, and when an owner did."""

    version: str
    text: str
    language: str
    is_own: bool = False
    summary: str = ""
    accepted: Acceptance | None = None

    @property
    def digest(self) -> str:
        return documents.digest(self.text)


@transaction.atomic
def accept_terms(account_id: UUID, name: str) -> None:
    """The version in force, in the language of the moment. A second time changes nothing."""
    version = documents.current(TERMS)
    _accept(_Shown(TERMS, str(version.number), version.language, version.text), account_id, name, None)


def terms_to_accept(account_id: UUID) -> documents.Version | None:
    """The version that this person has not agreed to yet.

    Sign-up asks for the first one that holds, so only a later material change asks again: nothing is looked up before.
    """
    wanted = documents.last_material(TERMS)
    if wanted.number == documents.versions(TERMS)[0].number:
        return None
    known = [str(each.number) for each in documents.versions(TERMS) if each.number >= wanted.number]
    return None if _has_accepted(account_id, known) else documents.current(TERMS)


def _has_accepted(account_id: UUID, versions: Collection[str]) -> bool:
    return Acceptance.objects.filter(
        account_id=account_id, organization_id=None, document=TERMS, version__in=versions
    ).exists()


def agreement_of(organization_id: UUID) -> Agreement:
    """The organization's own wording if it has one, else the platform's; with who accepted it."""
    own = OwnText.objects.filter(organization_id=organization_id, document=AGREEMENT, is_withdrawn=False)
    if found := own.order_by("-number").first():
        held, text, language, summary = str(found), documents.filled(found.text), "", found.summary
        fits = [held]
    else:
        version = documents.current(AGREEMENT)
        held, text, language, summary = str(version.number), version.text, version.language, version.summary
        since = documents.last_material(AGREEMENT).number
        fits = [str(each.number) for each in documents.versions(AGREEMENT) if each.number >= since]
    accepted = Acceptance.objects.filter(organization_id=organization_id, document=AGREEMENT, version__in=fits)
    return Agreement(
        held,
        text,
        language or "en",
        is_own=held.startswith("own-"),
        summary=summary,
        accepted=accepted.order_by("-accepted_at").first(),
    )


def may_take_in_data(organization_id: UUID) -> bool:
    """Whether an owner has accepted the agreement that holds."""
    return agreement_of(organization_id).accepted is not None


@transaction.atomic
def accept_agreement(organization_id: UUID, *, digest: str, account_id: UUID, name: str) -> Acceptance:
    """For the organization. `digest` is of the text that the owner had before them."""
    held = agreement_of(organization_id)
    if digest != held.digest:
        raise TextHasChanged
    return _accept(_Shown(AGREEMENT, held.version, held.language, held.text), account_id, name, organization_id)


@transaction.atomic
def set_own_text(organization_id: UUID, text: str, summary: str) -> OwnText:
    """From now on this holds for the organization instead of the platform's text; an owner is asked to accept it."""
    texts = OwnText.objects.select_for_update().filter(organization_id=organization_id, document=AGREEMENT)
    last = texts.order_by("-number").first()
    own = OwnText.objects.create(
        organization_id=organization_id,
        document=AGREEMENT,
        number=last.number + 1 if last else 1,
        text=text.replace("\r\n", "\n").strip() + "\n",
        summary=summary,
    )
    record("legal.own_text_set", target=own, new={"summary": summary}, organization_id=organization_id)
    return own


@transaction.atomic
def withdraw_own_texts(organization_id: UUID) -> None:
    """Back to the platform's text."""
    own = OwnText.objects.filter(organization_id=organization_id, document=AGREEMENT, is_withdrawn=False)
    if own.update(is_withdrawn=True):
        record("legal.own_text_withdrawn", organization_id=organization_id)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the person had before them."""

    document: str
    version: str
    language: str
    text: str


def _accept(shown: _Shown, account_id: UUID, name: str, organization_id: UUID | None) -> Acceptance:
    accepted, is_new = Acceptance.objects.get_or_create(
        account_id=account_id,
        organization_id=organization_id,
        document=shown.document,
        version=shown.version,
        defaults={
            "locale": shown.language,
            "digest": documents.digest(shown.text),
            "account_name": name[:200],
        },
    )
    if is_new:
        record(
            "legal.accepted",
            target=accepted,
            new={"document": shown.document, "version": shown.version, "digest": accepted.digest},
            organization_id=organization_id,
        )
    return accepted
