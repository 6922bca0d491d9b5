"""Several places of one business: each with its address, zone, phones and hours; the first is the business itself."""

import pytest
from django.db import connection
from django.test import Client

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Resource
from flectar.platform.audit.models import Entry
from flectar.platform.projects import hours, places, profile
from flectar.platform.projects.creation import create
from flectar.platform.projects.models import BusinessProfile, Location, Project
from tests import make
from tests.offers.booking import make as bookings
from tests.platform.projects.test_starters import PLAN

AIRPORT = {
    "name": "Airport",
    "street": "Terminal 2",
    "postal_code": "46940",
    "city": "Manises",
    "country": "ES",
    "zone": "Atlantic/Canary",
    "phone": "960 00 01 42",
}


def added(client: Client, **changed: str) -> None:
    assert client.post("/nacar/settings/locations/new", AIRPORT | changed).status_code == 302


def second(project: Project) -> Location:
    with project_scope(project.pk):
        return Location.objects.get(is_first=False)


def test_the_profile_is_the_first_place(in_salon: Project):
    [first] = places.all_of(in_salon)

    assert (first.is_first, first.name, first.street, first.zone) == (
        True,
        "Nácar",
        "Carrer de Cadis 41",
        "Europe/Madrid",
    )
    assert BusinessProfile.objects.get().street == "Carrer de Cadis 41"


def test_the_migration_makes_it_of_what_is_there(salon: Project, clinic: Project):
    from importlib import import_module

    with connection.cursor() as cursor:
        for project in (salon, clinic):
            with project_scope(project.pk):
                cursor.execute(import_module("flectar.platform.projects.migrations.0009_first_locations").FIRST)
                [first] = Location.objects.all()
                assert (first.is_first, first.name, first.city) == (True, project.name, "Valencia")


def test_a_new_project_has_its_first_place(db: None):
    project = create(PLAN, by=make.user("ana@example.com"))

    with project_scope(project.pk):
        assert Location.objects.get().is_first


def test_the_first_follows_the_profile_and_the_zone(in_salon: Project):
    places.first(in_salon)

    profile.save_business(in_salon, name="Nácar", profile={"street": "Calle Nueva 1"})
    profile.save_project(in_salon, {"zone": "Atlantic/Canary"})

    first = Location.objects.get()
    assert (first.street, first.zone) == ("Calle Nueva 1", "Atlantic/Canary")


def test_a_second_place_is_on_the_page(salon: Project, signed_in: Client, salon_site: Client):
    added(signed_in)
    found = second(salon)
    signed_in.post(f"/nacar/settings/locations/{found.pk}/hours", {"opens-6": ["8:00"], "closes-6": ["12:30"]})

    page = salon_site.get("/").content.decode()
    assert "You find us here too" in page
    assert "Terminal 2" in page
    assert "8:00–12:30" in page
    assert "+34960000142" in page
    assert '"@type":"Place","name":"Airport"' in page
    with project_scope(salon.pk):
        actions = set(Entry.objects.values_list("action", flat=True))
    assert {"location.added", "location.hours_changed"} <= actions
    assert "Airport" in signed_in.get("/nacar/settings/locations").content.decode()


def test_one_place_shows_no_list(salon: Project, salon_site: Client):
    assert "You find us here too" not in salon_site.get("/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "required"),
        ({"zone": "Europe/Atlantis"}, "valid choice"),
        ({"phone": "12"}, "dial"),
        ({"latitude": "39.4"}, "needs both numbers"),
        ({"latitude": "99", "longitude": "0"}, "less than or equal to 90"),
    ],
)
def test_a_wrong_answer_is_said_and_adds_nothing(salon: Project, signed_in: Client, wrong: dict[str, str], said: str):
    answer = signed_in.post("/nacar/settings/locations/new", AIRPORT | wrong)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    with project_scope(salon.pk):
        assert not Location.objects.filter(is_first=False).exists()


def test_a_place_is_removed_and_put_back_with_its_hours(salon: Project, signed_in: Client):
    added(signed_in)
    found = second(salon)
    with project_scope(salon.pk):
        places.set_week(salon, found, [hours.Window(6, 480, 270)])
    page = signed_in.post(f"/nacar/settings/locations/{found.pk}/removal", follow=True).content.decode()
    [undo] = {part.split('"')[0] for part in page.split('action="') if "restoration" in part.split('"')[0]}
    with project_scope(salon.pk):
        assert not Location.objects.filter(is_first=False).exists()

    signed_in.post(undo)

    again = second(salon)
    assert (again.name, again.city, again.week) == ("Airport", "Manises", [[6, 480, 270]])


def test_the_first_is_renamed_and_never_removed(salon: Project, signed_in: Client):
    with project_scope(salon.pk):
        first = places.first(salon)

    signed_in.post(f"/nacar/settings/locations/{first.pk}", {"name": "Ruzafa", "street": "Elsewhere 9"})
    refused = signed_in.post(f"/nacar/settings/locations/{first.pk}/removal")

    with project_scope(salon.pk):
        first.refresh_from_db()
    assert (first.name, first.street) == ("Ruzafa", "Carrer de Cadis 41")
    assert refused.status_code == 409
    assert signed_in.get(f"/nacar/settings/locations/{first.pk}/hours").status_code == 404


def test_people_belong_to_a_place_and_lose_it_with_it(salon: Project, signed_in: Client):
    added(signed_in)
    found = second(salon)
    with project_scope(salon.pk):
        noa = bookings.staff("Noa Vidal")

    signed_in.post(f"/nacar/staff/{noa.pk}", {"name": "Noa Vidal", "rank": "0", "location": str(found.pk)})
    with project_scope(salon.pk):
        assert Resource.objects.get().location == found

    signed_in.post(f"/nacar/settings/locations/{found.pk}/removal")
    with project_scope(salon.pk):
        assert Resource.objects.get().location is None


def test_another_projects_place_is_out_of_reach(salon: Project, clinic: Project, signed_in: Client, signed_in_stranger):
    added(signed_in)
    found = second(salon)

    for path, method in (("", "get"), ("/hours", "get"), ("/removal", "post")):
        answer = getattr(signed_in_stranger, method)(f"/clinica/settings/locations/{found.pk}{path}")
        assert answer.status_code == 404
    assert second(salon) == found
