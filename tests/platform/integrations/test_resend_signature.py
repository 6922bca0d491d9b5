"""The webhook check, against the published vector of the scheme and against the emulator's own signing."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flectar.platform.integrations.resend.emulator.events import svix_headers
from flectar.platform.integrations.resend.signature import is_authentic

# Published with the Standard Webhooks scheme (Svix, "verifying payloads").
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EVENT = "msg_p5jXN8AQM9LWM0D4loKWxJek"
MOMENT = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def check(*, secret=SECRET, event=EVENT, moment=str(MOMENT), signatures=SIGNATURE, body=BODY, now=float(MOMENT)):
    return is_authentic(secret, event, moment, signatures, body, now=now)


def test_the_published_vector_is_authentic():
    assert check()


def test_the_emulator_signs_the_published_vector_alike():
    assert svix_headers(SECRET, EVENT, MOMENT, BODY) == {
        "svix-id": EVENT,
        "svix-timestamp": str(MOMENT),
        "svix-signature": SIGNATURE,
    }


def test_one_good_signature_among_strangers_is_enough():
    assert check(
        signatures=f"v1,bm9ldHUjKzFob2VudXRob2VodWUzMjRvdWVvdW9ldQo= {SIGNATURE} "
        "v2,MzJsNDk4MzI0K2VvdSMjMTEjQEBAQDEyMzMzMzEyMwo="
    )


@pytest.mark.parametrize(("seconds", "authentic"), [(-301, False), (-299, True), (299, True), (301, False)])
def test_five_minutes_either_way(seconds, authentic):
    assert check(now=MOMENT + seconds) is authentic


@pytest.mark.parametrize(
    "change",
    [
        {"body": BODY + b" "},
        {"event": "msg_other"},
        {"event": ""},
        {"moment": str(MOMENT + 1)},
        {"moment": "soon"},
        {"moment": ""},
        {"signatures": ""},
        {"signatures": SIGNATURE.replace("v1,", "v2,")},
        {"signatures": SIGNATURE.removeprefix("v1,")},
        {"signatures": "v1,\u00e9"},
        {"secret": "whsec_" + base64.b64encode(b"another").decode()},
        {"secret": "whsec_"},
        {"secret": ""},
        {"secret": "whsec_not base64!"},
    ],
)
def test_anything_else_is_refused(change):
    assert not check(**change)


@given(key=st.binary(min_size=16, max_size=64), body=st.binary(), moment=st.integers(0, 2**33))
def test_what_the_emulator_signs_the_product_accepts(key, body, moment):
    secret = "whsec_" + base64.b64encode(key).decode()
    headers = svix_headers(secret, "msg_1", moment, body)
    assert is_authentic(
        secret, headers["svix-id"], headers["svix-timestamp"], headers["svix-signature"], body, now=moment + 1
    )
