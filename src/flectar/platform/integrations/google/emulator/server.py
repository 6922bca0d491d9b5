"""Google's HTTP: the page that asks who one is, the exchange of a code for tokens, the keys, and the fault switches."""

import hashlib
import hmac
import html
import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from .people import PEOPLE, Person, someone
from .tokens import Signer, unsigned

CODE_LIVES_SECONDS = 600
TOKEN_LIVES_SECONDS = 3599
ASKED = {
    "client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
    "prompt", "login_hint", "access_type", "include_granted_scopes", "hd", "hl",
}  # fmt: skip
SCOPES = {"openid", "email", "profile"}
EXCHANGED = {"grant_type", "code", "redirect_uri", "client_id", "client_secret", "code_verifier"}


@dataclass
class Faults:
    """What goes wrong, until it is switched back. `wrong` is so with the token: issuer, audience, expired, forged,
    unknown_key, unsigned, none. `status` answers the exchange; `drop` closes its connection without an answer."""

    wrong: str = ""
    status: int = 0
    drop: bool = False
    delay_seconds: float = 0.0


@dataclass
class Grant:
    """A code that was given out, and what it was given for."""

    person: Person
    query: dict[str, str]
    given_at: float


class Refused(Exception):
    """A request that breaks the protocol: the status, and the name and words of the error."""

    def __init__(self, status: int, error: str, description: str) -> None:
        self.status = status
        self.body = {"error": error, "error_description": description}
        super().__init__(description)


class Emulator(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        *,
        client_id: str,
        client_secret: str,
        redirect_uris: tuple[str, ...],
        people: tuple[Person, ...] = PEOPLE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self.redirect_uris = redirect_uris
        self.people = list(people)
        self.clock = clock
        self.faults = Faults()
        self.signer = Signer(secrets.token_hex(8))
        self.stranger = Signer("stranger")
        self.grants: dict[str, Grant] = {}
        self.access: dict[str, Person] = {}
        self.lock = threading.Lock()
        super().__init__(address, Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is its own business."""

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/o/oauth2/v2/auth",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/v1/userinfo",
            "jwks_uri": f"{self.url}/oauth2/v3/certs",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": sorted(SCOPES),
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }

    def check_question(self, query: dict[str, str]) -> None:
        """What Google's page refuses to go on with. Nothing is ever sent to an address that is not registered."""
        if query.get("client_id") != self.client_id:
            raise Refused(401, "invalid_client", "The OAuth client was not found.")
        if query.get("redirect_uri") not in self.redirect_uris:
            raise Refused(400, "redirect_uri_mismatch", "The redirect URI is not one of the client's own.")
        if unknown := set(query) - ASKED:
            raise Refused(400, "invalid_request", f"Parameter not allowed for this message type: {min(unknown)}")
        if query.get("response_type") != "code":
            raise Refused(400, "unsupported_response_type", "Only the code flow is spoken here.")
        scopes = set(query.get("scope", "").split())
        if "openid" not in scopes or scopes - SCOPES:
            raise Refused(400, "invalid_scope", "Some requested scopes were invalid.")
        if not query.get("state"):
            raise Refused(400, "invalid_request", "Required parameter is missing: state")
        if query.get("code_challenge_method") != "S256" or len(query.get("code_challenge", "")) != 43:
            raise Refused(400, "invalid_request", "PKCE with S256 is required.")

    def give_code(self, person: Person, query: dict[str, str]) -> str:
        code = f"4/{secrets.token_urlsafe(32)}"
        with self.lock:
            self.grants[code] = Grant(person, query, self.clock())
        return code

    def exchange(self, form: dict[str, str]) -> dict[str, Any]:
        if set(form) != EXCHANGED:
            raise Refused(400, "invalid_request", f"Wrong parameters: {sorted(set(form) ^ EXCHANGED)}")
        if form["grant_type"] != "authorization_code":
            raise Refused(400, "unsupported_grant_type", "Invalid grant_type")
        known = form["client_id"] == self.client_id
        if not known or not hmac.compare_digest(form["client_secret"], self.client_secret):
            raise Refused(401, "invalid_client", "Unauthorized")
        with self.lock:
            grant = self.grants.pop(form["code"], None)  # good for one try
        if grant is None or self.clock() - grant.given_at > CODE_LIVES_SECONDS:
            raise Refused(400, "invalid_grant", "Malformed auth code.")
        if form["redirect_uri"] != grant.query["redirect_uri"]:
            raise Refused(400, "redirect_uri_mismatch", "Bad Request")
        challenge = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        if not hmac.compare_digest(challenge, grant.query["code_challenge"]):
            raise Refused(400, "invalid_grant", "Invalid code verifier.")
        access_token = f"ya29.{secrets.token_urlsafe(40)}"
        self.access[access_token] = grant.person
        answer = {
            "access_token": access_token,
            "expires_in": TOKEN_LIVES_SECONDS,
            "scope": grant.query["scope"],
            "token_type": "Bearer",
        }
        return answer if self.faults.wrong == "none" else answer | {"id_token": self._id_token(grant)}

    def _id_token(self, grant: Grant) -> str:
        now = int(self.clock())
        claims = {
            "iss": self.url,
            "azp": self.client_id,
            "aud": self.client_id,
            **person_claims(grant.person, grant.query["scope"]),
            "iat": now,
            "exp": now + TOKEN_LIVES_SECONDS,
        }
        if "nonce" in grant.query:
            claims["nonce"] = grant.query["nonce"]
        match self.faults.wrong:
            case "issuer":
                claims["iss"] = "https://accounts.elsewhere.example"
            case "audience":
                claims["aud"] = "another-app"
            case "expired":
                claims |= {"iat": now - 7200, "exp": now - 3600}
            case "forged":
                return self.stranger.sign(claims, as_kid=self.signer.kid)
            case "unknown_key":
                return self.stranger.sign(claims)
            case "unsigned":
                return unsigned(claims)
        return self.signer.sign(claims)


def person_claims(person: Person, scope: str) -> dict[str, Any]:
    claims: dict[str, Any] = {"sub": person.sub}
    if "email" in scope.split():
        claims |= {"email": person.email, "email_verified": person.is_verified}
    if "profile" in scope.split():
        claims |= {"name": person.name, "given_name": person.given_name, "family_name": person.family_name}
        claims |= {"picture": f"https://lh3.googleusercontent.example/{person.sub}", "locale": "es"}
    return claims


class Handler(BaseHTTPRequestHandler):
    server: Emulator
    server_version = "google-emulator"
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def do_PUT(self) -> None:
        self._answer(self._put)

    def _answer(self, act: Callable[[str, bytes], tuple[int, Any]]) -> None:
        length = self.headers.get("content-length", "0")
        body = self.rfile.read(int(length) if length.isdigit() and int(length) < 65536 else 0)
        try:
            status, answer = act(urlsplit(self.path).path, body)
        except Refused as refusal:
            self._send(refusal.status, refusal.body)
        except ConnectionAbortedError:
            self.close_connection = True
        else:
            self._send(status, answer)

    def _get(self, path: str, body: bytes) -> tuple[int, Any]:
        match path:
            case "/.well-known/openid-configuration":
                return 200, self.server.discovery()
            case "/oauth2/v3/certs":
                return 200, {"keys": [self.server.signer.public()]}
            case "/o/oauth2/v2/auth":
                self.server.check_question(self._query())
                return 200, chooser(self.server.people, self._query().get("login_hint", ""))
            case "/v1/userinfo":
                return 200, self._userinfo()
            case "/emulator/health":
                return 200, {"object": "emulator"}
        raise Refused(404, "not_found", "No such page.")

    def _post(self, path: str, body: bytes) -> tuple[int, Any]:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        match path:
            case "/token":
                self._fail_if_asked()
                return 200, self.server.exchange(form)
            case "/o/oauth2/v2/auth":
                return 302, self._back(form)
        raise Refused(404, "not_found", "No such page.")

    def _put(self, path: str, body: bytes) -> tuple[int, Any]:
        """The switches, at `/emulator/faults`."""
        wanted = json.loads(body)
        if path != "/emulator/faults" or set(wanted) - {one.name for one in fields(Faults)}:
            raise Refused(404, "not_found", "No such switch.")
        self.server.faults = Faults(**wanted)
        return 200, asdict(self.server.faults)

    def _fail_if_asked(self) -> None:
        faults = self.server.faults
        if faults.delay_seconds:
            threading.Event().wait(faults.delay_seconds)
        if faults.drop:
            raise ConnectionAbortedError
        if faults.status:
            raise Refused(faults.status, "internal_failure", "Something went wrong.")

    def _query(self) -> dict[str, str]:
        pairs = parse_qsl(urlsplit(self.path).query, keep_blank_values=True)
        if len({name for name, _value in pairs}) != len(pairs):
            raise Refused(400, "invalid_request", "A parameter is given twice.")
        return dict(pairs)

    def _back(self, form: dict[str, str]) -> str:
        """Where the browser goes with the answer."""
        query = self._query()
        self.server.check_question(query)
        if form.get("deed") == "cancel":
            answer = {"error": "access_denied", "state": query["state"]}
        else:
            chosen = form.get("email", "").strip().lower()
            person = next((one for one in self.server.people if one.email == chosen), None) or someone(chosen)
            code = self.server.give_code(person, query)
            answer = {"state": query["state"], "code": code, "scope": query["scope"], "authuser": "0"}
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def _userinfo(self) -> dict[str, Any]:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        person = self.server.access.get(token) if scheme == "Bearer" else None
        if person is None:
            raise Refused(401, "invalid_request", "Invalid Credentials")
        return person_claims(person, "openid email profile")

    def _send(self, status: int, answer: Any) -> None:
        is_page = isinstance(answer, str) and status == 200
        body = answer.encode() if is_page else b"" if status == 302 else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "text/html; charset=utf-8" if is_page else "application/json")
        self.send_header("content-length", str(len(body)))
        self.send_header("cache-control", "no-store")
        if status == 302:
            self.send_header("location", answer)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def chooser(people: list[Person], hint: str) -> str:
    """The page that asks who one is."""
    rows = "".join(
        f'<button name="email" value="{html.escape(one.email)}"><b>{html.escape(one.name)}</b>'
        f"<br>{html.escape(one.email)}{'' if one.is_verified else ' (not verified)'}</button>"
        for one in people
    )
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Choose an account – demo Google</title>"
        "<meta name=viewport content='width=device-width'><style>body{font:16px/1.4 system-ui,sans-serif;max-width:"
        "26rem;margin:4rem auto;padding:0 1rem}button{display:block;width:100%;text-align:left;font:inherit;"
        "padding:.7rem 1rem;margin:.5rem 0;border:1px solid #999;border-radius:.5rem;background:#fff;color:#111}"
        "input{font:inherit;padding:.6rem;width:100%;box-sizing:border-box}</style>"
        "<h1>Choose an account</h1><p>This is the demo’s own Google. Nothing leaves this computer.</p>"
        f"<form method=post>{rows}</form><form method=post><p><label>Another account<br>"
        f"<input name=email type=email required value='{html.escape(hint)}'></label></p>"
        "<button>Continue</button></form><form method=post><button name=deed value=cancel>Cancel</button></form></html>"
    )
