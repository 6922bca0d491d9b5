"""Units of a pool: asked for without a time, by several needs at once, fixed and floating: listed is bookable."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flectar.offers.booking import availability
from flectar.offers.booking.availability import Diary, Need, Part, Rules
from flectar.offers.booking.deeds import asking, lifecycle
from flectar.offers.booking.deeds.states import Status
from flectar.offers.booking.errors import SlotTaken
from flectar.offers.booking.models import Booking, Claim
from flectar.offers.booking.scheduling import why
from tests.offers.booking import make
from tests.offers.booking.make import at
from tests.offers.booking.test_engine import book, listed, needed, thing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

both_kinds = pytest.mark.parametrize("allocation", ["fixed", "floating"])


def units(booking: Booking) -> list[int]:
    return sorted(Claim.objects.filter(booking=booking).values_list("unit", flat=True))


# --- Asked for without a time -----------------------------------------------------------------------------------------


@both_kinds
def test_a_request_may_ask_for_two_units_of_a_pool(in_salon, allocation):
    tables = thing("Tables", units=2, allocation=allocation)
    party = needed(make.service(tables, mode="request"), 1, qty=2)
    taken = book(in_salon, make.service(tables), "10:00", by_team=True)

    assert "10:00" in listed(in_salon, party)  # whoever asks without a time asks whether it is open
    assert why.ask(in_salon, party, at(in_salon, "10:00")).is_free
    asked = book(in_salon, party, "12:00")

    assert asked.status == Status.REQUESTED
    assert units(taken) == [1]
    assert units(asked) == []


@both_kinds
def test_a_request_is_accepted_onto_the_unit_that_is_free(in_salon, allocation):
    tables = thing("Tables", units=2, allocation=allocation)
    ask = make.service(tables, mode="request")
    first, second, third = (book(in_salon, ask, "12:00") for _ in range(3))

    asking.accept(first, notify=False)
    asking.accept(second, notify=False)
    with pytest.raises(SlotTaken):
        asking.accept(third, notify=False)

    assert units(first) + units(second) == [1, 2]
    assert units(third) == []


def test_the_team_books_a_request_only_where_it_is_really_free(in_salon):
    ask = make.service(make.staff("Ana"), mode="request")
    book(in_salon, ask, "10:00", by_team=True)

    assert "10:00" not in listed(in_salon, ask, for_team=True)
    assert not why.ask(in_salon, ask, at(in_salon, "10:00"), by_team=True).is_free
    with pytest.raises(SlotTaken):
        book(in_salon, ask, "10:00", by_team=True)


def test_a_request_that_is_moved_by_the_customer_still_takes_no_time(in_salon):
    ask = make.service(make.staff("Ana"), mode="request")
    book(in_salon, ask, "10:00", by_team=True)
    asked = book(in_salon, ask, "12:00")

    lifecycle.move(asked, at(in_salon, "10:00"), notify=False)

    assert asked.starts_at == at(in_salon, "10:00")
    assert units(asked) == []


def test_a_confirmed_request_moves_only_to_where_it_is_free(in_salon):
    ask = make.service(make.staff("Ana"), mode="request")
    book(in_salon, ask, "10:00", by_team=True)
    mine = book(in_salon, ask, "12:00", by_team=True)

    with pytest.raises(SlotTaken):
        lifecycle.move(mine, at(in_salon, "10:00"), notify=False)
    mine.refresh_from_db()
    assert mine.starts_at == at(in_salon, "12:00")


# --- Two needs from one pool ------------------------------------------------------------------------------------------


@both_kinds
def test_two_needs_take_two_units_of_one_pool(in_salon, allocation):
    chairs = thing("Chairs", units=2, allocation=allocation)
    duo = needed(make.service(chairs), 2, chairs)

    assert "10:00" in listed(in_salon, duo)
    booked = book(in_salon, duo, "10:00")

    assert units(booked) == [1, 2]
    assert "10:00" not in listed(in_salon, duo)
    with pytest.raises(SlotTaken):
        book(in_salon, duo, "10:00")


@both_kinds
def test_two_needs_with_one_unit_left_are_not_offered(in_salon, allocation):
    chairs = thing("Chairs", units=2, allocation=allocation)
    duo = needed(make.service(chairs), 2, chairs)
    book(in_salon, make.service(chairs), "10:00")

    assert "10:00" not in listed(in_salon, duo)
    assert "11:00" in listed(in_salon, duo)
    with pytest.raises(SlotTaken):
        book(in_salon, duo, "10:00")


def test_a_need_of_one_and_a_need_of_two_share_three_people(in_salon):
    ana, ben, eva = (make.staff(name) for name in ("Ana", "Ben", "Eva"))
    show = needed(make.service(ana, ben, eva), 2, ana, ben, eva, qty=2)

    assert "10:00" in listed(in_salon, show)
    booked = book(in_salon, show, "10:00")

    assert Claim.objects.filter(booking=booked).values("resource").distinct().count() == 3


def test_a_need_of_one_and_a_need_of_two_are_too_much_for_two_people(in_salon):
    ana, ben = make.staff("Ana"), make.staff("Ben")
    show = needed(make.service(ana, ben), 2, ana, ben, qty=2)

    assert listed(in_salon, show) == []
    with pytest.raises(SlotTaken):
        book(in_salon, show, "10:00")


def test_an_extra_takes_another_unit_of_the_pool_of_its_service(in_salon):
    beds = thing("Beds", units=2)
    service = make.service(beds)
    extra = service.extras.create(project=in_salon, name="A second bed", stock=beds)

    booked = book(in_salon, service, "10:00", extras={extra: 1})

    assert units(booked) == [1, 2]


def test_a_floating_pool_makes_room_for_parts_with_a_gap(in_salon):
    """Each part on a unit of its own: nobody is told which."""
    pool = thing("Machines", units=2, allocation="floating")
    long = make.service(pool, duration_min=60)
    book(in_salon, long, "10:00")
    book(in_salon, long, "11:00")
    gapped = make.service(pool, duration_min=120)
    needed(gapped, 1, parts=[[0, 60], [60, 60]])

    assert "10:00" in listed(in_salon, gapped)
    booked = book(in_salon, gapped, "10:00")
    assert len(units(booked)) == 2


# --- Any pools, any needs ---------------------------------------------------------------------------------------------

HOURS = [(0, 12 * 60)]
RULES = Rules(duration=60, step=30)


@st.composite
def diaries(draw: st.DrawFn) -> list[Diary]:
    found = []
    for number in range(draw(st.integers(1, 3))):
        lanes = []
        for _unit in range(draw(st.integers(1, 3))):
            starts = draw(st.sets(st.integers(0, 7), max_size=3))
            lanes.append([(60 * start, 60 * start + 60) for start in sorted(starts)])
        if len(lanes) == 1:
            found.append(Diary(number, HOURS, claims=lanes[0]))
        else:
            found.append(Diary(number, HOURS, lanes=lanes, is_floating=draw(st.booleans())))
    return found


PARTS = [(), (Part(0, 30),), (Part(30, 30),), (Part(0, 30), Part(30, 30, 0, 30))]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_what_is_listed_can_be_dealt_to_units_that_nobody_has(data):
    """Every start: the needs are met exactly when there is a way to deal them, and no unit is dealt twice."""
    pool = data.draw(diaries())
    needs = [
        Need(
            data.draw(st.lists(st.sampled_from(pool), min_size=1, max_size=3, unique_by=lambda one: one.who)),
            data.draw(st.sampled_from(PARTS)),
            data.draw(st.integers(1, 3)),
        )
        for _ in range(data.draw(st.integers(1, 3)))
    ]
    free = availability.free_starts(needs, RULES, 0, 480)

    for start in range(0, 480, 30):
        dealt = availability.assign(needs, free[start], RULES, start) if start in free else None
        assert (dealt is not None) == (start in free)
        assert (dealt is not None) == _can_be_dealt(needs, start)
        if dealt:
            assert [sum(map(len, one.values())) for one in dealt] == [need.qty for need in needs]


def _can_be_dealt(needs: list[Need], start: int) -> bool:
    """Every way, one unit after another. Of a floating pool only how many are in use at once counts."""
    slots = [need for need in needs for _ in range(need.qty)]
    busy: dict[tuple[object, int], list[tuple[int, int]]] = {}
    for diary in (diary for need in needs for diary in need.diaries):
        lanes = diary.lanes or [diary.claims]
        if diary.is_floating:
            lanes = [[span for lane in lanes for span in lane]]
        busy |= {(diary.who, unit): list(lane) for unit, lane in enumerate(lanes)}

    def fits(diary: Diary, unit: int, spans: list[tuple[int, int]]) -> bool:
        taken = busy[diary.who, unit]
        most = len(diary.lanes) - 1 if diary.is_floating else 0
        return all(sum(a <= minute < b for a, b in taken) <= most for a, b in spans for minute in range(a, b, 30))

    def go_on(index: int) -> bool:
        if index == len(slots):
            return True
        need = slots[index]
        spans = [part.with_buffers(start) for part in need.parts or RULES.whole]
        for diary in need.diaries:
            for unit in [0] if diary.is_floating else range(diary.units):
                if fits(diary, unit, spans):
                    busy[diary.who, unit] += spans
                    if go_on(index + 1):
                        return True
                    for span in spans:
                        busy[diary.who, unit].remove(span)
        return False

    return go_on(0)


def test_the_first_reason_why_two_needs_are_not_met_is_that_there_are_too_few(in_salon):
    chairs = thing("Chairs", units=2)
    duo = needed(make.service(chairs), 2, chairs)
    book(in_salon, make.service(chairs), "10:00")

    answer = why.ask(in_salon, duo, at(in_salon, "10:00"))

    assert not answer.is_free
    assert answer.told == availability.Reason.CAPACITY
    assert why.ask(in_salon, duo, at(in_salon, "10:00") + timedelta(hours=1)).is_free
