"""Bookings in a calendar program: what an address shows, to whom, and for how long."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from flectar.core import clock
from flectar.core.events import announce
from flectar.core.tenancy import project_scope
from flectar.offers.booking.calendars import calendar_file, feed_file, feeds, subscriptions
from flectar.offers.booking.deeds import handover, lifecycle
from flectar.offers.booking.models import Booking, Feed, Resource, Service, Session
from flectar.platform.accounts.facts import AccountErased
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import Membership, Role
from flectar.platform.projects.facts import ProjectTransferred
from flectar.platform.projects.models import Project
from tests import make as people
from tests.cast import PlatformClient
from tests.offers.booking import make
from tests.offers.booking.conftest import NOW
from tests.offers.booking.make import at
from tests.test_query_counts import MOST_OF_A_LIST, asked

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def noa(salon: Project) -> Resource:
    with project_scope(salon.pk):
        return make.staff("Noa Vidal")


@pytest.fixture
def booking(salon: Project, noa: Resource) -> Booking:
    with project_scope(salon.pk):
        marta = make.customer(salon, "Marta Ferrer", "marta@example.com", phone="+34600000142")
        service = make.service(noa, name="Corte, peinado; niños")
        return make.booking(salon, service, at(salon, "10:00"), customer=marta, note="Window\nseat")


@pytest.fixture
def paths(salon: Project, noa: Resource, lucia: Any) -> dict[str, str]:
    """An address of each kind."""
    with project_scope(salon.pk):
        made = {shows: feeds.make(noa, name=shows, shows=shows, by=lucia)[1] for shows in Feed.Shows.values}
    return {shows: address.removeprefix("http://localhost:8000") for shows, address in made.items()}


def events(answer: Any) -> list[Any]:
    assert answer.status_code == 200
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_an_address_shows_what_was_chosen_and_no_more(visitor: Client, booking: Booking, paths: dict[str, str]):
    [times], [service], [everything] = (events(visitor.get(paths[shows])) for shows in ("times", "service", "all"))

    assert times["SUMMARY"] == "Busy"
    assert "URL" not in times
    assert service["SUMMARY"] == "Marta, Corte, peinado; niños"
    assert "Ferrer" not in str(service)
    assert everything["SUMMARY"] == "Marta Ferrer, Corte, peinado; niños"
    assert "marta@example.com\nWindow\nseat" in everything["DESCRIPTION"]
    for shown in (times, service, everything):
        assert shown["DTSTART"].dt == booking.starts_at.astimezone(UTC)
        assert shown["DTEND"].dt == booking.ends_at.astimezone(UTC)
        assert shown["UID"] == booking.uid


def test_the_answer_is_a_calendar_without_cookies_that_nobody_keeps(visitor: Client, booking, paths):
    answer = visitor.get(paths["service"])

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    assert not answer.cookies
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    assert b"\n" not in answer.content.replace(b"\r\n", b"")


def test_what_has_not_changed_is_not_sent_again(visitor: Client, salon, booking, paths):
    first = visitor.get(paths["service"])
    with clock.frozen(NOW + timedelta(hours=5)):
        second = visitor.get(paths["service"], headers={"If-None-Match": first["ETag"]})
        assert second.status_code == 304
        assert not second.content

        with project_scope(salon.pk):
            lifecycle.move(booking, at(salon, "11:00"), by_team=True)
        third = visitor.get(paths["service"], headers={"If-None-Match": first["ETag"]})

    [moved] = events(third)
    assert moved["SEQUENCE"] == 1
    assert moved["LAST-MODIFIED"].dt == NOW + timedelta(hours=5)
    assert moved["DTSTAMP"].dt == moved["LAST-MODIFIED"].dt


def test_a_cancelled_booking_says_so_for_a_month(visitor: Client, salon, booking, paths):
    with project_scope(salon.pk):
        lifecycle.cancel(booking, by_team=True)

    [shown] = events(visitor.get(paths["service"]))
    assert (shown["STATUS"], shown["TRANSP"]) == ("CANCELLED", "TRANSPARENT")

    with clock.frozen(NOW + timedelta(days=31)):
        assert events(visitor.get(paths["service"])) == []


def test_what_was_over_a_month_ago_is_left_out(visitor: Client, booking, paths):
    with clock.frozen(NOW + timedelta(days=30)):
        assert len(events(visitor.get(paths["service"]))) == 1
    with clock.frozen(NOW + timedelta(days=32)):
        assert events(visitor.get(paths["service"])) == []


def test_everybodys_calendar_names_who_does_it(visitor: Client, salon, booking, lucia):
    with project_scope(salon.pk):
        _feed, address = feeds.make(None, name="Reception", shows="service", by=lucia)

    [shown] = events(visitor.get(address))
    assert shown["SUMMARY"].startswith("Noa: Marta")


def test_a_class_is_one_entry_however_many_come(visitor: Client, salon, noa, paths):
    with project_scope(salon.pk):
        yoga = make.service(noa, name="Yoga", mode=Service.Mode.SESSION)
        date = Session.objects.create(
            service=yoga, resource=noa, starts_at=at(salon, "18:00"), ends_at=at(salon, "19:00"),
            tz=salon.zone, local_start="2026-11-24T18:00", capacity=12,
        )  # fmt: skip

    [shown] = events(visitor.get(paths["service"]))

    assert shown["SUMMARY"] == "Yoga"
    assert shown["UID"] == f"{date.pk}@booking.flectar"


def test_a_calendar_of_ours_that_comes_back_blocks_nothing(visitor: Client, salon, booking, paths):
    content = visitor.get(paths["all"]).content

    read = calendar_file.read(content, zone=salon.tz, first=NOW, until=NOW + timedelta(days=9))

    assert read.busy == []
    assert calendar_file.is_whole(content)


def test_a_new_address_ends_the_old_one_and_taking_it_back_ends_both(visitor: Client, salon, booking, paths):
    with project_scope(salon.pk):
        feed = Feed.objects.get(shows="service")
        rolled = feeds.roll(feed)
    assert visitor.get(paths["service"]).status_code == 404
    assert visitor.get(rolled).status_code == 200

    with project_scope(salon.pk):
        feeds.revoke(feed)
    assert visitor.get(rolled).status_code == 404


def test_nothing_is_there_for_a_wrong_address_another_project_or_a_closed_module(
    visitor, salon, clinic, booking, paths
):
    path = paths["service"]
    assert visitor.get(path.replace(".ics", "x.ics")).status_code == 404
    assert visitor.get(path.replace(str(salon.pk), str(clinic.pk))).status_code == 404
    Project.objects.filter(pk=salon.pk).update(modules=["site"])
    assert visitor.get(path).status_code == 404


def test_an_address_works_as_long_as_whoever_made_it_may_see_the_bookings(visitor: Client, salon, noa, booking):
    dani = people.user("dani@nacar.example")
    seat = people.member(salon.organization, dani, Role.STAFF)
    with project_scope(salon.pk):
        _feed, address = feeds.make(noa, name="Phone", shows="all", by=dani)
    assert "Ferrer" in str(events(visitor.get(address)))

    Membership.objects.filter(pk=seat.pk).update(role=Role.VIEWER)
    assert "Ferrer" not in str(events(visitor.get(address)))

    seat.delete()
    assert visitor.get(address).status_code == 404


def test_whoever_leaves_or_hands_the_project_over_leaves_no_address_behind(salon, clinic, noa, lucia, paths):
    announce(AccountErased(lucia.pk))
    with project_scope(salon.pk):
        assert not Feed.objects.exists()
        feeds.make(noa, name="Phone", shows="times", by=lucia)
    Project.objects.filter(pk=salon.pk).update(organization=clinic.organization)

    with project_scope(salon.pk):
        handover.unlink_strangers(ProjectTransferred(salon.pk))

        assert not Feed.objects.exists()


def test_reading_is_noted_to_the_quarter_and_has_its_limit(visitor: Client, salon, booking, paths, monkeypatch):
    from flectar.offers.booking.views import calendars

    visitor.get(paths["service"])
    with project_scope(salon.pk):
        assert Feed.objects.get(shows="service").last_used_at == NOW

    monkeypatch.setattr(calendars, "READ_AN_HOUR", 1)
    visitor.get(paths["times"])
    refused = visitor.get(paths["times"])
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 60


def test_the_secret_is_stored_nowhere(salon, noa, lucia):
    with project_scope(salon.pk):
        feed, address = feeds.make(noa, name="Phone", shows="times", by=lucia)
        secret = address.rsplit("/", 1)[1].removesuffix(".ics")

        assert secret not in str(Feed.objects.values().get(pk=feed.pk))
        assert not Entry.objects.filter(new__icontains=secret).exists()


def test_a_full_calendar_is_read_with_few_questions(visitor, salon, noa, paths, django_assert_max_num_queries):
    with project_scope(salon.pk):
        service = make.service(noa)
        for hour in range(9, 17):
            make.booking(salon, service, at(salon, f"{hour}:00"))

    with django_assert_max_num_queries(20):
        assert len(events(visitor.get(paths["all"]))) == 8


def test_long_lines_are_folded_between_letters():
    folded = feed_file._folded("SUMMARY:" + "ñ" * 100)

    assert all(len(line.encode()) <= 75 for line in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == "SUMMARY:" + "ñ" * 100


# --- The pages --------------------------------------------------------------------------------------------------------


def test_an_owner_follows_a_calendar_and_an_address_that_is_none_is_refused(signed_in: Client, salon, noa):
    page = f"/nacar/staff/{noa.pk}/calendars"
    assert signed_in.get(page).status_code == 200

    for wrong, says in {
        "http://calendar.example/a.ics": "begins with https://",
        "https://localhost/a.ics": "not on the public internet",
        "https://calendar.google.com/calendar/u/0?cid=bm9h": "Secret address in iCal format",
        "nothing at all": "This is not an address",
    }.items():
        refused = signed_in.post(f"{page}/new", {"url": wrong, "name": ""})
        assert refused.status_code == 422
        assert says in refused.content.decode().replace("&#x27;", "'")

    made = signed_in.post(f"{page}/new", {"url": "webcal://p01.icloud.com/published/2/abc", "name": ""}, follow=True)
    assert "Reading the calendar" in made.content.decode()
    assert "Apple" in signed_in.get(page).content.decode()
    again = signed_in.post(f"{page}/new", {"url": "https://p01.icloud.com/published/2/abc", "name": "x"})
    assert "followed already: Apple" in again.content.decode()


def test_the_address_is_shown_once(signed_in: Client, visitor: Client, salon, noa, booking):
    made = signed_in.post(f"/nacar/staff/{noa.pk}/calendars/addresses/new", {"name": "Phone", "shows": "times"})

    assert made.status_code == 201
    assert made["Cache-Control"] == "no-store"
    address = made.context["address"]
    assert len(events(visitor.get(address))) == 1
    assert address not in signed_in.get(f"/nacar/staff/{noa.pk}/calendars").content.decode()


def test_the_pages_ask_few_questions(signed_in: Client, salon, noa, booking, paths):
    with project_scope(salon.pk):
        made = [subscriptions.subscribe(noa, f"https://calendar.example/{n}.ics") for n in range(4)]

    for page in (f"staff/{noa.pk}/calendars", "staff/calendars", f"calendars/{made[0].pk}"):
        questions = asked(signed_in, f"/nacar/{page}")
        assert len(questions) <= MOST_OF_A_LIST, "\n".join(questions)


def test_staff_see_their_own_calendars_and_nobody_elses(salon, noa):
    dani = people.user("dani@nacar.example")
    people.member(salon.organization, dani, Role.STAFF)
    browser = PlatformClient()
    browser.force_login(dani)
    assert "no calendar here yet" in browser.get("/nacar/staff/calendars/mine").content.decode()

    with project_scope(salon.pk):
        own = make.staff("Dani Peris", account=dani)
    assert browser.get("/nacar/staff/calendars/mine").url == f"/nacar/staff/{own.pk}/calendars"
    assert browser.get(f"/nacar/staff/{own.pk}/calendars").status_code == 200
    for path in ("calendars", "calendars/new", "calendars/addresses/new"):
        assert browser.get(f"/nacar/staff/{noa.pk}/{path}").status_code == 404
    assert browser.get("/nacar/staff/calendars").status_code == 403
    made = browser.post(f"/nacar/staff/{noa.pk}/calendars/addresses/new", {"name": "x", "shows": "all"})
    assert made.status_code == 404
    with project_scope(salon.pk):
        assert not Feed.objects.exists()
