"""What somebody typed into a form of the dashboard and could not send: their session had ended, or they were asked once
more who they are. It waits an hour, sealed, for the browser that holds its cookie, and stands in the form again when
that page is opened. Nothing is ever sent by itself.

It is shown to whoever wrote it and to nobody else. Without a session, a cookie says who was signed in here; where that
were several people, or nobody that we know of, the form may be anybody's and is not kept.

It lies in the shared cache, an unlogged table: no backup holds it. With script the page keeps what was typed by itself.
"""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from flectar.core import crypto, limits
from flectar.core.ids import new_token
from flectar.ui.refill import refill

LASTS = 3600  # seconds
MOST = 32_768  # characters of names and values together
MOST_VALUES = 400
WRITER_LASTS = 14 * 24 * 3600  # seconds, as long as a session
# Whoever floods us with forms loses theirs, and no more: a form that is not kept is as it was before.
_PER_CLIENT, _FOR_ALL = 20, 500  # an hour
_SECRET = re.compile(
    r"(^|[_-])(pass|passw\w*|passphrase|pwd|secret|token|csrf\w*|otp|pin|cvc|card)\d*($|[_-])", re.IGNORECASE
)

_SEVERAL = "several"

SIGNED_OUT, UNSURE = "signed out", "unsure"


@dataclass(frozen=True, slots=True)
class Draft:
    """A form that waits to be sent. `page` and `action` are paths, `person` is the mark of whoever wrote it."""

    page: str
    action: str
    person: str
    values: dict[str, list[str]]


def page_of(request: Any, otherwise: str = "") -> str:
    """The page that the form of this request stands on, as the browser says; else `otherwise`, else the address that
    it was sent to."""
    parts = urlsplit(request.headers.get("Referer", ""))
    if f"{parts.scheme}://{parts.netloc}" == f"{request.scheme}://{request.get_host()}" and parts.path.startswith("/"):
        return str(parts.path) + (f"?{parts.query}" if parts.query else "")
    return otherwise or str(request.get_full_path())


def hold(request: Any, *, page: str, why: str) -> None:
    """Keep what this request brought, once its transaction is over. The person is told on the page that comes next."""
    request.held = (urlsplit(page).path, why)


class Drafts:
    """Middleware: outside of the project's transaction, inside of the messages."""

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        response = self.get_response(request)
        if held := getattr(request, "held", None):
            _keep(request, response, *held)
        elif settings.DRAFT_COOKIE in request.COOKIES and request.user.is_authenticated:
            _give_back(request, response)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and _is_page(request, response):
            _sign(request, response)
        return response


def _keep(request: Any, response: HttpResponse, page: str, why: str) -> None:
    values = {name: texts for name, texts in request.POST.lists() if not _SECRET.search(name)}
    person = _mark(request.user) if request.user.is_authenticated else _last_writer(request)
    has_text = any(text for texts in values.values() for text in texts)
    is_kept = bool(person) and has_text and _fits(values) and _may_keep(request)
    if is_kept:
        token = new_token()
        draft = json.dumps(asdict(Draft(page, request.path, person, values)))
        cache.set(_key(token), crypto.seal_text(draft, _key(token)), LASTS)
        response.set_cookie(
            settings.DRAFT_COOKIE, token, max_age=LASTS, samesite="Lax", secure=settings.HTTPS, httponly=True
        )
    if why == SIGNED_OUT:
        lines = [_("You were signed out before this was sent. Nothing was saved or changed.")]
        if is_kept:
            lines.append(_("Sign in, and what you typed stands in its form again."))
        elif values:
            lines.append(_("Your browser’s Back button may still show what you typed."))
        messages.warning(request, "\n".join(lines))


def _fits(values: dict[str, list[str]]) -> bool:
    texts = [text for each in values.values() for text in each]
    return len(texts) <= MOST_VALUES and sum(map(len, (*values, *texts))) <= MOST


def _may_keep(request: Any) -> bool:
    return (
        limits.hit(f"drafts.client {request.client_address}", limit=_PER_CLIENT, per_seconds=3600).allowed
        and limits.hit("drafts.all", limit=_FOR_ALL, per_seconds=3600).allowed
    )


def _give_back(request: Any, response: HttpResponse) -> None:
    """Into the page it was typed on; and away with it once it was sent, or when it is somebody else's."""
    token = request.COOKIES[settings.DRAFT_COOKIE]
    draft = _read(token)
    if draft is None or draft.person != _mark(request.user):
        _drop(response, token)
    elif request.method == "POST":
        if request.path == draft.action and response.status_code < 400:
            _drop(response, token)
    elif request.path == draft.page and _is_page(request, response):
        note = render_to_string("projects/typed_before.html", {"draft": draft})
        html = response.content.decode()
        response.content = refill(html, page=request.path, action=draft.action, values=draft.values, note=note).encode()


def _sign(request: Any, response: HttpResponse) -> None:
    """Who is signed in here, for when the session has ended and a form of theirs is sent all the same."""
    if not request.user.is_authenticated or "public" in response.get("Cache-Control", ""):
        return
    mine, known = _mark(request.user), request.COOKIES.get(settings.WRITER_COOKIE, "")
    if known not in (mine, _SEVERAL):
        response.set_cookie(
            settings.WRITER_COOKIE,
            _SEVERAL if known else mine,
            max_age=WRITER_LASTS,
            samesite="Lax",
            secure=settings.HTTPS,
            httponly=True,
        )


def _last_writer(request: Any) -> str:
    """Empty where it may have been one or another."""
    known = str(request.COOKIES.get(settings.WRITER_COOKIE, ""))
    return "" if known == _SEVERAL else known


def _mark(user: Any) -> str:
    return crypto.blind_index(str(user.pk), "writer")


def _is_page(request: Any, response: HttpResponse) -> bool:
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    return request.method == "GET" and response.status_code == 200 and is_html and not response.streaming


def _read(token: str) -> Draft | None:
    sealed = cache.get(_key(token))
    if sealed is None:
        return None
    try:
        return Draft(**json.loads(crypto.open_text(sealed, _key(token))))
    except crypto.CannotOpen:
        return None


def _drop(response: HttpResponse, token: str) -> None:
    cache.delete(_key(token))
    response.delete_cookie(settings.DRAFT_COOKIE, samesite="Lax")


def _key(token: str) -> str:
    return f"draft {crypto.blind_index(token, 'draft')}".replace(" ", ":")
