"""JSON as it comes in: checked for what a database or a parser would choke on, before anything reads it."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser

from flectar.core.text import BadText, clean_tree
from flectar.platform.webapi.problems import Problem

MAX_DEPTH = 20


def read_json(request: Any) -> Any:
    """The decoded body, remembered on the request. Raises Problem 400, 413 or 415."""
    if hasattr(request, "json_body"):
        return request.json_body
    if request.content_type not in ("application/json", "application/merge-patch+json"):
        raise Problem(415, "not_json", _("Send the body as application/json."))
    try:
        value = json.loads(request.body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Problem(400, "bad_json", _("The body is not valid JSON in UTF-8.")) from None
    if _is_deeper_than(value, MAX_DEPTH):
        raise Problem(400, "bad_json", _("The JSON is nested too deeply."))
    try:
        request.json_body = clean_tree(value)
    except BadText:
        raise Problem(
            422, "bad_text", _("The text holds characters that can't be stored: NUL or half of a surrogate pair.")
        ) from None
    return request.json_body


class CheckedParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request)


def _refuse_constant(name: str) -> NoReturn:
    """NaN and Infinity are Python's own, not JSON's."""
    raise ValueError(name)


def _is_deeper_than(value: Any, limit: int) -> bool:
    layer = [value]
    for _depth in range(limit + 1):
        layer = [
            child
            for node in layer
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not layer:
            return False
    return True
