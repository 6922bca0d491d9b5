"""The middleware that counts requests and their time, where the operator's port is set. Outermost."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpResponse

from flectar.core import metrics


class Measured:
    """Counts by the name of the view, which is one of ours: what a visitor types never becomes a label."""

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        metrics.request_answered(_view(request), request.method, response.status_code, time.perf_counter() - began)
        note_pool()
        return response


def _view(request: Any) -> str:
    route = getattr(request, "route", None)
    if route is None:
        return "static" if request.path_info.startswith("/static/") else "none"
    name = route.view_name if route.url_name else route.route
    return f"site:{name}" if getattr(request, "zone", "") == "site" else str(name)


def note_pool() -> None:
    pool: Any = getattr(connection, "pool", None)
    if pool is not None:
        stats = pool.get_stats()
        size, idle = stats.get("pool_size", 0), stats.get("pool_available", 0)
        metrics.pool_used(in_use=size - idle, idle=idle, waiting=stats.get("requests_waiting", 0))
