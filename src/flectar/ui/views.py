"""Two choices of this device: how it looks and which language it speaks. And the pages for what went wrong."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from flectar.ui.context import THEME_COOKIE, THEMES

YEAR = 60 * 60 * 24 * 365


@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    answer = _back(request)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        answer.set_cookie(THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    return answer


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    answer = _back(request)
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES) and check_for_language(code):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=YEAR,
            samesite="Lax",
            secure=request.is_secure(),
            httponly=True,
        )
    return answer


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """Where the person was, if that is a page of ours."""
    target = request.POST.get("next") or request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if is_ours else "/")


def error_page(request: HttpRequest, status: int, **context: object) -> HttpResponse:
    """One of ui/errors/: 400, 403, 404, 413, 421, 429. Made without the database and without context processors."""
    return HttpResponse(render_to_string(f"ui/errors/{status}.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500, request_id=getattr(request, "id", ""))
