"""The local Google keeps to the protocol: what the real one refuses, it refuses."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest

from flectar.platform.integrations.google.emulator.server import Emulator
from tests.platform.integrations.google import CALLBACK, CLIENT_ID, CLIENT_SECRET, call, choose, running_google

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # of RFC 7636, appendix B
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
QUESTION = {
    "client_id": CLIENT_ID,
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": "openid email profile",
    "state": "s1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


@pytest.fixture(scope="module")
def google() -> Iterator[Emulator]:
    with running_google() as server:
        yield server


def asked(google: Emulator, **changes: str | None) -> str:
    query = {name: value for name, value in {**QUESTION, **changes}.items() if value is not None}
    return f"{google.url}/o/oauth2/v2/auth?{urlencode(query)}"


def exchanged(google: Emulator, given: str, **changes: str) -> tuple[int, dict[str, str]]:
    form = {
        "grant_type": "authorization_code",
        "code": given,
        "redirect_uri": CALLBACK,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "code_verifier": VERIFIER,
    }
    status, _headers, body = call("POST", f"{google.url}/token", {**form, **changes})
    return status, json.loads(body)


def code(google: Emulator) -> str:
    back = choose(asked(google), "carla.moya@gmail.example")
    answer = parse_qs(urlsplit(back).query)
    assert answer["state"] == ["s1"]
    return answer["code"][0]


def test_the_vector_of_the_standard_holds():
    assert urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=") == CHALLENGE


def test_a_code_becomes_a_token_that_the_published_key_confirms(google: Emulator):
    status, answer = exchanged(google, code(google))

    assert status == 200
    found = json.loads(call("GET", f"{google.url}/.well-known/openid-configuration")[2])
    keys = json.loads(call("GET", found["jwks_uri"])[2])["keys"]
    claims = jwt.decode(
        answer["id_token"], jwt.PyJWK(keys[0]), algorithms=["RS256"], audience=CLIENT_ID, issuer=found["issuer"]
    )
    assert (claims["sub"], claims["email"]) == ("110248495921238986420", "carla.moya@gmail.example")
    status, _headers, body = call("GET", found["userinfo_endpoint"], Authorization=f"Bearer {answer['access_token']}")
    assert (status, json.loads(body)["sub"]) == (200, "110248495921238986420")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "another"}, "invalid_client"),
        ({"redirect_uri": "http://localhost:8000/elsewhere/"}, "redirect_uri_mismatch"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "openid https://www.googleapis.example/auth/drive"}, "invalid_scope"),
        ({"scope": "email"}, "invalid_scope"),
        ({"state": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"colour": "blue"}, "invalid_request"),
    ],
)
def test_a_question_that_breaks_the_protocol_is_answered_by_no_page(
    google: Emulator, changes: dict[str, str], error: str
):
    status, _headers, body = call("GET", asked(google, **changes))

    assert status in {400, 401}
    assert json.loads(body)["error"] == error


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"code_verifier": "a" * 43}, 400, "invalid_grant"),
        ({"client_secret": "guessed"}, 401, "invalid_client"),
        ({"code": "4/guessed"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"redirect_uri": "http://localhost:8000/"}, 400, "redirect_uri_mismatch"),
        ({"colour": "blue"}, 400, "invalid_request"),
    ],
)
def test_an_exchange_that_breaks_the_protocol_gets_no_token(
    google: Emulator, changes: dict[str, str], status: int, error: str
):
    answered, body = exchanged(google, code(google), **changes)

    assert (answered, body["error"]) == (status, error)
    assert "access_token" not in body


def test_a_code_is_good_for_one_try(google: Emulator):
    given = code(google)
    assert exchanged(google, given)[0] == 200

    assert exchanged(google, given)[1]["error"] == "invalid_grant"


def test_cancelling_comes_back_as_an_error(google: Emulator):
    status, headers, _body = call("POST", asked(google), {"deed": "cancel"})

    assert status == 302
    assert "error=access_denied" in headers["location"]
