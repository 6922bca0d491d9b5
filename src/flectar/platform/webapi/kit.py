"""The API itself. Every operation passes one guard: who calls, may they, what they send, done once.

    router = Router(tags=["Customers"])

    @router.get("/projects/{slug:project}/customers", response=CustomerPage)
    @needs("customers.read", module="customers")
    def list_customers(request: ApiRequest, project: str, ...) -> CustomerPage: ...

The guard stands around the whole operation, so that what it answers and what is stored for a repeat are the same bytes.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation, PathView

from flectar.platform.audit.log import acting_as
from flectar.platform.projects.access import only_looks
from flectar.platform.projects.models import Project
from flectar.platform.webapi import bodies, idempotency
from flectar.platform.webapi.gate import Caller, wrong_key
from flectar.platform.webapi.problems import Problem, answer

type View = Callable[..., HttpResponse]


class ApiRequest(HttpRequest):
    """A request behind the guard: the scope is open, the caller may do this."""

    project: Project
    caller: Caller


class Needs:
    """What an operation asks of its caller."""

    __slots__ = ("module", "permission")

    def __init__(self, permission: str, module: str) -> None:
        self.permission = permission
        self.module = module


def needs(permission: str, *, module: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark an operation with the permission it needs, and the module that must be on. Goes below the router's line."""

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        function.needs = Needs(permission, module)  # type: ignore[attr-defined]  # a mark, read by the guard
        return function

    return mark


class Api(NinjaAPI):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(docs_url=None, openapi_url=None, parser=bodies.CheckedParser(), **kwargs)
        self.add_exception_handler(Problem, _problem)
        self.add_exception_handler(ValidationError, _invalid)
        self.add_exception_handler(HttpError, _http_error)
        self.add_exception_handler(Http404, _not_found)
        self.add_exception_handler(PermissionDenied, _forbidden)

    def operations(self) -> list[tuple[str, Operation]]:
        """Every operation with its path under /api/v1."""
        return [
            ("/".join(part for part in (router.prefix, where) if part), operation)
            for router in self._get_bound_routers()
            for where, view in router.path_operations.items()
            for operation in view.operations
        ]

    def _get_urls(self) -> list[Any]:
        # ninja gives one pattern for each operation, each leading to the view of all methods of that path.
        guarded = []
        for router in self._get_bound_routers():
            views = [view for view in router.path_operations.values() for _operation in view.operations]
            guarded += [
                _guarded(pattern, view) for pattern, view in zip(router.urls_paths(router.prefix), views, strict=True)
            ]
        return guarded


def _guarded(pattern: URLPattern, view: PathView) -> URLPattern:
    for operation in view.operations:
        if not isinstance(getattr(operation.view_func, "needs", None), Needs):
            raise ImproperlyConfigured(f"{operation.view_func.__qualname__} does not say what it needs: add @needs(…)")
    # Not ninja's own mark: a signed-in person's form token is checked; a key's request is let off by the gate.
    run = pattern.callback

    @wraps(run)
    def guard(request: Any, **values: Any) -> HttpResponse:
        try:
            return _checked(request, view, lambda: run(request, **values))
        except Problem as problem:
            return _problem(request, problem)

    guard.csrf_exempt = False  # type: ignore[attr-defined]  # Django's own mark
    guard.operations = view.operations  # type: ignore[attr-defined]  # for the tests that walk them
    return path(str(pattern.pattern), guard, name=pattern.name)


def _checked(request: Any, view: PathView, run: Callable[[], HttpResponse]) -> HttpResponse:
    if request.caller is None:
        return wrong_key()
    operation = view._find_operation(request)
    if operation is None:
        allowed = sorted({method for each in view.operations for method in each.methods})
        return answer(
            405, "method_not_allowed", _("This address takes other methods."), headers={"Allow": ", ".join(allowed)}
        )
    marks = cast(Any, operation.view_func).needs
    project, caller = request.project, request.caller
    # Whoever may not know of the project is told what a stranger is told: there is none.
    if project is None or not caller.knows(project) or (marks.module and not project.has(marks.module)):
        raise Problem(404, "not_found", _("There is nothing here."))
    if caller.lacks_second_step(project):
        raise Problem(
            403, "second_step_missing", _("This organization asks for two-step sign-in. Set it up in your account.")
        )
    if not caller.may(marks.permission, project):
        raise Problem(
            403,
            "missing_permission",
            _("This needs the permission %(name)s.") % {"name": marks.permission},
            permission=marks.permission,
        )
    if request.method in ("POST", "PUT", "PATCH") and (request.body or operation.models):
        _read_body(request, operation)
    with acting_as(caller.actor(project)):
        if caller.key is None and only_looks(request, project.organization_id):
            raise Problem(403, "only_looks", _("On this support visit nothing can be changed."))
        return idempotency.once(request, run)


def _read_body(request: Any, operation: Operation) -> None:
    takes_body = any(model.__ninja_param_source__ == "body" for model in operation.models)
    if request.body:
        bodies.read_json(request)
    elif takes_body:
        raise Problem(400, "bad_json", _("The body is not valid JSON in UTF-8."))


# --- Errors -----------------------------------------------------------------------------------------------------------


def _problem(request: Any, problem: Any) -> HttpResponse:
    headers = {"Retry-After": str(problem.more["retry_after"])} if "retry_after" in problem.more else {}
    return answer(problem.status, problem.code, problem.detail, headers=headers, **problem.more)


def _invalid(request: Any, error: Any) -> HttpResponse:
    """Pydantic's complaints as pointers into the body (RFC 6901) or names of parameters."""
    return answer(
        422,
        "invalid",
        _("Some values are not as they should be."),
        errors=[_complaint(one["loc"], one["msg"]) for one in error.errors],
    )


def _complaint(where: Any, text: str) -> dict[str, str]:
    source, *rest = [str(part) for part in where]
    if source == "body":
        # The first step is the name of the operation's own argument, which the caller does not know.
        return {
            "pointer": "#/" + "/".join(part.replace("~", "~0").replace("/", "~1") for part in rest[1:]),
            "detail": text,
        }
    return {"parameter": ".".join(rest), "detail": text}


def _http_error(request: Any, error: Any) -> HttpResponse:
    return answer(error.status_code, "refused", str(error))


def _not_found(request: Any, error: Any) -> HttpResponse:
    return answer(404, "not_found", _("There is nothing here."))


def _forbidden(request: Any, error: Any) -> HttpResponse:
    return answer(403, "forbidden", _("You may not do this."))


__all__ = ["Api", "ApiRequest", "Needs", "Problem", "needs"]
