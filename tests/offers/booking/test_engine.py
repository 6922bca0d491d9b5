"""What one start may ask of a business: several things at once, parts with gaps, pools, parties, limits, extras."""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from flectar.core import clock
from flectar.core.text import fold
from flectar.offers.booking.availability import Diary, Need, Part, Reason, Rules, free_starts
from flectar.offers.booking.calendars import rota
from flectar.offers.booking.deeds import lifecycle, queries
from flectar.offers.booking.deeds.lifecycle import Asked
from flectar.offers.booking.errors import NobodyDoesIt, SlotTaken
from flectar.offers.booking.models import (
    Booking,
    Claim,
    Closure,
    Limit,
    NeedGroup,
    Resource,
    Schedule,
    ScheduleWindow,
    ServiceExtra,
    ServiceNeed,
)
from flectar.platform.projects.models import Location
from tests.offers.booking import make
from tests.offers.booking.make import TUESDAY, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def thing(name, kind=Resource.Kind.ROOM, **values):
    return Resource.objects.create(name=name, name_folded=fold(name), kind=kind, **values)


def needed(service, group, *things, qty=1, parts=(), per_person=False):
    for one in things:
        ServiceNeed.objects.create(service=service, group_no=group, resource=one)
    if qty != 1 or parts or per_person:
        NeedGroup.objects.create(service=service, group_no=group, qty=qty, parts=list(parts), is_per_person=per_person)
    return service


def listed(project, service, day=TUESDAY, **options):
    found = queries.free_times(project, service, first_day=day, days=1, **options)[0]
    return [f"{slot.starts_at.astimezone(project.tz):%H:%M}" for slot in found.slots]


def book(project, service, time, day=TUESDAY, **options):
    who = options.pop("customer", None) or make.customer(project)
    return lifecycle.book(project, service, at(project, time, day), who, **{"notify": False, **options})


# --- Several things at once -------------------------------------------------------------------------------------------


def test_a_room_that_is_taken_hides_the_time_and_only_the_owner_learns_why(in_salon):
    massage = make.service(make.staff("Ana"), make.staff("Ben"))
    needed(massage, 2, thing("Room 1"))
    book(in_salon, massage, "10:00")

    assert "10:00" not in listed(in_salon, massage)
    with pytest.raises(SlotTaken) as refused:
        book(in_salon, massage, "10:00")
    assert refused.value.reason is Reason.CLAIMED
    assert "Room" not in str(refused.value)


def test_a_person_is_free_for_others_while_the_colour_develops(in_salon):
    noa = make.staff("Noa")
    colour = make.service(noa, name="Colour", duration_min=120, step_min=15)
    NeedGroup.objects.create(service=colour, group_no=1, parts=[[0, 45], [90, 30]])
    needed(colour, 2, thing("Chair 1"))
    fringe = make.service(noa, name="Fringe", duration_min=45, step_min=15)
    book(in_salon, colour, "10:00")

    times = listed(in_salon, fringe)

    assert "10:45" in times, "the colour develops from 10:45 to 11:30"
    assert "11:00" not in times
    assert "12:00" in times
    booked = book(in_salon, fringe, "10:45")
    assert booked.resource == noa
    assert Claim.objects.filter(resource=noa).count() == 3


def test_two_people_are_two_different_people(in_salon):
    ana, ben = make.staff("Ana"), make.staff("Ben")
    four_hands = make.service(ana, ben)
    NeedGroup.objects.create(service=four_hands, group_no=1, qty=2)
    alone = make.service(ana)

    book(in_salon, four_hands, "10:00")
    assert Claim.objects.count() == 2
    assert set(Claim.objects.values_list("resource", flat=True)) == {ana.pk, ben.pk}

    book(in_salon, alone, "12:00")
    assert "12:00" not in listed(in_salon, four_hands)


def test_one_person_cannot_be_two_needs_at_the_same_time():
    ana, ben = Diary("Ana", [(0, 600)]), Diary("Ben", [(0, 600)], claims=[(60, 120)])
    rules = Rules(duration=60, step=60)

    free = free_starts([Need([ana, ben]), Need([ana])], rules, 0, 600)

    assert 0 in free
    assert 60 not in free, "Ben is away, and Ana cannot do both"


def test_two_needs_one_after_the_other_may_be_one_person():
    ana = Diary("Ana", [(0, 120)])
    first, then = Need([ana], (Part(0, 60),)), Need([ana], (Part(60, 60),))

    assert list(free_starts([first, then], Rules(duration=120, step=60), 0, 600)) == [0]


# --- Pools ------------------------------------------------------------------------------------------------------------


def test_a_pool_is_full_when_each_unit_is_taken(in_salon):
    tables = thing("Tables", Resource.Kind.TABLE, units=2)
    dinner = make.service(tables, mode="covers", max_party=8)
    first, second = book(in_salon, dinner, "10:00"), book(in_salon, dinner, "10:30")

    assert {first.claims.get().unit, second.claims.get().unit} == {1, 2}
    assert listed(in_salon, dinner)[:3] == ["09:00", "09:30", "11:00"]
    with pytest.raises(SlotTaken, match="quicker"):
        book(in_salon, dinner, "10:30")


def test_several_units_of_a_pool_at_once_for_each_person(in_salon):
    kayaks = thing("Kayaks", Resource.Kind.EQUIPMENT, units=5)
    tour = make.service(make.staff("Guide"), make.staff("Other guide"), max_party=5)
    needed(tour, 2, kayaks, per_person=True)
    book(in_salon, tour, "10:00", party=3)

    assert Claim.objects.filter(resource=kayaks).count() == 3
    assert "10:00" in listed(in_salon, tour, party=2)
    assert "10:00" not in listed(in_salon, tour, party=3)


@pytest.mark.parametrize(("allocation", "is_free"), [("floating", True), ("fixed", False)])
def test_a_floating_pool_deals_its_units_anew(in_salon, allocation, is_free):
    """A on the first unit early, B on the other late: between them a long one fits only if B may move over."""
    rooms = thing("Rooms", Resource.Kind.EQUIPMENT, units=2, allocation=allocation)
    hour, long = make.service(rooms), make.service(rooms, name="Long", duration_min=120)
    book(in_salon, hour, "10:00")  # unit 1
    late = book(in_salon, hour, "12:00")
    Claim.objects.filter(booking=late).update(unit=2)
    blocker = book(in_salon, hour, "11:00")
    Claim.objects.filter(booking=blocker).update(unit=1)

    assert ("11:00" in listed(in_salon, long)) is is_free
    if is_free:
        booked = book(in_salon, long, "11:00")
        spans = sorted(Claim.objects.values_list("unit", "starts_at", "ends_at"))
        assert all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(spans))
        assert booked.claims.count() == 1
    else:
        with pytest.raises(SlotTaken):
            book(in_salon, long, "11:00")


def test_a_table_seats_who_fits_and_the_smallest_comes_first(in_salon):
    two = thing("Table for two", Resource.Kind.TABLE, seats_max=2)
    six = thing("Long table", Resource.Kind.TABLE, seats_min=3, seats_max=6)
    dinner = make.service(six, two, mode="covers", max_party=6)

    assert book(in_salon, dinner, "10:00", party=2).resource == two
    assert book(in_salon, dinner, "10:00", party=4).resource == six
    with pytest.raises(SlotTaken) as refused:
        book(in_salon, dinner, "12:00", party=7)
    assert refused.value.reason is Reason.CAPACITY


# --- Hours ------------------------------------------------------------------------------------------------------------


def test_a_location_has_its_own_hours_and_zone(in_salon):
    there = Location.objects.create(name="Las Palmas", zone="Atlantic/Canary", week=[[1, 600, 120]])
    cut = make.service(make.staff("Yeray", location=there))

    times = [slot.starts_at for slot in queries.free_times(in_salon, cut, first_day=TUESDAY, days=1)[0].slots]

    # 10:00 to 12:00 on Gran Canaria is 11:00 to 13:00 in Madrid.
    assert [f"{one.astimezone(in_salon.tz):%H:%M}" for one in times] == ["11:00", "11:30", "12:00"]


def test_summer_hours_hold_in_summer(in_salon):
    week = Schedule.objects.create(name="Seasons")
    ScheduleWindow.objects.create(schedule=week, weekday=1, start_min=600, len_min=60)
    ScheduleWindow.objects.create(
        schedule=week,
        weekday=1,
        start_min=900,
        len_min=60,
        valid_from=date(2026, 12, 1),
        valid_until=date(2026, 12, 31),
    )
    cut = make.service(make.staff("Noa"), horizon_days=90)
    Resource.objects.update(schedule=week)

    assert listed(in_salon, cut) == ["10:00"]
    assert listed(in_salon, cut, date(2026, 12, 1)) == ["10:00", "15:00"]


def test_starts_may_stand_on_the_clock_instead_of_on_the_opening(in_salon):
    week = Schedule.objects.create(name="Odd")
    ScheduleWindow.objects.create(schedule=week, weekday=1, start_min=550, len_min=170)
    cut = make.service(make.staff("Noa"), step_min=30, align="clock")
    Resource.objects.update(schedule=week)

    assert listed(in_salon, cut) == ["09:30", "10:00", "10:30", "11:00"]


# --- Limits -----------------------------------------------------------------------------------------------------------


def test_a_kitchen_takes_so_many_covers_in_a_quarter_of_an_hour(in_salon):
    tables = thing("Tables", Resource.Kind.TABLE, units=9)
    dinner = make.service(tables, mode="covers", max_party=8, step_min=15)
    Limit.objects.create(service=dinner, per=Limit.Per.QUARTER, most=6, counts_people=True)
    book(in_salon, dinner, "10:00", party=4)

    assert "10:00" in listed(in_salon, dinner, party=2)
    assert "10:00" not in listed(in_salon, dinner, party=3)
    with pytest.raises(SlotTaken) as refused:
        book(in_salon, dinner, "10:00", party=3)
    assert refused.value.reason is Reason.LIMIT
    assert book(in_salon, dinner, "10:15", party=6)
    assert book(in_salon, dinner, "10:00", party=8, by_team=True), "the team may go beyond"


def test_after_midnight_counts_for_the_evening_that_opened(in_salon):
    week = Schedule.objects.create(name="Night")
    for day in range(7):
        ScheduleWindow.objects.create(schedule=week, weekday=day, start_min=1320, len_min=240)
    bar = make.service(make.staff("Bar"), duration_min=60, step_min=30)
    Resource.objects.update(schedule=week)
    Limit.objects.create(service=bar, per=Limit.Per.DAY, most=2)
    wednesday = TUESDAY + timedelta(days=1)
    book(in_salon, bar, "22:00")
    book(in_salon, bar, "00:30", wednesday)

    assert "01:00" not in listed(in_salon, bar, wednesday), "Tuesday evening is full"
    assert "22:00" in listed(in_salon, bar, wednesday)


def test_a_customer_may_have_so_many_bookings_to_come(in_salon):
    cut = make.service(make.staff("Noa"))
    Limit.objects.create(per=Limit.Per.CUSTOMER_OPEN, most=1)
    marta = make.customer(in_salon)
    first = book(in_salon, cut, "10:00", customer=marta)

    with pytest.raises(SlotTaken) as refused:
        book(in_salon, cut, "12:00", customer=marta)
    assert refused.value.reason is Reason.LIMIT
    assert book(in_salon, cut, "12:00")
    lifecycle.cancel(first, notify=False)
    assert book(in_salon, cut, "14:00", customer=marta), "what is cancelled no longer counts"


# --- Extras and visits ------------------------------------------------------------------------------------------------


def test_an_extra_takes_time_and_uses_up_what_there_is(in_salon):
    steamer = thing("Steamer", Resource.Kind.EQUIPMENT)
    cut = make.service(make.staff("Noa"), make.staff("Iker"))
    extra = ServiceExtra.objects.create(service=cut, name="Steam", price_minor=900, add_min=30, stock=steamer)

    booked = book(in_salon, cut, "10:00", extras={extra: 1})

    assert booked.minutes == 90
    assert booked.price.minor == 6700
    assert booked.extras.get().name == "Steam"
    assert "11:00" in listed(in_salon, cut, extras={extra: 0})
    assert "11:00" not in listed(in_salon, cut, extras={extra: 1}), "the steamer is busy until 11:30"
    moved = lifecycle.move(booked, at(in_salon, "12:00"), notify=False)
    assert moved.minutes == 90
    assert Claim.objects.filter(resource=steamer).get().starts_at == at(in_salon, "12:00")


def test_several_services_in_one_visit_are_all_booked_or_none(in_salon):
    noa, iker = make.staff("Noa"), make.staff("Iker")
    cut = make.service(noa, name="Cut", buffer_after=10)
    colour = make.service(iker, name="Colour", duration_min=90)
    marta = make.customer(in_salon)
    book(in_salon, colour, "12:00")

    with pytest.raises(SlotTaken):
        lifecycle.book_visit(in_salon, [Asked(cut), Asked(colour)], at(in_salon, "11:30"), marta)
    assert Booking.objects.filter(customer=marta).count() == 0

    first, then = lifecycle.book_visit(in_salon, [Asked(cut), Asked(colour)], at(in_salon, "09:00"), marta)
    assert (first.resource, then.resource) == (noa, iker)
    assert then.starts_at == first.ends_at
    assert first.visit == then.visit is not None
    assert first.claims.get().ends_at == first.ends_at, "free time lies around the visit, not inside it"


# --- On purpose -------------------------------------------------------------------------------------------------------


def test_the_team_may_double_book_on_purpose_and_the_constraint_stays(in_salon):
    cut = make.service(make.staff("Noa"))
    book(in_salon, cut, "10:00")

    doubled = book(in_salon, cut, "10:30", by_team=True, is_forced=True)

    assert doubled.is_rule_bypassed
    claim = doubled.claims.get()
    assert (claim.unit, claim.is_forced) == (2, True)
    assert listed(in_salon, cut)[:2] == ["09:00", "11:30"], "nobody else is let in beside it"


def test_nobody_to_do_it_is_said_before_anything_is_looked_up(in_salon):
    noa = make.staff("Noa", is_active=False)

    with pytest.raises(NobodyDoesIt):
        book(in_salon, make.service(noa), "10:00")


def test_a_hold_that_ran_out_is_as_if_it_were_not_there(in_salon):
    cut = make.service(make.staff("Noa"))
    held = book(in_salon, cut, "10:00")
    Claim.objects.filter(booking=held).update(expires_at=clock.now() - timedelta(seconds=1))

    assert "10:00" in listed(in_salon, cut)
    assert book(in_salon, cut, "10:00").pk != held.pk


def test_a_visitor_in_auckland_is_offered_the_same_instants(in_salon):
    """What a page shows in another zone is the same slot: nothing of the engine knows where somebody looks from."""
    cut = make.service(make.staff("Noa"))
    slot = queries.free_times(in_salon, cut, first_day=TUESDAY, days=1)[0].slots[0]
    there = slot.starts_at.astimezone(ZoneInfo("Pacific/Auckland"))

    assert f"{there:%a %H:%M}" == "Tue 21:00"
    booked = lifecycle.book(in_salon, cut, there, make.customer(in_salon), notify=False)
    assert booked.starts_at == slot.starts_at
    assert booked.local_start == "2026-11-24T09:00"


def test_a_closure_over_three_bookings_cancels_none_and_names_them(in_salon):
    cut = make.service(make.staff("Noa"))
    three = [book(in_salon, cut, time) for time in ("10:00", "12:00", "15:00")]
    closure = Closure(project=in_salon, starts_at=at(in_salon, "09:00"), ends_at=at(in_salon, "17:00"))

    met = rota.close(closure)

    assert list(met) == three
    assert all(Booking.objects.get(pk=one.pk).is_confirmed for one in three)
    assert listed(in_salon, cut) == []


def test_a_need_of_which_everything_is_switched_off_is_not_forgotten(in_salon):
    cut = needed(make.service(make.staff("Noa")), 2, thing("Chair", is_active=False))

    assert listed(in_salon, cut) == []
    with pytest.raises(NobodyDoesIt):
        book(in_salon, cut, "10:00")
