"""Settings › Cancellation terms, and how one service is paid."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.money.payments.asking import takes_payments
from flectar.offers.booking.forms.price_forms import PaymentForm, PolicyForm
from flectar.offers.booking.models import Policy, Service
from flectar.offers.booking.prices import codebook, terms
from flectar.offers.booking.prices.codebook import StillUsed
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.ui import cells
from flectar.ui import index as ui
from flectar.ui.templatetags.ui import joined
from flectar.ui.toasts import toast


@dashboard("services.read", module="booking")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    found = list(Policy.objects.order_by("name").prefetch_related("services"))
    writes = can(request.user, "services.write", request.project)
    new_one = ui.Way(_("New terms"), _url(request, "new_terms"), "plus", is_primary=True)
    return ui.show(
        request,
        ui.Index(
            key="terms",
            title=_("Cancellation terms"),
            sub=_("What it costs to cancel late or not to come. A booking keeps the terms that it was made under."),
            look=ui.Look.read(request.GET),
            columns=COLUMNS,
            groups=[ui.Group([_row(request, one, writes=writes) for one in found])],
            ways=[new_one] if writes and found else [],
            empty=ui.Empty(
                _("Until when is cancelling free?"),
                _("Without terms it costs nothing, and nobody owes anything for not coming."),
                new_one if writes else None,
            ),
            is_bare=not found,
        ),
        template="ui/settings_index.html",
    )


COLUMNS = (
    ui.Column(gettext_lazy("Name"), "name", "name"),
    ui.Column(gettext_lazy("What customers read"), "line", "wrap"),
    ui.Column(gettext_lazy("Services"), "foot", "wrap", says=True),
)


def _row(request: ProjectRequest, one: Policy, *, writes: bool) -> ui.Row:
    url = _url(request, "terms_one", policy_id=one.pk) if writes else ""
    words = format_html_join("", "<p>{}</p>", ((sentence,) for sentence in terms.in_words(terms.of_policy(one))))
    services = [service.name for service in one.services.all()]
    return ui.Row(
        one.pk,
        one.name,
        [cells.link(one.name, url), words or _("Cancelling costs nothing."), joined(services) or _("none")],
        edit_url=url,
    )


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    return _page(request, None)


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: ProjectRequest, policy_id: UUID) -> HttpResponse:
    return _page(request, get_object_or_404(Policy.objects.all(), pk=policy_id))


def _page(request: ProjectRequest, policy: Policy | None) -> HttpResponse:
    form = PolicyForm(request.POST if request.method == "POST" else None, policy=policy)
    if form.is_bound and form.is_valid():
        saved = codebook.save_policy(policy or Policy(), form.values)
        toast(request, _("“%(name)s” is saved. It holds for new bookings.") % {"name": saved.name})
        return redirect(_url(request, "terms"))
    return _shown(request, form, policy, status=422 if form.errors else 200)


def _shown(
    request: ProjectRequest, form: PolicyForm, policy: Policy | None, *, status: int, refusal: str = ""
) -> HttpResponse:
    words = terms.in_words(terms.of_policy(policy)) if policy else []
    context = {"form": form, "policy": policy, "words": words, "refusal": refusal}
    return render(request, "booking/terms_form.html", context, status=status)


@dashboard("services.write", module="booking")
@require_POST
def removal(request: ProjectRequest, policy_id: UUID) -> HttpResponse:
    policy: Policy = get_object_or_404(Policy.objects.all(), pk=policy_id)
    name = policy.name
    try:
        codebook.remove_policy(policy)
    except StillUsed as refused:
        kept = Policy.objects.get(pk=policy_id)
        return _shown(request, PolicyForm(policy=kept), kept, status=409, refusal=str(refused))
    toast(request, _("“%(name)s” is taken away.") % {"name": name})
    return redirect(_url(request, "terms"))


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def payment(request: ProjectRequest, service_id: UUID) -> HttpResponse:
    """What customers pay when they book this service, and what cancelling it costs."""
    service: Service = get_object_or_404(Service.objects.all(), pk=service_id)
    posted = request.POST if request.method == "POST" else None
    form = PaymentForm(posted, project=request.project, service=service)
    if form.is_bound and form.is_valid():
        codebook.save_payment(request.project, service, form.values)
        toast(request, _("%(name)s is saved.") % {"name": service.name})
        return redirect(_url(request, "service", service_id=service.pk))
    context = {"form": form, "service": service, "takes_payments": takes_payments()}
    return render(request, "booking/service_payment.html", context, status=422 if form.errors else 200)


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"booking:{name}", kwargs={"project": request.project.slug, **kwargs})
