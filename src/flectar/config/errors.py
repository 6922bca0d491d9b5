"""The error pages. Each says what happened and what to do; under /api/ they are problem+json (RFC 9457)."""

import json
import sys
from http import HTTPStatus
from typing import Any

import psycopg
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template import TemplateDoesNotExist, loader
from django.urls import is_valid_path
from django.utils.encoding import iri_to_uri
from django.utils.http import escape_leading_slashes


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    # What others raise is written for developers; a BadRequest of ours is fit to show.
    return _answer(request, 400, str(exception) if isinstance(exception, BadRequest) else "")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if known := _with_the_other_ending(request):
        return HttpResponsePermanentRedirect(known)
    if getattr(request, "zone", "") == "site":
        from flectar.presence.sites.views import not_found as in_the_sites_look

        return in_the_sites_look(request)
    return _answer(request, 404)


def _with_the_other_ending(request: HttpRequest) -> str:
    """The address with or without its last slash, if only so it is one of ours: people type both."""
    path, urlconf = request.path_info, getattr(request, "urlconf", None)
    # A program is told that there is nothing; people are led on.
    if request.method not in ("GET", "HEAD") or path == "/" or path.startswith("/api/v1/"):
        return ""
    has_slash = path.endswith("/")
    other = path.removesuffix("/") if has_slash else f"{path}/"
    # Where both are addresses, only the one without leads on: two that are missing must not point at each other.
    if not is_valid_path(other, urlconf) or (not has_slash and is_valid_path(path, urlconf)):
        return ""
    query = request.META.get("QUERY_STRING", "")
    return escape_leading_slashes(iri_to_uri(other)) + (f"?{query}" if query else "")


def server_error(request: HttpRequest) -> HttpResponse:
    """Called where the exception is being handled: a database that is away for a moment is nobody's mistake."""
    if _is_database_away(sys.exception()):
        return unavailable(request)
    return _answer(request, 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    response = _answer(request, 503)
    response["Retry-After"] = "5"
    return response


def not_allowed(request: HttpRequest, allow: str) -> HttpResponse:
    """A view that takes other methods."""
    response = _answer(request, 405)
    response["Allow"] = allow
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Nobody's right is missing: the page was older than its cookie, or cookies are off."""
    return _answer(request, 403, page="old_page")


def misdirected(request: HttpRequest) -> HttpResponse:
    """No such host here. Says nothing of which hosts there are."""
    return _answer(request, 421)


def closed(request: HttpRequest, *, is_for_good: bool) -> HttpResponse:
    """A site that its owner or the platform has closed. Says neither who nor why."""
    html = loader.render_to_string("ui/errors/closed.html", {"is_for_good": is_for_good})
    response = HttpResponse(html, status=410 if is_for_good else 503)
    response["Cache-Control"] = "no-store"
    if not is_for_good:
        response["Retry-After"] = "86400"
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    return _answer(request, 413)


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    response = _answer(request, 429, minutes=-(-max(1, seconds) // 60))
    response["Retry-After"] = str(max(1, seconds))
    return response


def rate_limited(request: HttpRequest) -> HttpResponse:
    """For whoever does not know how long: a minute."""
    return too_many(request, 60)


def _is_database_away(error: BaseException | None) -> bool:
    """No connection was to be had, or the one in use broke. A refusal by the database itself is none of these."""
    while error is not None:
        if isinstance(error, psycopg.InterfaceError):
            return True
        if isinstance(error, psycopg.OperationalError):
            state = error.sqlstate
            # 57P01-57P03: it stops, it crashed, it starts up.
            return state is None or state.startswith(("08", "57P0"))
        error = error.__cause__ or error.__context__
    return False


def _answer(request: HttpRequest, status: int, detail: str = "", *, page: str = "", minutes: int = 1) -> HttpResponse:
    """`page` is the template where it is not the one of the status; `minutes` is how long to wait."""
    title = HTTPStatus(status).phrase
    if request.path_info.startswith("/api/"):
        body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
        body["code"] = title.lower().replace(" ", "_")
        if detail:
            body["detail"] = detail
        return HttpResponse(json.dumps(body), content_type="application/problem+json", status=status)
    context = {
        "status": status,
        "title": title,
        "detail": detail,
        "request_id": getattr(request, "id", ""),
        "minutes": minutes,
        # What passes by itself is worth another try, if only a page was asked for.
        "again": request.get_full_path() if status in (429, 500, 503) and request.method in ("GET", "HEAD") else "",
    }
    try:
        # Without the request: its context processors may need what just failed.
        html = str(loader.render_to_string(f"ui/errors/{page or status}.html", context))
    except TemplateDoesNotExist:
        html = f"<!doctype html><title>{title}</title><h1>{title}</h1>"
    return HttpResponse(html, status=status)
