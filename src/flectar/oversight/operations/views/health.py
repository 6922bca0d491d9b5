"""How the installation is: the console's first page, the public status page, what operators looked at, and the page
that shows a person which cookies arrive here."""

import shutil
import sys
from typing import Any

import django
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from flectar.core import clock, failures, switches
from flectar.oversight.operations import probes
from flectar.oversight.operations.views import listing
from flectar.platform.accounts.models import User
from flectar.platform.audit import reading
from flectar.platform.audit.models import Entry
from flectar.platform.legal import documents
from flectar.platform.legal.compiled import browser_items
from flectar.platform.legal.models import Letter
from flectar.platform.organizations.models import Organization
from flectar.platform.projects.access import operator, public
from flectar.platform.projects.models import Project
from flectar.ui import index as ui

# What an operator does to others; the log's other entries are theirs.
BY_OPERATORS = (
    "operator.looked",
    "operator.added",
    "operator.removed",
    "account.suspended",
    "account.reactivated",
    "account.signed_out",
    "account.password_ended",
    "legal.own_text_set",
    "legal.own_text_withdrawn",
    "letter.closed",
    "letter.reopened",
    "switches.changed",
    "job.retried",
)


@operator
@require_safe
def index(request: Any) -> HttpResponse:
    found = probes.components()
    disk = shutil.disk_usage(settings.DATA_FOLDER if settings.DATA_FOLDER.exists() else "/")
    context = {
        "components": found,
        "worst": probes.worst(found),
        "queue": failures.queue(),
        "letters": Letter.objects.filter(closed_at=None).count(),
        "counts": {
            "accounts": User.objects.count(),
            "organizations": Organization.objects.count(),
            "projects": Project.objects.count(),
        },
        "facts": [
            (_("Python"), sys.version.split()[0]),
            (_("Django"), django.get_version()),
            (_("Free disk"), f"{disk.free / 1e9:.0f} GB"),
            (_("Files"), _("S3-compatible storage") if settings.S3_URL else _("A folder of this machine")),
            (_("https"), _("Yes") if settings.HTTPS else _("No")),
            (_("Terms"), _("Version %(number)s") % {"number": documents.current("terms").number}),
        ],
    }
    return render(request, "operations/index.html", context)


@operator
@require_safe
def access_log(request: Any) -> HttpResponse:
    """The same entries stand in the log of the organization that they are about."""
    look = ui.Look.read(request.GET)
    shown, following = ui.newest(Entry.objects.filter(project_id=None, action__in=BY_OPERATORS), "at", look.after)
    rows = [
        ui.Row(
            entry.pk,
            reading.deed(entry.action),
            [reading.deed(entry.action), entry.target_name, entry.actor_name or "–", listing.when(entry.at)],
        )
        for entry in shown
    ]
    return ui.show(
        request,
        ui.Index(
            key="operator-log",
            title=_("What operators did"),
            sub=_("Owners see in their own log what concerns their organization."),
            look=look,
            crumb=listing.console(),
            columns=[
                ui.Column(_("Deed"), "name", "name"),
                ui.Column(_("Whom or what"), "foot"),
                ui.Column(_("Who"), "line"),
                ui.Column(_("When"), "end", "r muted"),
            ],
            groups=[ui.Group(rows)],
            next=following,
            empty=ui.Empty(_("Nothing yet")),
        ),
    )


@public
@require_safe
def status(request: Any) -> HttpResponse:
    """Works without a database too, therefore without the shell: what it shows is asked at this moment."""
    found = probes.components()
    has_database = all(each.state != probes.DOWN for each in found if each.key == "database")
    context = {
        "components": found,
        "worst": probes.worst(found),
        "notice": switches.NOTICE.value() if has_database else "",
        "at": clock.now(),
        "LANGUAGE_CODE": get_language(),
    }
    response = HttpResponse(render_to_string("operations/status.html", context))
    response["Cache-Control"] = "public, max-age=15"
    return response


@public
@require_safe
def cookies(request: Any) -> HttpResponse:
    """For whoever cannot stay signed in: which cookies reach us, and how large they are. Never what they hold."""
    known = {item.name: item for item in browser_items() if item.where == "cookie"}
    arrived = [
        {"name": name[:80], "size": len(name) + 1 + len(value), "item": known.pop(name, None)}
        for name, value in sorted(request.COOKIES.items())
    ]
    context = {
        "arrived": arrived,
        "missing": list(known.values()),
        "total": len(request.headers.get("Cookie", "")),
        "is_secure": settings.HTTPS,
        "now": clock.now(),
    }
    return render(request, "operations/cookies.html", context)
