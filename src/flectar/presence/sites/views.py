"""The dashboard's website page, and what a site's host answers when memory does not."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST, require_safe

from flectar.core.tenancy import current_project_id, project_scope
from flectar.platform.projects.access import ProjectRequest, can, dashboard, public, site_view
from flectar.platform.projects.links import site_origin
from flectar.platform.projects.models import BusinessProfile
from flectar.presence.sites.about import About, about
from flectar.presence.sites.compile import compile_page, compile_site, not_found_page
from flectar.presence.sites.drawings import draw
from flectar.presence.sites.files import SVG, Built, languages, logo_file, poster
from flectar.presence.sites.forms import LogoForm, LookForm
from flectar.presence.sites.jobs import publish_soon
from flectar.presence.sites.lifecycle import change_look
from flectar.presence.sites.memory import IMMUTABLE, REVALIDATE
from flectar.presence.sites.models import Edition
from flectar.presence.sites.skins import SKINS, skin_for
from flectar.presence.sites.theme import shades
from flectar.ui.toasts import toast


@dashboard("site.read", module="site")
@require_safe
def website(request: ProjectRequest) -> HttpResponse:
    found = about(request.project)
    return website_page(request, found, LookForm(found=found))


@dashboard("site.write", module="site")
@require_POST
def look(request: ProjectRequest) -> HttpResponse:
    found = about(request.project)
    form = LookForm(request.POST, found=found)
    if not form.is_valid():
        return website_page(request, found, form, status=422)
    change_look(found, form.look())
    toast(request, gettext("The website shows it now"))
    return redirect("sites:website", project=request.project.slug)


def website_page(
    request: ProjectRequest,
    found: About,
    form: LookForm,
    *,
    logo_form: LogoForm | None = None,
    tried: str = "",
    status: int = 200,
) -> HttpResponse:
    """`tried` is the address, below the site's, of a look that nobody else sees; `found` wears it then."""
    origin = site_origin(request.project)
    response = render(
        request,
        "sites/website.html",
        {
            "form": form,
            "logo_form": logo_form or LogoForm(),
            "logo": logo_file(found.logo) if found.logo else None,
            "logo_size": (found.logo.width, found.logo.height) if found.logo else (),
            "tried": tried,
            "edition": Edition.objects.first(),
            "origin": origin,
            "address": origin.partition("://")[2],
            "shades": shades(found.site.tokens),
            "skins": SKINS,
            "may_write": can(request.user, "site.write", request.project),
        },
        status=status,
    )
    # The page itself is shown in a frame, from its own host.
    response._csp_config = settings.SECURE_CSP | {"frame-src": [origin]}  # type: ignore[attr-defined]  # Django's own mark
    return response


@dashboard("site.read", module="site")
@require_safe
def sample(request: ProjectRequest, skin: str) -> HttpResponse:
    """What a look would draw, in the owner's colours."""
    if skin not in SKINS:
        raise Http404
    site = about(request.project).site
    tokens = SKINS[skin].tokens_with(brand=site.brand, accent=site.accent)
    if not tokens.motif:
        raise Http404
    drawing = draw(tokens, seed=str(request.project.pk), width=480, height=270, scene=SKINS[skin].scene)
    return HttpResponse(drawing, content_type="image/svg+xml")


# Two trades share a look; their pictures differ.
SCENE_OF_KIND = {"studio": "squat"}


@public
@require_safe
def trade(request: HttpRequest, kind: str) -> HttpResponse:
    """For whoever chooses what to begin with: the look of a trade, before there is a project."""
    if kind not in BusinessProfile.Kind.values:
        raise Http404
    response = HttpResponse(
        poster(SKINS[skin_for(kind)], seed=kind, scene=SCENE_OF_KIND.get(kind, "")), content_type=SVG
    )
    response["Cache-Control"] = "public, max-age=86400"
    return response


@site_view(module="site")
@require_safe
def page(request: ProjectRequest) -> HttpResponse:
    """Live, because the stored page is late or not there yet; a job brings it back into memory."""
    language = get_language() or request.project.locale
    if language not in languages(request.project):
        raise Http404
    publish_soon(request.project.pk)
    return answer(compile_page(request.project, language))


@site_view
@require_safe
def file(request: ProjectRequest, **_: Any) -> HttpResponse:
    """A style sheet, a drawing, robots.txt: made again if it is what the site would make now."""
    for built in compile_site(request.project):
        if built.path == request.path_info:
            return answer(built)
    raise Http404


def not_found(request: HttpRequest) -> HttpResponse:
    """404 in the site's own look. Called by the error handler on a site's host."""
    project = request.project  # type: ignore[attr-defined]  # set by the border
    # A view that answered 404 has left the scope open; what no address leads to never had one.
    scope = nullcontext() if current_project_id() == project.pk else project_scope(project.pk)
    with reading_before_rollback(), scope:
        built = not_found_page(project, get_language() or project.locale, request.path)
    return answer(built, status=404)


@contextmanager
def reading_before_rollback() -> Iterator[None]:
    """After Http404 from a view its transaction is marked for rollback, which bars every query; reads do no harm."""
    outer = transaction.get_connection()
    marked = outer.in_atomic_block and outer.needs_rollback
    if marked:
        transaction.set_rollback(False)
    try:
        yield
    finally:
        if marked:
            transaction.set_rollback(True)


def answer(built: Built, *, status: int = 200) -> HttpResponse:
    response = HttpResponse(built.body, content_type=built.content_type, status=status)
    response["Cache-Control"] = IMMUTABLE if built.is_immutable else REVALIDATE if status == 200 else "no-store"
    if built.csp:
        response["Content-Security-Policy"] = built.csp
    return response
