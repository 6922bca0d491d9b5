"""What a stay takes of a room or a thing is not free by the hour either, however long ago it began."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection

from flectar.offers.booking.deeds import lifecycle, queries
from flectar.offers.booking.errors import KeyUsedForAnother, SlotTaken
from flectar.offers.booking.models import Claim, Resource, ServiceNeed
from tests.offers.booking import make

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def sauna(in_salon):
    """A thing that a house by the night needs throughout, and that is let by the hour as well."""
    return Resource.objects.create(name="Sauna", name_folded="sauna", kind=Resource.Kind.EQUIPMENT)


@pytest.fixture
def by_the_hour(sauna):
    return make.service(sauna, name="An hour in the sauna")


def test_a_stay_that_began_five_days_ago_takes_its_things_today(in_salon, sauna, by_the_hour):
    casa = make.stay_service()
    ServiceNeed.objects.create(service=casa, resource=sauna, group_no=2)
    make.stay(in_salon, casa, make.dec(1), make.dec(9))

    wanted = make.at(in_salon, "12:00", make.dec(7))
    with pytest.raises(SlotTaken):
        make.booking(in_salon, by_the_hour, wanted)

    def free(day):
        return queries.free_times(in_salon, by_the_hour, first_day=make.dec(day), days=1)[0].slots

    assert not free(7)
    assert free(10)
    assert Claim.objects.filter(resource=sauna).meeting(wanted, wanted + timedelta(hours=1)).exists()


def test_the_long_ones_are_found_by_an_index_of_their_own(in_salon, sauna):
    begin = make.at(in_salon, "12:00")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(
            "EXPLAIN SELECT 1 FROM booking_claim WHERE project_id = %s AND resource_id = ANY(%s) AND starts_at < %s"
            " AND ends_at > %s AND (ends_at - starts_at) > interval '2 days'",
            [in_salon.pk, [sauna.pk], begin, begin],
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "booking_claim_that_is_long" in plan


def test_a_key_of_another_length_of_stay_is_the_key_of_another_booking(in_salon):
    casa, who = make.stay_service(), make.customer(in_salon)
    arrival = make.at(in_salon, "15:00", make.dec(1))
    asked = {"by_team": True, "notify": False, "idempotency_key": "k1"}
    booking = lifecycle.book(in_salon, casa, arrival, who, nights=3, **asked)

    assert lifecycle.book(in_salon, casa, arrival, who, nights=3, **asked) == booking
    with pytest.raises(KeyUsedForAnother):
        lifecycle.book(in_salon, casa, arrival, who, nights=4, **asked)
    assert Claim.objects.count() == 1


def test_a_booking_that_moves_in_a_floating_pool_is_not_in_its_own_way(in_salon):
    """At eleven one table is taken, at twelve the other: there is room for two hours if one booking changes tables."""
    tables = Resource.objects.create(
        name="Tables", name_folded="tables", kind=Resource.Kind.TABLE, units=2, allocation="floating"
    )
    hour, long = make.service(tables), make.service(tables, name="Long", duration_min=120)
    make.booking(in_salon, hour, make.at(in_salon, "11:00"))
    moving = make.booking(in_salon, long, make.at(in_salon, "09:30"))
    noon = make.booking(in_salon, hour, make.at(in_salon, "12:00"))
    Claim.objects.filter(booking=noon).update(unit=2)

    lifecycle.move(moving, make.at(in_salon, "11:00"), by_team=True)

    spans = sorted(Claim.objects.values_list("unit", "starts_at", "ends_at"))
    assert len(spans) == 3
    assert all(one[0] != next_[0] or one[2] <= next_[1] for one, next_ in pairwise(spans))
