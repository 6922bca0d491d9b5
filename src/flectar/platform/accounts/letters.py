"""Mails to a person about their own account, beside those that allauth sends."""

from collections.abc import Mapping
from typing import Any

from flectar.platform.accounts.models import User
from flectar.platform.outbox import send_mail


def tell(user: User, event: str, context: Mapping[str, Any]) -> None:
    send_mail(event=event, to=(user.name, user.email), locale=user.locale, context={"email": user.email, **context})
