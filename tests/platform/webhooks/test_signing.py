"""Signatures are those of the specification, and the receiver's own check is one that can fail."""

from flectar.platform.webhooks import signing
from tests.platform.webhooks.receiver import is_genuine

# Published with the Standard Webhooks scheme.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EVENT = "msg_p5jXN8AQM9LWM0D4loKWxJek"
MOMENT = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
PUBLISHED = {"webhook-id": EVENT, "webhook-timestamp": str(MOMENT), "webhook-signature": SIGNATURE}


def test_we_sign_the_published_vector_as_published():
    assert signing.headers([SECRET], EVENT, MOMENT, BODY) == PUBLISHED


def test_the_receivers_own_check_takes_the_published_vector_and_nothing_else():
    assert is_genuine(SECRET, PUBLISHED, BODY)
    assert not is_genuine(SECRET, PUBLISHED, BODY + b" ")
    assert not is_genuine(SECRET, PUBLISHED | {"webhook-id": "msg_x"}, BODY)
    assert not is_genuine(SECRET, PUBLISHED | {"webhook-timestamp": "1614265331"}, BODY)


def test_two_secrets_give_two_signatures_and_each_alone_is_enough():
    other = "whsec_dGVzdCBzZWNyZXQgb2YgdGhlIHdlYmhvb2tz"
    both = signing.headers([other, SECRET], EVENT, MOMENT, BODY)

    assert both["webhook-signature"].split(" ")[1] == SIGNATURE
    assert is_genuine(other, both, BODY)
    assert is_genuine(SECRET, both, BODY)
