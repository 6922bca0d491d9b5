"""The mails about documents and letters, with facts to look at them by."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from flectar.platform.legal import documents
from flectar.platform.legal.models import Letter
from flectar.platform.outbox.catalogue import MailEvent


def _coming() -> Mapping[str, Any]:
    terms = documents.current("terms")
    return {
        "title": terms.title,
        "summary": terms.summary,
        "from_day": terms.effective_from,
        "address": "https://flectar.example/legal/terms/2",
        "changes": "https://flectar.example/legal/terms/2/changes",
    }


def _received() -> Mapping[str, Any]:
    return {"code": "K7RM2X9P", "kind": "abuse", "text": "The page sells tickets that do not exist."}


def _arrived() -> Mapping[str, Any]:
    return {
        "code": "K7RM2X9P",
        "topic": Letter.Topic.FRAUD.label,
        "address": "https://flectar.example/operator/",
    }


def _answered() -> Mapping[str, Any]:
    return {"code": "K7RM2X9P", "outcome": "The page is no longer public."}


MAILS = [
    MailEvent("legal.coming", _("A document will change"), _coming, of_platform=True),
    MailEvent("legal.letter_received", _("Receipt of a letter"), _received, of_platform=True),
    MailEvent("legal.letter_arrived", _("A letter to the operator"), _arrived, of_platform=True),
    MailEvent("legal.letter_answered", _("Answer to a letter"), _answered, of_platform=True),
]
