"""The legal pages of the platform: documents with their versions, agreeing to them, and security.txt."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from flectar.core import clock
from flectar.core.origins import platform_origin
from flectar.platform.legal import acceptance as deeds
from flectar.platform.legal import documents, prose
from flectar.platform.legal.documents import NoSuchDocument, Version
from flectar.platform.organizations.models import Role
from flectar.platform.organizations.roles import role_in
from flectar.platform.projects.access import organization as for_members
from flectar.platform.projects.access import public, signed_in
from flectar.ui.toasts import toast

# RFC 9116 asks for less than a year; whoever reads a copy should come back sooner.
SECURITY_TXT_HOLDS = timedelta(days=180)


@public
@require_safe
def index(request: Any) -> HttpResponse:
    return render(request, "legal/index.html", {"documents": [documents.current(name) for name in documents.TITLES]})


@public
@require_safe
def document(request: Any, document: str) -> HttpResponse:
    """What holds today."""
    try:
        return _page(request, documents.current(document))
    except NoSuchDocument as error:
        raise Http404 from error


@public
@require_safe
def version(request: Any, document: str, number: int) -> HttpResponse:
    """One version, at an address that never changes."""
    return _page(request, _version(document, number))


@public
@require_safe
def changes(request: Any, document: str, number: int) -> HttpResponse:
    """Against the version before."""
    found = _version(document, number)
    before = [each for each in documents.versions(document) if each.number < number]
    if not before:
        raise Http404
    differing = prose.differences(before[-1].text, found.text)
    return render(request, "legal/changes.html", {"version": found, "before": before[-1], "differences": differing})


def _page(request: Any, found: Version) -> HttpResponse:
    every = documents.versions(found.document)
    context = {
        "version": found,
        "body": prose.html(found.text),
        "contents": prose.headings(found.text),
        "current": documents.current(found.document),
        "upcoming": documents.upcoming(found.document),
        "versions": list(reversed(every)),
        "first": every[0],
    }
    return render(request, "legal/document.html", context)


def _version(document: str, number: int) -> Version:
    try:
        return documents.version(document, number)
    except NoSuchDocument as error:
        raise Http404 from error


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def acceptance(request: Any) -> HttpResponse:
    """New terms: read what changed, agree, go on. Whoever does not agree can still reach the account and leave."""
    wanted = deeds.terms_to_accept(request.user.pk)
    following = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(following, allowed_hosts=None):
        following = "/"
    if wanted is None:
        return redirect(following)
    if request.method == "POST":
        deeds.accept_terms(request.user.pk, request.user.name)
        toast(request, _("Thank you. The new terms hold from now on."))
        return redirect(following)
    return render(request, "legal/acceptance.html", {"version": wanted, "next": following})


@for_members("organization.read")
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: Any) -> HttpResponse:
    """The data agreement of an organization: an owner accepts it."""
    organization = request.organization
    is_owner = role_in(request.user.pk, organization.pk) == Role.OWNER
    status = 200
    if request.method == "POST":
        if not is_owner:
            status = 403
        else:
            try:
                deeds.accept_agreement(
                    organization.pk,
                    digest=request.POST.get("digest", ""),
                    account_id=request.user.pk,
                    name=request.user.name,
                )
            except deeds.TextHasChanged:
                status = 409
            else:
                toast(request, _("Accepted for %(organization)s") % {"organization": organization.name})
                return redirect("organizations:agreement", organization_id=organization.pk)
    held = deeds.agreement_of(organization.pk)
    context = {
        "organization": organization,
        "agreement": held,
        "body": prose.html(held.text),
        "is_owner": is_owner,
        "has_changed": status == 409,
        "is_required": settings.AGREEMENT_REQUIRED,
    }
    return render(request, "legal/agreement.html", context, status=status)


@public
@require_safe
def security_txt(request: Any) -> HttpResponse:
    """RFC 9116: where to tell of a hole in the security."""
    expires = (clock.now() + SECURITY_TXT_HOLDS).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{settings.OPERATOR_EMAIL}",
        f"Contact: {platform_origin()}{reverse('letters:abuse')}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: " + ", ".join(code for code, _name in settings.LANGUAGES),
        f"Canonical: {platform_origin()}{reverse('well-known:security_txt')}",
    ]
    response = HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=86400"
    return response
