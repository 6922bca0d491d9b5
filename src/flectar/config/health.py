"""/healthz: this process answers. /readyz: and its database does too, with every migration it knows applied."""

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

from flectar.platform.projects.access import public

_migrated = False


@public
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@public
def readyz(request: HttpRequest) -> HttpResponse:
    try:
        ready = _is_ready()
    except Error:
        return HttpResponse("the database does not answer\n", content_type="text/plain", status=503)
    text = "ready\n" if ready else "migrations are missing; run `flectar migrate`\n"
    return HttpResponse(text, content_type="text/plain", status=200 if ready else 503)


def _is_ready() -> bool:
    global _migrated
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated
