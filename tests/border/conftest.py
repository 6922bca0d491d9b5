"""A salon with one of everything, so that every address leads somewhere."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.people.customers import merging
from flectar.platform.accounts.models import User
from flectar.platform.organizations.models import CustomRole
from flectar.platform.projects.models import Project
from flectar.platform.webhooks import endpoints
from tests import make
from tests.cast import PlatformClient
from tests.offers.booking import make as bookings
from tests.offers.booking.conftest import NOW
from tests.people.customers import make as customers
from tests.platform.webapi import make as programs
from tests.rows import row

SCOPES = ("project.read", "customers.read", "customers.write", "customers.delete", "bookings.read", "bookings.write",
          "services.read", "services.write", "webhooks.read", "webhooks.manage")  # fmt: skip


@dataclass
class World:
    project: Project
    owner: User
    key: str
    cookies: Any = None
    ids: dict[str, list[str]] = field(default_factory=dict)  # by the name that an address gives them

    def browser(self, number: int = 0) -> Client:
        """A new one each time, signed in; from an address of its own, so that no limit stops the test."""
        made = PlatformClient()
        made.raise_request_exception = False
        made.cookies.load({morsel.key: morsel.value for morsel in self.cookies.values()})
        made.defaults["REMOTE_ADDR"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        return made

    def visitor(self, number: int = 0) -> Client:
        made = PlatformClient(f"{self.project.slug}.localhost:8000")
        made.raise_request_exception = False
        made.defaults["REMOTE_ADDR"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        return made


@pytest.fixture
def world(salon: Project, lucia: User, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[World]:
    settings.RESEND_API_URL = "http://127.0.0.1:9/"  # nobody
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the border is tried, not Argon2
    with clock.frozen(NOW):
        made = World(salon, lucia, programs.key(salon, *SCOPES)[1])
        client = PlatformClient()
        client.force_login(lucia)
        made.cookies = client.cookies
        make.member(salon.organization, make.user("noa@nacar.example"))
        with project_scope(salon.pk):
            noa = bookings.staff("Noa Vidal", {1: [(540, 480)]})
            service = bookings.service(noa, slug="curl-cut")
            booking = bookings.booking(salon, service, bookings.at(salon, "10:00"))
            bookings.closure(NOW + timedelta(days=3), NOW + timedelta(days=4))
            hook, _secret = endpoints.make(url="https://example.com/hooks", events=["customer.added"])
            endpoints.send_test(hook)
            merging.merge(customers.customer(salon, "Ana"), customers.customer(salon, "Ana G."))
            customers.upload(salon, b"Name,Email\nAna,ana@example.com\n")
            for label in (
                "booking.calendarimport",
                "booking.subscription",
                "booking.feed",
                "booking.coupon",
                "booking.entitlement",
                "booking.policy",
                "payments.paymentintent",
                "outbox.message",
                "projects.specialday",
            ):
                if label in {model._meta.label_lower for model in apps.get_models()}:
                    row(apps.get_model(label))
            made.ids = {
                "token": [booking.token],
                "service": ["curl-cut"],
                "project": ["nacar"],
                "skin": ["land"],
                "number": ["1"],
            }
            for model in apps.get_models():
                if model.__module__.startswith("flectar."):
                    name = f"{model._meta.model_name}_id"
                    made.ids[name] = [str(pk) for pk in model._base_manager.values_list("pk", flat=True)[:3]]
        desk = CustomRole.objects.create(organization=salon.organization, name="Desk", permissions=[])
        made.ids["role_id"] = [str(desk.pk)]
        made.ids["key_id"] = made.ids["apikey_id"]
        made.ids["intent_id"] = made.ids["paymentintent_id"]
        every = [pk for name, ids in made.ids.items() if name.endswith("_id") for pk in ids]
        made.ids["any"] = every
        yield made


class rolled_back(transaction.Atomic):
    """Whatever happened inside did not: the next example meets the same world."""

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=True, durable=False)

    def __exit__(self, *error: Any) -> None:
        transaction.set_rollback(True)
        super().__exit__(*error)
