"""The dashboard's lists, asked over HTTP by a signed-in owner, among ten thousand businesses."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from bench.serving import MADE, Client, Run, run
from flectar.config import installation

PAGES = {
    "Customers": "customers/",
    "Customers called “garcia”": "customers/?q=garcia",
    "Customers called “maria”": "customers/?q=maria",
    "Customers with a no-show": "customers/?no-shows=some",
    "Customers who came five times": "customers/?visits=5%2B",
    "Bookings to come": "bookings",
    "Bookings past": "bookings?view=past",
    "Bookings of “garcia”": "bookings?q=garcia",
    "Bookings of “maria”": "bookings?q=maria",
}
# What the first page of customers would be in plain SQL, as the role that serves.
REFERENCE = """
SELECT id, name FROM customers_customer WHERE project_id = %s AND archived_at IS NULL ORDER BY sort_key, id LIMIT 51
"""


@dataclass(frozen=True)
class Owner:
    """Somebody signed in, by a cookie for the running server and by a client in this process."""

    slug: str
    cookie: str
    client: Any


def owner_of(project_id: UUID) -> Owner:
    from django.conf import settings
    from django.test import Client as Browser

    from flectar.platform.accounts.models import User
    from flectar.platform.organizations.models import Membership
    from flectar.platform.projects.models import Project

    project = Project.objects.get(pk=project_id)
    person = User.objects.create_user(f"owner@{project.slug}.example", None)
    Membership.objects.create(organization_id=project.organization_id, user=person, role="owner")
    browser = Browser(headers={"host": "localhost"})
    browser.force_login(person)
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value
    return Owner(project.slug, f"Cookie: {settings.SESSION_COOKIE_NAME}={key}\r\n", browser)


def listed(pid: int, port: int, owner: Owner, path: str) -> Run:
    client = Client(port, f"localhost:{port}", f"/{owner.slug}/{path}", f"Accept-Encoding: gzip\r\n{owner.cookie}")
    if b" 200 " not in (head := client.answer()[:60]):
        raise SystemExit(f"/{owner.slug}/{path} answered {head!r}")
    return run(pid, client, MADE)


def queries(owner: Owner, path: str) -> int:
    from django.db import connection

    asked: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    address = f"/{owner.slug}/{path}"
    owner.client.get(address)
    with connection.execute_wrapper(count):
        owner.client.get(address)
    return len(asked)


def bare(project_id: UUID) -> float:
    """Milliseconds of the plain query, the middle of many."""
    with psycopg.connect(installation.database_url()) as app:
        app.execute("SELECT set_config('app.project_id', %s, true)", [str(project_id)])
        found = []
        for _ in range(MADE):
            begun = time.perf_counter()
            app.execute(REFERENCE, [project_id]).fetchall()
            found.append((time.perf_counter() - begun) * 1000)
    return sorted(found)[MADE // 2]
