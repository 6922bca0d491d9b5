"""Errors as RFC 9457 problems: a status, a sentence, and a `code` for programs."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse


class Problem(Exception):
    """Raised by an operation; becomes the answer. `detail` is fit to show."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.more = more
        super().__init__(f"{status} {code}: {detail}")


def answer(
    status: int, code: str, detail: str = "", *, headers: Mapping[str, str] | None = None, **more: Any
) -> HttpResponse:
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code}
    if detail:
        body["detail"] = detail
    response = HttpResponse(
        json.dumps(body | more, ensure_ascii=False), content_type="application/problem+json", status=status
    )
    for name, value in (headers or {}).items():
        response[name] = value
    return response
