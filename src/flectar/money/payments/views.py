"""The test provider's page and our webhook for it; in the dashboard, what was paid and why it stands as it does."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core.money import format_money
from flectar.core.tenancy import project_scope
from flectar.money.payments import asking, rehearsal, testing
from flectar.money.payments.capturing import take_in
from flectar.money.payments.models import LedgerIntent, PaymentIntent
from flectar.platform.projects.access import ProjectRequest, dashboard, limited, site_view, webhook
from flectar.platform.projects.models import Project
from flectar.ui import cells, formats
from flectar.ui import index as ui

MOST_BYTES = 16 * 1024
_DEEDS = {
    "pay": rehearsal.pay,
    "failure": rehearsal.fail,
    "late": rehearsal.pay_late,
    "thrice": rehearsal.pay_thrice,
}


@limited("payments.pay", limit=60, per_seconds=60)
@site_view
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: ProjectRequest, token: str) -> HttpResponse:
    """Where one would type a card. What is chosen here confirms nothing: the message that follows does."""
    _only_in_tests()
    intent = get_object_or_404(PaymentIntent, token=token)
    here = reverse("payments:pay", kwargs={"token": token})
    if request.method == "POST":
        deed = _DEEDS.get(request.POST.get("outcome", ""))
        if deed is None or not intent.is_payable:
            return _page(request, intent, status=409)
        deed(intent)
        return redirect(f"{here}?after={request.POST['outcome']}")
    if intent.is_captured:
        return redirect(intent.return_path)
    return _page(request, intent)


def _page(request: ProjectRequest, intent: PaymentIntent, *, status: int = 200) -> HttpResponse:
    after = request.GET.get("after", "")
    waits = after in ("pay", "thrice") or (after == "failure" and intent.state == PaymentIntent.State.OPEN)
    context = {"intent": intent, "after": after, "waits": waits, "late_at": intent.expires_at + rehearsal.LATE_BY}
    response = render(request, "payments/pay.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@webhook
@require_POST
def test_webhook(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """The test provider's messages. 200 once it is done, and for what was done before."""
    _only_in_tests()
    try:
        body = request.body
    except RawPostDataException:
        return HttpResponse("No body.", status=400)
    if len(body) > MOST_BYTES:
        return HttpResponse("Too large.", status=413)
    try:
        event = testing.verified(project_id, request.headers.get(testing.HEADER, ""), body)
    except testing.Refused:
        return HttpResponse("Not a message of the test provider.", status=400)
    if not Project.objects.filter(pk=project_id).exists():
        raise Http404
    with project_scope(project_id):
        take_in(event)
    return HttpResponse()


def _only_in_tests() -> None:
    if not settings.TEST_PAYMENTS:
        raise Http404


# --- The dashboard ----------------------------------------------------------------------------------------------------

PAGE = 50
_TONES = {"captured": "ok", "open": "wait", "failed": "bad", "queued": "wait", "done": "ok"}


@dashboard("payments.read")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    """What was asked for, newest first; beside it what goes back or is owed."""
    look = ui.Look.read(request.GET, views=("payments", "ledger"))
    start = int(look.after) if look.after.isascii() and look.after.isdigit() and len(look.after) < 7 else 0
    is_ledger = look.view == "ledger"
    found: Any = LedgerIntent.objects.all() if is_ledger else PaymentIntent.objects.all()
    if look.text:
        found = found.filter(**{"reason__icontains" if is_ledger else "label__icontains": look.text})
    rows = list(found.order_by("-created_at", "-id")[start : start + PAGE + 1])
    made = [(_ledger_row if is_ledger else _payment_row)(request, one) for one in rows[:PAGE]]
    return ui.show(
        request,
        ui.Index(
            key="payments",
            title=_("Payments"),
            sub="" if asking.takes_payments() else _("No payment provider is connected yet."),
            look=look,
            columns=COLUMNS,
            groups=[ui.Group(made)],
            views=[ui.Tab("payments", _("Payments")), ui.Tab("ledger", _("Refunds and fees"))],
            search=_("Service or code"),
            next=str(start + PAGE) if len(rows) > PAGE else "",
            nothing=_("Nothing fits."),
            empty=ui.Empty(_("Nothing here"), _("What customers pay online stands here, with what became of it.")),
        ),
        template="ui/settings_index.html",
    )


COLUMNS = (
    ui.Column(gettext_lazy("What for"), "name", "name"),
    ui.Column(gettext_lazy("When"), "line", "muted"),
    ui.Column(gettext_lazy("Kind"), "line", "muted"),
    ui.Column(gettext_lazy("State"), "foot"),
    ui.Column(gettext_lazy("Amount"), "end", "r"),
)


def _payment_row(request: ProjectRequest, one: PaymentIntent) -> ui.Row:
    state = one.shown_state
    url = reverse("payments:payment", kwargs={"project": request.project.slug, "intent_id": one.pk})
    return ui.Row(
        one.pk,
        one.label,
        [
            cells.link(one.label, url),
            formats.when(one.created_at, request.project),
            one.get_purpose_display(),
            cells.status(state.label, _TONES.get(state, "")),
            format_money(one.amount, get_language() or "en"),
        ],
    )


def _ledger_row(request: ProjectRequest, one: LedgerIntent) -> ui.Row:
    return ui.Row(
        one.pk,
        one.reason,
        [
            one.reason,
            formats.when(one.created_at, request.project),
            one.get_kind_display(),
            cells.status(one.get_state_display(), _TONES.get(one.state, "")),
            format_money(one.amount, get_language() or "en"),
        ],
    )


@dashboard("payments.read")
@require_safe
def payment(request: ProjectRequest, intent_id: UUID) -> HttpResponse:
    """Why it stands as it does: each message of the provider, and what became of it."""
    intent: PaymentIntent = get_object_or_404(PaymentIntent, pk=intent_id)
    ledger = LedgerIntent.objects.filter(subject=intent.subject, subject_id=intent.subject_id)
    context = {
        "intent": intent,
        "tone": _TONES.get(intent.shown_state, ""),
        "events": intent.events.order_by("received_at", "id"),
        "ledger": ledger.order_by("created_at", "id"),
    }
    return render(request, "payments/payment.html", context)
