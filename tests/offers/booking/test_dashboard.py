"""The team's pages: calendar, bookings, services, people, closures, calendars from elsewhere."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flectar.core.tenancy import project_scope
from flectar.offers.booking.imports import jobs
from flectar.offers.booking.models import (
    Booking,
    CalendarImport,
    Claim,
    Closure,
    ExternalBusy,
    Resource,
    Service,
)
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import Role
from flectar.presence.sites.jobs import publish
from tests import make as platform
from tests.cast import PlatformClient
from tests.offers.booking import make
from tests.offers.booking.make import MONDAY, TUESDAY, at

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def noa(salon):
    with project_scope(salon.pk):
        return make.staff("Noa Vidal")


@pytest.fixture
def curl_cut(salon, noa):
    with project_scope(salon.pk):
        return make.service(noa, slug="curl-cut")


@pytest.fixture
def booked(salon, curl_cut) -> Booking:
    with project_scope(salon.pk):
        return make.booking(salon, curl_cut, at(salon, "16:00"), customer=make.customer(salon, "Amélie Ñúñez"))


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def fresh(salon, booking) -> Booking:
    with project_scope(salon.pk):
        return Booking.objects.with_people().get(pk=booking.pk)


PAGES = [
    "calendar",
    "calendar?view=week",
    "calendar?view=agenda",
    "calendar?day=2026-11-24",
    "calendar?day=soon&with=x",
    "bookings",
    "bookings?view=past",
    "bookings?view=cancelled",
    "bookings?q=nunez&with=x&service=y&after=z",
    "bookings/new",
    "bookings/new?at=2026-11-24T10:00Z&q=a",
    "services",
    "services/new",
    "services/stays/new",
    "staff",
    "staff/new",
    "staff/places/new",
    "closures",
    "closures/new",
    "calendar/import",
]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_answers_with_and_without_bookings(signed_in, salon, page):
    assert signed_in.get(f"/nacar/{page}").status_code == 200
    with project_scope(salon.pk):
        service = make.service(make.staff("Noa Vidal"))
        make.booking(salon, service, at(salon, "16:00"))
        make.booking(salon, service, at(salon, "09:00", MONDAY))
    assert signed_in.get(f"/nacar/{page}").status_code == 200


@pytest.mark.parametrize("page", ["calendar", "bookings", "bookings/{booking}", "services", "staff", "closures"])
def test_a_stranger_finds_nothing(signed_in_stranger, salon, booked, page):
    assert signed_in_stranger.get(f"/nacar/{page.format(booking=booked.pk)}").status_code == 404


def test_the_calendar_places_a_booking_by_classes_and_offers_free_time(signed_in, booked, noa):
    page = signed_in.get("/nacar/calendar?day=2026-11-24").content.decode()

    assert 'class="ev conf at-85 for-12"' in page  # seven hours below nine, one hour long
    assert f"/nacar/bookings/new?at=2026-11-24T08:00Z&amp;with={noa.pk}" in page
    assert "style=" not in page


def test_the_list_finds_people_without_accents_by_code_and_by_phone(signed_in, salon, curl_cut, booked):
    with project_scope(salon.pk):
        other = make.customer(salon, "Bruno Sala", phone="600 000 142")
        make.booking(salon, curl_cut, at(salon, "10:00"), customer=other)

    for wanted, found, missing in [
        ("nunez", "Amélie", "Bruno"),
        (booked.code.lower(), "Amélie", "Bruno"),
        ("600 000 142", "Bruno", "Amélie"),
    ]:
        page = text(signed_in.get("/nacar/bookings", {"q": wanted}))
        assert found in page
        assert missing not in page


def test_a_list_page_takes_at_most_twelve_queries_and_the_next_one_goes_on(signed_in, salon):
    with project_scope(salon.pk):
        service = make.service(make.staff("Noa Vidal"), duration_min=10, step_min=10)
        person = make.customer(salon)
        for number in range(40):
            make.booking(salon, service, at(salon, "09:00") + timedelta(minutes=10 * number), customer=person)
    signed_in.get("/nacar/bookings")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        first = signed_in.get("/nacar/bookings").content.decode()
    following = re.search(r'href="(\?[^"]*after=[^"]*)"', first)[1].replace("&amp;", "&")
    second = signed_in.get(f"/nacar/bookings{following}").content.decode()

    ours = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "SELECT set_config"))]
    assert len(ours) <= 12, ours
    seen = [re.findall(r'/nacar/bookings/([0-9a-f-]{36})"', page) for page in (first, second)]
    assert [len(page) for page in seen] == [25, 15]
    assert not set(seen[0]) & set(seen[1])


def test_several_are_cancelled_after_a_page_that_says_which(signed_in, salon, curl_cut, booked):
    with project_scope(salon.pk):
        other = make.booking(salon, curl_cut, at(salon, "12:00"), customer=make.customer(salon, "Bruno Sala"))
        gone = make.booking(salon, curl_cut, at(salon, "14:00"), customer=make.customer(salon, "Carla Gil"))
        Booking.objects.filter(pk=gone.pk).update(status="completed")
    chosen = {"id": [booked.pk, other.pk, gone.pk], "query": "view=upcoming"}

    asked = text(signed_in.post("/nacar/bookings/cancellations", chosen))
    with project_scope(salon.pk):
        assert not Booking.objects.filter(status="cancelled").exists()
    done = signed_in.post("/nacar/bookings/cancellations", {**chosen, "is_meant": "yes", "reason": "Noa is ill"})

    page = text(signed_in.get(done.url))
    assert "Cancel 3 bookings" in asked
    assert "2 bookings cancelled, 1 skipped" in page
    assert "Carla Gil: " in page
    with project_scope(salon.pk):
        assert set(Booking.objects.filter(status="cancelled").values_list("pk", flat=True)) == {booked.pk, other.pk}


def test_a_free_time_moves_the_booking(signed_in, salon, booked):
    page = signed_in.get(f"/nacar/bookings/{booked.pk}/time?day=2026-11-25")
    assert 'value="2026-11-25T10:00Z"' in page.content.decode()

    response = signed_in.post(f"/nacar/bookings/{booked.pk}/time", {"at": "2026-11-25T10:00Z", "notify": "on"})

    assert response.status_code == 302
    assert fresh(salon, booked).starts_at == at(salon, "11:00", TUESDAY + timedelta(days=1))


def test_an_exact_time_may_lie_between_the_steps(signed_in, salon, booked):
    signed_in.post(f"/nacar/bookings/{booked.pk}/time", {"day": "2026-11-24", "time": "10:05", "resource": ""})

    assert fresh(salon, booked).starts_at == at(salon, "10:05")


def test_a_refused_move_offers_the_nearest_times_and_changes_nothing(signed_in, salon, curl_cut, booked):
    with project_scope(salon.pk):
        make.booking(salon, curl_cut, at(salon, "10:00"))

    response = signed_in.post(f"/nacar/bookings/{booked.pk}/time", {"day": "2026-11-24", "time": "10:30"})

    assert response.status_code == 409
    assert "Someone was quicker" in text(response)
    assert fresh(salon, booked).starts_at == at(salon, "16:00")


def test_a_cancellation_can_be_undone(signed_in, salon, booked):
    signed_in.post(f"/nacar/bookings/{booked.pk}/cancellation", {"reason": "ill", "notify": "on"})
    assert fresh(salon, booked).is_cancelled
    page = signed_in.get(f"/nacar/bookings/{booked.pk}").content.decode()
    assert f"/nacar/bookings/{booked.pk}/restoration" in page
    assert "ill" in page

    signed_in.post(f"/nacar/bookings/{booked.pk}/restoration")

    assert fresh(salon, booked).is_confirmed


def test_a_viewer_sees_and_changes_nothing(salon, booked):
    person = platform.user()
    platform.member(salon.organization, person, Role.VIEWER)
    client = PlatformClient()
    client.force_login(person)

    assert client.get(f"/nacar/bookings/{booked.pk}").status_code == 200
    assert client.post(f"/nacar/bookings/{booked.pk}/cancellation").status_code == 403
    assert fresh(salon, booked).is_confirmed


NEW = {"name": "Rosa Tormo", "email": "", "phone": "600 000 143", "note": "", "key": "k", "resource": ""}


def test_the_team_books_for_somebody_new(signed_in, salon, curl_cut):
    response = signed_in.post(
        "/nacar/bookings/new", {**NEW, "service": curl_cut.pk, "day": "2026-11-24", "time": "12:00"}
    )

    with project_scope(salon.pk):
        booking = Booking.objects.with_people().get()
        assert booking.customer.name == "Rosa Tormo"
        assert booking.source == "staff"
    assert response["Location"] == f"/nacar/bookings/{booking.pk}"


def test_the_team_books_for_somebody_known(signed_in, salon, curl_cut):
    with project_scope(salon.pk):
        known = make.customer(salon, "Rosa Tormo")
    found = signed_in.get("/nacar/bookings/new?q=rosa").content.decode()
    assert f"customer={known.pk}" in found

    signed_in.post(
        f"/nacar/bookings/new?customer={known.pk}",
        {"service": curl_cut.pk, "day": "2026-11-24", "time": "12:00", "key": "k"},
    )

    with project_scope(salon.pk):
        assert Booking.objects.get().customer_id == known.pk


def test_a_new_booking_without_a_name_or_time_says_what_is_missing(signed_in, salon, curl_cut):
    response = signed_in.post("/nacar/bookings/new", {"service": curl_cut.pk, "day": "2026-11-24", "time": "25:99"})

    assert response.status_code == 422
    assert "Type hours and minutes, as in 16:30" in text(response)
    with project_scope(salon.pk):
        assert not Booking.objects.exists()


SERVICE = {
    "mode": "appointment",
    "align": "opening",
    "min_party": "1",
    "max_party": "1",
    "capacity": "10",
    "approval": "none",
    "name": "Balayage",
    "group": "Colour",
    "description": "",
    "duration_min": "150",
    "price": "95,50",
    "buffer_before": "0",
    "buffer_after": "15",
    "step_min": "30",
    "notice_min": "120",
    "horizon_days": "60",
    "change_notice_min": "60",
    "is_active": "on",
    "position": "0",
    "slug": "",
}


def test_a_service_is_added_changed_and_taken_away(signed_in, salon, noa):
    signed_in.post("/nacar/services/new", {**SERVICE, "people": [str(noa.pk)]})
    with project_scope(salon.pk):
        service = Service.objects.get()
        assert (service.slug, service.price_minor, service.version) == ("balayage", 9550, 1)
        assert [need.resource_id for need in service.needs.all()] == [noa.pk]

    assert signed_in.get(f"/nacar/services/{service.pk}").status_code == 200
    signed_in.post(f"/nacar/services/{service.pk}", {**SERVICE, "price": "100", "people": [], "most_dates": "12"})
    with project_scope(salon.pk):
        service = Service.objects.get()
        assert (service.price_minor, service.version, service.needs.count()) == (10000, 2, 0)
        assert service.most_dates == 12

    signed_in.post(f"/nacar/services/{service.pk}/removal")
    with project_scope(salon.pk):
        assert not Service.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"price": "a lot"}, "Type an amount, as in 38 or 12.50"),
        ({"price": "-3"}, "Type an amount that is not negative."),
        ({"duration_min": "7"}, "Use steps of five minutes"),
        ({"duration_min": "5000"}, "1440"),
        ({"name": ""}, "This field is required."),
        ({"people": ["nobody"]}, "nobody"),
    ],
)
def test_a_wrong_service_is_not_saved(signed_in, salon, noa, wrong, sentence):
    response = signed_in.post("/nacar/services/new", {**SERVICE, **wrong})

    assert response.status_code == 422
    assert sentence in text(response)
    with project_scope(salon.pk):
        assert not Service.objects.exists()


def test_what_has_bookings_stays(signed_in, salon, booked, curl_cut, noa):
    assert signed_in.post(f"/nacar/services/{curl_cut.pk}/removal").status_code == 409
    assert signed_in.post(f"/nacar/staff/{noa.pk}/removal").status_code == 409

    with project_scope(salon.pk):
        assert Service.objects.count() == Resource.objects.count() == Claim.objects.count() == 1


def test_a_person_is_added_with_an_account_and_hours_of_their_own(signed_in, salon, lucia, curl_cut):
    signed_in.post(
        "/nacar/staff/new",
        {"name": "Lucía Ferrer", "account": lucia.pk, "rank": "0", "is_active": "on", "services": [str(curl_cut.pk)]},
    )
    with project_scope(salon.pk):
        person = Resource.objects.get(name_folded="lucia ferrer")
        assert person.account == lucia
    assert signed_in.get(f"/nacar/staff/{person.pk}").status_code == 200
    assert signed_in.get(f"/nacar/staff/{person.pk}/hours").status_code == 200

    signed_in.post(f"/nacar/staff/{person.pk}/hours", {"own": "yes", "d4_0_from": "22:00", "d4_0_until": "04:00"})

    with project_scope(salon.pk):
        person.refresh_from_db()
        windows = person.schedule.windows.values_list("weekday", "start_min", "len_min")
        assert list(windows) == [(4, 1320, 360)]
        assert person.rev == 1


def test_hours_that_overlap_or_are_half_typed_change_nothing(signed_in, salon, noa):
    page = signed_in.post(
        f"/nacar/staff/{noa.pk}/hours",
        {
            "own": "yes",
            "d0_0_from": "09:00",
            "d1_0_from": "09:00",
            "d1_0_until": "14:00",
            "d1_1_from": "13:00",
            "d1_1_until": "15:00",
        },
    )

    assert page.status_code == 422
    assert "Type both times, or leave both empty." in text(page)
    assert "overlap" in text(page)
    with project_scope(salon.pk):
        noa.refresh_from_db()
        assert noa.schedule_id is None


def test_a_closure_cancels_nothing_and_lists_what_it_touches(signed_in, salon, booked, noa):
    day_off = {"who": "", "first_day": "2026-11-24", "last_day": "2026-11-24"}

    shown = signed_in.post("/nacar/closures/new", day_off)
    assert "Amélie Ñúñez" in text(shown)
    with project_scope(salon.pk):
        assert not Closure.objects.exists()
    response = signed_in.post("/nacar/closures/new", {**day_off, "sure": "yes"})

    with project_scope(salon.pk):
        closure = Closure.objects.get()
    assert (closure.starts_at, closure.ends_at) == (at(salon, "00:00"), at(salon, "00:00", TUESDAY + timedelta(days=1)))
    assert "Amélie Ñúñez" in text(signed_in.get(response["Location"]))
    assert fresh(salon, booked).is_confirmed

    signed_in.post(f"/nacar/closures/{closure.pk}/removal")
    with project_scope(salon.pk):
        assert not Closure.objects.exists()


ICS = b"""BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
SUMMARY:Dentist
DTSTART;TZID=Europe/Madrid:20261124T153000
DURATION:PT1H
RRULE:FREQ=WEEKLY;COUNT=3
END:VEVENT
BEGIN:VEVENT
SUMMARY:Nothing
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_is_looked_at_and_then_brought_in(signed_in, salon, booked, noa):
    upload = {"person": str(noa.pk), "file": SimpleUploadedFile("noa.ics", ICS)}
    page = signed_in.post("/nacar/calendar/import", upload)
    with project_scope(salon.pk):
        job = CalendarImport.objects.get()
    assert "Reading the calendar" in text(signed_in.get(page["Location"]))
    jobs.look.run(of_project=str(salon.pk), import_id=str(job.pk))

    with project_scope(salon.pk):
        assert not ExternalBusy.objects.exists()
    report = text(signed_in.get(page["Location"]))
    assert "2 events give 3 busy times" in report
    assert "Amélie Ñúñez" in report
    assert "It has no start" in report

    signed_in.post(f"/nacar/calendar/import/{job.pk}/start")
    jobs.bring_in.run(of_project=str(salon.pk), import_id=str(job.pk))

    with project_scope(salon.pk):
        assert ExternalBusy.objects.filter(resource=noa).count() == 3
    assert "Done." in text(signed_in.get(page["Location"]))
    assert fresh(salon, booked).is_confirmed


def test_what_is_found_wrong_only_by_reading_is_said(signed_in, salon, noa, monkeypatch):
    monkeypatch.setattr("flectar.offers.booking.calendars.calendar_file.MAX_EVENTS", 1)
    address = signed_in.post(
        "/nacar/calendar/import", {"person": str(noa.pk), "file": SimpleUploadedFile("noa.ics", ICS)}
    )["Location"]
    with project_scope(salon.pk):
        job = CalendarImport.objects.get()

    jobs.look.run(of_project=str(salon.pk), import_id=str(job.pk))

    assert "Export a shorter period." in text(signed_in.get(address))
    with project_scope(salon.pk):
        assert CalendarImport.objects.get().content is None


def test_a_file_that_is_no_calendar_says_so(signed_in, salon, noa):
    for file in (SimpleUploadedFile("x.ics", b"name;email"), None):
        upload = {"person": str(noa.pk), **({"file": file} if file else {})}
        assert signed_in.post("/nacar/calendar/import", upload).status_code == 422

    with project_scope(salon.pk):
        assert not CalendarImport.objects.exists()


# --- Single days, blocked services, public reasons -------------------------------------------------------------------


def test_a_day_off_takes_the_times_of_that_date_only(signed_in, salon_site, salon, curl_cut, noa):
    response = signed_in.post(f"/nacar/staff/{noa.pk}/days", {"first": "2026-11-25"})

    assert response["Location"] == f"/nacar/staff/{noa.pk}/hours"
    assert "Off all day" in signed_in.get(f"/nacar/staff/{noa.pk}/hours").content.decode()
    assert "Closed" in text(salon_site.get("/book/curl-cut?day=2026-11-25"))
    assert 'name="at"' not in salon_site.get("/book/curl-cut?day=2026-11-25").content.decode()
    assert 'name="at"' in salon_site.get("/book/curl-cut?day=2026-11-26").content.decode()

    signed_in.post(f"/nacar/staff/{noa.pk}/days/2026-11-25/removal")
    assert 'name="at"' in salon_site.get("/book/curl-cut?day=2026-11-25").content.decode()


def test_single_days_may_open_what_the_week_closes(signed_in, salon_site, salon, curl_cut, noa):
    days = {"first": "2026-11-28", "last": "2026-11-29", "from_1": "10:00", "until_1": "11:00"}
    signed_in.post(f"/nacar/staff/{noa.pk}/days", days)

    with project_scope(salon.pk):
        assert [(str(one.day), one.windows) for one in noa.overrides.order_by("day")] == [
            ("2026-11-28", [[600, 60]]),
            ("2026-11-29", [[600, 60]]),
        ]
    assert "10:00" in text(salon_site.get("/book/curl-cut?day=2026-11-28"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": ""},
        {"first": "2026-11-28", "last": "2026-11-27"},
        {"first": "2026-11-28", "last": "2027-11-27"},
        {"first": "0001-01-01"},
        {"first": "2026-11-28", "from_1": "10:00"},
        {"first": "2026-11-28", "from_1": "10:00", "until_1": "12:00", "from_2": "11:00", "until_2": "13:00"},
    ],
)
def test_wrong_single_days_are_refused_and_change_nothing(wrong, signed_in, salon, noa):
    assert signed_in.post(f"/nacar/staff/{noa.pk}/days", wrong).status_code == 422
    with project_scope(salon.pk):
        assert not noa.overrides.exists()


@pytest.mark.parametrize("day", ["2026-11-25", "nonsense"])
def test_there_is_no_day_to_take_back(day, signed_in, noa):
    assert signed_in.post(f"/nacar/staff/{noa.pk}/days/{day}/removal").status_code == 404


def test_one_service_can_be_blocked_alone_and_the_reason_shown(signed_in, salon_site, salon, curl_cut, noa):
    with project_scope(salon.pk):
        make.service(noa, name="Fringe trim", slug="fringe")
    blocked = {"who": f"service:{curl_cut.pk}", "first_day": "2026-11-25", "last_day": "2026-11-25"}

    signed_in.post("/nacar/closures/new", {**blocked, "reason": "The dye is late.", "is_public": "on"})

    page = text(salon_site.get("/book/curl-cut?day=2026-11-25"))
    assert "The dye is late. Choose another day." in page
    assert 'name="at"' in salon_site.get("/book/fringe?day=2026-11-25").content.decode()
    assert "Curl cut" in text(signed_in.get("/nacar/closures"))


def test_a_reason_is_private_unless_somebody_says_otherwise(signed_in, salon_site, curl_cut):
    closed = {"who": "", "first_day": "2026-11-25", "last_day": "2026-11-25", "reason": "Lawyer"}
    signed_in.post("/nacar/closures/new", closed)

    page = text(salon_site.get("/book/curl-cut?day=2026-11-25"))
    assert "We are away that day." in page
    assert "Lawyer" not in page


def test_blocked_time_moves_the_next_free_time_of_the_public_page_at_once(signed_in, salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        publish(salon)
    before = salon_site.get("/").content.decode()
    signed_in.post("/nacar/closures/new", {"who": "", "first_day": "2026-11-23", "last_day": "2026-11-25"})

    assert "23 Nov" in before
    assert "Thu 26 Nov" in salon_site.get("/").content.decode()


def test_the_list_can_be_narrowed_to_a_status(signed_in, salon, booked):
    assert "Amélie" in text(signed_in.get("/nacar/bookings?status=confirmed"))
    assert "Amélie" not in text(signed_in.get("/nacar/bookings?status=requested"))
    assert "Amélie" in text(signed_in.get("/nacar/bookings?status=nonsense"))


def test_a_customers_page_leads_to_a_new_booking_for_them(signed_in, salon, booked):
    page = signed_in.get(f"/nacar/customers/{booked.customer_id}").content.decode()

    address = f"/nacar/bookings/new?customer={booked.customer_id}"
    assert f'href="{address}"' in page
    assert "Amélie Ñúñez" in text(signed_in.get(address))


def test_a_calendar_import_that_gave_up_can_be_tried_again(signed_in, salon, noa):
    file = SimpleUploadedFile("noa.ics", ICS)
    report = signed_in.post("/nacar/calendar/import", {"person": str(noa.pk), "file": file})["Location"]
    with project_scope(salon.pk):
        job = CalendarImport.objects.get()
    run = {"of_project": str(salon.pk), "import_id": str(job.pk)}

    for _ in ("while it is read", "while it is brought in"):
        jobs._gave_up(**run)
        assert "A fault on our side stopped it." in text(signed_in.get(report))
        signed_in.post(f"{report}/repetition")
        jobs.look.run(**run)
        jobs.look.run(**run)
        assert "2 events give 3 busy times" in text(signed_in.get(report))
        signed_in.post(f"{report}/start")
    jobs.bring_in.run(**run)

    with project_scope(salon.pk):
        job.refresh_from_db()
        assert (job.state, job.content) == ("done", None)
        assert ExternalBusy.objects.count() == 3


def test_a_calendar_import_waits_while_bookings_are_switched_off(signed_in, salon, noa):
    file = SimpleUploadedFile("noa.ics", ICS)
    report = signed_in.post("/nacar/calendar/import", {"person": str(noa.pk), "file": file})["Location"]
    with project_scope(salon.pk):
        job = CalendarImport.objects.get()
    jobs.look.run(of_project=str(salon.pk), import_id=str(job.pk))
    signed_in.post(f"{report}/start")
    salon.modules = ["customers"]
    salon.save(update_fields=["modules"])

    jobs.bring_in.run(of_project=str(salon.pk), import_id=str(job.pk))

    with project_scope(salon.pk):
        job.refresh_from_db()
        assert (job.state, job.can_be_repeated) == ("failed", True)
        assert not ExternalBusy.objects.exists()


def test_services_are_switched_off_together_and_on_again(signed_in, salon, curl_cut):
    with project_scope(salon.pk):
        other = make.service(make.staff("Ada Mir"), slug="other", name="Other")

    answer = signed_in.post("/nacar/services/off", {"id": [curl_cut.pk, other.pk]})

    page = signed_in.get(answer.url).content.decode()
    with project_scope(salon.pk):
        assert not Service.objects.active().exists()
    assert "2 services are off" in page
    signed_in.post(re.search(r'action="(/nacar/services/on\?only=[^"]*)"', page)[1])
    with project_scope(salon.pk):
        assert Service.objects.active().count() == 2


def test_bookings_are_exported_by_who_may_and_the_log_says_so(signed_in, salon, booked):
    person = platform.user()
    platform.member(salon.organization, person, Role.STAFF)
    staff = PlatformClient()
    staff.force_login(person)
    chosen = {"id": [booked.pk], "query": ""}

    refused = staff.post("/nacar/bookings/exports", chosen)
    content = signed_in.post("/nacar/bookings/exports", chosen).content.decode("utf-8-sig")

    assert refused.status_code == 403
    assert content.splitlines()[1].startswith(f"{booked.code},2026-11-24,")
    with project_scope(salon.pk):
        assert Entry.objects.filter(action="bookings.exported").count() == 1
