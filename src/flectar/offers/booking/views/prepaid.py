"""Settings › Packages and vouchers: what customers hold beforehand, given by hand."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core import clock
from flectar.core.money import Money, format_money
from flectar.core.text import fold
from flectar.offers.booking.forms.price_forms import PrepaidForm
from flectar.offers.booking.models import Entitlement, EntitlementUse
from flectar.offers.booking.prices import codebook, coupons, usage
from flectar.offers.booking.prices.codebook import CodeTaken
from flectar.offers.booking.prices.usage import Left
from flectar.offers.booking.views.coupons import SECOND, USES, ids_in, place_of
from flectar.people.customers.models import Customer
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.platform.projects.models import Project
from flectar.ui import cells, formats
from flectar.ui import index as ui
from flectar.ui.toasts import toast

PAGE = 50


@dashboard("services.read", module="booking")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    look = ui.Look.read(request.GET, views=("valid", "over"))
    over = Q(is_active=False) | Q(valid_until__isnull=False, valid_until__lte=clock.now())
    found = Entitlement.objects.filter(over) if look.view == "over" else Entitlement.objects.exclude(over)
    if look.text:
        named = Q(customer__name_folded__contains=fold(look.text))
        found = found.filter(Q(code_folded__contains=coupons.folded(look.text)) | named)
    start = place_of(look.after)
    rows = list(found.select_related("customer", "service").order_by("-created_at", "-id")[start : start + PAGE + 1])
    shown = rows[:PAGE]
    left = usage.left_of(shown)
    is_bare = not shown and look == ui.Look(view="valid") and not Entitlement.objects.exists()
    writes = can(request.user, "services.write", request.project)
    new_one = ui.Way(_("Give one"), _url(request, "new_prepaid"), "plus", is_primary=True)
    return ui.show(
        request,
        ui.Index(
            key="prepaid",
            title=_("Packages and vouchers"),
            sub=_("What customers hold beforehand: so many times of a service, or an amount."),
            look=look,
            columns=COLUMNS,
            groups=[ui.Group([_row(request, one, left[one.pk]) for one in shown])],
            views=[ui.Tab("valid", _("Valid")), ui.Tab("over", _("Over"))],
            search=_("Code or customer"),
            ways=[new_one] if writes else [],
            next=str(start + PAGE) if len(rows) > PAGE else "",
            nothing=_("Nothing fits."),
            empty=_first(new_one if writes else None) if is_bare else ui.Empty(_("Nothing here")),
            is_bare=is_bare,
        ),
        template="ui/settings_index.html",
    )


def _first(way: ui.Way | None) -> ui.Empty:
    return ui.Empty(
        _("Ten classes, or a present"),
        _("Give a customer a package or a voucher. They type its code when they book, and see what is left."),
        way,
    )


COLUMNS = (
    ui.Column(gettext_lazy("Name"), "name", "name"),
    ui.Column(gettext_lazy("Code"), "line", "muted"),
    ui.Column(gettext_lazy("Whose"), "line"),
    ui.Column(gettext_lazy("Valid until"), "foot", says=True),
    ui.Column(gettext_lazy("Left"), "end", "r"),
)


def _row(request: ProjectRequest, one: Entitlement, left: Left) -> ui.Row:
    url = _url(request, "prepaid_one", entitlement_id=one.pk)
    return ui.Row(
        one.pk,
        one.name,
        [
            cells.link(one.name, url, after="" if one.is_active else cells.tag(_("Stopped"))),
            one.code,
            one.customer.name if one.customer else _("Whoever has the code"),
            last_day(one, request.project),
            said_left(one, left, request.project),
        ],
    )


def last_day(one: Entitlement, project: Project) -> str:
    if one.valid_until is None:
        return _("always")
    return formats.short_day(clock.local(one.valid_until - SECOND, project.tz).date())


def said_left(one: Entitlement, left: Left, project: Project) -> str:
    if one.kind == Entitlement.Kind.PACKAGE:
        return _("%(left)s of %(all)s") % {"left": left.units, "all": one.units}
    language = get_language() or "en"
    rest, whole = Money(left.minor, project.currency), Money(one.amount_minor, project.currency)
    return _("%(left)s of %(all)s") % {"left": format_money(rest, language), "all": format_money(whole, language)}


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    """`?customer=` comes from a customer's page."""
    asked = ids_in(request.GET.get("customer", ""))
    customer = Customer.objects.filter(pk__in=asked[:1]).prefetch_related("emails").first() if asked else None
    posted = request.POST if request.method == "POST" else None
    form = PrepaidForm(posted, project=request.project, customer=customer)
    if form.is_bound and form.is_valid():
        try:
            made = codebook.grant(Entitlement(), form.values)
        except CodeTaken as taken:
            form.add_error("code", str(taken))
        else:
            toast(request, _("%(name)s is given. Its code is %(code)s.") % {"name": made.name, "code": made.code})
            return redirect(_url(request, "prepaid_one", entitlement_id=made.pk))
    return render(request, "booking/prepaid_form.html", {"form": form}, status=422 if form.errors else 200)


@dashboard("services.read", module="booking")
@require_safe
def one(request: ProjectRequest, entitlement_id: UUID) -> HttpResponse:
    found: Entitlement = get_object_or_404(Entitlement.objects.select_related("customer", "service"), pk=entitlement_id)
    left = usage.left_of([found])[found.pk]
    uses = EntitlementUse.objects.filter(entitlement=found).select_related("booking__customer").order_by("-at", "-id")
    context: dict[str, Any] = {
        "one": found,
        "left": said_left(found, left, request.project),
        "last_day": last_day(found, request.project),
        "uses": [(use, _taken(use)) for use in uses[:USES]],
        "may_change": can(request.user, "services.write", request.project),
        "sees_bookings": can(request.user, "bookings.read", request.project),
    }
    return render(request, "booking/prepaid.html", context)


def _taken(use: EntitlementUse) -> str:
    if use.units:
        return ngettext("%(count)s time", "%(count)s times", use.units) % {"count": use.units}
    return format_money(Money(use.amount_minor, use.booking.price.currency), get_language() or "en")


@dashboard("services.write", module="booking")
@require_POST
def switch(request: ProjectRequest, entitlement_id: UUID) -> HttpResponse:
    """Stop it, or let it be used again: the other of what it is."""
    found: Entitlement = get_object_or_404(Entitlement.objects.all(), pk=entitlement_id)
    codebook.switch_prepaid([found.pk], is_active=not found.is_active)
    here = _url(request, "prepaid_switch", entitlement_id=found.pk)
    toast(request, _("Stopped") if found.is_active else _("It can be used again"), undo=here)
    return redirect(_url(request, "prepaid_one", entitlement_id=found.pk))


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"booking:{name}", kwargs={"project": request.project.slug, **kwargs})
