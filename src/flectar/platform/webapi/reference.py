"""The OpenAPI document as a page to read: no script, nothing from elsewhere."""

from typing import Any

from flectar.platform.webapi.schema import METHODS


def page(document: dict[str, Any]) -> dict[str, Any]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if operation := methods.get(method):
                tag = next(iter(operation.get("tags") or ["API"]))
                groups.setdefault(tag, []).append(_operation(document, path, method, operation))
    return {
        "api_title": document["info"]["title"],
        "version": document["info"]["version"],
        "introduction": document["info"]["description"].split("\n\n"),
        "groups": groups,
    }


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "permission": operation["x-permission"],
        "parameters": [
            {
                "name": parameter["name"],
                "where": parameter["in"],
                "is_required": parameter.get("required", False),
                "type": _type(document, parameter.get("schema", {})),
                "description": parameter.get("description") or parameter.get("schema", {}).get("description", ""),
            }
            for parameter in operation.get("parameters", [])
        ],
        "body": _fields(document, body) if body else [],
        "answers": [_answer(document, status, value) for status, value in operation["responses"].items()],
    }


def _answer(document: dict[str, Any], status: str, value: dict[str, Any]) -> dict[str, Any]:
    content = value.get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return {
        "status": status,
        "description": value.get("description", ""),
        "fields": _fields(document, schema) if schema else [],
    }


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    resolved = _resolved(document, schema)
    required = resolved.get("required", [])
    return [
        {
            "name": name,
            "type": _type(document, field),
            "is_required": name in required,
            "description": field.get("description", ""),
        }
        for name, field in resolved.get("properties", {}).items()
    ]


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if reference := schema.get("$ref"):
        found: dict[str, Any] = document["components"]["schemas"][reference.rpartition("/")[2]]
        return found
    return schema


def _type(document: dict[str, Any], schema: dict[str, Any]) -> str:
    """In a word or two: `string (date-time)`, `list of Customer`, `integer or null`."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(document, one) for one in schema["anyOf"]))
    if "$ref" in schema:
        resolved = _resolved(document, schema)
        if "enum" in resolved:
            return " | ".join(map(str, resolved["enum"]))
        return str(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_type(document, schema.get('items', {}))}"
    kind, form = schema.get("type", "anything"), schema.get("format", "")
    return f"{kind} ({form})" if form else str(kind)
