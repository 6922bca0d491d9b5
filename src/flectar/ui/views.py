"""How it looks and which language it speaks: a choice of this device, and of the account of whoever is signed in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST, require_safe

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


@require_safe
def here(request: HttpRequest) -> HttpResponse:
    """Who is signed in on this device, and a fresh token for forms that have been open for long. For our own script:
    no other origin can read the answer."""
    person = str(request.user.pk) if request.user.is_authenticated else ""
    answer = JsonResponse({"person": person, "token": get_token(request) if person else ""})
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def signed_in_again(request: HttpRequest) -> HttpResponse:
    """Where the sign-in in a second tab ends."""
    return render(request, "ui/signed_in_again.html")


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
