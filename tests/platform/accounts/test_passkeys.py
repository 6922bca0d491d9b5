"""What hands itself in as a passkey and is none: said in a sentence, and nothing has changed."""

import json
from itertools import count
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from flectar.platform.accounts.models import User
from tests import canary
from tests.cast import PlatformClient

ADD, LOGIN, LIST = "/account/two-step/webauthn/add/", "/account/two-step/webauthn/login/", "/account/two-step/webauthn/"

addresses = count(1)  # from everywhere: the limits are not what is tried here

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]
shaped = st.fixed_dictionaries(
    {
        "id": json_values,
        "rawId": json_values,
        "type": json_values,
        "response": st.dictionaries(st.sampled_from(KEYS), json_values),
    }
)


@pytest.fixture
def fresh(lucia: User, settings: Any) -> Client:
    """Lucía, who has just shown her password."""
    settings.ACCOUNT_RATE_LIMITS = False  # tried often, here
    browser = PlatformClient()
    browser.force_login(lucia)
    browser.post("/account/reauthenticate/", {"password": canary.PASSWORD})
    return browser


@trying(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(credential=json_values | shaped)
def test_anything_may_be_handed_in(fresh: Client, visitor: Client, lucia: User, credential: Any):
    place = f"11.{next(addresses)}.0.1"
    fresh.get(ADD, REMOTE_ADDR=place)
    visitor.get(LOGIN, headers={"accept": "application/json"}, REMOTE_ADDR=place)

    added = fresh.post(ADD, {"credential": json.dumps(credential)}, REMOTE_ADDR=place)
    entered = visitor.post(LOGIN, {"credential": json.dumps(credential)}, REMOTE_ADDR=place)

    assert added.status_code == 200
    assert entered.status_code == 302
    assert entered.headers["Location"] == "/account/login/"
    assert not Authenticator.objects.filter(user=lucia).exists()
    assert "_auth_user_id" not in visitor.session


def test_no_json_is_said_so(fresh: Client, lucia: User):
    page = fresh.post(ADD, {"credential": "{"}).content.decode()

    assert "Enter a valid JSON" in page or "can’t be used here" in page
    assert not Authenticator.objects.filter(user=lucia).exists()


def test_the_options_ask_for_a_person_and_name_nobody(visitor: Client, db: None):
    options = visitor.get(LOGIN, headers={"accept": "application/json"}).json()["request_options"]["publicKey"]

    assert options["userVerification"] == "required"
    assert options["rpId"] == "localhost"
    assert not options.get("allowCredentials")


def test_a_passkey_is_made_only_by_who_has_just_signed_in(signed_in: Client):
    assert "reauthenticate" in signed_in.get(ADD).headers["Location"]


def test_without_a_passkey_the_list_is_empty_and_says_so(signed_in: Client):
    assert "No passkey yet" in signed_in.get(LIST).content.decode()
