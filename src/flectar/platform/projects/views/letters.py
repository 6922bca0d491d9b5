"""Writing to whoever runs the installation. The answer is the same whatever we know of the writer or of what they
name: a page, a booking, an account that may not exist."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from flectar.core.ids import new_code
from flectar.platform.legal import letters as deeds
from flectar.platform.legal.models import Letter
from flectar.platform.projects.access import limited, public
from flectar.platform.projects.forms.letters import AbuseForm, LetterForm, PrivacyForm
from flectar.platform.projects.models import Project


@limited("letters", limit=10, per_seconds=3600)
@public
@require_http_methods(["GET", "HEAD", "POST"])
def abuse(request: Any) -> HttpResponse:
    """Linked from the foot of every public page, with that page's address."""
    form = AbuseForm(request.POST if request.method == "POST" else None, initial={"page": request.GET.get("page", "")})
    return _written(request, form, Letter.Kind.ABUSE, "legal/abuse.html")


@limited("letters", limit=10, per_seconds=3600)
@public
@require_http_methods(["GET", "HEAD", "POST"])
def privacy(request: Any) -> HttpResponse:
    form = PrivacyForm(request.POST if request.method == "POST" else None)
    return _written(request, form, Letter.Kind.PRIVACY, "legal/privacy.html")


def _written(request: Any, form: LetterForm, kind: str, page: str) -> HttpResponse:
    if not (form.is_bound and form.is_valid()):
        return render(request, page, {"form": form}, status=422 if form.is_bound else 200)
    if form.is_by_machine:
        # As if it had arrived, so that nobody learns from it.
        return redirect("letters:thanks", code=new_code(8))
    said = form.cleaned_data
    reference_kind = "page" if kind == Letter.Kind.ABUSE else said["reference_kind"]
    reference = said.get("page") or said.get("reference", "")
    letter = deeds.write(
        kind,
        topic=said["topic"],
        text=said["text"],
        email=said["email"],
        name=said["name"],
        reference_kind=reference_kind,
        reference=reference,
        about_project=_project_named(reference_kind, reference),
    )
    return redirect("letters:thanks", code=letter.code)


def _project_named(kind: str, reference: str) -> UUID | None:
    """So that the console leads to it at once."""
    if kind not in ("page", "project"):
        return None
    slug = deeds.host_of(reference).removesuffix(f".{settings.SITE_HOST}") or reference.strip().lower()
    return Project.objects.filter(slug=slug).values_list("pk", flat=True).first()


@public
@require_safe
def thanks(request: Any, code: str) -> HttpResponse:
    """Says the same for any code."""
    return render(request, "legal/thanks.html", {"code": code[:12]})
