"""What stands between the network and a view, in this order: Border (request id, host, bad text, route), rate limits,
same origin, bad bodies, session, language, CSRF, account, and innermost the served project's scope."""

import ipaddress
import json
import math
import re
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest, DisallowedHost, RequestDataTooBig, SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext

from flectar.config import errors
from flectar.core import limits, logs
from flectar.core.origins import origin
from flectar.core.tenancy import project_scope, prove_it_will_be_kept
from flectar.core.text import BadText, clean, clean_tree
from flectar.offers.booking.public import embedding
from flectar.platform.audit.log import Actor, acting_as
from flectar.platform.legal.acceptance import terms_to_accept
from flectar.platform.projects import finding
from flectar.platform.projects.access import UNSAFE, Access
from flectar.platform.projects.links import FRAMED, _default_language, site_addresses
from flectar.platform.projects.models import Project

type Next = Callable[[Any], HttpResponse]

_LOOPBACK_NAMES = {"127.0.0.1", "[::1]", "localhost"}
# Answered on any host name: whoever asks is a load balancer or the operator.
_ANY_HOST = {"/healthz", "/readyz", "/internal/domains/allowed"}
_SIGNED_IN_BY = (
    settings.SESSION_COOKIE_NAME,
    settings.CSRF_COOKIE_NAME,
    settings.DEVICE_COOKIE,
    settings.ACCOUNTS_COOKIE,
    settings.DRAFT_COOKIE,
)
_PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"


class Border:
    """Says what this request is before anything else looks at it: id, client, host, project, language, view."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.id = uuid.uuid4().hex
        token = logs.request_id.set(request.id)
        language = _default_language.set("en")
        try:
            response = self._answer(request)
        finally:
            logs.request_id.reset(token)
            _default_language.reset(language)
            translation.deactivate()
        response["X-Request-ID"] = request.id
        if request.zone == "site" and settings.HTTPS:
            # A business's own domain has neighbours below it that are no affair of ours: only this host.
            response["Strict-Transport-Security"] = "max-age=31536000"
        response.setdefault("Permissions-Policy", _PERMISSIONS_POLICY)
        # A page that asks its frames to agree to being there (COEP) shows only those that say so.
        response.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if request.is_framed else "same-origin")
        if request.zone != "site" and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store" if request.method == "GET" else "no-store"
        return response

    def _answer(self, request: Any) -> HttpResponse:
        request.project = None
        request.route = None
        request.zone = "unknown"
        request.home = ""  # the host that this one leads on to
        request.is_framed = False  # one of the pages that may stand on another website
        request.client_address = client_address(request)
        request.client_country = client_country(request)
        request._encoding = None  # UTF-8, whatever the Content-Type says: it may name any codec of Python
        if settings.HTTPS:
            # TLS ends in the proxy before us. The operator has said that this site is https; no header can deny it.
            request.environ["wsgi.url_scheme"] = "https"
        translation.activate(translation.get_language_from_request(request))
        if request.path_info in _ANY_HOST:
            request.zone = "platform"
        elif not self._find_zone(request):
            return errors.misdirected(request)
        if request.home:
            return moved(origin(request.home), request.get_full_path(), request.method)
        if request.zone == "site" and not request.project.is_open:
            return errors.closed(request, is_for_good=request.project.leaves_at is not None)
        if request.zone != "platform":
            # Nobody is signed in on another host, whatever cookie comes along.
            for name in _SIGNED_IN_BY:
                request.COOKIES.pop(name, None)
        try:
            _refuse_bad_address(request)
        except BadText as error:
            return errors.bad_request(request, BadRequest(str(error)))
        try:
            request.route = resolve(request.path_info, getattr(request, "urlconf", None))
        except Resolver404:
            request.route = None
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            return errors.not_allowed(request, response["Allow"])
        return response

    def _find_zone(self, request: Any) -> bool:
        try:
            host = request.get_host().lower()
        except DisallowedHost:
            return False
        name = host if host.endswith("]") else host.rsplit(":", 1)[0]
        name = name.removesuffix(".")
        if name == settings.PLATFORM_HOST or (settings.PLATFORM_HOST == "localhost" and name in _LOOPBACK_NAMES):
            request.zone = "platform"
            return True
        if name == settings.FILES_HOST:
            request.zone, request.urlconf = "files", settings.FILES_URLCONF
            return True
        found = finding.by_host(name)
        if found is None:
            return False
        project = found.project
        request.home = found.home if found.home != name else ""
        request.zone, request.project = "site", project
        _default_language.set(project.locale)
        first, _slash, rest = request.path_info.lstrip("/").partition("/")
        if first == FRAMED:
            request.is_framed, first = True, rest.partition("/")[0]
            request.COOKIES.clear()  # in a frame there are none, whichever browser it is
        request.urlconf = site_addresses(project.locale, is_framed=request.is_framed)
        known = first in project.locales and first in dict(settings.LANGUAGES)
        translation.activate(first if known else project.locale)
        request.LANGUAGE_CODE = translation.get_language()
        return True


def moved(host: str, path: str, method: str) -> HttpResponse:
    """On to where it lives now. Checked each time: who moves back must not meet a browser that remembers. A form sent
    to another host would be of another origin, so its page is shown anew there."""
    status = 301 if method in ("GET", "HEAD") else 308 if not host else 303
    return HttpResponse(status=status, headers={"Location": host + path, "Cache-Control": "no-cache"})


def _refuse_bad_address(request: Any) -> None:
    """NUL and lone surrogates would be a DataError deep inside; here they are a clear 400. Such cookies are dropped:
    whoever has one could not get rid of it otherwise."""
    clean(request.path_info)
    _refuse_bad_values(request.GET)
    for name in list(request.COOKIES):
        try:
            clean(name)
            clean(request.COOKIES[name])
        except BadText:
            del request.COOKIES[name]


def _refuse_bad_values(values: QueryDict) -> None:
    for key, texts in values.lists():
        clean(key)
        for text in texts:
            clean(text)


def client_address(request: HttpRequest) -> str:
    """The address of whoever asks. Forwarded headers count only as far as the trusted-proxy setting reaches:
    a number of hops, or the networks our proxies are in."""
    peer = request.META.get("REMOTE_ADDR", "") or "0.0.0.0"  # noqa: S104 - a placeholder, nothing listens there
    trusted = tuple(settings.TRUSTED_PROXIES)
    if not trusted:
        return peer
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if len(trusted) == 1 and trusted[0].isdigit():
        hops = int(trusted[0])
        found = chain[-hops] if 0 < hops <= len(chain) else peer
    else:
        networks = _networks(trusted)
        found = peer
        for candidate in [peer, *reversed(chain)]:
            found = candidate
            if not _inside(candidate, networks):
                break
    return found if _is_address(found) else peer


def client_country(request: HttpRequest) -> str:
    """Two letters from the header that our own proxy sets, or nothing. Who comes past the proxy names no country."""
    trusted = tuple(settings.TRUSTED_PROXIES)
    if not settings.COUNTRY_HEADER or not trusted:
        return ""
    is_count = len(trusted) == 1 and trusted[0].isdigit()
    if is_count and trusted[0] == "0":
        return ""
    if not is_count and not _inside(request.META.get("REMOTE_ADDR", ""), _networks(trusted)):
        return ""
    country = request.headers.get(settings.COUNTRY_HEADER, "").upper()
    # XX and T1 are how a proxy says that it does not know.
    return country if re.fullmatch(r"[A-Z]{2}", country) and country != "XX" else ""


@cache
def _networks(entries: tuple[str, ...]) -> list[Any]:
    return [ipaddress.ip_network(entry, strict=False) for entry in entries]


def _inside(address: str, networks: list[Any]) -> bool:
    return _is_address(address) and any(ipaddress.ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def network_of(address: str) -> str:
    """What a limit is counted by: the address itself for IPv4 (also inside an IPv6 one), its /64 for IPv6."""
    if not _is_address(address):
        return "unknown"
    ip: Any = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network(f"{ip}/64", strict=False)) if ip.version == 6 else str(ip)


class RateLimits:
    """Counts what views have marked with `limited`, and every unsafe request, before a transaction is open."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        client = network_of(request.client_address)
        if request.method in UNSAFE:
            verdict = limits.hit(f"unsafe {client}", limit=300, per_seconds=60)
            if not verdict.allowed:
                return errors.too_many(request, math.ceil(verdict.retry_after))
        for limit in getattr(getattr(request.route, "func", None), "limits", ()):
            if request.method in limit.methods:
                scope = request.project.pk if request.project else ""
                verdict = limits.hit(f"{limit.name} {scope} {client}", limit=limit.limit, per_seconds=limit.per_seconds)
                if not verdict.allowed:
                    return errors.too_many(request, math.ceil(verdict.retry_after))
        return self.get_response(request)


class SameOrigin:
    """An unsafe request must come from a page of the very same origin. Stands beside Django's CSRF token."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if request.method in UNSAFE and not self._is_exempt(request) and not is_same_origin(request):
            return errors.forbidden(request, None)
        return self.get_response(request)

    @staticmethod
    def _is_exempt(request: Any) -> bool:
        access: Access | None = getattr(getattr(request.route, "func", None), "access", None)
        if access is not None and (access.kind == "webhook" or access.any_origin):
            return True
        # A key in a header is never sent by a browser on its own; with a cookie beside it the rule holds.
        has_key = request.headers.get("Authorization", "").startswith("Bearer ")
        return (has_key or request.path_info.startswith("/api/")) and not request.COOKIES


def is_same_origin(request: HttpRequest) -> bool:
    """Origin, if sent, must be exactly ours; so must Sec-Fetch-Site; with neither, the Referer decides; none: no."""
    try:
        own = f"{request.scheme}://{request.get_host()}".lower()
    except DisallowedHost:
        return False
    origin, fetch_site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin is not None and origin.lower() != own:
        return False
    if fetch_site is not None and fetch_site not in ("same-origin", "none"):
        return False
    if origin is None and fetch_site is None:
        try:
            referer = urlsplit(request.headers.get("Referer", ""))
        except ValueError:
            return False
        return bool(referer.netloc) and f"{referer.scheme}://{referer.netloc}".lower() == own
    return True


class WholeText:
    """Reads the body before a transaction is open. Refuses one with text that no database takes, and one that cannot
    be read at all: 400 here, not 500 later.

    A webhook's body is its view's own affair, because the signature covers its bytes; the API says it in its own words.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        access: Access | None = getattr(getattr(request.route, "func", None), "access", None)
        is_left_to_its_view = access.kind == "webhook" if access else request.path_info.startswith("/api/")
        if request.method in UNSAFE:
            try:
                if is_left_to_its_view:
                    request.body  # noqa: B018 - read here, so that no slow sender holds a transaction open
                else:
                    _refuse_bad_body(request)
            except RequestDataTooBig:
                return errors.too_large(request)
            except BadText as error:
                return errors.bad_request(request, BadRequest(str(error)))
            except (BadRequest, SuspiciousOperation, MultiPartParserError, RecursionError, OSError):
                return errors.bad_request(request, BadRequest(gettext("The request could not be read. Send it again.")))
        return self.get_response(request)


def _refuse_bad_body(request: Any) -> None:
    kind = request.content_type
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        _refuse_bad_values(request.POST)
        for _field, files in request.FILES.lists():
            for file in files:
                clean(file.name)
    elif kind == "application/json" or kind.endswith("+json"):
        try:
            tree = json.loads(request.body)
        except ValueError:
            return  # not JSON: the view says so in its own words
        clean_tree(tree)


class Language:
    """On the platform: the person's own language, else the cookie, else what the browser asks for."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if request.zone != "site":
            own = request.user.locale if request.user.is_authenticated else ""
            known = own in dict(settings.LANGUAGES)
            translation.activate(own if known else translation.get_language_from_request(request))
            request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.setdefault("Content-Language", translation.get_language() or "en")
        return response


class NewTerms:
    """Asks a signed-in person to agree to terms that have changed, before the next page of the dashboard.

    Forms are let through, so that nothing typed is lost; so are the account's own pages, where one can leave."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if self._must_ask(request):
            following = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse('legal:acceptance')}?{following}")
        return self.get_response(request)

    @staticmethod
    def _must_ask(request: Any) -> bool:
        access: Access | None = getattr(getattr(request.route, "func", None), "access", None)
        if request.method != "GET" or access is None or access.kind not in ("permission", "account", "operator"):
            return False
        if request.route.view_name == "legal:acceptance" or not request.user.is_authenticated:
            return False
        return terms_to_accept(request.user.pk) is not None


class ServedProject:
    """Opens the scope of the project that the address names, around the view and everything below it; a plain
    transaction where there is none and something may be written.

    Django turns a view's exception into a response before this code sees it, so the rollback has to be asked for:
    on an exception and on any answer of 500 or more. A deliberate 4xx answer commits what it wrote.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if request.project is None and request.route is not None and (slug := request.route.kwargs.get("project")):
            request.project = Project.objects.select_related("organization").filter(slug=slug).first()
            if request.project is None and request.path_info.startswith("/api/"):
                # A program goes on under the address that it was told; its key says whether it may.
                request.project = finding.by_past_slug(slug)
            elif request.project is None and (now_at := self._moved_from(request, slug)):
                return moved("", request.get_full_path().replace(f"/{slug}/", f"/{now_at}/", 1), request.method)
        with acting_as(self._actor(request)):
            if request.project is not None:
                with project_scope(request.project.pk):
                    response = self._all_or_nothing(request)
                    if getattr(response, "streaming", False):
                        raise RuntimeError("a streamed answer would read after the scope is closed; send it whole")
                    return response
            if request.method in UNSAFE:
                with transaction.atomic():
                    return self._all_or_nothing(request)
            return self.get_response(request)

    @staticmethod
    def _moved_from(request: Any, slug: str) -> str:
        """The present address of what its members had under this one; for everybody else it was never here."""
        if not request.user.is_authenticated or (past := finding.by_past_slug(slug)) is None:
            return ""
        return past.slug if Project.objects.of(request.user).filter(pk=past.pk).exists() else ""

    def _all_or_nothing(self, request: Any) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= 500 or getattr(request, "has_failed", False):
            transaction.set_rollback(True)
        else:
            prove_it_will_be_kept()
        return response

    def process_exception(self, request: Any, exception: Exception) -> None:
        # Not rolled back here: the page that tells of a 404 reads the site's own look first.
        request.has_failed = True

    @staticmethod
    def _actor(request: Any) -> Actor:
        organization_id = request.project.organization_id if request.project else None
        if request.zone == "site" or not hasattr(request, "user"):
            return Actor(kind="visitor", organization_id=organization_id)
        user = request.user
        if not user.is_authenticated:
            return Actor(kind="visitor", organization_id=organization_id)
        return Actor(kind="person", id=user.pk, name=user.name, organization_id=organization_id)


class Framed:
    """Opens the pages under /embed/ to the websites that the owner has named; every other page stays closed to frames.
    Inside of the scope, because what the owner has named is the project's own."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        response = self.get_response(request)
        if request.is_framed and not response.has_header("Content-Security-Policy"):
            ancestors = embedding.ancestors(request.project)
            # What `csp_override` writes. It takes a policy that is known beforehand; this one depends on the project.
            response._csp_config = settings.SECURE_CSP | {"frame-ancestors": ancestors}  # type: ignore[attr-defined]  # Django's own mark
            response.xframe_options_exempt = True  # it knows no list; the policy says it
        return response
