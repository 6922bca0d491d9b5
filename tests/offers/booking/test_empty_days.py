"""A day without free times says why, where the next free one is, and how to be told; the month draws nothing on it."""

import re
from datetime import date, timedelta

import pytest

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Service, Waiting
from tests.offers.booking import make
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")
WEDNESDAY = make.TUESDAY + timedelta(days=1)


@pytest.fixture
def curl_cut(salon):
    """Full on Tuesday, away on Wednesday; closed on Saturdays and Sundays."""
    with project_scope(salon.pk):
        service = make.service(make.staff("Noa Vidal"), slug="curl-cut", has_waiting_list=True, horizon_days=40)
        for hour in range(9, 17):
            make.booking(salon, service, at(salon, f"{hour}:00"))
        make.closure(at(salon, "00:00", WEDNESDAY), at(salon, "23:59", WEDNESDAY))
        return service


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_full_day_leads_to_the_next_free_one_and_to_its_waiting_list(salon_site, salon, curl_cut):
    strip = salon_site.get("/book/curl-cut").content.decode()
    page = salon_site.get("/book/curl-cut?day=2026-11-24&from=2026-11-23")
    wait = salon_site.get("/book/curl-cut/waiting?day=2026-11-24").content.decode()
    asked = {"name": "Marta", "email": "marta@ferrer.example", "first_day": "2026-11-24", "last_day": "2026-11-24"}
    salon_site.post("/book/curl-cut/waiting", asked)

    assert 'class="off" href="/book/curl-cut?day=2026-11-24&amp;from=2026-11-23"' in strip
    assert "This day is full. Choose another day." in text(page)
    assert '<a href="/book/curl-cut?day=2026-11-26">Next free: Thu 26 Nov, 9:00</a>' in page.content.decode()
    assert 'href="/book/curl-cut/waiting?day=2026-11-24"' in page.content.decode()
    assert wait.count('value="2026-11-24"') == 2
    with project_scope(salon.pk):
        entry = Waiting.objects.get()
        assert (entry.earliest, entry.latest) == (at(salon, "00:00"), at(salon, "23:59"))


def test_a_closed_day_has_no_waiting_list(salon_site, curl_cut):
    page = salon_site.get("/book/curl-cut?day=2026-11-28&from=2026-11-23")

    assert "We are closed that day." in text(page)
    assert "Next free: Mon 30 Nov, 9:00" in text(page)
    assert "waiting?day=" not in page.content.decode()


def test_the_next_free_day_may_be_beyond_the_week(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        make.closure(at(salon, "00:00", date(2026, 11, 26)), at(salon, "00:00", date(2026, 12, 14)))

    page = text(salon_site.get("/book/curl-cut?day=2026-11-28&from=2026-11-23"))
    end = text(salon_site.get("/book/curl-cut?day=2027-01-02&from=2026-12-28"))

    assert "Next free: Mon 14 Dec, 9:00" in page
    assert "We are closed that day." in end
    assert "Next free: Today 9:00" in end  # nothing comes after it: the horizon ends with this day


def test_the_month_draws_no_hours_on_closed_days_and_leads_only_where_there_is_a_time(salon_site, curl_cut):
    page = salon_site.get("/book/curl-cut?month=2026-11").content.decode()
    led_to = {date.fromisoformat(day) for day in re.findall(r"\?day=(\d{4}-\d\d-\d\d)", page)}

    assert led_to
    assert not {day for day in led_to if day.weekday() > 4}
    assert not led_to & {make.TUESDAY, WEDNESDAY, date(2026, 11, 20), date(2027, 1, 4)}
    assert min(led_to) == make.MONDAY
    assert re.search(r'<span class="off">24<span class="vh"> Full', page)
    assert re.search(r'<span class="shut">25<span class="vh"> Away', page)
    assert re.search(r'<span class="shut">28<span class="vh"> Closed', page)
    assert re.search(r'<span class="shut">20<span class="vh"> past', page)
    assert 'name="at"' not in page


@pytest.mark.parametrize("month", ["2020-01", "2099-12", "soon", "", "0001-01"])
def test_months_without_end_are_not_read(salon_site, curl_cut, month):
    assert salon_site.get(f"/book/curl-cut?month={month}").status_code == 200


def test_what_was_chosen_stays_in_the_month(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        Service.objects.update(max_party=3)

    page = salon_site.get("/book/curl-cut?month=2026-11&people=2&zone=America/New_York").content.decode()

    assert "?day=2026-11-23&amp;people=2&amp;zone=America%2FNew_York" in page


def test_two_months_cost_few_questions(salon_site, curl_cut, django_assert_max_num_queries):
    with django_assert_max_num_queries(34):
        salon_site.get("/book/curl-cut?month=2026-11")
