"""A series is moved from the page of one of its bookings: this one, those after it too, or all; whole, or not."""

import re
from datetime import datetime, timedelta

import pytest

from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import series
from flectar.offers.booking.models import Booking, Service
from flectar.platform.outbox.models import Message
from tests.offers.booking import make
from tests.offers.booking.make import TUESDAY, at

pytestmark = pytest.mark.usefixtures("monday_morning")
WEEK = timedelta(weeks=1)


@pytest.fixture
def cut(salon) -> Service:
    with project_scope(salon.pk):
        return make.service(make.staff("Noa Vidal"))


@pytest.fixture
def three(salon, cut) -> list[Booking]:
    """Three Tuesdays at ten."""
    with project_scope(salon.pk):
        who = make.customer(salon, email="marta@ferrer.example")
        return series.book(salon, cut, at(salon, "10:00"), "FREQ=WEEKLY;COUNT=3", who, by_team=True, notify=False)


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def starts(salon) -> list[datetime]:
    with project_scope(salon.pk):
        dates = Booking.objects.filter(series__isnull=False).order_by("starts_at")
        return list(dates.values_list("starts_at", flat=True))


def test_this_and_those_after_it_go_a_day_later_and_one_mail_tells_of_them(signed_in, salon, three):
    url = f"/nacar/bookings/{three[1].pk}/time"
    assert "This and those after it" in text(signed_in.get(url))

    wednesday = TUESDAY + WEEK + timedelta(days=1)
    typed = {"day": wednesday.isoformat(), "time": "11:00", "resource": "", "reach": "following", "notify": "on"}
    signed_in.post(url, typed)

    assert starts(salon) == [
        at(salon, "10:00"),
        at(salon, "11:00", wednesday),
        at(salon, "11:00", wednesday + WEEK),
    ]
    with project_scope(salon.pk):
        assert Message.objects.filter(event="booking.moved").count() == 1


def test_when_one_of_them_cannot_go_none_goes_and_the_page_names_it(signed_in, salon, cut, three):
    with project_scope(salon.pk):
        make.booking(salon, cut, at(salon, "15:00", TUESDAY + 2 * WEEK))
    before = starts(salon)

    typed = {"day": TUESDAY.isoformat(), "time": "15:00", "resource": "", "reach": "all", "notify": "on"}
    refused = signed_in.post(f"/nacar/bookings/{three[0].pk}/time", typed)

    assert refused.status_code == 409
    assert "Tue 8 Dec" in text(refused)
    assert "This time is taken." in text(refused)
    assert starts(salon) == before
    with project_scope(salon.pk):
        assert not Message.objects.filter(event="booking.moved").exists()


def test_only_this_one_leaves_the_others(signed_in, salon, three):
    typed = {"day": TUESDAY.isoformat(), "time": "12:00", "resource": "", "reach": "one"}
    signed_in.post(f"/nacar/bookings/{three[0].pk}/time", typed)

    assert starts(salon) == [at(salon, time, TUESDAY + n * WEEK) for n, time in enumerate(("12:00", "10:00", "10:00"))]
