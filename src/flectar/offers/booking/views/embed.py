"""Settings › Booking on your site: what to paste, how it looks, where it may be shown; and the script it names."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_POST, require_safe

from flectar.offers.booking.forms.embed_forms import AllowForm, PlaceForm
from flectar.offers.booking.public import embedding
from flectar.platform.projects.access import ProjectRequest, can, dashboard, site_view
from flectar.platform.projects.links import site_origin
from flectar.ui import assets
from flectar.ui.toasts import toast

AN_HOUR = 3600


@dashboard("services.read", module="booking")
@require_safe
def page(request: ProjectRequest) -> HttpResponse:
    return _page(request, AllowForm(rule=embedding.rule_of(request.project)))


@dashboard("services.write", module="booking")
@require_POST
def websites(request: ProjectRequest) -> HttpResponse:
    form = AllowForm(request.POST, rule=embedding.rule_of(request.project))
    if not form.is_valid():
        return _page(request, form, status=422)
    embedding.change(request.project, allows=form.cleaned_data["allows"], origins=form.cleaned_data["origins"])
    toast(request, _("It may be shown there from now on"))
    return redirect("booking:embed", project=request.project.slug)


def _page(request: ProjectRequest, form: AllowForm, *, status: int = 200) -> HttpResponse:
    place = PlaceForm(request.GET, project=request.project)
    context = {
        "form": form,
        "place": place,
        "placed": place.placed,
        "rule": embedding.rule_of(request.project),
        "may_write": can(request.user, "services.write", request.project),
    }
    response = render(request, "booking/embed.html", context, status=status)
    # The booking itself is shown in a frame, from its own host.
    # What `csp_override` writes. It takes a policy that is known beforehand; this one depends on the project.
    response._csp_config = settings.SECURE_CSP | {"frame-src": [site_origin(request.project)]}  # type: ignore[attr-defined]  # Django's own mark
    return response


def _etag(_request: HttpRequest, **_kwargs: Any) -> str:
    return f'"{assets.path("embed.js").stem}"'


@site_view(module="booking")
@require_safe
@condition(etag_func=_etag)
def script(request: ProjectRequest) -> HttpResponse:
    """The address stays the same for ever, so it is asked anew each hour."""
    response = HttpResponse(assets.path("embed.js").read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={AN_HOUR}, stale-while-revalidate=86400"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Access-Control-Allow-Origin"] = "*"  # for websites that load it with `crossorigin`
    return response
