"""`flectar keys rotate` reaches everything that any app seals: afterwards nothing needs the older key."""

import base64

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator

from flectar.core import crypto
from flectar.offers.booking import answers
from flectar.offers.booking.calendars import following, subscriptions
from flectar.offers.booking.models import Requirement, RequirementAnswer
from flectar.platform.accounts.models import User
from flectar.platform.integrations import inbox
from flectar.platform.integrations.models import Inbox
from flectar.platform.projects.models import Project
from flectar.platform.webhooks import endpoints
from flectar.platform.webhooks.sealed import good_now
from tests.offers.booking import make as bookings

NEW = base64.b64encode(b"n" * 32).decode()


def test_a_rotation_reaches_whatever_is_sealed(lucia: User, in_salon: Project, settings):
    sealed = get_adapter().encrypt
    Authenticator.objects.create(user=lucia, type="totp", data={"secret": sealed("JBSWY3DP")})
    Authenticator.objects.create(
        user=lucia,
        type="recovery_codes",
        data={"seed": sealed("seed"), "used_mask": 3, "migrated_codes": [sealed("a")]},
    )
    inbox.take_in("resend", "platform", "evt_1", "email.sent", b'{"to": "ana@example.com"}')
    endpoint, secret = endpoints.make(url="https://example.com/", events=["booking.confirmed"])
    followed = subscriptions.subscribe(bookings.staff(), "https://calendar.example/secret.ics")
    service = bookings.service(bookings.staff("Noa"))
    asked = Requirement.objects.create(service=service, label="Allergies?", is_sensitive=True)
    booking = bookings.booking(in_salon, service, bookings.at(in_salon, "10:00"))
    answers.keep(booking, {asked.pk: "Nuts"})
    settings.FLECTAR_KEYS = f"9:{NEW},{settings.FLECTAR_KEYS}"

    assert crypto.rotate() == {
        "second factors": 2,
        "webhooks": 1,
        "outgoing webhooks": 1,
        "addresses of calendars": 1,
        "answers of customers": 1,
    }

    settings.FLECTAR_KEYS = f"9:{NEW}"
    opened = get_adapter().decrypt
    totp, codes = (Authenticator.objects.get(type=kind).data for kind in ("totp", "recovery_codes"))
    assert opened(totp["secret"]) == "JBSWY3DP"
    assert (opened(codes["seed"]), codes["used_mask"], opened(codes["migrated_codes"][0])) == ("seed", 3, "a")
    assert inbox.body_of(Inbox.objects.get()) == b'{"to": "ana@example.com"}'
    endpoint.refresh_from_db()
    assert good_now(endpoint) == [secret]
    followed.refresh_from_db()
    assert crypto.open_text(followed.url, following.place(followed)) == "https://calendar.example/secret.ics"
    assert answers.text_of(RequirementAnswer.objects.get()) == "Nuts"
