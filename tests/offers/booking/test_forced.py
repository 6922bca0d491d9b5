"""“Book anyway”: over what is taken, by whoever has the right, with a reason that stays."""

import re

import pytest

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Claim
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import Role
from tests import make as platform
from tests.cast import PlatformClient
from tests.offers.booking import make
from tests.offers.booking.make import at

pytestmark = pytest.mark.usefixtures("monday_morning")
NEW = "/nacar/bookings/new"
NAMED = {"name": "Rosa Tormo", "email": "", "phone": "600 000 143", "note": "", "key": "k", "day": "2026-11-24"}
BECAUSE = {"anyway": "on", "because": "Her mother’s funeral"}


@pytest.fixture
def taken(salon) -> Booking:
    """Tomorrow at three; Noa is the only one who does it."""
    with project_scope(salon.pk):
        return make.booking(salon, make.service(make.staff("Noa Vidal")), at(salon, "15:00"))


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_taken_time_is_booked_anyway_with_a_reason_that_all_can_read(signed_in, salon, taken):
    wanted = {**NAMED, "service": taken.service_id, "time": "15:30"}

    refused = signed_in.post(NEW, wanted)
    silent = signed_in.post(NEW, {**wanted, "anyway": "on", "because": " "})
    assert (refused.status_code, silent.status_code) == (409, 409)
    assert "Book anyway" in text(refused)
    assert "Say why, in a few words." in text(silent)
    with project_scope(salon.pk):
        assert Booking.objects.count() == 1

    booked = signed_in.post(NEW, {**wanted, **BECAUSE})

    with project_scope(salon.pk):
        double = Booking.objects.exclude(pk=taken.pk).get()
        assert double.is_rule_bypassed
        assert Claim.objects.get(booking=double).is_forced
        assert Entry.objects.get(action="booking.forced").new["reason"] == "Her mother’s funeral"
    page = text(signed_in.get(booked["Location"]))
    assert "Booked over the rules" in page
    assert "Her mother’s funeral" in page


def test_a_booking_is_moved_over_another_and_loses_its_mark_when_it_is_moved_away(signed_in, salon, taken):
    with project_scope(salon.pk):
        late = make.booking(salon, taken.service, at(salon, "12:00"))
    url, onto = f"/nacar/bookings/{late.pk}/time", {"day": "2026-11-24", "time": "15:30", "resource": ""}

    refused = signed_in.post(url, onto)
    assert refused.status_code == 409
    assert 'id="anyway-form"' in refused.content.decode()
    signed_in.post(url, {**onto, **BECAUSE})

    with project_scope(salon.pk):
        late.refresh_from_db()
        assert (late.starts_at, late.is_rule_bypassed) == (at(salon, "15:30"), True)
    signed_in.post(url, {**onto, "time": "10:00"})
    with project_scope(salon.pk):
        late.refresh_from_db()
        assert (late.starts_at, late.is_rule_bypassed) == (at(salon, "10:00"), False)


def test_staff_without_the_right_are_refused_as_ever(salon, taken):
    person = platform.user()
    platform.member(salon.organization, person, Role.STAFF)
    client = PlatformClient()
    client.force_login(person)

    response = client.post(NEW, {**NAMED, "service": taken.service_id, "time": "15:30", **BECAUSE})

    assert response.status_code == 409
    assert "Book anyway" not in text(response)
    with project_scope(salon.pk):
        assert Booking.objects.count() == 1
        assert not Entry.objects.filter(action="booking.forced").exists()
