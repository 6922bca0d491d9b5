"""Who may see a view. Each view carries one of these marks; a test walks every address and fails on one without.

@dashboard("bookings.read")      under /<project>/ on the platform's host, for members with that permission
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

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from flectar.platform.organizations.roles import role_allows, role_in
from flectar.platform.projects.models import Project

type View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Access:
    """The mark on a view: `kind` is permission, account, operator, site, public or webhook."""

    kind: str
    permission: str = ""
    module: str = ""


class ProjectRequest(HttpRequest):
    """A request whose project is known and whose scope is open."""

    project: Project


def can(user: Any, permission: str, project: Project) -> bool:
    """The one question of rights. Default: no."""
    return role_allows(_role(user, project) or "", permission)


def _role(user: Any, project: Project) -> str | None:
    """Asked several times a page: remembered on the user object, which lives as long as the request."""
    if not getattr(user, "is_authenticated", False):
        return None
    known = user.__dict__.setdefault("_roles", {})
    if project.organization_id not in known:
        known[project.organization_id] = role_in(user.pk, project.organization_id)
    found: str | None = known[project.organization_id]
    return found


def dashboard(permission: str, *, module: str = "") -> Callable[[View], View]:
    """Members only. A stranger gets 404, whether the project exists or not; a member without the right gets 403;
    while the module is switched off everybody gets 404."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, project: str, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if request.project is None or _role(request.user, request.project) is None:
                raise Http404
            if not can(request.user, permission, request.project):
                raise PermissionDenied
            _require(module, request.project)
            return view(request, **kwargs)

        return _marked(guarded, Access("permission", permission, module))

    return decorate


def signed_in(view: View) -> View:
    """Anybody with an account."""

    @wraps(view)
    def guarded(request: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, **kwargs)

    return _marked(guarded, Access("account"))


def operator(view: View) -> View:
    """Operators only; everybody else gets 404, so that the pages tell nobody that they are there."""

    @wraps(view)
    def guarded(request: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_operator:
            raise Http404
        return view(request, **kwargs)

    return _marked(guarded, Access("operator"))


@overload
def site_view(view: View) -> View: ...
@overload
def site_view(*, module: str) -> Callable[[View], View]: ...
def site_view(view: View | None = None, *, module: str = "") -> View | Callable[[View], View]:
    """A visitor of a project's public site. No cookie, so no CSRF token: the same-origin check stands instead."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, **kwargs: Any) -> HttpResponse:
            if request.project is None:
                raise Http404
            _require(module, request.project)
            return view(request, **kwargs)

        return csrf_exempt(_marked(guarded, Access("site", module=module)))

    return decorate if view is None else decorate(view)


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
