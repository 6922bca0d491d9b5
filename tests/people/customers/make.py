"""Customers for tests. Inside a project's scope."""

from itertools import count
from typing import Any

from flectar.people.customers import directory
from flectar.people.customers.models import Customer, CustomerImport
from flectar.platform.projects.models import Project

_numbers = count(1)


def customer(
    project: Project, name: str = "Paula Ibáñez", *, email: str = "", phone: str = "", **values: Any
) -> Customer:
    details = directory.Details(name=name, emails=[email] if email else [], phones=[phone] if phone else [], **values)
    return directory.add(project, details)


def upload(project: Project, content: bytes, file_name: str = "contacts.csv", **values: Any) -> CustomerImport:
    return CustomerImport.objects.create(project=project, file_name=file_name, content=content, **values)
