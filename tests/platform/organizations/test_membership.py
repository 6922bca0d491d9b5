"""Who may change whom, and that an organization always keeps an owner."""

import threading

import pytest
from django.db import connection

from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.organizations import membership
from flectar.platform.organizations.membership import LastOwner, OwnersOnly
from flectar.platform.organizations.models import Membership, Organization, Role
from tests import make


@pytest.fixture
def owner(db: None) -> User:
    return make.user("owner@example.com")


@pytest.fixture
def organization(owner: User) -> Organization:
    return make.organization("Nácar SL", owner)


@pytest.fixture
def marc(organization: Organization) -> Membership:
    return make.member(organization, make.user("marc@example.com", first_name="Marc"), Role.STAFF)


def of(organization: Organization, person: User) -> Membership:
    return Membership.objects.get(organization=organization, user=person)


def test_an_owner_changes_a_role_and_it_is_recorded(owner: User, marc: Membership):
    membership.change_role(marc, Role.MANAGER, by=owner)

    marc.refresh_from_db()
    entry = Entry.objects.get()
    assert marc.role == Role.MANAGER
    assert (entry.action, entry.target_name, entry.old, entry.new) == (
        "member.role_changed",
        "Marc",
        {"role": "staff"},
        {"role": "manager"},
    )


def test_the_same_role_records_nothing(owner: User, marc: Membership):
    membership.change_role(marc, Role.STAFF, by=owner)

    assert not Entry.objects.exists()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.VIEWER])
def test_the_last_owner_stays_owner(organization: Organization, owner: User, role: str):
    with pytest.raises(LastOwner, match="Nácar SL needs an owner"):
        membership.change_role(of(organization, owner), role, by=owner)

    assert of(organization, owner).role == Role.OWNER
    assert not Entry.objects.exists()


def test_the_last_owner_cannot_go(organization: Organization, owner: User):
    with pytest.raises(LastOwner):
        membership.remove(of(organization, owner), by=owner)

    assert of(organization, owner).role == Role.OWNER


def test_an_admin_touches_no_owner_and_makes_none(organization: Organization, owner: User, marc: Membership):
    make.member(organization, make.user("second@example.com"), Role.OWNER)
    Membership.objects.filter(pk=marc.pk).update(role=Role.ADMIN)

    with pytest.raises(OwnersOnly):
        membership.change_role(of(organization, owner), Role.STAFF, by=marc.user)
    with pytest.raises(OwnersOnly):
        membership.remove(of(organization, owner), by=marc.user)
    with pytest.raises(OwnersOnly):
        membership.change_role(marc, Role.OWNER, by=marc.user)

    assert of(organization, owner).role == Role.OWNER
    assert of(organization, marc.user).role == Role.ADMIN
    assert not Entry.objects.exists()


def test_an_admin_cannot_put_an_owner_back(organization: Organization, marc: Membership):
    Membership.objects.filter(pk=marc.pk).update(role=Role.ADMIN)
    gone = make.user("gone@example.com")

    with pytest.raises(OwnersOnly):
        membership.put_back(organization, gone.pk, Role.OWNER, by=marc.user)

    assert not Membership.objects.filter(user=gone).exists()


def test_everybody_may_leave(organization: Organization, marc: Membership):
    membership.remove(marc, by=marc.user)

    assert not Membership.objects.filter(user=marc.user).exists()
    assert Entry.objects.get().old == {"role": "staff"}


def test_a_removal_can_be_taken_back_once(organization: Organization, owner: User, marc: Membership):
    membership.remove(marc, by=owner)

    membership.put_back(organization, marc.user_id, Role.STAFF, by=owner)
    membership.put_back(organization, marc.user_id, Role.STAFF, by=owner)

    assert of(organization, marc.user).role == Role.STAFF
    assert Entry.objects.filter(action="member.put_back").count() == 1


def test_renaming_is_recorded(organization: Organization):
    membership.rename(organization, "Nácar Valencia SL")

    organization.refresh_from_db()
    assert organization.name == "Nácar Valencia SL"
    assert Entry.objects.get().old == {"name": "Nácar SL"}


@pytest.mark.parametrize("deed", ["step down", "leave", "remove the other"])
def test_of_two_owners_who_go_at_once_one_stays(transactional_db: None, deed: str):
    ana, eva = make.user("ana@example.com"), make.user("eva@example.com")
    organization = make.organization("Rosa SL", ana)
    make.member(organization, eva, Role.OWNER)
    both = {ana: of(organization, ana), eva: of(organization, eva)}
    other = {ana: eva, eva: ana}
    barrier = threading.Barrier(2, timeout=20)
    outcomes: list[str] = []

    def attempt(person: User) -> None:
        try:
            barrier.wait()
            if deed == "step down":
                membership.change_role(both[person], Role.STAFF, by=person)
            elif deed == "leave":
                membership.remove(both[person], by=person)
            else:
                membership.remove(both[other[person]], by=person)
            outcomes.append("done")
        except (LastOwner, OwnersOnly, Membership.DoesNotExist) as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=[person]) for person in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(outcomes) == 2
    assert outcomes.count("done") == 1
    assert Membership.objects.filter(organization=organization, role=Role.OWNER).count() == 1
