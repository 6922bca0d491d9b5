"""Calendars that are followed: what their servers answer, and what becomes of the time they block."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from flectar.core import clock, http
from flectar.core.tenancy import project_scope
from flectar.offers.booking.calendars import fetching, following, jobs, rota, subscriptions
from flectar.offers.booking.deeds import queries
from flectar.offers.booking.models import ExternalBusy, Resource, Service, Subscription
from flectar.platform.notifications.models import Notification
from flectar.platform.outbox.models import Message
from flectar.platform.projects.models import Project
from tests import make as people
from tests.offers.booking import make
from tests.offers.booking.calendar_server import CalendarServer, serving
from tests.offers.booking.conftest import NOW
from tests.offers.booking.make import TUESDAY, at
from tests.offers.booking.test_calendar_file import calendar, event

pytestmark = pytest.mark.usefixtures("monday_morning")
Trouble = Subscription.Trouble
DENTIST = event("UID:dentist", "DTSTART;TZID=Europe/Madrid:20261124T100000", "DURATION:PT2H")
YOGA = event("UID:yoga", "DTSTART;TZID=Europe/Madrid:20261201T180000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=9")


@pytest.fixture
def server() -> Iterator[CalendarServer]:
    with serving(CalendarServer(calendar(DENTIST, YOGA))) as running:
        yield running


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard refuses loopback, and rightly: for these tests the server is let through."""
    guarded = http.client
    monkeypatch.setattr(fetching.http, "client", lambda **options: guarded(**options, allow_private=True))
    monkeypatch.setattr(following.random, "uniform", lambda low, high: 1.0)


@pytest.fixture
def noa(salon: Project) -> Resource:
    with project_scope(salon.pk):
        return make.staff("Noa Vidal")


@pytest.fixture
def followed(salon: Project, noa: Resource, server: CalendarServer) -> Subscription:
    """Read once."""
    with project_scope(salon.pk):
        made = subscriptions.subscribe(noa, server.url, name="Private")
    read(salon, made)
    return made


def read(project: Project, subscription: Subscription) -> Any:
    return following.read(project.pk, subscription.pk)


def state(project: Project, subscription: Subscription) -> Subscription:
    with project_scope(project.pk):
        return Subscription.objects.select_related("source").get(pk=subscription.pk)


def busy(project: Project) -> list[str]:
    with project_scope(project.pk):
        rows = ExternalBusy.objects.order_by("starts_at").values_list("starts_at", flat=True)
        return [f"{starts_at:%m-%d %H:%M}" for starts_at in rows]


def minutes(until: Any) -> int:
    return round((until - clock.now()).total_seconds() / 60)


# --- What is read -----------------------------------------------------------------------------------------------------


def test_busy_time_of_a_followed_calendar_is_not_offered(salon, noa, followed):
    with project_scope(salon.pk):
        service = make.service(noa)
        day = queries.free_times(salon, service, first_day=TUESDAY, days=1)[0]

        starts = [slot.starts_at for slot in day.slots]
        assert at(salon, "10:00") not in starts
        assert at(salon, "12:00") in starts
        assert state(salon, followed).succeeded_at == NOW


def test_what_has_not_changed_is_not_sent_again_and_writes_no_busy_time(salon, followed, server):
    before = busy(salon)
    with project_scope(salon.pk):
        ids = set(ExternalBusy.objects.values_list("pk", flat=True))

    next_at = read(salon, followed)

    assert server.asked[1]["if-none-match"] == server.etag
    assert minutes(next_at) == 15
    with project_scope(salon.pk):
        assert set(ExternalBusy.objects.values_list("pk", flat=True)) == ids
    assert busy(salon) == before


def test_a_change_is_applied_as_a_difference(salon, noa, followed, server):
    with project_scope(salon.pk):
        before = {row.starts_at: row.pk for row in ExternalBusy.objects.all()}
        rev = Resource.objects.get(pk=noa.pk).rev
    server.content = calendar(DENTIST.replace("T100000", "T110000"), YOGA)

    read(salon, followed)

    with project_scope(salon.pk):
        after = {row.starts_at: row.pk for row in ExternalBusy.objects.all()}
        assert len(set(before.values()) & set(after.values())) == 9
        assert at(salon, "11:00") in after
        assert at(salon, "10:00") not in after
        assert Resource.objects.get(pk=noa.pk).rev == rev + 1


def test_the_same_answer_without_an_etag_raises_no_counter(salon, noa, followed, server):
    server.has_etags = False
    with project_scope(salon.pk):
        rev = Resource.objects.get(pk=noa.pk).rev

    read(salon, followed)

    with project_scope(salon.pk):
        assert Resource.objects.get(pk=noa.pk).rev == rev


def test_what_comes_into_view_as_the_days_go_by_is_read_though_nothing_changed(salon, followed, server):
    with clock.frozen(NOW + timedelta(days=16)):
        read(salon, followed)

        assert "if-none-match" not in server.asked[-1]
        assert state(salon, followed).covers_until > NOW + following.AHEAD + timedelta(days=14)


def test_another_time_zone_of_the_business_moves_floating_events(salon, followed, server):
    server.content = calendar(event("UID:f", "DTSTART:20261124T100000", "DURATION:PT1H"), YOGA)
    read(salon, followed)
    assert busy(salon)[0] == "11-24 09:00"
    Project.objects.filter(pk=salon.pk).update(zone="Atlantic/Canary")

    read(salon, followed)

    assert busy(salon)[0] == "11-24 10:00"


def test_own_bookings_that_come_back_block_nothing_and_those_of_others_do(salon, noa, followed, server):
    with project_scope(salon.pk):
        own = make.booking(salon, make.service(noa), at(salon, "16:00")).uid
    other = "0199b1c0-0000-7000-8000-000000000000@booking.flectar"
    line = "DTSTART;TZID=Europe/Madrid:20261125T100000\nDURATION:PT1H"
    server.content = calendar(DENTIST, YOGA, event(f"UID:{own}", line), event(f"UID:{other}", line))

    read(salon, followed)

    with project_scope(salon.pk):
        uids = set(ExternalBusy.objects.values_list("uid", flat=True))
    assert uids == {"dentist", "yoga", other}


def test_what_the_person_has_declined_is_not_busy(salon, noa, followed, server, lucia):
    with project_scope(salon.pk):
        Resource.objects.filter(pk=noa.pk).update(account=lucia)
    declined = DENTIST.replace("END:VEVENT", f"ATTENDEE;PARTSTAT=DECLINED:mailto:{lucia.email}\nEND:VEVENT")
    server.content = calendar(declined, YOGA)

    read(salon, followed)

    assert len(busy(salon)) == 9


def test_an_event_that_can_no_longer_be_read_keeps_its_time_and_is_named(salon, followed, server):
    server.content = calendar(DENTIST.replace("Europe/Madrid", "Nowhere"), YOGA)

    read(salon, followed)

    assert busy(salon)[0] == "11-24 09:00"
    assert state(salon, followed).unread[0][2] == "Its time zone “Nowhere” is not known."


def test_bookings_that_stand_against_it_are_named_and_stay(salon, noa, followed, server):
    with project_scope(salon.pk):
        booking = make.booking(salon, make.service(noa), at(salon, "16:00"))
    server.content = calendar(DENTIST.replace("T100000", "T160000"), YOGA)

    read(salon, followed)

    with project_scope(salon.pk):
        source = state(salon, followed).source
        assert subscriptions.standing_against([source]) == {source.pk: [booking]}
        booking.refresh_from_db()
        assert booking.is_confirmed


def test_nights_of_another_portal_leave_the_days_of_change_to_others(salon, server):
    with project_scope(salon.pk):
        house = Resource.objects.create(kind=Resource.Kind.PROPERTY, name="Casa", name_folded="casa")
        make.service(house, mode=Service.Mode.STAY, check_in_min=16 * 60, check_out_min=10 * 60)
        made = subscriptions.subscribe(house, server.url)
    server.content = calendar(event("UID:a", "DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261204"))

    read(salon, made)

    with project_scope(salon.pk):
        stay = ExternalBusy.objects.get()
        assert (stay.starts_at, stay.ends_at) == (
            at(salon, "16:00", date(2026, 12, 1)),
            at(salon, "10:00", date(2026, 12, 4)),
        )


# --- What goes wrong --------------------------------------------------------------------------------------------------

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "an error": ({"status": 500}, Trouble.REFUSED),
    "no right any more": ({"status": 403}, Trouble.DENIED),
    "gone": ({"status": 404}, Trouble.MISSING),
    "too many questions": ({"status": 429}, Trouble.BUSY),
    "empty": ({"content": b" \r\n"}, Trouble.EMPTY),
    "a sign-in page": ({"content": b"<!DOCTYPE html><title>Sign in</title>"}, Trouble.PAGE),
    "something else": ({"content": b'{"error": "expired"}'}, Trouble.OTHER),
    "cut in the file": ({"content": calendar(DENTIST)[:-20]}, Trouble.CUT),
    "cut on the way": ({"promises": 99, "has_etags": False, "content": calendar(DENTIST)}, Trouble.CUT),
    "a circle": ({"location": "/round"}, Trouble.REDIRECTS),
    "another kind of address": ({"location": "file:///etc/passwd"}, Trouble.REDIRECTS),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_calendar_that_fails_keeps_its_busy_time(salon, followed, server, fault):
    values, trouble = FAULTS[fault]
    for name, value in values.items():
        setattr(server, name, value)
    before = busy(salon)

    read(salon, followed)

    noted = state(salon, followed)
    assert noted.trouble == trouble
    assert noted.succeeded_at is not None
    assert all(subscriptions.what_to_do(noted))
    assert busy(salon) == before


def test_a_body_without_end_and_one_that_drips_are_given_up(salon, followed, server, monkeypatch):
    monkeypatch.setattr(fetching, "MOST_BYTES", 200_000)
    server.content, server.endless = calendar(DENTIST), True
    read(salon, followed)
    assert state(salon, followed).trouble == Trouble.LARGE

    monkeypatch.setattr(fetching, "MOST_SECONDS", 0.1)
    server.endless, server.drips = False, 0.01
    read(salon, followed)
    assert state(salon, followed).trouble == Trouble.SLOW
    assert len(busy(salon)) == 10


def test_a_small_packed_body_is_unpacked_no_further_than_the_bound(salon, followed, server, monkeypatch):
    server.is_packed, server.content = (
        True,
        calendar(DENTIST, YOGA, event("UID:new", "DTSTART:20261124T150000Z", "DURATION:PT1H")),
    )
    read(salon, followed)
    assert len(busy(salon)) == 11

    monkeypatch.setattr(fetching, "MOST_BYTES", 100_000)
    server.content = calendar(DENTIST, "X-FILLER:" + "x" * 1_000_000)
    read(salon, followed)
    assert state(salon, followed).trouble == Trouble.LARGE


def test_no_address_and_no_redirect_leads_into_our_own_network(salon, noa, server, monkeypatch):
    monkeypatch.undo()
    guarded = http.client
    hops = []

    def public_first(**options: Any) -> Any:
        """Only the first server passes for public."""
        client = guarded(**options)
        private = guarded(**options, allow_private=True)
        real = client.stream
        client.stream = lambda method, url, **more: (  # type: ignore[method-assign]  # on purpose
            hops.append(url) or (private.stream if url == server.url else real)(method, url, **more)
        )
        return client

    with project_scope(salon.pk):
        made = subscriptions.subscribe(noa, server.url)
    read(salon, made)
    assert state(salon, made).trouble == Trouble.FORBIDDEN
    assert server.asked == []

    monkeypatch.setattr(fetching.http, "client", public_first)
    server.location = "http://169.254.169.254/latest/meta-data/"
    read(salon, made)
    assert hops == [server.url, server.location]
    assert state(salon, made).trouble == Trouble.FORBIDDEN


def test_a_calendar_that_has_lost_almost_everything_is_believed_when_it_says_so_twice(salon, followed, server):
    server.content = calendar(DENTIST)

    assert minutes(read(salon, followed)) == 15
    assert state(salon, followed).trouble == Trouble.SHRUNK
    assert len(busy(salon)) == 10

    read(salon, followed)
    assert "if-none-match" not in server.asked[-1]
    assert state(salon, followed).trouble == Trouble.NONE
    assert busy(salon) == ["11-24 09:00"]


def test_what_comes_back_after_it_had_vanished_was_never_free(salon, followed, server):
    server.content, whole = calendar(), server.content
    read(salon, followed)
    server.content = whole

    read(salon, followed)

    assert len(busy(salon)) == 10
    assert state(salon, followed).trouble == Trouble.NONE


def test_the_longer_it_fails_the_less_it_is_asked_and_as_late_as_it_wants(salon, followed, server):
    server.status = 500
    assert [minutes(read(salon, followed)) for _ in range(7)] == [15, 30, 60, 120, 240, 360, 360]

    server.status, server.headers = 503, {"Retry-After": "36000"}
    assert minutes(read(salon, followed)) == 600

    server.headers = {"Retry-After": "9999999"}
    assert minutes(read(salon, followed)) == 1440


def test_after_a_day_of_failures_the_team_is_told_once_and_again_when_it_works(salon, followed, server):
    server.status = 500
    for hours in (1, 23, 26, 30):
        with clock.frozen(NOW + timedelta(hours=hours)):
            read(salon, followed)
    with project_scope(salon.pk):
        assert list(Notification.objects.values_list("kind", flat=True)) == ["calendar.failing"]
        assert Message.objects.filter(event="notifications.notice").count() == 1

    server.status = 200
    with clock.frozen(NOW + timedelta(hours=31)):
        read(salon, followed)
        read(salon, followed)
    with project_scope(salon.pk):
        assert sorted(Notification.objects.values_list("kind", flat=True)) == ["calendar.back", "calendar.failing"]


def test_a_reading_under_way_brings_nothing_into_a_calendar_that_was_forgotten_or_has_another_address(
    salon, followed, server, monkeypatch
):
    def meanwhile(deed: Any) -> None:
        real = fetching.fetch

        def fetch(*args: Any, **options: Any) -> Any:
            answer = real(*args, **options)
            with project_scope(salon.pk):
                deed(Subscription.objects.select_related("source__resource").get(pk=followed.pk))
            return answer

        monkeypatch.setattr(fetching, "fetch", fetch)

    server.content = calendar(event("UID:x", "DTSTART:20261130T100000Z", "DURATION:PT1H"), DENTIST, YOGA)
    meanwhile(lambda one: subscriptions.change(one, name="Private", url="https://calendar.example/other.ics"))
    read(salon, followed)
    assert len(busy(salon)) == 10

    monkeypatch.undo()
    with project_scope(salon.pk):
        rota.forget_calendar(state(salon, followed).source)
    assert read(salon, followed) is None
    assert busy(salon) == []


def test_each_reading_queues_the_next_one_and_a_fault_of_ours_breaks_no_chain(salon, followed, monkeypatch):
    queued = []
    monkeypatch.setattr(type(jobs.read_calendar), "defer_at", lambda self, when, **ids: queued.append(minutes(when)))
    ids = {"of_project": str(salon.pk), "subscription_id": str(followed.pk)}

    jobs.read_calendar.run(**ids)
    jobs._go_on_later(**ids)

    assert queued == [15, 360]
    assert state(salon, followed).trouble == Trouble.OURS


def test_the_address_is_sealed_and_one_calendar_is_not_followed_twice(salon, noa, followed, server):
    assert server.url not in state(salon, followed).url
    with project_scope(salon.pk):
        with pytest.raises(subscriptions.AlreadyThere, match="Private"):
            subscriptions.subscribe(noa, server.url)
        assert Subscription.objects.count() == 1


def test_nobody_asks_for_a_project_whose_bookings_are_off(salon, followed, server):
    Project.objects.filter(pk=salon.pk).update(modules=["site"])

    assert minutes(read(salon, followed)) == 360
    assert len(server.asked) == 1


def test_members_without_the_right_are_not_told(salon, followed, server):
    people.member(salon.organization, people.user("noa@nacar.example"))
    server.status = 500
    for hours in (1, 26):
        with clock.frozen(NOW + timedelta(hours=hours)):
            read(salon, followed)

    with project_scope(salon.pk):
        assert Notification.objects.count() == 1
