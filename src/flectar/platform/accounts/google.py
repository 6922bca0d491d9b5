"""Sign in with Google: who somebody is comes from `sub`, never from the address.

OpenID Connect with PKCE. The signature of each token is checked, no token is kept, and of the profile only the address
is stored, to show which Google account it is. An account with a password is never taken over: whoever wants both signs
in first and links Google in the account's own pages, after proving once more who they are.
"""

from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models.expressions import DatabaseDefault
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from flectar.platform.accounts.models import User

KEYS_ARE_KEPT_SECONDS = 3600
CLOCKS_DIFFER_SECONDS = 30


def is_on() -> bool:
    return bool(settings.GOOGLE_CLIENT_ID)


class GoogleAccount(ProviderAccount):  # type: ignore[misc]  # allauth ships no types
    def to_str(self) -> str:
        return str(self.account.extra_data.get("email") or self.account.uid)


class GoogleAdapter(OAuth2Adapter):  # type: ignore[misc]  # allauth ships no types
    """The exchange of a code for a token that says who somebody is."""

    provider_id = "google"

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.authorize_url = settings.GOOGLE.authorize
        self.access_token_url = settings.GOOGLE.token

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        claims = read_token(str(kwargs["response"].get("id_token", "")), audience=app.client_id)
        return self.get_provider().sociallogin_from_response(request, claims)


def read_token(token: str, *, audience: str) -> dict[str, Any]:
    """What a token says, if Google signed it for us and it is still good. Raises `OAuth2Error`."""
    try:
        kid = str(jwt.get_unverified_header(token).get("kid", ""))
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(kid),
            algorithms=["RS256"],
            audience=audience,
            issuer=settings.GOOGLE.issuer,
            leeway=CLOCKS_DIFFER_SECONDS,
            options={"require": ["sub", "iss", "aud", "exp", "iat"]},
        )
    except jwt.PyJWTError as error:
        raise OAuth2Error("the token is not one of Google's for us") from error
    return claims


def _key(kid: str) -> Any:
    """Google's key of that name. Looked up again when it is not among those that we keep: keys change."""
    name = f"google-keys:{settings.GOOGLE.certs}"
    for keys in (cache.get(name), None):
        found = keys or _fetch_keys()
        if not keys:
            cache.set(name, found, KEYS_ARE_KEPT_SECONDS)
        if key := next((each for each in found if isinstance(each, dict) and each.get("kid") == kid), None):
            return jwt.PyJWK(key, algorithm="RS256")
    raise OAuth2Error("no such key")


def _fetch_keys() -> list[Any]:
    with get_adapter().get_requests_session() as session:
        answer = session.get(settings.GOOGLE.certs)
        answer.raise_for_status()
        content = answer.json()
    keys = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(keys, list):
        raise OAuth2Error("the list of keys cannot be read")
    return keys


class GoogleProvider(OAuth2Provider):  # type: ignore[misc]  # allauth ships no types
    id = "google"
    name = "Google"
    account_class = GoogleAccount
    oauth2_adapter_class = GoogleAdapter
    pkce_enabled_default = True

    def get_default_scope(self) -> list[str]:
        return ["openid", "email", "profile"]

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Ours alone: nobody may ask for more by writing it into the address."""
        return self.get_default_scope()

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        return {"prompt": "select_account"}

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"email": _address(data)}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        names = {"first_name": str(data.get("given_name", ""))[:80], "last_name": str(data.get("family_name", ""))[:80]}
        return {"email": _address(data), **names}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        address, is_verified = _address(data), data.get("email_verified") is True
        return [EmailAddress(email=address, verified=is_verified, primary=True)] if address else []


def _address(data: dict[str, Any]) -> str:
    return str(data.get("email") or "").strip().lower()


class GoogleSignInAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Where allauth asks us about an account at Google."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "connected_other": _("This Google account opens another account here."),
        "email_taken": _("This address has an account already."),
    }

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Somebody new must bring an address that Google has confirmed and that nobody has here."""
        sociallogin.token = None  # not even in the session, while somebody thinks about their age
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        addresses = sociallogin.email_addresses
        if not addresses or not addresses[0].verified:
            raise ImmediateHttpResponse(render(request, "accounts/google_unverified.html", status=403))
        email = addresses[0].email
        if User.objects.filter(email=email).exists() or EmailAddress.objects.filter(email=email).exists():
            raise ImmediateHttpResponse(render(request, "accounts/google_taken.html", {"email": email}, status=409))

    def validate_disconnect(self, account: SocialAccount, accounts: Any) -> None:
        """Always possible: whoever has a confirmed address can have a code sent there."""

    def send_notification_mail(self, template_prefix: str, user: User, context: dict[str, Any] | None = None) -> None:
        """Told and written down like each change of how somebody signs in."""
        account = (context or {})["account"]
        event = "google_linked" if template_prefix.endswith("account_connected") else "google_unlinked"
        facts = {"google_email": str(account.get_provider_account())}
        account_adapter().send_notification_mail(f"account/email/{event}", user, context=facts)

    def serialize_instance(self, instance: Any) -> Any:
        """Of somebody who is not stored yet: the database gives the id."""
        if isinstance(instance.__dict__.get("id"), DatabaseDefault):
            instance = copy(instance)
            del instance.__dict__["id"]
        return super().serialize_instance(instance)

    def get_requests_session(self) -> requests.Session:
        session: requests.Session = super().get_requests_session()
        session.trust_env = False
        return session


_callback = OAuth2CallbackView.adapter_view(GoogleAdapter)
start = require_POST(OAuth2LoginView.adapter_view(GoogleAdapter))


@require_safe
@transaction.atomic
def callback(request: HttpRequest) -> HttpResponse:
    """Google sends people back with GET, and what this writes belongs together all the same."""
    response: HttpResponse = _callback(request)
    return response


def leads_to_google(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page whose button goes to Google: its policy lets a form end there, and nowhere else outside."""

    @wraps(view)
    def widened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_on():
            return view(request, *args, **kwargs)
        google = urlsplit(settings.GOOGLE.authorize)
        policy: dict[str, Any] = {
            **settings.SECURE_CSP,
            "form-action": [CSP.SELF, f"{google.scheme}://{google.netloc}"],
        }
        response: HttpResponse = csp_override(policy)(view)(request, *args, **kwargs)
        return response

    return widened
