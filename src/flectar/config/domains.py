"""/internal/domains/allowed: a TLS proxy asks before it orders a certificate for a name that somebody knocked with."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from flectar.platform.projects import finding
from flectar.platform.projects.access import limited, public


@limited("domains", limit=600, per_seconds=60, methods=("GET",))
@public
def allowed(request: HttpRequest) -> HttpResponse:
    """200 for our own hosts and each project's site; 404 for every other name, so that no one runs up certificates."""
    name = request.GET.get("domain", "").lower().removesuffix(".")
    is_ours = name in {settings.PLATFORM_HOST, settings.FILES_HOST} or finding.by_host(name) is not None
    return HttpResponse("yes\n" if is_ours else "no\n", status=200 if is_ours else 404, content_type="text/plain")
