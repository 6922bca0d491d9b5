"""How it looks and which language it speaks: a choice of this device, and of the account of whoever is signed in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

THEMES = ("system", "light", "dark")
YEAR = 60 * 60 * 24 * 365


@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    answer = _back(request)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        _keep(answer, settings.THEME_COOKIE, theme)
        _remember(request, "theme", theme)
    return answer


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    answer = _back(request)
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES) and check_for_language(code):
        _keep(answer, settings.LANGUAGE_COOKIE_NAME, code)
        _remember(request, "locale", code)
    return answer


def _remember(request: HttpRequest, name: str, value: str) -> None:
    """On the account too, so that it comes along to every other device."""
    if request.user.is_authenticated and getattr(request.user, name) != value:
        setattr(request.user, name, value)
        request.user.save(update_fields=[name])


def _keep(answer: HttpResponse, name: str, value: str) -> None:
    answer.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """Where the person was, if that is a page of ours."""
    target = request.POST.get("next") or request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if is_ours else "/")
