"""The first page of a project."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.oversight.home import bookings as home_bookings
from flectar.platform.organizations.models import Role
from flectar.platform.projects.models import Project, SpecialDay
from tests import make
from tests.cast import PlatformClient
from tests.offers.booking import make as bookings
from tests.plans import plan

NOW = datetime(2026, 11, 24, 10, 10, tzinfo=UTC)  # Tuesday, 11:10 in Madrid


@pytest.fixture(autouse=True)
def late_morning() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def busy_salon(salon: Project) -> Project:
    """Noa cuts hair: Elena is in the chair, Paula comes at 11:30, Irene on Thursday."""
    with project_scope(salon.pk):
        noa = bookings.staff("Noa Vidal")
        cut = bookings.service(noa, name="Cut and finish", duration_min=45, step_min=15, price_minor=3200)
        for name, day, at in [
            ("Elena Martí", 24, "10:45"),
            ("Paula Ibáñez", 24, "11:30"),
            ("Irene Navarro", 26, "9:00"),
        ]:
            person = bookings.customer(salon, name)
            bookings.booking(salon, cut, bookings.at(salon, at, date(2026, 11, day)), customer=person)
    return salon


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_day_is_said_in_a_sentence(signed_in: Client, busy_salon: Project):
    page = text(signed_in, "/nacar/")

    assert "<h1>Tuesday 24 November</h1>" in page
    assert "<b>2 bookings</b> today. Next is <b>Paula Ibáñez</b>, <b>today 11:30</b>." in page


def test_who_is_in_the_chair_comes_before_who_is_next(signed_in: Client, busy_salon: Project):
    page = text(signed_in, "/nacar/")

    listed = page[page.index('id="next-up"') :]
    assert listed.index("Elena Martí") < listed.index("Paula Ibáñez")
    assert "Irene Navarro" not in listed


def test_the_day_is_drawn_from_opening_to_closing(signed_in: Client, busy_salon: Project):
    page = text(signed_in, "/nacar/")

    assert "Day by person, 9:00 to 17:00. 1 person is busy now." in page
    assert '<span class="here at-22 for-9"></span>' in page
    assert '<span class="conf at-31 for-9"></span>' in page


def test_the_week_is_counted(signed_in: Client, busy_salon: Project):
    page = text(signed_in, "/nacar/")

    assert '<dt>Booked this week</dt><dd><p class="big">€96</p>' in page
    assert '<dt>Bookings this week</dt><dd><p class="big">3</p>' in page
    assert '<dt>New customers</dt><dd><p class="big">3</p>' in page


def test_a_service_that_nobody_does_asks_for_someone(signed_in: Client, busy_salon: Project):
    with project_scope(busy_salon.pk):
        noa = bookings.staff("Marc Soler", is_active=False)
        bookings.service(noa, name="Balayage")

    assert "Nobody does “Balayage”" in text(signed_in, "/nacar/")


def test_a_new_business_is_told_what_comes_next(signed_in: Client, salon: Project):
    page = text(signed_in, "/nacar/")

    assert "Nothing is booked today." in page
    assert "Ready to take bookings" in page
    assert 'href="/nacar/services">Add a service</a>' in page


def test_the_list_of_first_steps_can_be_hidden(signed_in: Client, salon: Project):
    assert signed_in.post("/nacar/checklist/dismissal").status_code == 302
    assert "Ready to take bookings" not in text(signed_in, "/nacar/")


def test_a_stranger_finds_nothing(signed_in_stranger: Client, busy_salon: Project):
    for path in ("/nacar/", "/nacar/search?q=paula"):
        assert signed_in_stranger.get(path).status_code == 404


def test_an_editor_sees_the_page_without_the_bookings(busy_salon: Project):
    editor = make.user()
    make.member(busy_salon.organization, editor, Role.EDITOR)
    client = PlatformClient()
    client.force_login(editor)

    page = text(client, "/nacar/")

    assert "Paula" not in page
    assert "Booked this week" not in page
    assert "Paula" not in text(client, "/nacar/search?q=paula")


def test_the_number_of_questions_does_not_grow_with_the_bookings(
    signed_in: Client, busy_salon: Project, django_assert_max_num_queries: object
):
    signed_in.get("/nacar/")
    with django_assert_max_num_queries(30):  # type: ignore[operator]  # pytest-django's fixture has no public type
        signed_in.get("/nacar/")


def test_the_numbers_have_a_table_and_a_file(signed_in: Client, busy_salon: Project):
    page = text(signed_in, "/nacar/")
    answer = signed_in.get("/nacar/weeks.csv")

    assert '<th scope="row">Mon 23 Nov</th><td class="r">€96</td><td class="r">3</td><td class="r">3</td>' in page
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[:2] == ["Week from,Booked this week,Bookings this week,New customers", "Mon 23 Nov,€96,3,3"]
    assert len(lines) == 9


def test_a_special_day_replaces_its_weekday(signed_in: Client, busy_salon: Project):
    with project_scope(busy_salon.pk):
        SpecialDay.objects.create(day=date(2026, 11, 24), windows=[[600, 120]])

    assert "Day by person, 10:00 to 13:00." in text(signed_in, "/nacar/")


def test_the_day_is_read_through_the_index_of_starts(busy_salon: Project):
    start, end = clock.day_bounds(busy_salon.today, busy_salon.tz)
    with project_scope(busy_salon.pk):
        found = home_bookings.asked(start, end, NOW)

        assert "booking_by_start" in plan(found)
        assert "Seq Scan on booking_booking" not in plan(found)
