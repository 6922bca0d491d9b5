"""Customers by what they booked: the figures are what a recount says, and the list is narrowed by them."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.http import QueryDict

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import attendance, due, figures, lifecycle, no_shows
from flectar.offers.booking.models import Booking, Figures
from flectar.people.customers import listing, merging, queries
from flectar.platform.lists.models import SavedView
from flectar.platform.organizations.models import CustomRole, Membership, Role
from tests import make as platform
from tests.cast import PlatformClient
from tests.offers.booking import make
from tests.offers.booking.make import at
from tests.plans import plan
from tests.platform.outbox.make import waiting_jobs

pytestmark = pytest.mark.usefixtures("monday_morning")
Status = Booking.Status


@pytest.fixture
def cut(in_salon):
    return make.service(make.staff("Noa Vidal"), slug="cut", price_minor=4000)


@pytest.fixture
def marta(in_salon):
    return make.customer(in_salon, email="marta@ferrer.example")


def past(project, service, customer, *, weeks_ago: int, status: str = Status.COMPLETED) -> Booking:
    then = at(project, "10:00") - timedelta(weeks=weeks_ago)
    with clock.frozen(then - timedelta(days=2)):
        booking = make.booking(project, service, then, customer=customer, is_forced=True)
    with clock.frozen(then + timedelta(hours=2)):
        if status == Status.NO_SHOW:
            attendance.did_not_come(booking)
        elif status == Status.COMPLETED:
            attendance.complete(booking)
    return booking


def counted(project) -> dict[UUID, tuple[object, ...]]:
    """What the jobs that wait now make of it."""
    for job in waiting_jobs("booking.count_customers"):
        figures.count.run(project_id=project.pk, customers=job["args"]["customers"])
    return stored()


def stored() -> dict[UUID, tuple[object, ...]]:
    return {one.pop("customer_id"): tuple(one.values()) for one in Figures.objects.values("customer_id", *FIELDS)}


FIELDS = ("visits", "no_shows", "worth_minor", "last_visit_on", "last_start_at")


def found(query: str) -> set[str]:
    return {customer.name for customer in listing.matching(listing.read(QueryDict(query)))}


def test_visits_and_no_shows_are_counted_after_each_deed(in_salon, cut, marta):
    past(in_salon, cut, marta, weeks_ago=70)
    last = past(in_salon, cut, marta, weeks_ago=3)
    past(in_salon, cut, marta, weeks_ago=2, status=Status.NO_SHOW)
    ahead = make.booking(in_salon, cut, at(in_salon, "12:00"), customer=marta)
    assert counted(in_salon) == {marta.pk: (2, 1, 8000, last.starts_at.date(), ahead.starts_at)}

    lifecycle.cancel(ahead, by_team=True, notify=False)

    [[visits, missed, worth, day, last_start]] = counted(in_salon).values()
    assert (visits, missed, worth, day, last_start) == (2, 1, 8000, last.starts_at.date(), None)


def test_time_alone_makes_a_visit(in_salon, cut, marta):
    booking = make.booking(in_salon, cut, at(in_salon, "12:00"), customer=marta)
    counted(in_salon)
    assert found("visits=0&next=yes") == {"Marta Ferrer"}
    [follow] = waiting_jobs("booking.follow")

    with clock.frozen(booking.ends_at):
        due.follow.run(project_id=in_salon.pk, booking_id=booking.pk, ends_at=follow["args"]["ends_at"])
        counted(in_salon)

        assert found("visits=1&next=no") == {"Marta Ferrer"}


def test_only_the_currency_of_the_business_is_added_up(in_salon, cut, marta):
    past(in_salon, cut, marta, weeks_ago=2)
    abroad = past(in_salon, cut, marta, weeks_ago=3)
    Booking.objects.filter(pk=abroad.pk).update(price_snapshot={"minor": 9900, "currency": "USD"})

    assert [one[:3] for one in counted(in_salon).values()] == [(2, 0, 4000)]


def test_who_has_nothing_any_more_has_no_line(in_salon, cut, marta):
    booking = past(in_salon, cut, marta, weeks_ago=2)
    counted(in_salon)
    Booking.objects.filter(pk=booking.pk).update(customer=make.customer(in_salon, "Ana Sol"))

    figures.count_anew(in_salon, [marta.pk])

    assert stored() == {}


def test_a_merge_and_its_undoing_count_both(in_salon, cut, marta):
    ana = make.customer(in_salon, "Ana Sol")
    past(in_salon, cut, marta, weeks_ago=2)
    past(in_salon, cut, ana, weeks_ago=3)
    before = counted(in_salon)

    line = merging.merge(marta, ana)
    assert [one[0] for one in counted(in_salon).values()] == [2]

    merging.undo(line)
    assert counted(in_salon) == before


def test_a_rebuild_changes_nothing_where_all_was_counted(salon, transactional_db):
    with project_scope(salon.pk):
        cut = make.service(make.staff("Noa Vidal"), slug="cut")
        for name in ("Ana Sol", "Eva Mar", "Marta Ferrer"):
            past(salon, cut, make.customer(salon, name), weeks_ago=2)
            make.customer(salon, f"{name} too")
        before = counted(salon)
        Figures.objects.update(visits=77)

    assert figures.rebuild(salon.pk) == 6

    with project_scope(salon.pk):
        assert stored() == before


@pytest.fixture
def crowd(in_salon, cut):
    """Never: Nora. One visit: Uma. Three: Tere, who also missed two. Five: Quim, who comes again."""
    people = {name: make.customer(in_salon, name) for name in ("Nora", "Uma", "Tere", "Quim")}
    week = 1
    for name, times in (("Uma", 1), ("Tere", 3), ("Quim", 5)):
        for _ in range(times):
            past(in_salon, cut, people[name], weeks_ago=(week := week + 1))
    for weeks_ago in (20, 21):
        past(in_salon, cut, people["Tere"], weeks_ago=weeks_ago, status=Status.NO_SHOW)
    make.booking(in_salon, cut, at(in_salon, "12:00"), customer=people["Quim"])
    counted(in_salon)
    return people


NARROWED = {
    "visits=0": {"Nora"},
    "visits=1": {"Uma"},
    "visits=2-4": {"Tere"},
    "visits=5%2B": {"Quim"},
    "visits=many": {"Nora", "Uma", "Tere", "Quim"},
    "no-shows=none": {"Nora", "Uma", "Quim"},
    "no-shows=some": {"Tere"},
    "next=yes": {"Quim"},
    "next=no": {"Nora", "Uma", "Tere"},
    "worth=10000": {"Tere", "Quim"},
    "worth=20000": {"Quim"},
    "worth=99999999999999999999": {"Nora", "Uma", "Tere", "Quim"},
    "last-from=2026-11-10": {"Uma"},
    "last-before=2026-11-10": {"Tere", "Quim"},
    "last-before=yesterday": {"Nora", "Uma", "Tere", "Quim"},
    "visits=2-4&no-shows=some&next=no": {"Tere"},
    "visits=5%2B&no-shows=some": set(),
    "q=quim&visits=5%2B": {"Quim"},
}


def test_the_list_is_narrowed(crowd):
    assert {query: found(query) for query in NARROWED} == NARROWED


def test_the_rules_find_whom_they_hold_for(in_salon, cut, crowd):
    assert found("no-shows=ruled") == set()

    no_shows.set_rules({no_shows.Does.APPROVAL: (2, 6)})
    assert found("no-shows=ruled") == {"Tere"}
    assert no_shows.consequence(crowd["Tere"]) == no_shows.Does.APPROVAL

    no_shows.pardon(crowd["Tere"], "Was in hospital", author=None)
    assert found("no-shows=ruled") == set()

    no_shows.set_rules({no_shows.Does.APPROVAL: (2, 1)})
    assert found("no-shows=ruled") == set()


def test_a_segment_by_visits_is_there_for_other_modules(in_salon, crowd, lucia):
    view = SavedView.objects.create(list="customers", name="Regulars", query="visits=5%2B", is_shared=True, owner=lucia)

    assert [one.name for one in queries.customers_of_segment(view.pk)] == ["Quim"]


def test_a_page_of_some_is_read_along_the_names(in_salon):
    page = listing.matching(listing.read(QueryDict("visits=5%2B&no-shows=some&next=no")))

    steps = plan(page.by_name()[:51])

    assert "customers_current_by_name" in steps
    assert steps.count("booking_figures") == 2  # one look a customer, whatever is asked: the index and its table
    assert "Sort" not in steps


def test_the_few_are_put_in_order_as_the_many(in_salon, crowd):
    for sort in listing.SORTS:
        look = listing.read(QueryDict(f"next=no&sort={sort}"))
        names = [one.name for one in listing.page(look).customers]
        assert [one.name for one in listing.page(look, are_few=True).customers] == names
        assert set(names) == {"Nora", "Uma", "Tere"}


def test_the_filters_stand_beside_the_others_and_their_deeds_reach_all_who_match(salon, crowd, signed_in):
    page = signed_in.get("/nacar/customers/?visits=2-4&kind=person").content.decode()
    assert 'name="no-shows"' in page
    assert "1 customer" in page
    assert "Tere" in page
    assert "Quim" not in page

    signed_in.post("/nacar/customers/taggings", {"everything": "1", "query": "next=no&visits=1", "name": "Write to"})
    csv = signed_in.post("/nacar/customers/exports", {"everything": "1", "query": "visits=5%2B"}).content.decode()

    assert found("tag=Write+to") == {"Uma"}
    assert [name for name in crowd if name in csv] == ["Quim"]


def test_who_may_not_see_bookings_does_not_learn_of_them(salon, crowd):
    desk = CustomRole.objects.create(
        organization=salon.organization, name="Desk", permissions=["project.read", "home.read", "customers.read"]
    )
    person = platform.user("desk@nacar.example")
    Membership.objects.create(organization=salon.organization, user=person, role=Role.CUSTOM, custom_role=desk)
    browser = PlatformClient()
    browser.force_login(person)

    page = browser.get("/nacar/customers/?visits=5%2B").content.decode()

    assert 'name="visits"' not in page
    assert all(name in page for name in crowd)


def test_where_bookings_are_off_nothing_is_said_of_them(salon, crowd, signed_in):
    salon.modules = [key for key in salon.modules if key != "booking"]
    salon.save(update_fields=["modules"])

    assert 'name="visits"' not in signed_in.get("/nacar/customers/").content.decode()


def test_the_page_and_the_glance_say_how_often_they_came(salon, crowd, signed_in):
    tere = crowd["Tere"]

    page = signed_in.get(f"/nacar/customers/{tere.pk}").content.decode()
    glance = signed_in.get(f"/nacar/customers/?peek={tere.pk}&part=peek").content.decode()

    assert "3 visits in all" in page
    assert "worth €120" in page
    assert "3 visits, 2 no-shows" in glance
