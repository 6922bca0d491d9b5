"""People who do not come: counted, followed by the owner's rules, and let begin anew. Never told to strangers."""

import re
from datetime import timedelta

import pytest

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import attendance, lifecycle, no_shows
from flectar.offers.booking.deeds.no_shows import Does, Past
from flectar.offers.booking.errors import NotOnline
from flectar.offers.booking.models import Booking, NoShowRule
from flectar.people.customers import directory, erasing
from flectar.platform.audit.log import Actor, acting_as
from flectar.platform.audit.models import Entry
from tests.offers.booking import make
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")
Status = Booking.Status


@pytest.fixture
def cut(in_salon):
    return make.service(make.staff("Noa Vidal"), slug="cut")


@pytest.fixture
def marta(in_salon):
    return make.customer(in_salon, email="marta@ferrer.example")


def missed(project, service, customer, *, weeks_ago: int, status=Status.NO_SHOW) -> Booking:
    """As the team marked it back then."""
    then = at(project, "10:00") - timedelta(weeks=weeks_ago)
    with clock.frozen(then - timedelta(days=2)):
        booking = make.booking(project, service, then, customer=customer, is_forced=True)
    with clock.frozen(then + timedelta(hours=2)):
        if status == Status.NO_SHOW:
            attendance.did_not_come(booking)
        elif status == Status.COMPLETED:
            attendance.complete(booking)
    return booking


def book(project, service, customer, **values) -> Booking:
    return lifecycle.book(project, service, at(project, "16:00"), customer, notify=False, **values)


def test_the_last_year_is_counted(in_salon, cut, marta):
    missed(in_salon, cut, marta, weeks_ago=60)
    missed(in_salon, cut, marta, weeks_ago=5)
    missed(in_salon, cut, marta, weeks_ago=3, status=Status.COMPLETED)
    done = missed(in_salon, cut, marta, weeks_ago=2, status=Status.CONFIRMED)

    assert no_shows.past_of(in_salon, marta) == Past(2, 0, 1, done.starts_at.date())


def test_only_what_the_customer_cancels_late_is_late(in_salon, cut, marta):
    tiers = {"tiers": [{"hours": 48, "percent": 0}], "change_notice_min": 0}
    for weeks_ago, by_team in ((4, False), (3, True)):
        then = at(in_salon, "10:00") - timedelta(weeks=weeks_ago)
        with clock.frozen(then - timedelta(days=5)):
            booking = make.booking(in_salon, cut, then, customer=marta)
            Booking.objects.filter(pk=booking.pk).update(policy_snapshot=tiers)
            booking.refresh_from_db()
        who = Actor(kind="person" if by_team else "visitor", name="Somebody")
        with clock.frozen(then - timedelta(hours=3)), acting_as(who):
            lifecycle.cancel(booking, by_team=by_team, notify=False)

    assert no_shows.past_of(in_salon, marta).late == 1


@pytest.fixture
def is_paid_online(settings):
    settings.TEST_PAYMENTS = True


@pytest.mark.parametrize(
    ("does", "becomes"),
    [
        (Does.APPROVAL, (Status.REQUESTED, 0)),
        (Does.PREPAYMENT, (Status.HELD, 5800)),
        (Does.NO_BOOKING, (Status.REQUESTED, 0)),
    ],
)
@pytest.mark.usefixtures("is_paid_online")
def test_what_follows_holds_for_who_missed_as_often(in_salon, cut, marta, does, becomes):
    no_shows.set_rules({does: (2, 6)})
    missed(in_salon, cut, marta, weeks_ago=4)
    assert no_shows.consequence(marta) == ""
    missed(in_salon, cut, marta, weeks_ago=3)

    booking = book(in_salon, cut, marta)
    other = lifecycle.book(in_salon, cut, at(in_salon, "11:00"), make.customer(in_salon, "Eva"), notify=False)

    assert (booking.status, booking.due_minor) == becomes
    assert other.status == Status.CONFIRMED
    assert make.booking(in_salon, cut, at(in_salon, "13:00"), customer=marta).status == Status.CONFIRMED


def test_the_strongest_rule_counts_and_what_is_long_ago_does_not(in_salon, cut, marta):
    no_shows.set_rules({Does.APPROVAL: (1, 12), Does.NO_BOOKING: (2, 1)})
    missed(in_salon, cut, marta, weeks_ago=8)
    missed(in_salon, cut, marta, weeks_ago=1)
    assert no_shows.consequence(marta) == Does.APPROVAL

    missed(in_salon, cut, marta, weeks_ago=2)

    assert no_shows.consequence(marta) == Does.NO_BOOKING
    with pytest.raises(NotOnline):
        book(in_salon, cut, marta, source=Booking.Source.API)
    assert not Booking.objects.filter(customer=marta, starts_at__gt=clock.now()).exists()


def test_who_begins_anew_books_as_everybody_until_it_is_taken_back(in_salon, cut, marta, lucia):
    no_shows.set_rules({Does.APPROVAL: (1, 6)})
    missed(in_salon, cut, marta, weeks_ago=2)

    pardon = no_shows.pardon(marta, "Was in hospital", author=lucia)
    assert no_shows.consequence(marta) == ""
    no_shows.take_back(marta, pardon.pk)

    assert no_shows.consequence(marta) == Does.APPROVAL
    no_shows.pardon(marta, "Was in hospital", author=lucia)
    erasing.erase(in_salon, marta)
    assert not no_shows.Pardon.objects.exists()


def test_the_system_marks_nobody(in_salon, cut, marta):
    booking = missed(in_salon, cut, marta, weeks_ago=1, status=Status.CONFIRMED)

    booking.refresh_from_db()
    assert booking.status == Status.CONFIRMED
    assert no_shows.past_of(in_salon, marta).missed == 0


# Pages


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_visitor_is_told_nothing_of_it(salon_site, salon):
    with project_scope(salon.pk):
        cut = make.service(make.staff("Noa Vidal"), slug="cut")
        marta = directory.find_or_create(
            salon, name="Marta Ferrer", email="marta@ferrer.example", collected_via="booking"
        )
        no_shows.set_rules({Does.NO_BOOKING: (1, 6)})
        missed(salon, cut, marta, weeks_ago=2)
    details = {"email": "marta@ferrer.example", "at": "2026-11-24T15:00Z", "name": "Somebody", "key": "k9"}

    answer = salon_site.post("/book/cut/details", details)
    page = text(salon_site.get(answer["Location"]))

    assert answer.status_code == 302
    for word in ("no-show", "did not come", "Marta", "hospital", "online"):
        assert word not in page
    with project_scope(salon.pk):
        assert Booking.objects.order_by("-created_at").first().status == Status.REQUESTED


def test_the_owner_sets_the_rules_and_sees_what_they_do(signed_in, salon, lucia):
    with project_scope(salon.pk):
        cut = make.service(make.staff("Noa Vidal"), slug="cut")
        marta = make.customer(salon, email="marta@ferrer.example")
        booking = missed(salon, cut, marta, weeks_ago=2)
    rules = "/nacar/settings/no-shows"

    wrong = signed_in.post(rules, {"approval_times": "0", "approval_months": "6"})
    signed_in.post(rules, {"approval_times": "1", "approval_months": "6"})
    page = text(signed_in.get(f"/nacar/customers/{marta.pk}"))
    assert wrong.status_code == 422
    assert "0 visits, 1 no-show" in page
    assert "Their bookings wait for your yes" in page
    assert "1 no-show" in text(signed_in.get(f"/nacar/bookings?peek={booking.pk}"))

    pardons = f"/nacar/customers/{marta.pk}/pardons"
    assert signed_in.post(pardons, {"reason": ""}).status_code == 422
    signed_in.post(pardons, {"reason": "Was in hospital"})
    page = signed_in.get(f"/nacar/customers/{marta.pk}")
    assert "Was in hospital" in text(page)
    assert "wait for your yes" not in text(page)
    signed_in.post(re.search(r'action="([^"]+/pardons/[^"]+/end)"', page.content.decode())[1])
    signed_in.post(rules, {})
    with project_scope(salon.pk):
        assert not NoShowRule.objects.exists()
        assert Entry.objects.filter(action="no_show_rules.changed").count() == 2
