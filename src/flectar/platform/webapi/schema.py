"""The OpenAPI 3.1 description: ninja's, with what the guard adds to every operation."""

import re
from functools import cache
from typing import Any

from flectar.platform.webapi.gate import LIMIT, PER_SECONDS
from flectar.platform.webapi.kit import Api

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `code` is stable and meant for programs; `detail` is a sentence for people.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string"},
                    "parameter": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
INTRODUCTION = f"""Send an API key as `Authorization: Bearer fb_…`. Every address is under one project.

Errors are `application/problem+json` (RFC 9457). Lists come in pages: pass `next` back as `cursor`.
A POST with an `Idempotency-Key` is done once; for 24 hours the same request gets the same answer.
A key may call {LIMIT} times in {PER_SECONDS} seconds; `RateLimit` tells what is left."""
REFUSALS = {
    "400": "Cannot be read",
    "401": "No working key",
    "403": "The key lacks the permission",
    "404": "Not found",
    "422": "Bad values",
    "429": "Too often",
}
OF_WRITING = {"409": "Something else came first", "413": "Too large", "415": "Not JSON"}
METHODS = ("get", "post", "put", "patch", "delete")


_api: Api | None = None


def connect(api: Api) -> None:
    """Called once, with the API that config/api.py puts together."""
    global _api
    _api = api


def document() -> dict[str, Any]:
    """The whole document. Made once for each process."""
    if _api is None:
        raise RuntimeError("the API is not put together yet: config/api.py calls connect()")
    return _described(_api)


@cache
def _described(api: Api) -> dict[str, Any]:
    described: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="api/v1/"))
    described["info"]["description"] = INTRODUCTION
    described["servers"] = [{"url": "/"}]
    components = described.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": "An API key"}}
    permissions = {
        (_normal(path), method.lower()): operation.view_func.needs.permission  # type: ignore[attr-defined]  # a mark
        for path, operation in api.operations()
        for method in operation.methods
    }
    for path, methods in described["paths"].items():
        for method in METHODS:
            if method in methods:
                _complete(methods[method], method, permissions[_normal(path.removeprefix("/api/v1/")), method])
    return described


def _normal(path: str) -> str:
    return "/" + re.sub(r"{[^}:]+:", "{", path).strip("/")


def _complete(operation: dict[str, Any], method: str, permission: str) -> None:
    operation["security"] = [{"key": []}]
    operation["x-permission"] = permission
    responses = operation["responses"] = {str(status): value for status, value in operation["responses"].items()}
    for status, meaning in {**REFUSALS, **({} if method == "get" else OF_WRITING)}.items():
        responses.setdefault(
            status,
            {
                "description": meaning,
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )
    if method == "post":
        operation.setdefault("parameters", []).append(
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": False,
                "schema": {"type": "string", "pattern": "^[ -~]{1,255}$"},
                "description": "Makes the request safe to repeat for 24 hours.",
            }
        )
