"""Services, free times and bookings over the API."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Resource, Service
from flectar.people.customers.models import Customer
from flectar.platform.projects import places
from flectar.platform.projects.models import Location
from tests.offers.booking import make
from tests.platform.webapi import make as api
from tests.platform.webapi.make import Program

URL = "/api/v1/projects/nacar"
SCOPES = ("services.read", "bookings.read", "bookings.write")
TEN = "2026-11-24T10:00:00+01:00"
ANA = {"name": "Ana García", "email": "ana@example.com"}


@pytest.fixture
def haircut(salon) -> Service:
    with clock.frozen(datetime(2026, 11, 23, 6, tzinfo=UTC)), project_scope(salon.pk):
        return make.service(make.staff("Noa Vidal"), name="Haircut")


@pytest.fixture
def program(salon):
    with clock.frozen(datetime(2026, 11, 23, 6, tzinfo=UTC)):
        yield Program(api.key(salon, *SCOPES)[1])


def body(response: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response.content)
    return found


def wish(service: Service, **values: Any) -> dict[str, Any]:
    return {"service_id": str(service.pk), "starts_at": TEN, "customer": ANA, **values}


def test_services_with_prices(program, haircut):
    listed = body(program.get(f"{URL}/services"))

    (one,) = listed["items"]
    assert one == body(program.get(f"{URL}/services/{haircut.pk}"))
    assert (one["name"], one["duration_minutes"], one["price"]) == (
        "Haircut",
        60,
        {"minor": 5800, "currency": "EUR"},
    )


def test_free_times_by_local_day(program, haircut):
    free = body(program.get(f"{URL}/services/{haircut.pk}/free-times?from=2026-11-24&days=5"))

    assert free["time_zone"] == "Europe/Madrid"
    tuesday, *_rest, saturday = free["days"]
    assert tuesday["starts"][0]["starts_at"] == "2026-11-24T08:00:00Z"
    assert tuesday["starts"][0]["local"] == "2026-11-24T09:00"
    assert (saturday["starts"], saturday["reason"]) == ([], "closed")


@pytest.mark.parametrize("query", ["days=0", "days=63", "from=yesterday", "from=0001-01-01", "from=9999-12-31"])
def test_odd_windows_are_refused(program, haircut, query):
    assert program.get(f"{URL}/services/{haircut.pk}/free-times?{query}").status_code == 422


def test_a_time_is_booked_read_moved_and_cancelled(program, haircut, salon):
    made = program.send("POST", f"{URL}/bookings", wish(haircut, note="Window chair"))
    first = body(made)
    assert made.status_code == 201
    assert made["Location"] == f"{URL}/bookings/{first['id']}"
    assert (first["status"], first["starts_at"], first["local_start"], first["customer"]) == (
        "confirmed",
        "2026-11-24T09:00:00Z",
        "2026-11-24T10:00",
        "Ana García",
    )
    assert body(program.get(made["Location"])) == first

    moved = body(program.send("PATCH", made["Location"], {"starts_at": "2026-11-24T12:00"}))
    assert (moved["local_start"], moved["version"]) == ("2026-11-24T12:00", 2)

    cancelled = body(program.send("POST", made["Location"] + "/cancellation", {"reason": "Ill"}))
    again = program.send("POST", made["Location"] + "/cancellation", {})
    assert (cancelled["status"], again.status_code) == ("cancelled", 200)
    with project_scope(salon.pk):
        ana = Customer.objects.get()
        assert (ana.email, ana.collected_via) == ("ana@example.com", "api")
        assert Booking.objects.get().source == "api"


def test_a_taken_time_names_the_nearest_and_leaves_nothing(program, haircut, salon):
    program.send("POST", f"{URL}/bookings", wish(haircut))

    refused = program.send(
        "POST", f"{URL}/bookings", wish(haircut, customer={"name": "Luis", "email": "luis@example.com"})
    )

    problem = body(refused)
    assert (refused.status_code, problem["code"]) == (409, "slot_taken")
    assert "2026-11-24T08:00:00+00:00" in problem["nearest"]
    with project_scope(salon.pk):
        assert (Booking.objects.count(), Customer.objects.count()) == (1, 1)


def test_the_same_request_books_once(program, haircut, salon):
    answers = [program.send("POST", f"{URL}/bookings", wish(haircut), Idempotency_Key="x") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    with project_scope(salon.pk):
        assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"customer": None}, "invalid"),
        ({"customer_id": str(uuid4())}, "invalid"),
        ({"customer": None, "customer_id": str(uuid4())}, "invalid"),
        ({"customer": {"name": "Ana"}}, "invalid"),
        ({"customer": {"name": "Ana", "email": "ana@"}}, "invalid"),
        ({"service_id": str(uuid4())}, "invalid"),
        ({"staff_id": str(uuid4())}, "invalid"),
        ({"starts_at": "2026-03-29T02:30"}, "nonexistent_time"),
        ({"starts_at": "9999-12-31T23:59:59Z"}, "invalid"),
        ({"starts_at": "soon"}, "invalid"),
        ({"colour": "red"}, "invalid"),
    ],
)
def test_bad_wishes_are_refused_and_leave_nothing(program, haircut, salon, change, code):
    refused = program.send("POST", f"{URL}/bookings", wish(haircut, **change))

    assert (refused.status_code, body(refused)["code"]) == (422, code)
    with project_scope(salon.pk):
        assert (Booking.objects.count(), Customer.objects.count()) == (0, 0)


def test_bookings_come_in_pages_in_the_order_of_time(program, haircut):
    for hour in (12, 9, 15):
        person = {"name": f"P{hour}", "email": f"p{hour}@example.com"}
        program.send("POST", f"{URL}/bookings", wish(haircut, starts_at=f"2026-11-24T{hour:02}:00", customer=person))

    first = body(program.get(f"{URL}/bookings?limit=2&from=2026-11-24T00:00"))
    second = body(program.get(f"{URL}/bookings?limit=2&from=2026-11-24T00:00&cursor={first['next']}"))

    assert [one["customer"] for one in first["items"] + second["items"]] == ["P9", "P12", "P15"]
    assert second["next"] is None
    assert body(program.get(f"{URL}/bookings?status=cancelled"))["items"] == []
    assert program.get(f"{URL}/bookings?cursor=WyJ4IiwieSJd").status_code == 400


def test_another_business_sees_none_of_it(program, haircut, clinic):
    made = program.send("POST", f"{URL}/bookings", wish(haircut))
    pk = body(made)["id"]
    other = Program(api.key(clinic, *SCOPES)[1])

    assert other.get(f"{URL}/bookings/{pk}").status_code == 404
    assert other.get(f"/api/v1/projects/clinica/bookings/{pk}").status_code == 404
    assert other.send("POST", f"/api/v1/projects/clinica/bookings/{pk}/cancellation", {}).status_code == 404
    refused = other.send("POST", "/api/v1/projects/clinica/bookings", wish(haircut))
    assert (refused.status_code, body(refused)["errors"][0]["pointer"]) == (422, "#/service_id")


@pytest.mark.django_db(transaction=True)
def test_eight_programs_at_once_on_one_time(salon, haircut):
    text = api.key(salon, *SCOPES)[1]
    barrier = Barrier(8, timeout=20)

    def book(number: int) -> int:
        try:
            barrier.wait()
            with clock.frozen(datetime(2026, 11, 23, 6, tzinfo=UTC)):
                wanted = wish(haircut, customer={"name": f"P{number}", "email": f"p{number}@example.com"})
                return int(Program(text).send("POST", f"{URL}/bookings", wanted).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(book, range(8)))

    assert answers == [201] + [409] * 7
    with project_scope(salon.pk):
        assert Customer.objects.count() == 1


# --- At several locations ---------------------------------------------------------------------------------------------


@pytest.fixture
def tenerife(salon) -> Location:
    """An hour behind Madrid."""
    with project_scope(salon.pk):
        week = [[day, 9 * 60, 8 * 60] for day in range(7)]
        return Location.objects.create(name="Tenerife", zone="Atlantic/Canary", city="Santa Cruz", week=week)


@pytest.fixture
def madrid(salon) -> Location:
    with project_scope(salon.pk):
        return places.first(salon)


@pytest.fixture
def anywhere(salon, madrid, tenerife) -> Service:
    """A cut that Abril gives in Madrid and Iker in Tenerife."""
    with clock.frozen(datetime(2026, 11, 23, 6, tzinfo=UTC)), project_scope(salon.pk):
        people = [make.staff("Abril Mas", location=madrid), make.staff("Iker Sanz", location=tenerife)]
        return make.service(*people, name="Curl cut", slug="curl-cut")


def test_a_service_says_where_it_can_be_had(program, haircut, anywhere, madrid, tenerife):
    listed = body(program.get(f"{URL}/services/{anywhere.pk}/locations"))["items"]

    assert [one["id"] for one in listed] == [str(madrid.pk), str(tenerife.pk)]
    assert listed[1] == {
        "id": str(tenerife.pk),
        "name": "Tenerife",
        "address": "Santa Cruz",
        "time_zone": "Atlantic/Canary",
    }
    assert body(program.get(f"{URL}/services/{haircut.pk}/locations"))["items"] == []


def test_free_times_of_a_location_are_on_its_clock_and_every_one_can_be_booked(program, anywhere, salon, tenerife):
    free = body(
        program.get(f"{URL}/services/{anywhere.pk}/free-times?from=2026-11-24&days=1&location_id={tenerife.pk}")
    )

    assert (free["time_zone"], free["location_id"]) == ("Atlantic/Canary", str(tenerife.pk))
    start = free["days"][0]["starts"][-1]
    assert (start["local"], start["starts_at"]) == ("2026-11-24T16:00", "2026-11-24T16:00:00Z")
    made = program.send(
        "POST", f"{URL}/bookings", wish(anywhere, starts_at=start["local"], location_id=str(tenerife.pk))
    )
    booking = body(made)
    assert (made.status_code, booking["starts_at"]) == (201, "2026-11-24T16:00:00Z")
    assert (booking["location"], booking["location_id"]) == ("Tenerife", str(tenerife.pk))
    assert (booking["staff"], booking["time_zone"]) == ("Iker Sanz", "Atlantic/Canary")


def test_where_must_be_said_if_it_may_be_one_or_another(program, anywhere, salon):
    listed = program.get(f"{URL}/services/{anywhere.pk}/free-times")
    booked = program.send("POST", f"{URL}/bookings", wish(anywhere))

    assert (listed.status_code, body(listed)["errors"][0]["parameter"]) == (422, "location_id")
    assert (booked.status_code, body(booked)["errors"][0]["pointer"]) == (422, "#/location_id")
    with project_scope(salon.pk):
        assert (Booking.objects.count(), Customer.objects.count()) == (0, 0)


def test_whoever_is_asked_for_says_where(program, anywhere, salon, tenerife):
    with project_scope(salon.pk):
        iker = Resource.objects.get(name="Iker Sanz")

    booked = body(program.send("POST", f"{URL}/bookings", wish(anywhere, staff_id=str(iker.pk))))

    assert booked["location_id"] == str(tenerife.pk)


def test_nobody_is_booked_where_they_do_not_work(program, anywhere, salon, madrid):
    with project_scope(salon.pk):
        iker = Resource.objects.get(name="Iker Sanz")

    refused = program.send("POST", f"{URL}/bookings", wish(anywhere, staff_id=str(iker.pk), location_id=str(madrid.pk)))

    assert (refused.status_code, body(refused)["errors"][0]["pointer"]) == (422, "#/staff_id")
    with project_scope(salon.pk):
        assert Booking.objects.count() == 0


def test_a_service_is_not_booked_where_it_cannot_be_had(program, haircut, salon, tenerife):
    refused = program.send("POST", f"{URL}/bookings", wish(haircut, location_id=str(tenerife.pk)))

    assert (refused.status_code, body(refused)["errors"][0]["pointer"]) == (422, "#/location_id")
    with project_scope(salon.pk):
        assert Booking.objects.count() == 0


def test_a_booking_moves_to_another_location_and_else_stays_where_it_is(program, anywhere, madrid, tenerife):
    made = program.send("POST", f"{URL}/bookings", wish(anywhere, location_id=str(madrid.pk)))

    stayed = body(program.send("PATCH", made["Location"], {"starts_at": "2026-11-24T12:00"}))
    moved = body(
        program.send("PATCH", made["Location"], {"starts_at": "2026-11-24T12:00", "location_id": str(tenerife.pk)})
    )

    assert (stayed["location"], stayed["starts_at"]) == (body(made)["location"], "2026-11-24T11:00:00Z")
    assert (moved["location"], moved["staff"]) == ("Tenerife", "Iker Sanz")
    assert (moved["local_start"], moved["starts_at"]) == ("2026-11-24T12:00", "2026-11-24T12:00:00Z")


def test_bookings_are_listed_by_location(program, anywhere, madrid, tenerife):
    for place, hour in ((madrid, 10), (tenerife, 12)):
        program.send(
            "POST", f"{URL}/bookings", wish(anywhere, starts_at=f"2026-11-24T{hour}:00", location_id=str(place.pk))
        )

    listed = body(program.get(f"{URL}/bookings?location_id={tenerife.pk}"))["items"]

    assert [one["location"] for one in listed] == ["Tenerife"]


def test_a_class_at_another_location_is_another_date(program, salon, madrid, tenerife):
    with clock.frozen(datetime(2026, 11, 23, 6, tzinfo=UTC)), project_scope(salon.pk):
        people = [make.staff("Abril Mas", location=madrid), make.staff("Iker Sanz", location=tenerife)]
        yoga = make.service(*people, name="Yoga", mode=Service.Mode.SESSION)
        for person, hour in zip(people, (10, 11), strict=True):
            make.session(salon, yoga, f"{hour}:00", resource=person)

    listed = body(program.get(f"{URL}/services/{yoga.pk}/free-times?from=2026-11-24&days=1&location_id={tenerife.pk}"))
    there = wish(yoga, starts_at="2026-11-24T10:00:00Z", location_id=str(tenerife.pk))
    booked = body(program.send("POST", f"{URL}/bookings", there))
    refused = program.send("POST", f"{URL}/bookings", wish(yoga, location_id=str(tenerife.pk)))

    assert [one["starts_at"] for one in listed["days"][0]["starts"]] == ["2026-11-24T10:00:00Z"]
    assert booked["staff"] == "Iker Sanz"
    assert refused.status_code == 409
