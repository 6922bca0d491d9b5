"""The demo's registrar: sets the DNS records of a domain in the zone of our own name server. Demo only."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from flectar.platform.integrations.mailbox import demo_only
from flectar.platform.projects.access import dashboard
from flectar.platform.projects.jobs import check_soon
from flectar.ui.toasts import toast


@require_POST
@dashboard("project.manage")
@demo_only
def records(request: Any, domain_id: UUID) -> HttpResponse:
    """The proof alone: a browser cannot follow a made-up domain, so nothing leads the site there by itself."""
    from flectar.platform.integrations.dns.emulator.zone import Zone

    domain = get_object_or_404(request.project.domains.present(), pk=domain_id)
    Zone(settings.DATA_FOLDER / "names" / "zone.json").put(domain.proof_name, "TXT", domain.proof)
    check_soon(domain)
    toast(request, _("The demo's registrar has set the TXT record"))
    return redirect("settings:domains", project=request.project.slug)
