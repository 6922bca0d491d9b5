"""Keys for tests, and a program that calls with one."""

import json
from typing import Any

from django.test import Client

from flectar.platform.projects.models import Project
from flectar.platform.webapi import keys
from flectar.platform.webapi.models import ApiKey

EVERYTHING = ("project.read", "customers.read", "customers.write", "customers.delete")


def key(project: Project, *scopes: str, **values: Any) -> tuple[ApiKey, str]:
    """For this project alone unless `project_ids` says otherwise."""
    values = {"name": "Website", "project_ids": [project.pk], **values}
    return keys.make(project.organization, scopes=scopes or EVERYTHING, **values)


class Program(Client):
    """Not a browser: no cookies, no Origin, a key in the header."""

    def __init__(self, text: str = "") -> None:
        headers = {"host": "localhost:8000"} | ({"authorization": f"Bearer {text}"} if text else {})
        super().__init__(headers=headers, raise_request_exception=False)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.generic(
            method,
            path,
            data=body if isinstance(body, str | bytes) else b"" if body is None else json.dumps(body),
            content_type=named.pop("content-type", "application/json"),
            headers=named,
        )
