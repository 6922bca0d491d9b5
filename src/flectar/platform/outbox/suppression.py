"""Whom not to write to, and why. A bounce in one project says nothing to another."""

from uuid import UUID

from django.utils.translation import gettext as _

from flectar.platform.outbox.models import Suppression

# A person who marks our mail as spam must still be able to sign in and to be told of a change to the account.
SECURITY_EVENTS = "account."


def reason_to_be_silent(event: str, address: str) -> str:
    """A sentence for the owner, or "" if the mail may go."""
    reasons = set(Suppression.objects.filter(address=Suppression.folded(address)).values_list("reason", flat=True))
    if Suppression.Reason.BOUNCE in reasons:
        return _("Earlier mail to this address bounced.")
    if Suppression.Reason.COMPLAINT in reasons and not event.startswith(SECURITY_EVENTS):
        return _("This person marked earlier mail as spam.")
    return ""


def suppress(address: str, reason: Suppression.Reason, *, source: UUID | None) -> None:
    Suppression.objects.get_or_create(
        address=Suppression.folded(address), reason=reason, channel="email", defaults={"source": source}
    )


def try_again(address: str) -> None:
    """The owner says that the address works again. A complaint is not the owner's to lift."""
    Suppression.objects.filter(address=Suppression.folded(address), reason=Suppression.Reason.BOUNCE).delete()
