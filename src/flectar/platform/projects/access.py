"""Who may see a view. Each view carries one of these marks; a test walks every address and fails on one without.

@dashboard("bookings.read")      under /<project>/ on the platform's host, for members with that permission
@organization("members.manage")  under organizations/<id>/ on the platform's host, for members with that permission
@signed_in                       on the platform's host, for anybody with an account
@site_view                       on a project's public host
@public                          for everybody, on the platform's host
@operator                        for whoever runs this installation

`@dashboard("bookings.read", module="booking")` and `@site_view(module="booking")` answer 404 while the project has that
module switched off.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, overload
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.internal.flows.reauthentication import (
    is_reauthentication_required,
    raise_if_reauthentication_required,
)
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseForbidden
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from flectar.platform.audit.log import Actor, acting_as, record
from flectar.platform.legal.acceptance import may_take_in_data
from flectar.platform.organizations import second_step, support
from flectar.platform.organizations.models import Organization, SupportVisit
from flectar.platform.organizations.roles import Seat, seat_in
from flectar.platform.projects import drafts
from flectar.platform.projects.models import Project

type View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Access:
    """The mark on a view: `kind` is permission, organization, account, operator, site, public or webhook."""

    kind: str
    permission: str = ""
    module: str = ""
    any_origin: bool = False


class ProjectRequest(HttpRequest):
    """A request whose project is known and whose scope is open."""

    project: Project
    client_address: str  # behind our own proxies: of whoever asks
    is_framed: bool  # a page under /embed/, which may stand on another website and knows no cookies


class OrganizationRequest(HttpRequest):
    """A request to an organization's own pages, outside its projects."""

    organization: Organization


def can(user: Any, permission: str, project: Project) -> bool:
    """The one question of rights. Default: no."""
    seat = seat_at(user, project.organization_id)
    return seat is not None and seat.reaches(project.pk) and seat.allows(permission)


def is_member(user: Any, project: Project) -> bool:
    """Whether the project may be named to this person at all."""
    seat = seat_at(user, project.organization_id)
    return seat is not None and seat.reaches(project.pk)


def seat_at(user: Any, organization_id: UUID) -> Seat | None:
    """Asked several times a page: remembered on the user object, which lives as long as the request."""
    if not getattr(user, "is_authenticated", False):
        return None
    known: dict[UUID, Seat | None] = user.__dict__.setdefault("_seats", {})
    if organization_id not in known:
        seat = seat_in(user.pk, organization_id)
        if seat is None and (visit := support_visit(user, organization_id)):
            seat = support.lent(visit)
        known[organization_id] = seat
    return known[organization_id]


def support_visit(user: Any, organization_id: UUID) -> SupportVisit | None:
    """The visit that lends an operator a seat; None for members, and for everybody else."""
    known: dict[UUID, SupportVisit | None] = user.__dict__.setdefault("_visits", {})
    if organization_id not in known:
        known[organization_id] = support.visit_of(user, organization_id)
    return known[organization_id]


def actor_at(user: Any, organization_id: UUID) -> Actor:
    """In whose name this person acts there."""
    if seat_at(user, organization_id) and (visit := known_visit(user, organization_id)):
        return support.actor(visit)
    return Actor("person", user.pk, user.name, organization_id)


def known_visit(user: Any, organization_id: UUID) -> SupportVisit | None:
    """The visit behind the seat, once the seat was asked for."""
    visits: dict[UUID, SupportVisit | None] = user.__dict__.get("_visits", {})
    return visits.get(organization_id)


def dashboard(permission: str, *, module: str = "") -> Callable[[View], View]:
    """Members only. A stranger gets 404, whether the project exists or not; a member without the right gets 403;
    while the module is switched off everybody gets 404."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, project: str, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _ask_to_sign_in(request)
            if request.project is None or not is_member(request.user, request.project):
                raise Http404
            if kept_out := _kept_out(request, request.project.organization):
                return kept_out
            organization_id = request.project.organization_id
            with acting_as(actor_at(request.user, organization_id)):
                if not can(request.user, permission, request.project) or only_looks(request, organization_id):
                    return _refused(request, permission, organization_id)
                _require(module, request.project)
                return view(request, **kwargs)

        return _marked(guarded, Access("permission", permission, module))

    return decorate


def _ask_to_sign_in(request: Any) -> HttpResponse:
    """A script that asks for a part of a page cannot show the sign-in page: it is told, and shows a dialog."""
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=401)
    if request.method not in UNSAFE:
        return redirect_to_login(request.get_full_path())
    page = drafts.page_of(request)
    drafts.hold(request, page=page, why=drafts.SIGNED_OUT)
    return redirect_to_login(page)


def organization(permission: str) -> Callable[[View], View]:
    """The organization's own pages: 404 to strangers, 403 to members without the right. Consumes `organization_id`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, organization_id: UUID, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _ask_to_sign_in(request)
            seat = seat_at(request.user, organization_id)
            if seat is None:
                raise Http404
            request.organization = Organization.objects.get(pk=organization_id)
            if kept_out := _kept_out(request, request.organization):
                return kept_out
            with acting_as(actor_at(request.user, organization_id)):
                if not seat.allows(permission) or only_looks(request, organization_id):
                    return _refused(request, permission, organization_id)
                return view(request, **kwargs)

        return _marked(guarded, Access("organization", permission))

    return decorate


def only_looks(request: Any, organization_id: UUID) -> bool:
    """Whether support, on a visit for looking, tries to do something. What it looks at is noted."""
    visit = known_visit(request.user, organization_id)
    if visit is None:
        return False
    if request.method in UNSAFE:
        return not visit.may_write
    record("support.looked", target=visit.member, new={"page": request.path[:200]}, organization_id=organization_id)
    return False


def _kept_out(request: Any, organization: Organization) -> HttpResponse | None:
    """The organization asks for a second step at sign-in, and this person has none: only how to set one up."""
    if not second_step.keeps_out(request.user, organization):
        return None
    return render(request, "projects/second_step.html", {"organization": organization}, status=403)


def _refused(request: Any, permission: str, organization_id: UUID) -> HttpResponse:
    """A member tried what their role does not allow. A deed that is refused is noted; a look is not."""
    if request.method not in UNSAFE:
        raise PermissionDenied
    record(
        "access.refused",
        target=request.user,
        new={"permission": permission, "page": request.path[:200]},
        organization_id=organization_id,
    )
    # An answer, not an exception: the note would be rolled back with it.
    context = {"status": 403, "request_id": request.id}
    return HttpResponseForbidden(render_to_string("ui/errors/403.html", context))


def signed_in(view: View) -> View:
    """Anybody with an account."""

    @wraps(view)
    def guarded(request: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        return view(request, **kwargs)

    return _marked(guarded, Access("account"))


def sure(view: View) -> View:
    """For a deed with consequences: who does it says once more who they are, unless they just did. Put it below the
    mark. Looking needs no such thing."""

    @wraps(view)
    def guarded(request: Any, **kwargs: Any) -> HttpResponse:
        if request.method in UNSAFE:
            raise_if_reauthentication_required(request, app="account")
        return view(request, **kwargs)

    return guarded


@overload
def sure_of_it(view: View) -> View: ...
@overload
def sure_of_it(*, back: str) -> Callable[[View], View]: ...
def sure_of_it(view: View | None = None, *, back: str = "") -> View | Callable[[View], View]:
    """The same for a deed inside a project, which allauth would do again outside of it. Whoever is asked comes back to
    the page with its button, what they typed included, and sends it themselves. `back` names that page by its address
    of the project; without it, it is the page that was sent to."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in UNSAFE or not _must_prove_it(request):
                return view(request, **kwargs)
            page = reverse(back, kwargs={"project": request.project.slug}) if back else request.get_full_path()
            drafts.hold(request, page=page, why=drafts.UNSURE)
            messages.success(request, _("Say who you are, then press the button once more."))
            return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': page})}")

        return guarded

    return decorate if view is None else decorate(view)


def _must_prove_it(request: Any) -> bool:
    try:
        return bool(is_reauthentication_required(request, app="account"))
    except ReauthenticationRequired:
        return True


def operator(view: View) -> View:
    """Operators only; everybody else gets 404, so that the pages tell nobody that they are there."""

    @wraps(view)
    def guarded(request: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        if not request.user.is_operator:
            raise Http404
        if not settings.DEMO and not is_mfa_enabled(request.user):
            # Whoever can close accounts proves more than a password. The way to a second factor is the account's own.
            messages.warning(request, _("The console asks for two-step sign-in. Switch it on first."))
            return redirect("mfa_index")
        return view(request, **kwargs)

    return _marked(guarded, Access("operator"))


@overload
def site_view(view: View) -> View: ...
@overload
def site_view(*, module: str = "", takes_in: bool = False, any_origin: bool = False) -> Callable[[View], View]: ...
def site_view(
    view: View | None = None, *, module: str = "", takes_in: bool = False, any_origin: bool = False
) -> View | Callable[[View], View]:
    """A visitor of a project's public site. No cookie, so no CSRF token: the same-origin check stands instead.

    `takes_in`: the page is there to take in a visitor's data. Where the installation asks for it, it opens once an
    owner has accepted the data agreement. `any_origin`: mail programs send there too; a signed address is the right.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, **kwargs: Any) -> HttpResponse:
            if request.project is None:
                raise Http404
            _require(module, request.project)
            if takes_in and is_closed_to_visitors(request.project):
                return HttpResponse(render_to_string("legal/not_open.html", request=request), status=503)
            return view(request, **kwargs)

        return csrf_exempt(_marked(guarded, Access("site", module=module, any_origin=any_origin)))

    return decorate if view is None else decorate(view)


def is_closed_to_visitors(project: Project) -> bool:
    """Nobody has accepted the data agreement for its organization, and this installation asks for that."""
    return settings.AGREEMENT_REQUIRED and not may_take_in_data(project.organization_id)


def _require(module: str, project: Project) -> None:
    if module and not project.has(module):
        raise Http404


def public[V: Callable[..., HttpResponseBase]](view: V) -> V:
    """Everybody."""
    return _marked(view, Access("public"))


def webhook(view: View) -> View:
    """Another system calls: its signature is the right, checked by the view itself; any origin."""
    return csrf_exempt(_marked(view, Access("webhook")))


UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many hits of one client in so many seconds; counted before the view runs."""

    name: str
    limit: int
    per_seconds: int
    methods: tuple[str, ...] = UNSAFE


def limited(name: str, *, limit: int, per_seconds: int, methods: tuple[str, ...] = UNSAFE) -> Callable[[View], View]:
    """Count hits of this view by client address. Put it above the mark."""

    def decorate(view: View) -> View:
        view.limits = (*getattr(view, "limits", ()), Limit(name, limit, per_seconds, methods))  # type: ignore[attr-defined]  # a mark
        return view

    return decorate


def _marked[V: Callable[..., HttpResponseBase]](view: V, access: Access) -> V:
    view.access = access  # type: ignore[attr-defined]  # a mark, read by the middleware and the tests
    return view
