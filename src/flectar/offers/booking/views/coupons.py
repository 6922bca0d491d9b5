"""Settings › Coupons: the list, one coupon with its uses and the link that carries its code, stopping and resuming."""

from datetime import timedelta
from urllib.parse import urlencode
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
from flectar.offers.booking.forms.price_forms import CouponForm
from flectar.offers.booking.models import Coupon, CouponUse, Service
from flectar.offers.booking.prices import codebook, coupons, usage
from flectar.offers.booking.prices.codebook import CodeTaken
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.platform.projects.links import site_url
from flectar.platform.projects.models import Project
from flectar.ui import cells, formats
from flectar.ui import index as ui
from flectar.ui.toasts import toast

PAGE = 50
SECOND = timedelta(seconds=1)
USES = 20


@dashboard("services.read", module="booking")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    look = ui.Look.read(request.GET, views=("valid", "over"))
    over = Q(is_active=False) | Q(ends_at__isnull=False, ends_at__lte=clock.now())
    found = Coupon.objects.filter(over) if look.view == "over" else Coupon.objects.exclude(over)
    if look.text:
        found = found.filter(Q(code_folded__contains=coupons.folded(look.text)) | Q(name__icontains=look.text))
    start = place_of(look.after)
    rows = list(found.order_by("-created_at", "-id")[start : start + PAGE + 1])
    shown = rows[:PAGE]
    used = usage.times_used([one.pk for one in shown])
    is_bare = not shown and look == ui.Look(view="valid") and not Coupon.objects.exists()
    writes = can(request.user, "services.write", request.project)
    new_one = ui.Way(_("New coupon"), _url(request, "new_coupon"), "plus", is_primary=True)
    return ui.show(
        request,
        ui.Index(
            key="coupons",
            title=_("Coupons"),
            sub=_("A code that makes a booking cheaper."),
            look=look,
            columns=COLUMNS,
            groups=[ui.Group([_row(request, one, used.get(one.pk, 0)) for one in shown])],
            views=[ui.Tab("valid", _("Valid")), ui.Tab("over", _("Over"))],
            search=_("Code or what it is for"),
            ways=[new_one] if writes else [],
            deeds=_deeds(request, look) if writes else [],
            next=str(start + PAGE) if len(rows) > PAGE else "",
            nothing=_("No coupon fits."),
            empty=_first(new_one if writes else None) if is_bare else ui.Empty(_("Nothing here")),
            is_bare=is_bare,
        ),
        template="ui/settings_index.html",
    )


COLUMNS = (
    ui.Column(gettext_lazy("Code"), "name", "name"),
    ui.Column(gettext_lazy("What it is for"), "line", "muted"),
    ui.Column(gettext_lazy("Takes off"), "end"),
    ui.Column(gettext_lazy("Valid"), "line"),
    ui.Column(gettext_lazy("Used"), "foot", "r", says=True),
)


def place_of(after: str) -> int:
    return int(after) if after.isascii() and after.isdigit() and len(after) < 7 else 0


def _row(request: ProjectRequest, one: Coupon, used: int) -> ui.Row:
    url = _url(request, "coupon", coupon_id=one.pk)
    return ui.Row(
        one.pk,
        one.code,
        [
            cells.link(one.code, url, after="" if one.is_active else cells.tag(_("Stopped"))),
            one.name,
            takes_off(one, request.project),
            validity(one, request.project),
            of_all(used, one.max_uses),
        ],
        edit_url=url if can(request.user, "services.write", request.project) else "",
    )


def takes_off(coupon: Coupon, project: Project) -> str:
    if coupon.percent is not None:
        return f"{coupon.percent} %" if (get_language() or "").startswith("es") else f"{coupon.percent}%"
    return format_money(Money(coupon.amount_minor or 0, project.currency), get_language() or "en")


def validity(coupon: Coupon, project: Project) -> str:
    first = formats.short_day(clock.local(coupon.starts_at, project.tz).date()) if coupon.starts_at else ""
    last = ""
    if coupon.ends_at:
        last = formats.short_day(clock.local(coupon.ends_at - SECOND, project.tz).date())
    if first and last:
        return f"{first} – {last}"
    if first:
        return _("from %(day)s") % {"day": first}
    return _("until %(day)s") % {"day": last} if last else _("always")


def of_all(used: int, most: int | None) -> str:
    return str(used) if most is None else _("%(used)s of %(most)s") % {"used": used, "most": most}


def _deeds(request: ProjectRequest, look: ui.Look) -> list[ui.Deed]:
    if look.view == "over":
        return [ui.Deed(_("Make valid again"), "rotate-ccw", _url(request, "coupons_on"))]
    return [ui.Deed(_("Stop"), "circle-pause", _url(request, "coupons_off"))]


def _first(way: ui.Way | None) -> ui.Empty:
    return ui.Empty(
        _("Give somebody a reason to book"),
        _("A coupon takes a part or an amount off the price, as often and as long as you say."),
        way,
    )


@dashboard("services.write", module="booking")
@require_POST
def off(request: ProjectRequest) -> HttpResponse:
    return _switched(request, is_active=False)


@dashboard("services.write", module="booking")
@require_POST
def on(request: ProjectRequest) -> HttpResponse:
    return _switched(request, is_active=True)


def _switched(request: ProjectRequest, *, is_active: bool) -> HttpResponse:
    """Those chosen, or those that `only` names: the way back from the deed before."""
    selection = ui.Selection.read(request.POST)
    changed = codebook.switch_coupons(selection.ids or ids_in(request.GET.get("only", "")), is_active=is_active)
    count = len(changed)
    valid = ngettext("%(count)s coupon is valid again", "%(count)s coupons are valid again", count)
    stopped = ngettext("%(count)s coupon is stopped", "%(count)s coupons are stopped", count)
    back = _url(request, "coupons_off" if is_active else "coupons_on")
    undo = f"{back}?only={','.join(map(str, changed))}" if 0 < count <= PAGE else ""
    toast(request, (valid if is_active else stopped) % {"count": count}, undo=undo)
    query = ui.tidy(selection.asked)
    return redirect(f"{_url(request, 'coupons')}{f'?{query}' if query else ''}")


def ids_in(text: str) -> list[UUID]:
    """Ids with commas between them; what is none is left out."""
    found = []
    for part in text.split(",")[:PAGE]:
        try:
            found.append(UUID(part))
        except ValueError:
            continue
    return found


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    return _form_page(request, None)


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: ProjectRequest, coupon_id: UUID) -> HttpResponse:
    return _form_page(request, get_object_or_404(Coupon.objects.all(), pk=coupon_id))


def _form_page(request: ProjectRequest, coupon: Coupon | None) -> HttpResponse:
    form = CouponForm(request.POST if request.method == "POST" else None, project=request.project, coupon=coupon)
    if form.is_bound and form.is_valid():
        try:
            saved = codebook.save_coupon(coupon or Coupon(), form.values)
        except CodeTaken as taken:
            form.add_error("code", str(taken))
        else:
            toast(request, _("%(code)s is saved.") % {"code": saved.code})
            return redirect(_url(request, "coupon", coupon_id=saved.pk))
    context = {"form": form, "coupon": Coupon.objects.get(pk=coupon.pk) if coupon else None}
    return render(request, "booking/coupon_form.html", context, status=422 if form.errors else 200)


@dashboard("services.read", module="booking")
@require_safe
def coupon(request: ProjectRequest, coupon_id: UUID) -> HttpResponse:
    """What it does, the link that carries it, who used it."""
    one: Coupon = get_object_or_404(Coupon.objects.all(), pk=coupon_id)
    uses = CouponUse.objects.filter(coupon=one).select_related("booking", "customer").order_by("-at", "-id")
    currency = request.project.currency
    link = f"{site_url(request.project, 'booking:book')}?{urlencode({'code': one.code})}"
    context = {
        "coupon": one,
        "takes_off": takes_off(one, request.project),
        "validity": validity(one, request.project),
        "used": of_all(usage.times_used([one.pk]).get(one.pk, 0), one.max_uses),
        "least": Money(one.least_minor, currency) if one.least_minor else None,
        "services": services_named(one.services),
        "uses": [(use, Money(use.off_minor, use.booking.price.currency)) for use in uses[:USES]],
        "link": link,
        "may_change": can(request.user, "services.write", request.project),
        "sees_bookings": can(request.user, "bookings.read", request.project),
    }
    return render(request, "booking/coupon.html", context)


def services_named(ids: list[str]) -> list[str]:
    return list(Service.objects.in_order().filter(pk__in=ids).values_list("name", flat=True)) if ids else []


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"booking:{name}", kwargs={"project": request.project.slug, **kwargs})
