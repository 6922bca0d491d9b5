"""The team's calendar: what stands in it, and bookings that are dragged to another time."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Resource, ServiceExtra, ServiceNeed
from flectar.people.customers.models import Customer
from flectar.platform.organizations.models import Role
from flectar.platform.outbox.models import Message
from flectar.platform.projects import hours
from tests import make as platform
from tests.cast import PlatformClient
from tests.offers.booking import make
from tests.offers.booking.make import TUESDAY, at, dec

pytestmark = pytest.mark.usefixtures("monday_morning")
# A test is itself a transaction, so a request's scope is a savepoint in it and puts the outer project back.
OF_THE_TEST = ("SAVEPOINT", "RELEASE", "SELECT set_config('app.project_id', '',")
PAGE = "/nacar/calendar?view=day&day=2026-11-24"


@pytest.fixture
def noa(salon):
    with project_scope(salon.pk):
        return make.staff("Noa Vidal")


@pytest.fixture
def ivan(salon):
    with project_scope(salon.pk):
        return make.staff("Iván Soler")


@pytest.fixture
def cut(salon, noa, ivan):
    with project_scope(salon.pk):
        return make.service(noa, ivan, name="Cut")


@pytest.fixture
def booked(salon, cut, noa) -> Booking:
    with project_scope(salon.pk):
        who = make.customer(salon, "Josep Llorens", email="josep@example.com")
        return make.booking(salon, cut, at(salon, "10:00"), customer=who, resource=noa)


def fresh(salon, booking) -> Booking:
    with project_scope(salon.pk):
        return Booking.objects.with_people().get(pk=booking.pk)


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def drop(client, booking, **sent):
    """What a drop in the calendar sends."""
    values = {"at": "2026-11-24T09:00Z", "resource": str(booking.resource_id), "minutes": "", "back": PAGE, **sent}
    return client.post(f"/nacar/bookings/{booking.pk}/time", values, follow=True)


def mails(salon) -> list[str]:
    with project_scope(salon.pk):
        return list(Message.objects.filter(event="booking.moved").values_list("to_address", flat=True))


# --- Dragging ---------------------------------------------------------------------------------------------------------


def test_a_drop_moves_to_another_time_and_person_and_goes_back_to_the_calendar(signed_in, salon, booked, ivan):
    page = drop(signed_in, booked, at="2026-11-24T11:30Z", resource=str(ivan.pk), notify="on")

    assert page.redirect_chain == [(PAGE, 302)]
    assert "Josep Llorens moved to Tomorrow 12:30." in text(page)
    moved = fresh(salon, booked)
    assert (moved.starts_at, moved.resource) == (at(salon, "12:30"), ivan)
    assert mails(salon) == ["josep@example.com"]


def test_nobody_is_told_unless_the_team_says_so(signed_in, salon, booked):
    drop(signed_in, booked, at="2026-11-24T11:30Z")

    assert fresh(salon, booked).starts_at == at(salon, "12:30")
    assert mails(salon) == []


def test_a_drop_on_somebody_else_says_who_and_changes_nothing(signed_in, salon, cut, booked, ivan):
    with project_scope(salon.pk):
        make.booking(salon, cut, at(salon, "13:00"), customer=make.customer(salon, "Irene Navarro"), resource=ivan)

    page = drop(signed_in, booked, at="2026-11-24T12:30Z", resource=str(ivan.pk), notify="on")

    assert "Josep Llorens stays at Tomorrow 10:00. It overlaps Irene Navarro until 14:00." in text(page)
    kept = fresh(salon, booked)
    assert (kept.starts_at, kept.resource_id, kept.version) == (booked.starts_at, booked.resource_id, booked.version)
    assert mails(salon) == []


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"at": "2026-11-24T03:00Z"}, "Nobody works then."),
        ({"resource": "stranger"}, "Whoever was chosen does not do this service."),
        ({"minutes": "7"}, "multiple of step size 5"),
    ],
)
def test_a_drop_that_cannot_be_is_refused_in_words(signed_in, salon, booked, sent, why):
    page = drop(signed_in, booked, **sent)

    assert "Josep Llorens stays at Tomorrow 10:00." in text(page)
    assert why in text(page)
    assert fresh(salon, booked).version == booked.version


def test_another_length_is_kept_with_the_price_that_was_sold(signed_in, salon, booked):
    drop(signed_in, booked, at="2026-11-24T09:00Z", minutes="95")

    longer = fresh(salon, booked)
    assert (longer.starts_at, longer.minutes, longer.price) == (booked.starts_at, 95, booked.price)
    with project_scope(salon.pk):
        claim = longer.claims.get()
    assert claim.ends_at - claim.starts_at == timedelta(minutes=95)


def test_a_length_that_reaches_into_the_next_booking_is_refused(signed_in, salon, cut, booked, noa):
    with project_scope(salon.pk):
        make.booking(salon, cut, at(salon, "11:00"), resource=noa)

    drop(signed_in, booked, minutes="65")

    assert fresh(salon, booked).minutes == 60


def undo_of(page) -> str:
    return re.search(r'action="([^"]+/time/undoing[^"]*)"', page.content.decode()).group(1).replace("&amp;", "&")


def test_a_drop_is_taken_back_with_time_person_and_length(signed_in, salon, booked, ivan):
    page = drop(signed_in, booked, at="2026-11-24T11:30Z", resource=str(ivan.pk), minutes="30", notify="on")

    back = signed_in.post(undo_of(page), follow=True)

    assert back.redirect_chain == [(PAGE, 302)]
    assert "Josep Llorens is back at Tomorrow 10:00." in text(back)
    as_before = fresh(salon, booked)
    assert (as_before.starts_at, as_before.resource_id, as_before.minutes) == (
        booked.starts_at, booked.resource_id, 60,
    )  # fmt: skip
    assert len(mails(salon)) == 2


def test_what_was_changed_since_is_not_taken_back(signed_in, salon, booked):
    page = drop(signed_in, booked, at="2026-11-24T11:30Z")
    drop(signed_in, booked, at="2026-11-24T13:00Z")

    refused = signed_in.post(undo_of(page), follow=True)

    assert "changed a moment ago" in text(refused)
    assert fresh(salon, booked).starts_at == at(salon, "14:00")


def test_a_drop_leads_to_no_page_but_the_calendar(signed_in, booked):
    answer = signed_in.post(
        f"/nacar/bookings/{booked.pk}/time", {"at": "2026-11-24T11:30Z", "back": "https://elsewhere.example/"}
    )

    assert answer.url == f"/nacar/bookings/{booked.pk}"


def test_a_stay_moves_by_its_day_of_arrival_alone(signed_in, salon):
    with project_scope(salon.pk):
        stay = make.stay(salon, make.stay_service(), dec(11), dec(15))
    page = signed_in.get(f"/nacar/bookings/{stay.pk}/time?day=2026-12-20").content.decode()
    assert 'name="time"' not in page
    assert 'name="minutes"' not in page

    signed_in.post(f"/nacar/bookings/{stay.pk}/time", {"day": "2026-12-20", "resource": "", "notify": ""})

    moved = fresh(salon, stay)
    assert (moved.starts_at, moved.nights) == (at(salon, "15:00", dec(20)), 4)


# --- What stands in it ------------------------------------------------------------------------------------------------


def test_a_room_and_a_pool_are_columns_beside_people(signed_in, salon, noa):
    with project_scope(salon.pk):
        room = make.staff("Room 2", kind=Resource.Kind.ROOM)
        make.staff("Table", kind=Resource.Kind.TABLE, units=2)
        massage = make.service(noa, name="Massage", buffer_after=15)
        ServiceNeed.objects.create(service=massage, resource=room, group_no=2)
        make.booking(salon, massage, at(salon, "10:00"), customer=make.customer(salon, "Clara Mas"))
        dinner = make.service(Resource.objects.get(name="Table"), name="Lunch")
        for name in ("Pere Soto", "Laia Pons"):
            make.booking(salon, dinner, at(salon, "13:00"), customer=make.customer(salon, name))

    page = signed_in.get(PAGE).content.decode()

    column = {name: page.split(f'aria-label="{name}"')[1].split('class="cal-col')[0] for name in ("Room 2", "Table")}
    assert "Clara Mas" in column["Room 2"]
    assert 'for-12"' in column["Room 2"], "without the quarter of an hour after it"
    assert "data-move" not in column["Room 2"], "who does it stands in another column"
    assert re.findall(r"lane-(\d)", column["Table"]) == ["1", "2"]


def test_a_class_stands_once_with_its_places(signed_in, salon, noa):
    with project_scope(salon.pk):
        yoga = make.class_of(noa, name="Yoga", max_party=3)
        make.session(salon, yoga, "10:00", capacity=8)
        for number, party in enumerate((1, 3)):
            make.booking(salon, yoga, at(salon, "10:00"), party=party, customer=make.customer(salon, f"Guest {number}"))

    page = signed_in.get(PAGE)

    grid = page.content.decode().split('<ol class="agenda">')[0]
    assert grid.count("Yoga") == 1
    assert "4 of 8 places" in text(page)


def test_kind_and_location_narrow_the_columns_and_stay_in_the_links(signed_in, salon, noa):
    with project_scope(salon.pk):
        make.staff("Room 2", kind=Resource.Kind.ROOM)

    page = signed_in.get(f"{PAGE}&kind=room").content.decode()

    assert 'aria-label="Room 2"' in page
    assert 'aria-label="Noa Vidal"' not in page
    assert 'href="?kind=room&amp;view=month&amp;day=2026-11-24"' in page


def test_a_closed_day_says_so_and_why(signed_in, salon, noa):
    christmas = date(2026, 12, 25)
    with project_scope(salon.pk):
        hours.add_special_days(salon, christmas, christmas, windows=[], note="Christmas")

    page = signed_in.get("/nacar/calendar?day=2026-12-25")

    assert "Closed on Friday 25 December Christmas. Nobody works" in text(page)
    assert 'class="cal-col' not in page.content.decode()


def test_stays_are_bars_in_week_and_month_and_a_line_in_the_day(signed_in, salon):
    with project_scope(salon.pk):
        make.stay(salon, make.stay_service(), dec(11), dec(15), customer=make.customer(salon, "Anna Keller"))

    days = {number: text(signed_in.get(f"/nacar/calendar?day=2026-12-{number}")) for number in (11, 13, 15, 16)}
    week = signed_in.get("/nacar/calendar?view=week&day=2026-12-11").content.decode()
    month = signed_in.get("/nacar/calendar?view=month&day=2026-12-01").content.decode()

    assert "Anna Keller Casa Salina, arrives from 15:00" in days[11]
    assert "Anna Keller Casa Salina, night 3 of 4" in days[13]
    assert "Anna Keller Casa Salina, leaves until 11:00" in days[15]
    assert "Nobody arrives, stays or leaves." in days[16]
    assert "half-10 halves-5" in week, "from Friday's second half to the end of the week"
    assert re.findall(r"half-\d+ halves-\d+", month) == ["half-10 halves-5", "half-1 halves-3"]


def test_a_month_counts_what_is_booked_and_names_the_first(signed_in, salon, cut):
    with project_scope(salon.pk):
        for number in range(5):
            name = f"Guest {number}"
            make.booking(salon, cut, at(salon, f"{10 + number}:00"), customer=make.customer(salon, name))

    page = text(signed_in.get("/nacar/calendar?view=month&day=2026-11-01"))

    assert "5 bookings 10:00 Guest 0 11:00 Guest 1 12:00 Guest 2 and 2 more" in page
    assert "Guest 3" not in page


def test_a_month_says_why_a_day_is_closed(signed_in, salon, noa):
    with project_scope(salon.pk):
        make.closure(at(salon, "0:00", dec(21)), at(salon, "0:00", dec(23)), reason="Painting")
        hours.add_special_days(salon, dec(25), dec(25), windows=[], note="Christmas")

    page = text(signed_in.get("/nacar/calendar?view=month&day=2026-12-01"))

    assert "20 Closed Monday 21 December 21 Painting Tuesday 22 December 22 Painting Wednesday 23 December 23" in page
    assert "25 Christmas" in page


@pytest.mark.parametrize("view", ["day", "week", "month", "agenda"])
def test_each_view_asks_at_most_twelve_questions(signed_in, salon, noa, booked, view):
    with project_scope(salon.pk):
        make.stay(salon, make.stay_service(), TUESDAY, dec(2))
        make.session(salon, make.class_of(noa, name="Yoga"), "15:00", capacity=8)
        make.closure(at(salon, "16:00"), at(salon, "17:00"), reason="Course")
    address = f"/nacar/calendar?view={view}&day=2026-11-24"
    signed_in.get(address)

    with CaptureQueriesContext(connection) as context:
        assert signed_in.get(address).status_code == 200
        asked = [query["sql"] for query in context if not query["sql"].startswith(OF_THE_TEST)]

    assert len(asked) <= 12, "\n".join(asked)


# --- Only some of it --------------------------------------------------------------------------------------------------


def test_what_a_filter_leaves_out_is_drawn_as_taken_without_a_name(signed_in, salon, booked, cut, noa):
    with project_scope(salon.pk):
        colour = make.service(noa, name="Colour", slug="colour")
        make.booking(salon, colour, at(salon, "12:00"), customer=make.customer(salon, "Irene Navarro"), resource=noa)
        make.session(salon, make.class_of(noa, name="Yoga"), "15:00", capacity=8)
    only = f"{PAGE}&service={colour.pk}"

    page = signed_in.get(only).content.decode()

    assert "Irene Navarro" in page
    assert "Josep Llorens" not in page
    assert "Yoga, " not in page.split("x-calendar")[1]
    assert page.count("Taken</b>") == 2
    of_noa = page.split('aria-label="Noa Vidal"')[1].split('class="cal-col')[0]
    assert "Book 10:00" not in of_noa, "nothing that is taken looks free"
    assert "What does not match is drawn without a name." in page
    assert page.count("1 booking<") == 1
    for kept in (f"service={colour.pk}&amp;view=week", f'name="service" value="{colour.pk}"'):
        assert kept in page
    assert f'value="{colour.pk}" selected' in page
    assert f"service={colour.pk}" not in re.search(r'href="([^"]+sheet[^"]*)"', page).group(1), "paper shows all"


@pytest.mark.parametrize("view", ["day", "week", "month", "agenda"])
def test_each_view_says_that_nothing_matches_and_clears(signed_in, salon, booked, view):
    page = signed_in.get(f"/nacar/calendar?view={view}&day=2026-11-24&status=no_show")

    assert "Josep Llorens" not in text(page)
    said = {
        "day": "Nothing on this day matches.",
        "week": "Nothing in this week matches.",
        "month": "Nothing here match",
    }
    assert said.get(view, "Nothing matches these filters") in text(page)
    assert f'href="?view={view}&amp;day=2026-11-24">Clear' in re.sub(r"<svg.*?</svg>", "", page.content.decode())


def test_month_and_agenda_name_only_what_matches(signed_in, salon, booked, cut, ivan):
    with project_scope(salon.pk):
        stay = make.stay(salon, make.stay_service(), dec(11), dec(15), customer=make.customer(salon, "Anna Keller"))
    for view in ("month", "agenda"):
        page = text(signed_in.get(f"/nacar/calendar?view={view}&day=2026-11-24&service={cut.pk}&status=confirmed"))
        assert "Josep Llorens" in page
        assert "other times may be taken" in page
    december = signed_in.get(f"/nacar/calendar?view=month&day=2026-12-01&service={cut.pk}")
    assert "Anna Keller" not in text(december)
    assert "bar-of other" in december.content.decode()
    assert str(stay.pk) not in december.content.decode()


def test_a_filter_that_nobody_knows_is_as_if_it_were_not_there(signed_in, salon, booked):
    for nonsense in ("service=x", f"service={booked.pk}", "status=cancelled"):
        page = signed_in.get(f"{PAGE}&{nonsense}")
        assert "Josep Llorens" in text(page)
        assert "Clear" not in text(page)


# --- A short form over it ---------------------------------------------------------------------------------------------


def quick(client, **sent):
    values = {
        "name": "Nuria Serra", "email": "", "phone": "", "customer": "", "note": "", "resource": "",
        "day": "2026-11-24", "time": "12:00", "key": "once", "back": PAGE, **sent,
    }  # fmt: skip
    return client.post("/nacar/bookings/new?part=quick", values)


def test_free_time_opens_a_short_form_with_time_and_person(signed_in, cut, noa):
    page = signed_in.get(f"/nacar/bookings/new?at=2026-11-24T11:00Z&with={noa.pk}&part=quick").content.decode()

    assert "<html" not in page
    assert 'value="12:00"' in page
    assert f'value="{noa.pk}" selected' in page
    assert "Cut, 1 h" in page


def test_the_short_form_books_and_goes_back_to_the_calendar(signed_in, salon, cut):
    answer = quick(signed_in, service=str(cut.pk))

    assert (answer.status_code, answer.url) == (302, PAGE)
    with project_scope(salon.pk):
        assert Booking.objects.get().starts_at == at(salon, "12:00")


def test_the_short_form_says_what_is_missing_or_taken_and_books_nothing(signed_in, salon, cut):
    nameless = quick(signed_in, service=str(cut.pk), name="")
    closed = quick(signed_in, service=str(cut.pk), time="04:00")

    assert (nameless.status_code, closed.status_code) == (422, 409)
    assert "Type the name of the customer" in text(nameless)
    with project_scope(salon.pk):
        assert not Booking.objects.exists()
        assert not Customer.objects.exists()
    nearest = re.search(r'name="at" value="([^"]+)"', closed.content.decode()).group(1)
    assert quick(signed_in, service=str(cut.pk), time="04:00", at=nearest).status_code == 302


def test_somebody_known_is_found_while_typing_and_chosen(signed_in, salon, cut):
    with project_scope(salon.pk):
        marta = make.customer(salon, "Marta Climent")

    found = signed_in.get("/nacar/bookings/new?part=matches&q=clim").content.decode()
    assert f'value="{marta.pk}"' in found
    quick(signed_in, service=str(cut.pk), customer=str(marta.pk), name="clim")

    with project_scope(salon.pk):
        assert Booking.objects.get().customer_id == marta.pk


def test_who_walks_in_is_booked_now_and_leaves_no_name(signed_in, salon, cut, noa, ivan):
    with clock.frozen(at(salon, "10:07")):
        page = signed_in.get("/nacar/bookings/new?at=now&part=quick").content.decode()
        assert 'value="10:05"' in page
        assert 'value="Walk-in"' in page
        for key, who in (("one", noa), ("two", ivan)):
            quick(signed_in, service=str(cut.pk), name="Walk-in", time="10:05", key=key, resource=str(who.pk))

    with project_scope(salon.pk):
        assert Booking.objects.count() == 2
        assert Customer.objects.count() == 1


# --- On paper ---------------------------------------------------------------------------------------------------------


def test_the_day_sheet_says_all_that_a_day_needs(signed_in, salon, cut, noa):
    with project_scope(salon.pk):
        extra = ServiceExtra.objects.create(service=cut, name="Blow-dry", price_minor=1200, max_qty=2)
        who = make.customer(salon, "Nuria Serra", phone="+34600000142")
        make.booking(
            salon, cut, at(salon, "12:00"), customer=who, resource=noa, extras={extra: 2}, note="Allergic to nuts"
        )

    page = text(signed_in.get("/nacar/calendar/sheet?day=2026-11-24"))

    for said in ("Noa Vidal", "12:00–13:00", "Nuria Serra", "600 00 01 42", "2 × Blow-dry", "Allergic", "€82"):
        assert said in page
    assert "Iván Soler" not in page, "nothing is booked with him"


def test_who_may_not_see_customers_gets_neither_phones_nor_notes(salon, cut):
    with project_scope(salon.pk):
        make.booking(
            salon, cut, at(salon, "12:00"), customer=make.customer(salon, phone="+34600000142"), note="Allergic"
        )
    viewer = platform.user("viewer@example.com")
    platform.member(salon.organization, viewer, Role.VIEWER)
    client = PlatformClient()
    client.force_login(viewer)

    page = text(client.get("/nacar/calendar/sheet?day=2026-11-24"))

    assert "Marta Ferrer" in page
    assert "600" not in page
    assert "Allergic" not in page
