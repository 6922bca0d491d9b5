"""The test provider's page and our webhook for it; in the dashboard, what was paid and why it stands as it does."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from flectar.core.tenancy import project_scope
from flectar.money.payments import rehearsal, testing
from flectar.money.payments.capturing import take_in
from flectar.money.payments.models import PaymentIntent
from flectar.platform.projects.access import ProjectRequest, limited, site_view, webhook
from flectar.platform.projects.models import Project

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
