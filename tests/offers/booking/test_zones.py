"""A visitor's clock beside that of the business, through the whole flow, also in the weeks where only one has changed.

In 2026 Madrid leaves summer time on 25 October and New York on 1 November: between them it is five hours, not six.
"""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking import zones
from flectar.offers.booking.models import Booking
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.wording import as_read
from tests.offers.booking import make

NEW_YORK = ZoneInfo("America/New_York")
BEFORE = datetime(2026, 10, 19, 7, tzinfo=UTC)
NAMED = {"name": "Marta Ferrer", "email": "marta@ferrer.example", "phone": "", "note": "", "key": "k1"}


@pytest.fixture(autouse=True)
def october():
    with clock.frozen(BEFORE):
        yield


@pytest.fixture
def curl_cut(salon):
    with project_scope(salon.pk):
        return make.service(make.staff("Noa Vidal"), slug="curl-cut", horizon_days=60)


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize(
    ("at", "there"),
    [
        ("2026-10-23T14:00Z", "10:00"),  # both in summer time
        ("2026-10-27T15:00Z", "11:00"),  # Madrid has changed
        ("2026-11-03T15:00Z", "10:00"),  # both have
    ],
)
def test_both_clocks_on_each_page_and_one_instant_kept(salon_site, salon, curl_cut, at, there):
    day, here = at[:10], "16:00"
    plain = salon_site.get(f"/book/curl-cut?day={day}")
    times = salon_site.get(f"/book/curl-cut?day={day}&zone=America/New_York")
    tapped = salon_site.post("/book/curl-cut/hold", {"at": at, "zone": "America/New_York"})
    details = salon_site.get(tapped["Location"])
    key = re.search(r'name="key" value="([^"]+)"', details.content.decode())[1]
    held = re.search(r'name="hold" value="([^"]+)"', details.content.decode())[1]
    sent = {**NAMED, "at": at, "key": key, "hold": held, "zone": "America/New_York"}
    own = salon_site.get(salon_site.post("/book/curl-cut/details", sent)["Location"])

    assert f"{here} your time" not in text(plain)
    assert f'value="{at}"' in plain.content.decode()
    assert f"{here} your time {there}" in text(times)
    assert f'value="{at}"' in times.content.decode()
    assert f"{here} your time {there}" in text(details)
    assert f"{here} your time {there}" in text(own)
    with project_scope(salon.pk):
        booking = Booking.objects.get()
        assert f"{booking.starts_at:%Y-%m-%dT%H:%MZ}" == at
        assert booking.customer_zone == "America/New_York"
        assert booking.local_start.endswith(here)
        mail = as_read(Message.objects.get(event="booking.confirmed"))
        assert re.search(rf"Your time: \w+ \d+ \w+, {there} \(New York\)", mail.text)


def test_another_day_is_said(salon_site, curl_cut):
    page = text(salon_site.get("/book/curl-cut?day=2026-10-23&zone=Pacific/Auckland"))

    assert "16:00 your time Sat 24 Oct, 3:00" in page
    assert "9:00 your time 20:00" in page


@pytest.mark.parametrize("zone", ["Europe/Paris", "", "Nowhere/Else", "../../etc/passwd", "x" * 80])
def test_where_nothing_differs_nothing_is_added(salon_site, curl_cut, zone):
    page = salon_site.get("/book/curl-cut", {"day": "2026-10-23", "zone": zone})

    assert page.status_code == 200
    assert 'class="own"' not in page.content.decode()


def test_without_script_it_is_chosen_from_a_list_by_city(salon_site, curl_cut):
    page = salon_site.get("/book/curl-cut?day=2026-10-23&people=1")
    way = re.search(r'<a href="(\?[^"]+zones=1[^"]*)"', page.content.decode())[1].replace("&amp;", "&")
    chosen = salon_site.get(f"/book/curl-cut{way.partition('#')[0]}").content.decode()

    assert "<select" not in re.sub(r'(?s)<select id="people".*?</select>', "", page.content.decode())
    assert '<option value="America/New_York">New York (UTC-4)</option>' in chosen
    assert '<input type="hidden" name="day" value="2026-10-23">' in chosen
    assert '<optgroup label="Europe">' in chosen
    assert chosen.count('value="Asia/Kolkata"') + chosen.count('value="Asia/Calcutta"') == 1


def test_it_goes_from_step_to_step(salon_site, salon, curl_cut):
    with project_scope(salon.pk):
        make.service(make.staff("Iker Sanz"), name="Fringe trim", slug="fringe")

    services = salon_site.get("/book?zone=America/New_York").content.decode()
    times = salon_site.get("/book/curl-cut?day=2026-10-23&zone=America/New_York").content.decode()

    assert 'href="/book/curl-cut?zone=America%2FNew_York"' in services
    assert '<input type="hidden" name="zone" value="America/New_York">' in times
    assert "&amp;zone=America%2FNew_York" in times


def test_names_in_the_readers_language(salon_site, curl_cut):
    page = salon_site.get("/es/book/curl-cut?day=2026-10-23&zone=America/New_York&zones=1")

    assert "Nueva York (UTC-4)" in page.content.decode()
    assert "En pequeño, donde es otra: Nueva York (UTC-4)." in text(page)


def test_an_offset_may_be_of_quarters():
    assert zones.offset(BEFORE, ZoneInfo("Asia/Kathmandu")) == "UTC+5:45"
    assert zones.offset(BEFORE, ZoneInfo("America/St_Johns")) == "UTC-2:30"
    assert zones.offset(BEFORE, NEW_YORK) == "UTC-4"
