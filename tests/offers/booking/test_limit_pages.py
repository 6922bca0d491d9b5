"""Owners set limits where they look for them: of a person beside their hours, of the business in the settings."""

import re

import pytest

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Limit
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import Role
from tests import make as platform
from tests.cast import PlatformClient
from tests.offers.booking import make
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")
BUSINESS = "/nacar/settings/limits"


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def noa(salon):
    with project_scope(salon.pk):
        return make.staff("Noa Vidal")


def row(number: int, most: str, counts: str = "bookings", per: str = "day") -> dict[str, object]:
    return {
        "limits-row": [str(number)],
        f"limits-{number}-most": most,
        f"limits-{number}-counts": counts,
        f"limits-{number}-per": per,
    }


def held(salon) -> list[tuple[object, ...]]:
    with project_scope(salon.pk):
        rows = Limit.objects.order_by("most")
        return [(one.resource_id, one.per, one.most, one.counts_people, one.counts_minutes) for one in rows]


def test_a_person_gets_a_limit_of_minutes_on_a_page_beside_their_hours(signed_in, salon, noa):
    page = f"/nacar/staff/{noa.pk}/limits"
    assert page in signed_in.get(f"/nacar/staff/{noa.pk}").content.decode()
    assert "As many as there is time for" in text(signed_in.get(page))

    signed_in.post(page, row(0, "300", "minutes"))

    assert held(salon) == [(noa.pk, "day", 300, False, True)]
    assert 'value="300"' in signed_in.get(page).content.decode()
    signed_in.post(page, {})
    assert held(salon) == []


def test_the_business_takes_so_many_people_a_quarter_and_the_old_number_can_be_put_back(signed_in, salon):
    signed_in.post(BUSINESS, row(0, "12", "people", "quarter"))
    signed_in.post(BUSINESS, row(0, "8", "people", "quarter"))
    assert held(salon) == [(None, "quarter", 8, True, False)]

    history = signed_in.get("/nacar/settings/history/limits").content.decode()
    newest = re.search(r"/nacar/settings/history/limits/[0-9a-f-]+/restoration", history)
    signed_in.post(newest[0])

    assert held(salon) == [(None, "quarter", 12, True, False)]
    with project_scope(salon.pk):
        assert Entry.objects.filter(action="limits.changed").count() == 3


def test_a_row_comes_and_goes_without_being_saved_and_a_wrong_number_is_said_beside_it(signed_in, salon):
    more = signed_in.post(BUSINESS, {**row(0, "5"), "change": "add-limits"})
    assert 'name="limits-1-most"' in more.content.decode()
    assert 'value="5"' in more.content.decode()
    assert "Not saved yet" in text(more)

    wrong = signed_in.post(BUSINESS, row(0, "0"))
    assert wrong.status_code == 422
    assert "Type 1 or more." in text(wrong)
    assert held(salon) == []


def test_minutes_are_not_offered_to_the_whole_business(signed_in, salon):
    refused = signed_in.post(BUSINESS, row(0, "60", "minutes"))

    assert refused.status_code == 422
    assert held(salon) == []


@pytest.mark.parametrize("page", [BUSINESS, "/nacar/staff/{noa}/limits"])
def test_whoever_only_reads_sets_none(salon, noa, page):
    reader = platform.user("reader@nacar.example")
    platform.member(salon.organization, reader, Role.STAFF)
    client = PlatformClient()
    client.force_login(reader)

    assert client.post(page.format(noa=noa.pk), row(0, "5")).status_code in (403, 404)
    assert held(salon) == []


def test_why_not_tells_the_owner_which_limit(signed_in, salon, noa):
    with project_scope(salon.pk):
        cut = make.service(noa)
        Limit.objects.create(resource=noa, per="day", most=1)
        Limit.objects.create(per="day", most=1)
        make.booking(salon, cut, at(salon, "10:00"))
    asked = {"service": cut.pk, "day": "2026-11-24", "time": "15:00", "resource": "", "party": "1"}

    page = text(signed_in.get("/nacar/calendar/why", asked))

    assert "The limit of the whole business is reached: 1 booking / day." in page
    assert "Their limit is reached: 1 booking / day" in page
