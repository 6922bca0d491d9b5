"""Trying a look on before it is saved, and the logo.

The unsaved look travels in a signed address of the site's own host: the page is made there as every other, its pictures
inside it, because nothing of it is stored.
"""

import json
from base64 import b64encode
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from flectar.core import crypto
from flectar.core.storage import BadUpload
from flectar.platform.projects.access import ProjectRequest, dashboard, limited, site_view
from flectar.presence.sites.about import about
from flectar.presence.sites.compile import page as compiled
from flectar.presence.sites.files import Built, logo_file, pictures_of
from flectar.presence.sites.forms import LogoForm, LookForm
from flectar.presence.sites.lifecycle import Look, change_logo, tried_on
from flectar.presence.sites.models import Logo
from flectar.presence.sites.views import answer, website_page
from flectar.ui.toasts import toast

GOOD_FOR = timedelta(minutes=30)


@limited("sites.preview", limit=600, per_seconds=600)
@require_POST
@dashboard("site.write", module="site")
def preview(request: ProjectRequest) -> HttpResponse:
    """The website page with what is typed, and beside it the site in that look."""
    found = about(request.project)
    form = LookForm(request.POST, found=found)
    if not form.is_valid():
        return website_page(request, found, form, status=422)
    look = form.look()
    address = f"_preview?look={quote(crypto.sign(_purpose(request), json.dumps(asdict(look))))}"
    return website_page(request, tried_on(found, look), form, tried=address)


@site_view(module="site")
@require_safe
def page(request: ProjectRequest) -> HttpResponse:
    """Whoever has the address, for half an hour."""
    try:
        said: dict[str, Any] = json.loads(
            crypto.unsign(_purpose(request), request.GET.get("look", ""), within=GOOD_FOR)
        )
    except (crypto.BadSignature, crypto.Expired) as error:
        raise Http404 from error
    found = tried_on(about(request.project), Look(**said))
    pictures = {name: _inside(picture) for name, picture in pictures_of(found).items()}
    built = compiled(found, request.project.locale, pictures)
    response = answer(replace(built, csp=built.csp.replace("img-src 'self'", "img-src 'self' data:")))
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


@limited("sites.logo", limit=30, per_seconds=3600)
@require_POST
@dashboard("site.write", module="site")
def logo(request: ProjectRequest) -> HttpResponse:
    if request.POST.get("removal"):
        change_logo(request.project, None)
        toast(request, gettext("The website shows your name again"))
        return redirect("sites:website", project=request.project.slug)
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            change_logo(request.project, form.cleaned_data["logo"])
        except BadUpload as error:
            form.add_error("logo", str(error))
        else:
            toast(request, gettext("The website shows your logo now"))
            return redirect("sites:website", project=request.project.slug)
    found = about(request.project)
    return website_page(request, found, LookForm(found=found), logo_form=form, status=422)


@dashboard("site.read", module="site")
@require_safe
def logo_now(request: ProjectRequest, digest: str) -> HttpResponse:
    """For the dashboard: the site's own copy stays with its own host. The digest gives a new logo a new address."""
    found = Logo.objects.first()
    if found is None or logo_file(found).etag != digest:
        raise Http404
    return answer(logo_file(found))


def _purpose(request: ProjectRequest) -> str:
    return f"site look {request.project.pk}"


def _inside(picture: Built) -> Built:
    return replace(picture, path=f"data:{picture.content_type};base64,{b64encode(picture.body).decode()}")
