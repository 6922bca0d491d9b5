"""What keeps an account safe, and what has changed in how it opens: its own lines of the audit log."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from flectar.platform.accounts import safety
from flectar.platform.audit import reading


@login_required
@require_safe
def activity(request: Any) -> HttpResponse:
    try:
        page = reading.of_account(request.user.pk, after=request.GET.get("after", ""))
    except reading.BadCursor as error:
        raise BadRequest(_("This page of the list does not exist. Begin again at its first page.")) from error
    # People have no zone of their own: changed values that are instants are told in UTC.
    rows = [
        {"at": entry.at, "deed": reading.deed(entry.action), "changes": reading.changes_of(entry, ZoneInfo("UTC"))}
        for entry in page.entries
    ]
    context = {"rows": rows, "older": page.older, "checks": safety.checks(request.user)}
    return render(request, "accounts/activity.html", context)
