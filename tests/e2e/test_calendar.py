"""A booking is dragged in the calendar, by the pointer, by keys and by a finger; what the server refuses stays where it
was. Requests are answered in their cards."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Resource
from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.world import World
from tests.offers.booking import make

pytestmark = pytest.mark.browser


@pytest.fixture
def dragged(world: World) -> Iterator[Booking]:
    """Two people of their own kind, so that the day shows nobody else, and two bookings."""
    salon, day = world.salon, world.salon.today + timedelta(days=43)
    while day.weekday() > 4:
        day += timedelta(days=1)
    with project_scope(salon.pk):
        ana, luis = (make.staff(name, kind=Resource.Kind.EQUIPMENT) for name in ("Laser Ana", "Laser Luis"))
        service = make.service(ana, luis, name="Laser")
        made = make.booking(
            salon, service, make.at(salon, "10:00", day), customer=make.customer(salon, "Gema Arrastra"), resource=ana
        )
        make.booking(
            salon, service, make.at(salon, "13:00", day), customer=make.customer(salon, "Hugo Quieto"), resource=luis
        )
    yield made
    with project_scope(salon.pk):
        for one in (ana, luis):  # the next test has its own of these names
            Resource.objects.filter(pk=one.pk).update(is_active=False, name=str(one.pk), name_folded=str(one.pk))


def box(place: Locator) -> FloatRect:
    found = place.bounding_box()
    assert found is not None
    return found


def carry(page: Page, booking: Locator, column: Locator, hours: float) -> None:
    """Take hold of the booking, and bring it over the other column, so many hours lower."""
    start, over = box(booking), box(column)
    hour = box(page.locator(".cal-axis time").nth(1))["y"] - box(page.locator(".cal-axis time").nth(0))["y"]
    page.mouse.move(start["x"] + 30, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + 40, start["y"] + 20)
    page.mouse.move(over["x"] + 40, start["y"] + 12 + hours * hour, steps=3)


def test_check_20_a_booking_is_dragged_refused_moved_by_keys_and_brought_back(
    dragged: Booking, world: World, server: Server, windows: Windows
):
    context = windows.fresh(Mode(1280, "light", has_script=True), world.lucia)
    page = context.new_page()
    day = dragged.starts_at.astimezone(world.salon.tz).date()
    page.goto(server.url(f"/{world.salon.slug}/calendar?day={day}&kind=equipment"))
    ana, luis = (page.get_by_role("group", name=name) for name in ("Laser Ana", "Laser Luis"))
    gema = page.locator("a.ev", has_text="Gema Arrastra")
    expect(page.locator("x-calendar:defined")).to_be_attached()

    # Escape puts it back, and nothing was asked.
    carry(page, gema, luis, 1)
    expect(page.locator(".ev.drag")).to_contain_text("11:00–12:00")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".ev.drag")).to_have_count(0)

    # On another booking: the reason before the drop, and the server's after it.
    carry(page, gema, luis, 2.5)
    expect(page.locator(".ev.drag")).to_contain_text("Overlaps Hugo Quieto until 14:00")
    page.mouse.up()
    expect(page.locator(".toasts")).to_contain_text("It overlaps Hugo Quieto until 14:00.")
    expect(ana.locator("a.ev", has_text="Gema Arrastra")).to_be_visible()

    # From Ana to Luis, without a mail.
    carry(page, gema, luis, 1)
    page.mouse.up()
    dialog = page.get_by_role("dialog", name="Gema Arrastra")
    expect(dialog).to_contain_text("11:00–12:00 with Laser Luis")
    dialog.get_by_label("Tell the customer by email").uncheck()
    dialog.get_by_role("button", name="Move").click()
    expect(luis.locator("a.ev", has_text="Gema Arrastra")).to_contain_text("11:00–12:00")
    expect(page.locator(".toasts")).to_contain_text(re.compile("Gema Arrastra moved to .*11:00"))

    # By keys: back to Ana, half an hour later, half an hour longer.
    gema.focus()
    page.keyboard.press("m")
    expect(page.locator("[data-said]")).to_contain_text("Gema Arrastra is picked up.")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    for _row in range(6):
        page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".ev.drag")).to_contain_text("11:30–13:00")
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    page.keyboard.press("Enter")
    expect(ana.locator("a.ev", has_text="Gema Arrastra")).to_contain_text("11:30–13:00")

    page.get_by_role("button", name="Undo").click()
    expect(luis.locator("a.ev", has_text="Gema Arrastra")).to_contain_text("11:00–12:00")

    # Free time opens a short form over the calendar, and closes with the booking in it.
    ana.get_by_role("link", name="Book 16:00").click()
    short = page.get_by_role("dialog", name="New booking")
    short.get_by_label("Name").fill("Petra Rápida")
    short.get_by_label("Service").select_option(label="Laser, 1 h")
    short.get_by_role("button", name="Book", exact=True).click()
    expect(ana.locator("a.ev", has_text="Petra Rápida")).to_contain_text("16:00–17:00")

    with project_scope(world.salon.pk):
        dragged.refresh_from_db()
    assert (dragged.starts_at, dragged.minutes) == (make.at(world.salon, "11:00", day), 60)
    context.close()


class Finger:
    """One finger on the glass, as the browser gets it from the hardware."""

    def __init__(self, page: Page) -> None:
        self._protocol = page.context.new_cdp_session(page)

    def down(self, x: float, y: float) -> None:
        self._send("touchStart", {"x": x, "y": y})

    def move(self, x: float, y: float) -> None:
        self._send("touchMove", {"x": x, "y": y})

    def up(self) -> None:
        self._send("touchEnd")

    def _send(self, kind: str, *points: dict[str, float]) -> None:
        self._protocol.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})


def test_a_finger_that_stays_moves_a_booking_and_books_free_time_and_one_that_wanders_scrolls(
    dragged: Booking, world: World, server: Server, windows: Windows
):
    context = windows.fresh(Mode(900, "light", has_script=True), world.lucia, has_touch=True)
    page = context.new_page()
    day = dragged.starts_at.astimezone(world.salon.tz).date()
    page.goto(server.url(f"/{world.salon.slug}/calendar?day={day}&kind=equipment"))
    ana, luis = (page.get_by_role("group", name=name) for name in ("Laser Ana", "Laser Luis"))
    gema = page.locator("a.ev", has_text="Gema Arrastra")
    expect(page.locator("x-calendar:defined")).to_be_attached()
    finger = Finger(page)
    start, over = box(gema), box(luis)
    hour = box(page.locator(".cal-axis time").nth(1))["y"] - box(page.locator(".cal-axis time").nth(0))["y"]

    # One that stays takes hold of the booking, and carries it to Luis, an hour later.
    finger.down(start["x"] + 30, start["y"] + 12)
    expect(page.locator(".ev.drag")).to_contain_text("10:00–11:00")
    finger.move(start["x"] + 40, start["y"] + 20)
    finger.move(over["x"] + 40, start["y"] + 12 + hour)
    expect(page.locator(".ev.drag")).to_contain_text("11:00–12:00")
    finger.up()
    dialog = page.get_by_role("dialog", name="Gema Arrastra")
    expect(dialog).to_contain_text("11:00–12:00 with Laser Luis")
    dialog.get_by_label("Tell the customer by email").uncheck()
    dialog.get_by_role("button", name="Move").tap()
    expect(luis.locator("a.ev", has_text="Gema Arrastra")).to_contain_text("11:00–12:00")

    # On free time it opens the short form; the page behind stays.
    free = ana.locator(".ev.free", has_text="Book 15:00")
    free.scroll_into_view_if_needed()
    place = box(free)
    finger.down(place["x"] + 30, place["y"] + 12)
    expect(free).to_have_class(re.compile("held"))
    finger.up()
    short = page.get_by_role("dialog", name="New booking")
    expect(short.get_by_label("Time")).to_have_value("15:00")
    short.get_by_role("button", name="Cancel").tap()
    expect(short).to_be_hidden()

    # A finger that wanders at once takes hold of nothing: the tap after it opens the booking.
    place = box(gema)
    finger.down(place["x"] + 30, place["y"] + 12)
    finger.move(place["x"] + 30, place["y"] - 60)
    finger.move(place["x"] + 30, place["y"] - 120)
    expect(page.locator(".ev.drag")).to_have_count(0)
    finger.up()
    gema.tap()
    expect(page).to_have_url(re.compile(f"/bookings/{dragged.pk}$"))
    context.close()


def test_a_request_is_declined_undone_and_accepted_in_its_card(
    dragged: Booking, world: World, server: Server, windows: Windows
):
    salon = world.salon
    day = dragged.starts_at.astimezone(salon.tz).date()
    with project_scope(salon.pk):
        asks = make.service(dragged.resource, name="Laser for two", approval="all")
        asked = make.booking(
            salon, asks, make.at(salon, "14:00", day), customer=make.customer(salon, "Rita Pregunta"), by_team=False
        )
    context = windows.fresh(Mode(1280, "light", has_script=True), world.lucia)
    page = context.new_page()
    address = server.url(f"/{salon.slug}/calendar?day={day}&kind=equipment&service={asks.pk}")
    page.goto(address)
    expect(page.locator("x-calendar:defined")).to_be_attached()
    card = page.locator(f'.cal [data-of="{asked.pk}"]')
    counted = page.locator(".rail-list a", has_text="Bookings")
    with_hers = counted.text_content() or ""
    expect(counted).to_have_text(with_hers)
    expect(page.locator(".cal .ev.other")).to_have_count(2)

    # By keys: the reason is asked over the calendar, and Escape keeps the request.
    card.get_by_role("link", name="Decline Rita Pregunta").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Decline Rita Pregunta’s request")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    card.get_by_role("link", name="Decline Rita Pregunta").click()
    expect(dialog.get_by_label("Reason")).to_be_focused()
    page.keyboard.type("We are at a fair.")
    dialog.get_by_label("Tell the customer by email").uncheck()
    dialog.get_by_role("button", name="Decline").click()
    expect(card).to_have_count(0)
    expect(counted).not_to_have_text(with_hers)
    expect(page.locator("[role=status].said")).to_contain_text("Nothing on this day matches.")

    page.get_by_role("button", name="Undo").click()
    expect(card.get_by_role("button", name="Accept Rita Pregunta")).to_be_visible()
    expect(page).to_have_url(address)

    card.get_by_role("button", name="Accept Rita Pregunta").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toasts")).to_contain_text("Rita Pregunta is accepted for")
    expect(page.locator(f'a.ev.conf[data-of="{asked.pk}"]')).to_be_focused()
    expect(page).to_have_url(address)
    with project_scope(salon.pk):
        asked.refresh_from_db()
        assert asked.status == Booking.Status.CONFIRMED
    context.close()
