"""Every address and every operation, tried as every role: open, refused or not there, as its mark declares."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from flectar.config.api import api
from flectar.config.modules import PERMISSIONS
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import BUILT_IN, CustomRole, Membership, Role
from flectar.platform.organizations.roles import Seat
from flectar.platform.projects.models import Project
from tests import make
from tests.border.conftest import World, rolled_back, world  # noqa: F401 - a fixture
from tests.cast import PlatformClient
from tests.test_architecture import ALL_VIEWS

GUARDED = [
    (path, pattern.callback.access)
    for urlconf, path, pattern in ALL_VIEWS
    if urlconf == settings.ROOT_URLCONF
    and getattr(getattr(pattern.callback, "access", None), "kind", "") in ("permission", "organization")
]
OWN = ("home.read", "project.read", "bookings.read", "customers.export")
PARTS = 3  # of the long list, so that no core waits for another
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


@pytest.fixture
def seats(world: World) -> dict[str, tuple[Seat, Client]]:  # noqa: F811 - the fixture
    """Somebody in each role, and one of the organization's own."""
    organization = world.project.organization
    own = CustomRole.objects.create(organization=organization, name="Front desk", permissions=OWN)
    found = {}
    for role in [*BUILT_IN, Role.CUSTOM]:
        person = make.user(f"{role}@nacar.example")
        Membership.objects.create(
            organization=organization, user=person, role=role, custom_role=own if role == Role.CUSTOM else None
        )
        seat = Seat(role, frozenset(OWN) if role == Role.CUSTOM else frozenset())
        found[str(role)] = (seat, browser_of(person, len(found)))
    return found


@pytest.fixture
def outsiders(world: World) -> dict[str, Client]:  # noqa: F811 - the fixture
    """A stranger, and a manager of another project of the same organization."""
    elsewhere = make.project("nacar-norte", world.project.organization)
    away = make.user("away@nacar.example")
    Membership.objects.create(
        organization=world.project.organization, user=away, role=Role.MANAGER, project_ids=[elsewhere.pk]
    )
    return {"stranger": browser_of(make.user("bruno@clinica.example"), 50), "away": browser_of(away, 51)}


def browser_of(person: Any, number: int) -> Client:
    client = PlatformClient()
    client.raise_request_exception = False
    client.force_login(person)
    client.defaults["REMOTE_ADDR"] = f"10.1.{number}.1"
    return client


def addresses(world: World) -> Iterator[tuple[str, Any]]:  # noqa: F811 - the same world
    for path, access in GUARDED:
        filled = PLACE.sub(lambda place: (world.ids.get(place[1]) or world.ids["any"])[0], path)
        yield f"/{filled}", access


def tried(client: Client, address: str) -> tuple[str, int]:
    """With the method that the view takes; nothing of it stays."""
    with rolled_back():
        answer = client.get(address)
        if answer.status_code != 405:
            return "GET", answer.status_code
        return "POST", client.post(address).status_code


@pytest.mark.parametrize("part", range(PARTS))
def test_every_guarded_address_lets_in_the_roles_that_hold_its_permission_and_no_other(
    world: World,  # noqa: F811 - the fixture
    seats: dict[str, tuple[Seat, Client]],
    part: int,
):
    wrong = []
    for address, access in islice(addresses(world), part, None, PARTS):
        # The role with the least rights that may, and everyone who may not. Some deeds say no to an admin themselves.
        let_in = next(
            role for role in reversed(seats) if role != Role.ADMIN and seats[role][0].allows(access.permission)
        )
        for role, (seat, client) in seats.items():
            if seat.allows(access.permission) and role != let_in:
                continue
            method, status = tried(client, address)
            if (status == 403) == seat.allows(access.permission) or status >= 500:
                wrong.append(f"{method} {address} as {role}: {status}, it needs {access.permission}")

    assert GUARDED
    assert wrong == []


def test_to_strangers_and_to_members_of_other_projects_no_address_is_there(
    world: World,  # noqa: F811 - the fixture
    outsiders: dict[str, Client],
):
    found = []
    for address, access in addresses(world):
        for who, client in outsiders.items():
            _method, status = tried(client, address)
            # The organization's own pages are for its members, wherever they work; these hold no right there.
            expected = 403 if who == "away" and access.kind == "organization" else 404
            if status != expected:
                found.append(f"{address} as {who}: {status}")

    assert found == []


def test_every_operation_of_the_api_asks_a_person_for_the_same_rights(
    world: World,  # noqa: F811 - the fixture
    seats: dict[str, tuple[Seat, Client]],
    outsiders: dict[str, Client],
):
    wrong = []
    for path, operation in api.operations():
        permission = operation.view_func.needs.permission
        assert permission in PERMISSIONS
        address = "/api/v1/" + re.sub(
            r"{(?:\w+:)?(\w+)}", lambda place: (world.ids.get(place[1]) or world.ids["any"])[0], path.lstrip("/")
        )
        method = operation.methods[0]
        for role, (seat, client) in seats.items():
            with rolled_back():
                status = client.generic(method, address, content_type="application/json").status_code
            if (status == 403) == seat.allows(permission) or status >= 500:
                wrong.append(f"{method} {address} as {role}: {status}, it needs {permission}")
        for who, client in outsiders.items():
            with rolled_back():
                status = client.generic(method, address, content_type="application/json").status_code
            if status != 404:
                wrong.append(f"{method} {address} as {who}: {status}")

    assert wrong == []


# Refused deeds


def test_staff_who_would_make_themselves_owner_are_refused_and_noted(salon: Project):
    person = make.user("dani@nacar.example", first_name="Dani")
    seat = make.member(salon.organization, person, Role.STAFF)

    answers = [
        browser_of(person, 1).post(address, {"role": "owner"})
        for address in (
            f"/nacar/settings/team/{seat.pk}",
            f"/organizations/{salon.organization_id}/members/{seat.pk}",
        )
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "isn’t yours to open" in answers[0].content.decode()
    seat.refresh_from_db()
    assert seat.role == Role.STAFF
    noted = Entry.objects.filter(action="access.refused")
    assert {(entry.actor_name, entry.new["permission"]) for entry in noted} == {("Dani", "members.manage")}
    assert noted.count() == 2


def test_a_look_that_is_refused_is_not_noted(salon: Project):
    person = make.user()
    make.member(salon.organization, person, Role.STAFF)

    assert browser_of(person, 1).get("/nacar/settings/team").status_code == 403
    assert not Entry.objects.exists()
