"""A service at several locations: which one is asked first, and all that follows is of that one."""

import re

import pytest

from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import lifecycle, queries, waiting
from flectar.offers.booking.errors import SlotTaken
from flectar.offers.booking.models import Booking, Season, Service, ServiceNeed, Waiting
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.wording import as_read
from flectar.platform.projects import places
from flectar.platform.projects.models import Location
from tests.offers.booking import make
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")
NAMED = {"name": "Marta Ferrer", "email": "marta@ferrer.example", "phone": "", "note": "", "key": "k1"}
ALL_DAY = [[day, 9 * 60, 8 * 60] for day in range(7)]


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def ruzafa(salon) -> Location:
    with project_scope(salon.pk):
        return places.first(salon)


@pytest.fixture
def tenerife(salon, ruzafa) -> Location:
    """An hour behind Madrid, open every day from nine to five of its own clock."""
    with project_scope(salon.pk):
        return Location.objects.create(
            name="Tenerife", zone="Atlantic/Canary", street="Calle del Castillo 8", city="Santa Cruz", week=ALL_DAY
        )


@pytest.fixture
def noa(salon, ruzafa):
    with project_scope(salon.pk):
        return make.staff("Noa Vidal", location=ruzafa)


@pytest.fixture
def iker(salon, tenerife):
    with project_scope(salon.pk):
        return make.staff("Iker Sanz", location=tenerife)


@pytest.fixture
def curl_cut(salon, noa, iker):
    with project_scope(salon.pk):
        return make.service(noa, iker, slug="curl-cut")


def only_booking(salon) -> Booking:
    with project_scope(salon.pk):
        return Booking.objects.with_people().select_related("project").get()


def test_the_flow_asks_where_before_it_shows_times(salon_site, curl_cut, ruzafa, tenerife):
    page = salon_site.get("/book/curl-cut")

    assert "Where suits you?" in text(page)
    assert "Calle del Castillo 8, Santa Cruz" in text(page)
    assert f'href="/book/curl-cut?location={tenerife.pk}"' in page.content.decode()
    assert 'name="at"' not in page.content.decode()


def test_whoever_works_at_one_place_only_or_anywhere_asks_nothing(salon_site, salon, noa, tenerife):
    with project_scope(salon.pk):
        make.service(noa, slug="here")
        make.service(make.staff("Anybody"), slug="anywhere")

    assert "When suits you?" in text(salon_site.get("/book/here"))
    assert "When suits you?" in text(salon_site.get("/book/anywhere"))


def test_times_are_those_of_the_place_on_its_own_clock(salon_site, curl_cut, tenerife):
    page = salon_site.get(f"/book/curl-cut?location={tenerife.pk}&day=2026-11-24")

    assert "Times are in Canary time (UTC+0)" in text(page)
    assert re.findall(r'name="at" value="2026-11-24T(\d\d:\d\d)Z"', page.content.decode())[0] == "09:00"
    assert "Noa Vidal" not in text(page)


def test_anyone_is_anyone_of_that_place(salon_site, salon, curl_cut, iker, tenerife):
    with project_scope(salon.pk):
        make.booking(salon, curl_cut, at(salon, "16:00"), resource=iker)

    page = salon_site.get(f"/book/curl-cut?location={tenerife.pk}&day=2026-11-24").content.decode()
    refused = salon_site.post("/book/curl-cut/hold", {"at": "2026-11-24T15:00Z", "location": str(tenerife.pk)})

    assert 'value="2026-11-24T15:00Z"' not in page
    assert refused.status_code == 409
    assert len(re.findall('name="at" value="2026-11-24T15:00Z"', refused.content.decode())) == 0


def test_the_booking_its_mail_and_its_calendar_file_say_where(salon_site, salon, curl_cut, tenerife):
    wanted = {**NAMED, "at": "2026-11-24T15:00Z", "location": str(tenerife.pk)}
    done = salon_site.post("/book/curl-cut/details", wanted)

    booking = only_booking(salon)
    assert (booking.location, booking.resource.name) == (tenerife, "Iker Sanz")
    assert (booking.tz, booking.local_start) == ("Atlantic/Canary", "2026-11-24T15:00")
    page = text(salon_site.get(done["Location"]))
    assert "Tue 24 Nov, 15:00" in page
    assert "Tenerife, Calle del Castillo 8, Santa Cruz" in page
    with project_scope(salon.pk):
        message = as_read(Message.objects.get(event="booking.confirmed"))
    assert "15:00" in message.text
    assert "Atlantic/Canary" in message.text
    assert "Tenerife, Calle del Castillo 8, Santa Cruz" in message.text
    file = salon_site.get(f"/booking/{booking.token}/calendar.ics").content.decode()
    assert "LOCATION:Tenerife\\, Calle del Castillo 8\\, Santa Cruz" in file.replace("\r\n ", "")


def test_the_season_is_that_of_the_day_there(in_salon, curl_cut, tenerife):
    """Half past midnight in Madrid is still yesterday in Tenerife."""
    tenerife.week = [[day, 0, 1440] for day in range(7)]
    tenerife.save()
    Season.objects.create(service=curl_cut, name="Feast", first=make.TUESDAY, last=make.TUESDAY, price_minor=9900)

    booking = make.booking(in_salon, curl_cut, at(in_salon, "0:30", make.TUESDAY.replace(day=25)), location=tenerife)

    assert booking.local_start == "2026-11-24T23:30"
    assert booking.price.minor == 9900


def test_person_and_room_are_at_the_same_place(in_salon, noa, iker, ruzafa, tenerife):
    room = make.house("Room", kind="room", location=ruzafa)
    massage = make.service(noa, iker, name="Massage")
    ServiceNeed.objects.create(service=massage, resource=room, group_no=2)

    with pytest.raises(SlotTaken):
        make.booking(in_salon, massage, at(in_salon, "12:00"), location=tenerife)
    booking = make.booking(in_salon, massage, at(in_salon, "12:00"), location=ruzafa)

    assert booking.resource == noa
    days = queries.free_times(in_salon, massage, first_day=make.TUESDAY, days=1, resource=iker)
    assert days[0].slots == ()


def test_a_booking_that_moves_stays_where_it_is(in_salon, curl_cut, iker, tenerife):
    booking = make.booking(in_salon, curl_cut, at(in_salon, "16:00"), location=tenerife)
    make.booking(in_salon, curl_cut, at(in_salon, "12:00"), resource=iker)

    with pytest.raises(SlotTaken):
        lifecycle.move(booking, at(in_salon, "12:00"))
    lifecycle.move(booking, at(in_salon, "13:00"))

    assert (booking.resource, booking.location) == (iker, tenerife)


def test_the_team_may_give_it_to_somebody_elsewhere_and_the_place_goes_along(in_salon, curl_cut, noa, ruzafa, tenerife):
    booking = make.booking(in_salon, curl_cut, at(in_salon, "16:00"), location=tenerife)

    lifecycle.move(booking, at(in_salon, "16:00"), resource=noa, by_team=True)

    assert booking.location == ruzafa
    assert booking.local_start == "2026-11-24T16:00"


def test_a_link_names_the_person_and_needs_no_place(salon_site, curl_cut, iker):
    page = text(salon_site.get(f"/book/curl-cut?with={iker.pk}"))

    assert "When suits you?" in page
    assert "Tenerife" in page


def test_a_link_names_place_and_time(salon_site, curl_cut, tenerife):
    link = f"/book/curl-cut?location={tenerife.pk}&at=2026-11-24T15:00Z"

    details = salon_site.get(salon_site.get(link)["Location"])

    assert "Who is coming?" in text(details)
    assert "15:00" in text(details)
    assert f'name="location" value="{tenerife.pk}"' in details.content.decode()


def test_details_without_a_place_ask_for_it_and_keep_the_time(salon_site, curl_cut, ruzafa):
    asked = salon_site.get("/book/curl-cut/details?at=2026-11-24T15:00Z")

    page = salon_site.get(asked["Location"])
    assert "Where suits you?" in text(page)
    assert f"?location={ruzafa.pk}&amp;at=2026-11-24T15%3A00Z" in page.content.decode()


def test_nonsense_in_the_address_asks_again(salon_site, curl_cut):
    for wrong in ("x", "00000000-0000-0000-0000-000000000000"):
        assert "Where suits you?" in text(salon_site.get(f"/book/curl-cut?location={wrong}"))


def test_a_second_service_of_the_visit_is_one_of_that_place(salon_site, salon, curl_cut, noa, tenerife):
    with project_scope(salon.pk):
        make.service(noa, name="Fringe trim", slug="fringe")

    assert "Fringe trim" in text(salon_site.get(f"/book/curl-cut?location={noa.location_id}"))
    assert "Fringe trim" not in text(salon_site.get(f"/book/curl-cut?location={tenerife.pk}&also=fringe"))


def test_classes_say_where_and_can_be_narrowed_to_a_place(salon_site, salon, noa, iker, tenerife):
    with project_scope(salon.pk):
        yoga = make.class_of(noa, slug="yoga")
        ServiceNeed.objects.create(service=yoga, resource=iker)
        make.session(salon, yoga, "10:00", resource=noa)
        make.session(salon, yoga, "12:00", resource=iker)

    everywhere = text(salon_site.get("/book/yoga/dates"))
    there = text(salon_site.get(f"/book/yoga/dates?location={tenerife.pk}"))

    assert "with Iker Sanz · Tenerife (UTC+0)" in everywhere
    assert "11:00" in there
    assert "Noa Vidal" not in there


def test_nobody_is_sent_to_a_room_elsewhere_when_no_place_is_named(in_salon, noa, iker, ruzafa, tenerife):
    room = make.house("Room", kind="room", location=ruzafa)
    other = make.house("Other room", kind="room", location=tenerife)
    massage = make.service(noa, iker, name="Massage")
    for one in (room, other):
        ServiceNeed.objects.create(service=massage, resource=one, group_no=2)
    make.closure(at(in_salon, "9:00"), at(in_salon, "20:00"), resource=noa)
    make.closure(at(in_salon, "9:00"), at(in_salon, "14:00"), resource=other)

    day = queries.free_times(in_salon, massage, first_day=make.TUESDAY, days=1)[0]
    starts = [slot.starts_at for slot in day.slots]

    assert starts[0] == at(in_salon, "14:00")
    with pytest.raises(SlotTaken):
        make.booking(in_salon, massage, at(in_salon, "12:00"))
    booking = make.booking(in_salon, massage, starts[0])
    assert (booking.resource, booking.location) == (iker, tenerife)
    assert [claim.resource for claim in booking.claims.order_by("resource__name")] == [iker, other]


# --- Links ------------------------------------------------------------------------------------------------------------


def test_the_owner_copies_links_for_each_place_and_person(signed_in, curl_cut, iker, tenerife):
    page = signed_in.get(f"/nacar/services/{curl_cut.pk}/links").content.decode()

    start = "http://nacar.localhost:8000/book/curl-cut"
    assert f'data-text="{start}"' in page
    assert f'data-text="{start}?location={tenerife.pk}"' in page
    assert f'data-text="{start}?with={iker.pk}"' in page


def test_a_link_with_a_time_means_the_clock_of_the_place(signed_in, salon_site, curl_cut, iker, tenerife):
    wanted = {"person": str(iker.pk), "day": "2026-11-24", "time": "15:00"}
    page = signed_in.get(f"/nacar/services/{curl_cut.pk}/links", wanted).content.decode()

    link = re.search(r'<code class="anywhere">(\S+at=\S+)</code>', page)[1].replace("&amp;", "&")
    assert link.endswith(f"?with={iker.pk}&at=2026-11-24T15%3A00Z")
    path = link.removeprefix("http://nacar.localhost:8000")
    assert "Who is coming?" in text(salon_site.get(salon_site.get(path)["Location"]))


def test_a_person_does_not_work_everywhere(signed_in, curl_cut, iker, ruzafa):
    wanted = {"person": str(iker.pk), "location": str(ruzafa.pk)}
    response = signed_in.get(f"/nacar/services/{curl_cut.pk}/links", wanted)

    assert response.status_code == 422
    assert "Iker Sanz does not work there." in text(response)


# --- Waiting lists ----------------------------------------------------------------------------------------------------

DAYS = {"first_day": "2026-11-24", "last_day": "2026-11-24"}


@pytest.fixture
def full(salon, curl_cut, noa, iker):
    """One long time a day in each place, and both are taken; nobody books later than that day."""
    with project_scope(salon.pk):
        Service.objects.update(has_waiting_list=True, duration_min=420, step_min=420, horizon_days=1)
        curl_cut.refresh_from_db()
        times = ((noa, "9:00"), (iker, "10:00"))  # nine o'clock in Tenerife is ten in Madrid
        return [make.booking(salon, curl_cut, at(salon, hour), resource=who) for who, hour in times]


def test_whoever_waits_is_asked_where(salon_site, salon, full, tenerife):
    page = salon_site.get("/book/curl-cut/waiting").content.decode()
    refused = salon_site.post("/book/curl-cut/waiting", {**NAMED, **DAYS})
    joined = salon_site.post("/book/curl-cut/waiting", {**NAMED, **DAYS, "location": str(tenerife.pk)})

    assert f'<option value="{tenerife.pk}">Tenerife</option>' in page
    assert (refused.status_code, "Choose a location." in text(refused)) == (422, True)
    own = text(salon_site.get(joined["Location"]))
    assert "Tenerife, Calle del Castillo 8, Santa Cruz" in own
    assert "Times are in Canary time" in own
    with project_scope(salon.pk):
        entry = Waiting.objects.get()
        assert entry.location == tenerife
        assert f"{entry.earliest:%d %H:%M} {entry.latest:%d %H:%M}" == "24 00:00 24 23:59"  # of its own days


def test_the_times_lead_to_the_list_of_their_own_location(salon_site, salon, full, tenerife):
    times = salon_site.get(f"/book/curl-cut?location={tenerife.pk}&zone=America/New_York").content.decode()
    way = re.search(r'href="(/book/curl-cut/waiting[^"]+)"', times)[1].replace("&amp;", "&")

    page = salon_site.get(way).content.decode()

    assert f'<option value="{tenerife.pk}" selected>' in page
    assert 'name="zone" value="America/New_York"' in page


def test_only_a_time_of_that_location_is_offered_with_both_clocks(salon_site, salon, full, tenerife):
    wanted = {**NAMED, **DAYS, "location": str(tenerife.pk), "zone": "America/New_York"}
    joined = salon_site.post("/book/curl-cut/waiting", wanted)
    with project_scope(salon.pk):
        for gone in full:
            lifecycle.cancel(gone, by_team=True, notify=False)
            waiting.look_again.run(salon.pk, gone.starts_at.isoformat(), gone.ends_at.isoformat())
            states = [one.state for one in Waiting.objects.all()]
            assert states == (["waiting"] if gone.resource.name == "Noa Vidal" else ["offered"])
        offer = Waiting.objects.get().offer
        assert (offer.location, offer.local_start, offer.customer_zone) == (
            tenerife,
            "2026-11-24T09:00",
            "America/New_York",
        )
        mail = as_read(Message.objects.get(event="waiting.offered")).text

    page = text(salon_site.get(joined["Location"]))
    taken = salon_site.post(f"{joined['Location']}/acceptance")

    assert "When: Tue 24 Nov, 9:00" in mail
    assert "Your time: Tue 24 Nov, 4:00 (New York)" in mail
    assert "Where: Tenerife, Calle del Castillo 8, Santa Cruz" in mail
    assert "Tue 24 Nov, 9:00 your time 4:00" in page
    assert "Tue 24 Nov, 9:00" in text(salon_site.get(taken["Location"]))


def test_one_may_wait_at_two_locations_and_is_counted_at_each(salon, full, tenerife, ruzafa, curl_cut):
    with project_scope(salon.pk):
        marta, tom = make.customer(salon), make.customer(salon, "Tom de Vries")
        day = {"earliest": at(salon, "0:00"), "latest": at(salon, "23:00")}
        here = waiting.join(salon, curl_cut, tom, location=ruzafa, **day)
        there = waiting.join(salon, curl_cut, marta, location=tenerife, **day)
        second = waiting.join(salon, curl_cut, marta, location=ruzafa, **day)
        again = waiting.join(salon, curl_cut, marta, location=ruzafa, **day)

        assert [waiting.turn_of(one) for one in (here, there, second)] == [1, 1, 2]
        assert again == second
