"""A mail written in a project's own scope, and what waits for it."""

import json
from typing import Any

from django.db import connection

from flectar.core.tenancy import project_scope
from flectar.platform.outbox import send_mail
from flectar.platform.outbox.models import Message
from flectar.platform.projects.models import Project


def hello(project: Project | None = None, **values: Any) -> Message:
    given = {
        "event": "test.hello",
        "to": ("Ana Ruiz", "ana@example.com"),
        "locale": "en",
        "context": {"name": "Ana"},
        "project": project,
        **values,
    }
    if project is None:
        return send_mail(**given)
    with project_scope(project.pk):
        return send_mail(**given)


def reread(message: Message, project: Project | None = None) -> Message:
    if project is None:
        return Message.objects.get(pk=message.pk)
    with project_scope(project.pk):
        return Message.objects.get(pk=message.pk)


def waiting_jobs(name: str = "outbox.send") -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args, scheduled_at, lock FROM procrastinate_jobs"
            " WHERE task_name = %s AND status = 'todo' ORDER BY id",
            [name],
        )
        return [{"args": json.loads(args), "at": at, "lock": lock} for args, at, lock in cursor.fetchall()]
