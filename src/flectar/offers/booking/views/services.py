"""Services: the list, one service, a new one, taking one away."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from flectar.core.money import Money, format_money
from flectar.core.text import fold
from flectar.offers.booking.deeds import queries
from flectar.offers.booking.forms import summary
from flectar.offers.booking.forms.service_forms import Editor, ServiceForm
from flectar.offers.booking.forms.stay_forms import StayForm
from flectar.offers.booking.models import Resource, Service
from flectar.offers.booking.scheduling import readiness
from flectar.offers.booking.services import catalogue
from flectar.offers.booking.services.service_starters import STARTERS
from flectar.platform.projects.access import ProjectRequest, can, dashboard
from flectar.platform.projects.links import site_url
from flectar.ui import cells, formats
from flectar.ui import index as ui
from flectar.ui.templatetags.ui import joined
from flectar.ui.toasts import report, toast


@dashboard("services.read", module="booking")
@require_safe
def index(request: ProjectRequest) -> HttpResponse:
    look = ui.Look.read(request.GET, views=("all", "on", "off"))
    services = Service.objects.in_order().prefetch_related("needs__resource")
    if look.view != "all":
        services = services.filter(is_active=look.view == "on")
    if look.text:
        services = services.filter(name_folded__contains=fold(look.text))
    rows = [_row(request, one) for one in services]
    writes = can(request.user, "services.write", request.project)
    in_order = ui.Way(_("Order"), _url(request, "services_order"), "arrow-down-up")
    new_one = ui.Way(_("New service"), _url(request, "new_service"), "plus", is_primary=True)
    new_stay_one = ui.Way(_("New stay"), _url(request, "new_stay"), "plus")
    return ui.show(
        request,
        ui.Index(
            key="services",
            title=_("Services"),
            look=look,
            columns=COLUMNS,
            groups=[ui.Group(rows)],
            views=[ui.Tab("all", _("All")), ui.Tab("on", _("On sale")), ui.Tab("off", _("Off"))],
            search=_("Name of a service"),
            ways=[
                ui.Way(_("See the page"), site_url(request.project, "booking:book"), "external-link"),
                *([in_order] if writes and len(rows) > 1 else []),
                *([new_stay_one, new_one] if writes else []),
            ],
            deeds=_deeds(request, look) if writes else [],
            said=ngettext("%(count)s service", "%(count)s services", len(rows)) % {"count": len(rows)},
            nothing=_("No service is called “%(text)s”.") % {"text": look.text},
            empty=_empty(look, new_one if writes else None),
            is_bare=not rows and look == ui.Look(view="all"),
        ),
    )


COLUMNS = (
    ui.Column(gettext_lazy("Service"), "name", "name"),
    ui.Column(gettext_lazy("Group"), "line", "muted"),
    ui.Column(gettext_lazy("Length"), "foot"),
    ui.Column(gettext_lazy("Who does it"), "line", "wrap"),
    ui.Column(gettext_lazy("Price"), "end", "r"),
)


def _row(request: ProjectRequest, one: Service) -> ui.Row:
    writes = can(request.user, "services.write", request.project)
    url = _url(request, "service", service_id=one.pk) if writes else ""
    people = [need.resource.first_name for need in one.needs.all()]
    price = one.price(request.project.currency)
    return ui.Row(
        one.pk,
        one.name,
        [
            cells.link(one.name, url, after="" if one.is_active else cells.tag(_("Off"))),
            one.group,
            _("By the night") if one.mode == Service.Mode.STAY else formats.length(one.duration_min),
            joined(people) if people else cells.status(_("Nobody"), "wait", "triangle-alert"),
            _price(one, price),
        ],
        edit_url=url,
    )


def _price(one: Service, price: Money) -> str:
    """Of a table that costs nothing nothing is said: people pay for what they eat."""
    if not price:
        return "" if one.mode == Service.Mode.COVERS else _("Free")
    said = format_money(price, get_language() or "en")
    return _("%(price)s a night") % {"price": said} if one.mode == Service.Mode.STAY else said


def _deeds(request: ProjectRequest, look: ui.Look) -> list[ui.Deed]:
    on = ui.Deed(_("Put on sale"), "eye", _url(request, "services_on"))
    off = ui.Deed(_("Switch off"), "eye-off", _url(request, "services_off"))
    return {"on": [off], "off": [on]}.get(look.view, [off, on])


def _empty(look: ui.Look, way: ui.Way | None) -> ui.Empty:
    if look.view != "all":
        return ui.Empty(_("Nothing here"))
    return ui.Empty(
        _("What can people book?"),
        _("A service has a name, a length and a price. It appears on your page at once."),
        way,
    )


@dashboard("services.write", module="booking")
@require_POST
def on_sale(request: ProjectRequest) -> HttpResponse:
    return _switched(request, is_active=True)


@dashboard("services.write", module="booking")
@require_POST
def off_sale(request: ProjectRequest) -> HttpResponse:
    return _switched(request, is_active=False)


def _switched(request: ProjectRequest, *, is_active: bool) -> HttpResponse:
    """Those chosen, or those that `only` names: the way back from the deed before."""
    selection = ui.Selection.read(request.POST)
    pks = selection.ids or [UUID(pk) for pk in request.GET.get("only", "").split(",") if _is_uuid(pk)]
    changed = catalogue.switch_services(request.project, pks, is_active=is_active)
    count = len(changed)
    on = ngettext("%(count)s service is on sale", "%(count)s services are on sale", count)
    off = ngettext("%(count)s service is off", "%(count)s services are off", count)
    back = _url(request, "services_off" if is_active else "services_on")
    undo = f"{back}?only={','.join(str(pk) for pk in changed)}" if 0 < count <= 50 else ""
    toast(request, (on if is_active else off) % {"count": count}, undo=undo)
    query = ui.tidy(selection.asked)
    return redirect(f"{_url(request, 'services')}{f'?{query}' if query else ''}")


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _url(request: ProjectRequest, name: str, **kwargs: object) -> str:
    return reverse(f"booking:{name}", kwargs={"project": request.project.slug, **kwargs})


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: ProjectRequest) -> HttpResponse:
    """In which order they stand on the public page. Each move is sent alone by script (`quiet`), or by its button."""
    found = queries.in_groups(also_off=True)
    if request.method == "POST":
        catalogue.sort_services(request.project, _asked_order(request, found))
        if request.POST.get("quiet"):
            return HttpResponse(status=204)
        return redirect("booking:services_order", project=request.project.slug)
    groups = [(name, list(members)) for name, members in groupby(found, key=lambda one: one.group)]
    return render(request, "booking/services_order.html", {"groups": groups})


def _asked_order(request: ProjectRequest, found: list[Service]) -> list[UUID]:
    """As the form lists them, after the one step that a button asks for: of a service, or of a whole group."""
    known = {str(one.pk): one for one in found}
    listed = [known[pk] for pk in request.POST.getlist("order") if pk in known]
    groups = [list(members) for _name, members in groupby(listed, key=lambda one: one.group)]
    for way, step in (("up", -1), ("down", 1)):
        for members in groups:
            _step(members, step, [str(one.pk) for one in members], request.POST.get(way))
        _step(groups, step, [members[0].group for members in groups], request.POST.get(f"group_{way}"))
    return [one.pk for members in groups for one in members]


def _step[T](row: list[T], step: int, names: list[str], asked: str | None) -> None:
    """Move the one that is asked for by a place, if there is such a place."""
    if asked in names and 0 <= (there := names.index(asked) + step) < len(row):
        row[there - step], row[there] = row[there], row[there - step]


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    """Empty, or filled in like one of the starters (`?like=table`)."""
    starter = STARTERS.get(request.GET.get("like", ""))
    started: dict[str, Any] = {}
    if starter is not None:
        made_of = starter.made_of(list(Resource.objects.in_order()))
        started = {"made_of": made_of, "initial": {"name": str(starter.label), **starter.values}}
    return _edit(request, Editor(ServiceForm, _posted(request), project=request.project, **started))


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def new_stay(request: ProjectRequest) -> HttpResponse:
    """Sold by the night."""
    return _edit(request, Editor(StayForm, _posted(request), project=request.project))


@dashboard("services.write", module="booking")
@require_http_methods(["GET", "HEAD", "POST"])
def service(request: ProjectRequest, service_id: UUID) -> HttpResponse:
    one: Service = get_object_or_404(Service.objects.all(), pk=service_id)
    before = catalogue.values_of(one)
    form = _form_of(one)
    return _edit(request, Editor(form, _posted(request), project=request.project, instance=one), before=before)


def _posted(request: ProjectRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _form_of(one: Service) -> type[ServiceForm]:
    return StayForm if one.mode == Service.Mode.STAY else ServiceForm


def _edit(request: ProjectRequest, editor: Editor, *, before: dict[str, Any] | None = None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, editor)
    if wanted := request.POST.get("change"):
        editor.change(wanted)
        return _page(request, editor, is_unsaved=True)
    if not editor.is_valid():
        return _page(request, editor, status=422)
    one = editor.form.save(commit=False)
    one.price_minor = editor.form.cleaned_data["price"]
    catalogue.save_service(request.project, one, editor.made_of, before=before)
    said = _("%(name)s is saved.") % {"name": one.name}
    report(request, said, readiness.troubles(request.project, one))
    return redirect("booking:services", project=request.project.slug)


def _page(
    request: ProjectRequest, editor: Editor, *, status: int = 200, is_unsaved: bool = False, refusal: str = ""
) -> HttpResponse:
    """The service as it is saved gives the title and the links; what was typed stands in the form."""
    pk = editor.form.instance.pk if not editor.form.instance._state.adding else None
    one = Service.objects.get(pk=pk) if pk else None
    is_stay = isinstance(editor.form, StayForm)
    names = {resource.pk: resource.name for resource in Resource.objects.all()}
    new_name = "new_stay" if is_stay else "new_service"
    context = {
        "form": editor.form,
        "editor": editor,
        "opened": {part: editor.is_open(*fields) for part, fields in PARTS.items()},
        "said": summary.said(one or _blank(editor), editor.made_before, names),
        "service": one,
        "is_stay": is_stay,
        "troubles": readiness.troubles(request.project, one) if one and not editor.form.is_bound else [],
        "seasons": one.seasons.order_by("first", "last", "name") if one and is_stay else [],
        "starters": [(key, starter.label) for key, starter in STARTERS.items()] if one is None else [],
        "like": request.GET.get("like", ""),
        "path": _url(request, "service", service_id=one.pk) if one else _url(request, new_name),
        "on_page": site_url(request.project, "booking:book_time", service=one.slug) if one and one.is_active else "",
        "is_unsaved": is_unsaved,
        "refusal": refusal,
    }
    return render(request, "booking/service.html", context, status=status)


def _blank(editor: Editor) -> Service:
    """A new service with what it begins with."""
    known = {field.name for field in Service._meta.concrete_fields}
    return Service(**{name: value for name, value in editor.form.initial.items() if name in known})


PARTS: Mapping[str, Sequence[str]] = {
    "needs": ("needs", "parts"),
    "around": ("buffer_before", "buffer_after", "buffer_inside_hours"),
    "times": ("step_min", "align", "horizon_days", "notice_min", "change_notice_min", "remind_min", "most_dates"),
    "party": ("min_party", "max_party", "capacity", "has_waiting_list"),
    "limits": ("limits",),
    "approval": ("approval", "is_reserved_by_requests", "request_hours"),
    "questions": ("questions",),
    "page": ("slug",),
}
"""The folded parts of the page, and the fields and rows in each."""


@dashboard("services.write", module="booking")
@require_POST
def removal(request: ProjectRequest, service_id: UUID) -> HttpResponse:
    one: Service = get_object_or_404(Service.objects.all(), pk=service_id)
    try:
        catalogue.remove_service(one)
    except catalogue.StillBooked as refused:
        kept = Service.objects.get(pk=service_id)
        editor = Editor(_form_of(kept), None, project=request.project, instance=kept)
        return _page(request, editor, status=409, refusal=str(refused))
    toast(request, _("%(name)s is taken away.") % {"name": one.name})
    return redirect("booking:services", project=request.project.slug)
