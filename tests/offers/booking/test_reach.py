"""Staff who see only their own calendar: what is somebody else's is as if it were not there."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from flectar.core.tenancy import project_scope
from flectar.offers.booking import urls
from flectar.offers.booking.calendars import feeds
from flectar.offers.booking.deeds import series
from flectar.offers.booking.models import Booking, Feed, Resource, Service
from flectar.platform.notifications.models import Notification
from flectar.platform.organizations import membership, roles
from flectar.platform.organizations.membership import Given
from flectar.platform.organizations.models import Membership, Role
from tests import make as platform
from tests.cast import PlatformClient
from tests.offers.booking import make
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")
DAY = "day=2026-11-24"
LATER = make.TUESDAY + timedelta(weeks=1)


@pytest.fixture
def dani(salon):
    """Staff with a calendar, and nothing beyond it."""
    user = platform.user("dani@example.com")
    seat = platform.member(salon.organization, user, Role.STAFF)
    Membership.objects.filter(pk=seat.pk).update(is_own_only=True)
    return user


@pytest.fixture
def client(dani):
    client = PlatformClient()
    client.force_login(dani)
    return client


@pytest.fixture
def cut(salon, dani):
    with project_scope(salon.pk):
        return make.service(make.staff("Dani Peris", account=dani), make.staff("Noa Vidal"), name="Cut")


def booked(salon, cut, name, who, **values) -> Booking:
    with project_scope(salon.pk):
        values = {"customer": make.customer(salon, name), "resource": Resource.objects.get(name=who), **values}
        return make.booking(salon, cut, at(salon, "10:00"), **values)


@pytest.fixture
def mine(salon, cut) -> Booking:
    return booked(salon, cut, "Olga Mía", "Dani Peris")


@pytest.fixture
def theirs(salon, cut) -> Booking:
    return booked(salon, cut, "Paula Ajena", "Noa Vidal")


def fresh(salon, booking) -> Booking:
    with project_scope(salon.pk):
        return Booking.objects.with_people().get(pk=booking.pk)


LISTS = [
    f"calendar?{DAY}",
    f"calendar?view=week&{DAY}",
    f"calendar?view=month&{DAY}",
    f"calendar?view=agenda&{DAY}",
    f"calendar/sheet?{DAY}",
    "bookings",
]


@pytest.mark.parametrize("page", LISTS)
@pytest.mark.usefixtures("mine", "theirs")
def test_a_list_shows_their_own_and_nobody_elses(client, page):
    own = client.get(f"/nacar/{page}").content.decode()

    assert "Olga Mía" in own
    assert "Paula Ajena" not in own


def test_who_is_not_limited_sees_both(client, signed_in, mine, theirs):
    page = signed_in.get("/nacar/bookings").content.decode()

    assert "Olga Mía" in page
    assert "Paula Ajena" in page


@pytest.mark.parametrize(
    "search", ["", "search?q={code}", "bookings?q={code}", "bookings?peek={pk}", "bookings?with={noa}"]
)
def test_looking_for_what_is_not_theirs_finds_nothing(client, mine, theirs, search):
    address = search.format(code=theirs.code, pk=theirs.pk, noa=theirs.resource_id)

    page = client.get(f"/nacar/{address}").content.decode()

    assert "Paula Ajena" not in page
    assert f"/bookings/{theirs.pk}" not in page


NAMED = [each.name for each in urls.dashboard if "<uuid:booking_id>" in str(each.pattern) and "answer" not in each.name]


@pytest.mark.parametrize("name", NAMED)
def test_no_address_that_names_somebody_elses_booking_opens_or_does_anything(client, salon, theirs, name):
    kwargs = {"project": "nacar", "booking_id": theirs.pk} | ({"number": 1} if name.startswith("person_") else {})
    address = reverse(f"booking:{name}", kwargs=kwargs)

    assert client.get(address).status_code == 404
    assert client.post(address, {"day": "2026-11-25", "time": "12:00", "notify": "on"}).status_code == 404
    assert fresh(salon, theirs).version == theirs.version


def test_deeds_on_many_leave_out_what_is_not_theirs(client, salon, mine, theirs):
    client.post("/nacar/bookings/cancellations", {"id": [str(mine.pk), str(theirs.pk)], "is_meant": "yes"})

    assert fresh(salon, mine).is_cancelled
    assert fresh(salon, theirs).is_confirmed


def test_a_request_to_somebody_else_is_not_in_the_queue(client, salon, cut):
    with project_scope(salon.pk):
        cut.approval = "all"
        cut.save()
    asked = booked(salon, cut, "Paula Ajena", "Noa Vidal", by_team=False)

    for page in ("bookings/requests", f"bookings/requests?request={asked.pk}", "bookings?view=requests", ""):
        assert "Paula Ajena" not in client.get(f"/nacar/{page}").content.decode()


def test_they_move_their_own_but_not_into_another_calendar(client, salon, mine, theirs):
    address = f"/nacar/bookings/{mine.pk}/time"

    other = client.post(address, {"day": "2026-11-24", "time": "12:00", "resource": str(theirs.resource_id)})
    assert other.status_code == 422
    assert fresh(salon, mine).version == mine.version

    client.post(address, {"day": "2026-11-24", "time": "12:00", "resource": ""})
    assert (fresh(salon, mine).starts_at, fresh(salon, mine).resource_id) == (at(salon, "12:00"), mine.resource_id)


def test_they_book_into_their_own_calendar_whatever_is_sent(client, salon, cut, mine, theirs):
    values = {"service": str(cut.pk), "name": "Nuria Serra", "day": "2026-11-24", "time": "13:00", "key": "once"}

    refused = client.post("/nacar/bookings/new", {**values, "resource": str(theirs.resource_id)})
    assert refused.status_code == 422
    client.post("/nacar/bookings/new", {**values, "resource": ""})

    with project_scope(salon.pk):
        assert Booking.objects.get(customer__name="Nuria Serra").resource_id == mine.resource_id


def test_who_has_no_calendar_sees_nothing(client, salon, mine):
    with project_scope(salon.pk):
        Resource.objects.update(account=None)

    assert "Olga" not in client.get("/nacar/bookings").content.decode()
    assert client.get(f"/nacar/bookings/{mine.pk}").status_code == 404


def test_why_a_time_is_not_free_names_everybody_so_it_is_not_theirs_to_ask(client):
    assert client.get("/nacar/calendar/why").status_code == 403
    assert "calendar/why" not in client.get("/nacar/calendar").content.decode()


def test_the_bell_rings_for_their_own_only(salon, cut, dani):
    for name, who in (("Olga Mía", "Dani Peris"), ("Paula Ajena", "Noa Vidal")):
        booked(salon, cut, name, who, notify=True)

    with project_scope(salon.pk):
        told = [one.facts["customer"] for one in Notification.objects.filter(user=dani)]
    assert told == ["Olga Mía"]


def test_an_address_of_somebody_elses_calendar_stops(salon, cut, dani):
    with project_scope(salon.pk):
        noa, own = Resource.objects.get(name="Noa Vidal"), Resource.objects.get(name="Dani Peris")
        made = [feeds.make(one, name="Phone", shows=Feed.Shows.ALL, by=dani)[1] for one in (noa, own)]
        tokens = [re.search(r"/([^/]+)\.ics", address).group(1) for address in made]

        assert [feeds.find(salon, token) is None for token in tokens] == [True, False]


def test_whoever_runs_the_team_says_who_sees_only_their_own(signed_in, dani):
    seat = Membership.objects.get(user=dani)
    address = f"/nacar/settings/team/{seat.pk}"

    signed_in.post(address, {"role": Role.MANAGER})
    assert not Membership.objects.get(pk=seat.pk).is_own_only
    signed_in.post(address, {"role": Role.STAFF, "is_own_only": "on"})
    assert Membership.objects.get(pk=seat.pk).is_own_only


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_who_runs_all_sees_all(salon, lucia, dani, role):
    seat = Membership.objects.get(user=dani)

    membership.change_seat(seat, Given(role, is_own_only=True), by=lucia)

    assert not roles.seat_in(dani.pk, salon.organization_id).is_own_only


def test_who_is_removed_and_put_back_sees_no_more_than_before(signed_in, dani):
    seat = Membership.objects.get(user=dani)
    page = signed_in.post(f"/nacar/settings/team/{seat.pk}/removal", follow=True).content.decode()

    undo = re.search(r'action="([^"]+restoration[^"]*)"', page).group(1).replace("&amp;", "&")
    signed_in.post(undo)

    assert Membership.objects.get(user=dani).is_own_only


def test_what_a_customer_has_with_others_is_not_on_their_page(client, signed_in, salon, cut, mine):
    with project_scope(salon.pk):
        customer = mine.customer
        make.booking(salon, cut, at(salon, "16:00"), customer=customer, resource=Resource.objects.get(name="Noa Vidal"))
    page = f"/nacar/customers/{customer.pk}"

    assert "with Noa Vidal" in signed_in.get(page).content.decode()
    limited = client.get(page).content.decode()
    assert "with Dani Peris" in limited
    assert "with Noa Vidal" not in limited


def test_a_check_in_code_of_somebody_else_is_not_there(client, salon, mine, theirs):
    with project_scope(salon.pk):
        salon.modules = [*salon.modules, "attendance"]
        salon.save()
        yoga = make.class_of(Resource.objects.get(name="Noa Vidal"))
        date = make.session(salon, yoga, "12:00")
        token = make.booking(salon, yoga, date.starts_at).attendees.get().token

    assert "Olga Mía" in client.get(f"/nacar/check-in?code={mine.code}").content.decode()
    stranger, nobody = client.get(f"/nacar/check-in?code={theirs.code}"), client.get("/nacar/check-in?code=NOBODY7")
    assert (stranger.status_code, nobody.status_code) == (404, 404)
    assert "Paula Ajena" not in stranger.content.decode()
    assert client.get(f"/nacar/check-in/{token}").status_code == 404
    assert client.post(f"/nacar/check-in/{token}").status_code == 404
    with project_scope(salon.pk):
        assert set(date.attendees.values_list("attendance", flat=True)) == {Booking.Attendance.EXPECTED}


def test_a_series_that_reaches_into_a_colleagues_calendar_is_answered_by_who_sees_all_of_it(client, salon, cut, dani):
    with project_scope(salon.pk):
        Service.objects.update(approval=Service.Approval.ALL)
        week = Resource.objects.get(name="Dani Peris")
        make.closure(at(salon, "00:00", LATER), at(salon, "23:59", LATER), resource=week)
        cut.refresh_from_db()
        made = series.book(
            salon, cut, at(salon, "10:00"), "FREQ=WEEKLY;COUNT=2", make.customer(salon), resource=None, notify=False
        )
        first = next(one for one in made if one.resource == week)
        assert {one.resource.name for one in made} == {"Dani Peris", "Noa Vidal"}

    answers = [
        client.post(f"/nacar/bookings/requests/{first.pk}/{deed}", {"notify": "on"})
        for deed in ("acceptance", "refusal")
    ]

    assert [answer.status_code for answer in answers] == [409, 409]
    with project_scope(salon.pk):
        assert {one.status for one in Booking.objects.all()} == {"requested"}
