"""Houses, rooms and things beside the people: added, changed and counted by the owner."""

import re

import pytest

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Claim, Resource
from tests.offers.booking import make
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")
ROOMS = {
    "name": "Garden rooms", "kind": "unit", "units": "3", "allocation": "floating", "seats_min": "1", "seats_max": "2",
    "rank": "0", "is_active": "on",
}  # fmt: skip


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def rooms(salon) -> Resource:
    with project_scope(salon.pk):
        return Resource.objects.create(name="Rooms", name_folded="rooms", kind="unit", units=2, seats_max=2)


def test_a_place_is_added_and_stands_below_the_people(signed_in, salon):
    with project_scope(salon.pk):
        service = make.service(make.staff("Noa Vidal"), name="Sauna")

    response = signed_in.post("/nacar/staff/places/new", {**ROOMS, "services": [str(service.pk)]})

    assert response.status_code == 302
    with project_scope(salon.pk):
        place = Resource.objects.get(kind="unit")
        assert (place.units, place.allocation, place.seats_max) == (3, "floating", 2)
        assert [need.service for need in place.needed_by.all()] == [service]
    said = text(signed_in.get("/nacar/staff"))
    assert said.index("Noa Vidal") < said.index("Places and things") < said.rindex("Garden rooms")
    assert "Unit · 3 of them · up to 2 people" in said
    assert "1 person, 1 place" in said
    assert signed_in.get(f"/nacar/staff/{place.pk}").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": "rooms"}, "This name is taken already."),
        ({"units": "0"}, "Type a number from 1 to 500."),
        ({"units": "501"}, "Type a number from 1 to 500."),
        ({"seats_min": "0"}, "Type 1 or more."),
        ({"seats_min": "3"}, "Type a number that is not below the first one"),
        ({"kind": "staff"}, "Select a valid choice."),
    ],
)
def test_a_wrong_place_is_not_saved(signed_in, salon, rooms, wrong, sentence):
    response = signed_in.post("/nacar/staff/places/new", {**ROOMS, **wrong})

    assert response.status_code == 422
    assert sentence in text(response)
    with project_scope(salon.pk):
        assert list(Resource.objects.all()) == [rooms]


def test_what_is_let_by_the_night_does_not_become_a_table(signed_in, salon, rooms):
    response = signed_in.post(f"/nacar/staff/{rooms.pk}", {**ROOMS, "kind": "table"})

    assert response.status_code == 422
    assert signed_in.post(f"/nacar/staff/{rooms.pk}", {**ROOMS, "kind": "property"}).status_code == 302


def test_a_unit_that_is_still_booked_is_not_given_up(signed_in, salon, rooms):
    with project_scope(salon.pk):
        booking = make.booking(salon, make.service(make.staff()), at(salon, "10:00"))
        Claim.objects.update(resource=rooms, unit=2)

    refused = signed_in.post(f"/nacar/staff/{rooms.pk}", {**ROOMS, "units": "1"})

    assert refused.status_code == 422
    assert "1 booking still uses one of those." in text(refused)
    with project_scope(salon.pk):
        Claim.objects.filter(booking=booking).delete()
    assert signed_in.post(f"/nacar/staff/{rooms.pk}", {**ROOMS, "units": "1"}).status_code == 302


def test_places_do_not_stand_among_the_people_of_the_page(salon, rooms):
    from flectar.offers.booking.blocks import contribution

    with project_scope(salon.pk):
        make.service(make.staff("Noa Vidal"), rooms)
        assert [person.name for person in contribution(salon).people] == ["Noa Vidal"]
