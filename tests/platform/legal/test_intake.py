"""Where the installation asks for it, visitors' data is taken in only after an owner accepted the data agreement."""

from typing import Any

import pytest
from django.test import Client

from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.legal import acceptance
from flectar.platform.legal.models import Acceptance
from flectar.platform.projects.models import Project
from tests.offers.booking import make as bookings


@pytest.fixture
def bookable(salon: Project) -> Project:
    with project_scope(salon.pk):
        bookings.service(bookings.staff("Noa Vidal", {1: [(540, 480)]}), slug="cut")
    return salon


def test_nobody_books_before_an_owner_has_accepted(
    bookable: Project, salon_site: Client, signed_in: Client, lucia: User, settings: Any
):
    settings.AGREEMENT_REQUIRED = True

    closed = salon_site.get("/book/cut")
    assert closed.status_code == 503
    assert "take bookings here yet" in closed.content.decode()
    assert salon_site.post("/book/cut/details", {}).status_code == 503
    assert "Visitors can’t book yet" in signed_in.get("/nacar/").content.decode()

    held = acceptance.agreement_of(bookable.organization_id)
    acceptance.accept_agreement(bookable.organization_id, digest=held.digest, account_id=lucia.pk, name=lucia.name)

    assert salon_site.get("/book/cut").status_code == 200
    assert "Visitors can’t book yet" not in signed_in.get("/nacar/").content.decode()


def test_elsewhere_nothing_is_asked(bookable: Project, salon_site: Client, signed_in: Client):
    assert salon_site.get("/book/cut").status_code == 200
    assert "Visitors can’t book yet" not in signed_in.get("/nacar/").content.decode()
    assert not Acceptance.objects.exists()
