"""Handing an organization over: offered, accepted within a week, taken back within three days."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from flectar.core import clock
from flectar.platform.accounts.models import User
from flectar.platform.audit.models import Entry
from flectar.platform.organizations import handover, membership
from flectar.platform.organizations.handover import NotOpen, OfferWaiting
from flectar.platform.organizations.membership import Given, LastOwner, OwnersOnly
from flectar.platform.organizations.models import Handover, Membership, Organization, Role
from flectar.platform.outbox.models import Message
from flectar.platform.projects.models import Project
from tests import canary, make
from tests.cast import PlatformClient


@pytest.fixture
def here(salon: Project) -> Organization:
    return salon.organization


@pytest.fixture
def marc(here: Organization) -> User:
    person = make.user("marc@nacar.example", first_name="Marc", last_name="Soler")
    make.member(here, person, Role.STAFF)
    return person


@pytest.fixture
def offered(here: Organization, lucia: User, marc: User) -> Handover:
    return handover.offer(here, seat(marc).pk, by=lucia)


def seat(person: User) -> Membership:
    return Membership.objects.get(user=person)


def role(person: User) -> str:
    return seat(person).role


def events() -> list[str]:
    return [*Entry.objects.order_by("id").values_list("action", flat=True)]


def test_who_accepts_owns_and_who_gave_stays_admin(here: Organization, lucia: User, marc: User, offered: Handover):
    handover.accept(offered, by=marc)

    assert (role(marc), role(lucia)) == (Role.OWNER, Role.ADMIN)
    assert events() == ["ownership.offered", "ownership.moved"]


def test_every_owner_and_both_sides_hear_of_each_step(here: Organization, lucia: User, marc: User):
    make.member(here, make.user("eva@nacar.example"), Role.OWNER)

    made = handover.offer(here, seat(marc).pk, by=lucia)
    handover.accept(made, by=marc)
    handover.undo(made, by=lucia)

    for event in ("offered", "accepted", "undone"):
        told = Message.objects.filter(event=f"organization.handover_{event}").values_list("to_address", flat=True)
        assert sorted(told) == ["eva@nacar.example", "lucia@nacar.example", "marc@nacar.example"]
    assert f"/organizations/{here.pk}/handover/{made.pk}" in Message.objects.first().text


def test_within_three_days_it_is_taken_back_and_all_is_as_before(
    here: Organization, salon: Project, lucia: User, marc: User
):
    membership.change_seat(seat(marc), Given(Role.EDITOR, project_ids=(salon.pk,)), by=lucia)
    made = handover.offer(here, seat(marc).pk, by=lucia)
    handover.accept(made, by=marc)

    with clock.frozen(clock.now() + timedelta(hours=71, minutes=59)):
        handover.undo(made, by=lucia)

    assert role(lucia) == Role.OWNER
    assert (role(marc), seat(marc).project_ids) == (Role.EDITOR, [salon.pk])


def test_also_who_was_removed_by_the_new_owner_takes_it_back(lucia: User, marc: User, offered: Handover):
    handover.accept(offered, by=marc)
    membership.remove(seat(lucia), by=marc)

    handover.undo(offered, by=lucia)

    assert (role(lucia), role(marc)) == (Role.OWNER, Role.STAFF)


def test_after_three_days_it_is_settled(lucia: User, marc: User, offered: Handover):
    handover.accept(offered, by=marc)

    with clock.frozen(clock.now() + timedelta(hours=72)), pytest.raises(NotOpen):
        handover.undo(offered, by=lucia)
    with pytest.raises(NotOpen):
        handover.undo(offered, by=marc)

    assert (role(lucia), role(marc)) == (Role.ADMIN, Role.OWNER)


def expired(offer: Handover, lucia: User) -> None:
    Handover.objects.update(offered_at=clock.now() - timedelta(days=7))


def withdrawn(offer: Handover, lucia: User) -> None:
    handover.withdraw(offer, by=lucia)


def giver_is_no_owner(offer: Handover, lucia: User) -> None:
    make.member(offer.organization, make.user(), Role.OWNER)
    membership.change_role(seat(lucia), Role.ADMIN, by=lucia)


def taker_has_left(offer: Handover, lucia: User) -> None:
    membership.remove(seat(offer.taker), by=lucia)


@pytest.mark.parametrize("spoil", [expired, withdrawn, giver_is_no_owner, taker_has_left])
def test_an_offer_that_no_longer_stands_moves_nothing(
    lucia: User, marc: User, offered: Handover, spoil: Callable[[Handover, User], None]
):
    spoil(offered, lucia)
    before = [*Membership.objects.order_by("pk").values_list("user", "role")]

    with pytest.raises(NotOpen):
        handover.accept(offered, by=marc)

    assert [*Membership.objects.order_by("pk").values_list("user", "role")] == before


def test_nobody_else_accepts(here: Organization, lucia: User, marc: User, offered: Handover, stranger: User):
    for person in (lucia, stranger):
        with pytest.raises(NotOpen):
            handover.accept(offered, by=person)

    assert (role(lucia), role(marc)) == (Role.OWNER, Role.STAFF)


def test_only_an_owner_offers_and_one_offer_at_a_time(here: Organization, lucia: User, marc: User, offered: Handover):
    make.member(here, ana := make.user(), Role.ADMIN)

    with pytest.raises(OwnersOnly):
        handover.offer(here, seat(marc).pk, by=ana)
    with pytest.raises(OfferWaiting):
        handover.offer(here, seat(ana).pk, by=lucia)
    with pytest.raises(NotOpen):
        handover.offer(here, seat(lucia).pk, by=lucia)

    assert Handover.objects.count() == 1


def test_after_a_week_another_offer_may_be_made(here: Organization, lucia: User, marc: User, offered: Handover):
    with clock.frozen(clock.now() + timedelta(days=7)):
        again = handover.offer(here, seat(marc).pk, by=lucia)

        assert again.is_open
    offered.refresh_from_db()
    assert offered.ended_at


@pytest.mark.django_db(transaction=True)
def test_accepting_while_the_owner_leaves_keeps_exactly_one_owner(here: Organization, lucia: User, marc: User):
    made = handover.offer(here, seat(marc).pk, by=lucia)
    own, barrier, outcomes = seat(lucia), threading.Barrier(2, timeout=20), []

    def attempt(deed: Callable[[], None]) -> None:
        barrier.wait()
        try:
            deed()
            outcomes.append("done")
        except (LastOwner, NotOpen) as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    deeds = [lambda: handover.accept(made, by=marc), lambda: membership.remove(own, by=lucia)]
    threads = [threading.Thread(target=attempt, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert "done" in outcomes
    assert [*Membership.objects.filter(role=Role.OWNER).values_list("user", flat=True)] == [marc.pk]


# The pages


def browser_of(person: User) -> Client:
    client = PlatformClient()
    client.force_login(person)
    return client


def say_who_you_are(client: Client, address: str) -> None:
    """As the page of re-authentication asks for."""
    client.post(f"/account/reauthenticate/?next={address}", {"password": canary.PASSWORD})


def test_both_say_who_they_are_once_more(here: Organization, lucia: User, marc: User):
    owner, taker = browser_of(lucia), browser_of(marc)
    new = f"/organizations/{here.pk}/handover/new"

    asked = owner.post(new, {"member": str(seat(marc).pk)})
    nothing = Handover.objects.count()
    say_who_you_are(owner, new)
    made = Handover.objects.first() or _posted(owner, new, marc)
    page = f"/organizations/{here.pk}/handover/{made.pk}"
    shown = taker.get(page).content.decode()
    refused = taker.post(f"{page}/acceptance")
    before = role(marc)
    say_who_you_are(taker, f"{page}/acceptance")
    if role(marc) != Role.OWNER:
        taker.post(f"{page}/acceptance")

    assert "/account/reauthenticate/" in asked.headers["Location"]
    assert nothing == 0
    assert "Take Nácar SL over" in shown
    assert "/account/reauthenticate/" in refused.headers["Location"]
    assert (before, role(marc), role(lucia)) == (Role.STAFF, Role.OWNER, Role.ADMIN)
    assert "Take Nácar SL back" in owner.get(page).content.decode()
    owner.post(f"{page}/undoing")
    assert (role(marc), role(lucia)) == (Role.STAFF, Role.OWNER)


def _posted(owner: Client, new: str, marc: User) -> Handover:
    owner.post(new, {"member": str(seat(marc).pk)})
    return Handover.objects.get()


def test_who_is_offered_it_sees_so_among_their_projects(lucia: User, marc: User, offered: Handover):
    browser = browser_of(marc)

    assert "Lucía Ferrer offers you Nácar SL." in browser.get("/projects").content.decode()
    handover.withdraw(offered, by=marc)
    assert "offers you" not in browser.get("/projects").content.decode()


def test_an_admin_cannot_open_the_offer_and_a_stranger_sees_nothing(
    here: Organization, marc: User, offered: Handover, signed_in_stranger: Client
):
    make.member(here, ana := make.user(), Role.ADMIN)
    page = f"/organizations/{here.pk}/handover/{offered.pk}"

    assert browser_of(ana).get(f"/organizations/{here.pk}/handover/new").status_code == 403
    assert browser_of(ana).get(page).status_code == 404
    assert signed_in_stranger.get(page).status_code == 404
    assert signed_in_stranger.post(f"{page}/withdrawal").status_code == 404
    assert browser_of(marc).post(f"{page}/withdrawal").status_code == 302
    offered.refresh_from_db()
    assert offered.ended_at
