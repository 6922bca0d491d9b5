"""What each built-in role may do, permission by permission. A new permission fails here until somebody has said whose
it is."""

import pytest

from flectar.config.modules import PERMISSIONS
from flectar.platform.organizations.models import BUILT_IN, Role
from flectar.platform.organizations.roles import RESERVED, Seat, areas, grantable, role_allows, said

EVERYBODY = {"home.read", "project.read"}
# Beside owners and admins, who may do all of it.
GIVEN: dict[str, set[str]] = {
    Role.MANAGER: {
        *(
            "bookings.read",
            "bookings.write",
            "bookings.export",
            "bookings.manage",
            "customers.read",
            "customers.write",
            "customers.export",
        ),
        *("customers.delete", "customers.manage", "services.read", "services.write", "staff.read", "staff.write"),
        *("site.read", "site.write", "messages.read", "messages.write", "project.write", "webhooks.read"),
        "payments.read",
    },
    Role.EDITOR: {"services.read", "services.write", "site.read", "site.write", "messages.read"},
    Role.STAFF: {"bookings.read", "bookings.write", "customers.read", "customers.write", "services.read", "staff.read"},
    Role.ACCOUNTANT: {"bookings.read", "bookings.export", "customers.read", "customers.export", "payments.read"},
    Role.VIEWER: {"bookings.read", "services.read", "staff.read", "site.read"},
}


@pytest.mark.parametrize("role", BUILT_IN)
def test_a_role_carries_exactly_these_permissions(role: Role):
    held = {name for name in PERMISSIONS if role_allows(role, name)}

    assert held == (set(PERMISSIONS) if role in (Role.OWNER, Role.ADMIN) else GIVEN[role] | EVERYBODY)


@pytest.mark.parametrize("role", [*GIVEN, "emperor", "custom", ""])
def test_what_is_reserved_stays_with_owners_and_admins(role: str):
    assert not [name for name in PERMISSIONS if name.startswith(RESERVED) and role_allows(role, name)]


@pytest.mark.parametrize("permission", ["", "bookings", "bookings.", ".read", "*.*", "bookings.fly", "*.read"])
@pytest.mark.parametrize("role", BUILT_IN)
def test_what_is_no_permission_is_carried_by_nobody(role: Role, permission: str):
    if permission != "*.read":
        assert not role_allows(role, permission)
    assert not Seat(Role.CUSTOM, frozenset({permission})).allows(permission)


def test_an_own_role_carries_what_it_names_and_nothing_reserved():
    everything = Seat(Role.CUSTOM, frozenset(PERMISSIONS))

    assert {name for name in PERMISSIONS if everything.allows(name)} == set(grantable())
    assert not everything.allows("members.manage")
    assert not Seat(Role.CUSTOM, frozenset({"bookings.read"})).allows("bookings.write")


def test_every_permission_stands_in_one_column_of_the_table():
    placed = [name for area in areas() for name in area.permissions()]

    assert sorted(placed) == sorted(PERMISSIONS)


def test_a_cell_of_the_table_says_it_in_words():
    bookings = areas()[0]

    assert said(bookings, set()) == "No"
    assert said(bookings, {"bookings.read"}) == "See"
    assert said(bookings, set(bookings.permissions())) == "All"
    customers = areas()[1]
    assert said(customers, {"customers.read", "customers.export"}) == "See, export"
