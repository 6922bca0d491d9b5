"""What a customer agreed to, derived from a ledger that is only added to.

Nothing may be sent or shown for a purpose below unless `has_consent` says yes. Messages that a booking itself needs
(confirmation, change) rest on the contract and ask nothing here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.people.customers.errors import Restricted
from flectar.people.customers.models import Consent, Customer, CustomerQuerySet
from flectar.platform.audit.log import record

Purpose, Channel, Method = Consent.Purpose, Consent.Channel, Consent.Method


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a customer can be asked."""

    key: str
    purpose: str
    channel: str
    label: str | Promise


QUESTIONS: dict[str, Question] = {
    question.key: question
    for question in (
        Question("news-email", Purpose.NEWS, Channel.EMAIL, _("News by email")),
        Question("news-sms", Purpose.NEWS, Channel.SMS, _("News by SMS")),
        Question("news-whatsapp", Purpose.NEWS, Channel.WHATSAPP, _("News by WhatsApp")),
        Question("reminders-whatsapp", Purpose.REMINDERS, Channel.WHATSAPP, _("Reminders by WhatsApp")),
        Question("photos", Purpose.PHOTOS, Channel.ANY, _("Photos on your website")),
    )
}


@dataclass(frozen=True, slots=True)
class State:
    """What holds now. `last` is None while nobody has asked."""

    question: Question
    last: Consent | None

    @property
    def is_given(self) -> bool:
        return self.last is not None and self.last.is_given


@dataclass(frozen=True, slots=True)
class Wording:
    """The words that somebody read before they answered."""

    text: str
    version: str
    locale: str = ""
    page: str = ""


@transaction.atomic
def answer(
    customer: Customer,
    question: Question,
    *,
    given: bool,
    method: str,
    wording: Wording | None = None,
    author: Any = None,
    at: datetime | None = None,
) -> Consent | None:
    """Add a line to the ledger; None if it says no more than the newest one. A no is noted whatever holds; a yes of who
    is restricted raises Restricted."""
    if given and not customer.is_open_to_change:
        raise Restricted(customer)
    Customer.objects.select_for_update().get(pk=customer.pk)  # two answers at once stand one after the other
    last = _newest(customer.pk, question)
    version = wording.version[:40] if wording else ""
    if last and last.is_given == given and last.wording_version == version:
        return None
    line = Consent.objects.create(
        project_id=customer.project_id,
        customer=customer,
        purpose=question.purpose,
        channel=question.channel,
        is_given=given,
        at=at or clock.now(),
        method=method,
        wording=wording.text[:2000] if wording else "",
        wording_version=version,
        wording_locale=wording.locale[:10] if wording else "",
        page=wording.page[:200] if wording else "",
        author=author,
    )
    record("customer.consented" if given else "customer.declined", target=customer, new={"question": question.key})
    return line


def states(customer: Customer) -> list[State]:
    """One for each question, in their order."""
    newest = customer.consents.order_by("purpose", "channel", "-at", "-id").distinct("purpose", "channel")
    by_place = {(line.purpose, line.channel): line for line in newest}
    return [State(question, by_place.get((question.purpose, question.channel))) for question in QUESTIONS.values()]


def has_consent(customer_id: UUID, key: str) -> bool:
    """Whether the customer agrees now, and is not restricted. `key` is one of QUESTIONS."""
    last = _newest(customer_id, QUESTIONS[key])
    return last is not None and last.is_given and last.customer.is_open_to_change


def of_those(found: CustomerQuerySet, key: str) -> CustomerQuerySet:
    """Of these customers, who agrees now to what the question asks, and is not restricted."""
    question = QUESTIONS[key]
    newest = (
        Consent.objects.filter(purpose=question.purpose, channel=question.channel)
        .order_by("customer", "-at", "-id")
        .distinct("customer")
    )
    agreed = Consent.objects.filter(pk__in=newest.values("pk"), is_given=True)
    return found.filter(pk__in=agreed.values("customer"), restricted_at=None)


def _newest(customer_id: UUID, question: Question) -> Consent | None:
    found = Consent.objects.filter(customer=customer_id, purpose=question.purpose, channel=question.channel)
    newest: Consent | None = found.select_related("customer").order_by("-at", "-id").first()
    return newest
