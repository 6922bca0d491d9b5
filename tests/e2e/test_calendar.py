"""A booking is dragged in the calendar, by the pointer and by keys; what the server refuses stays where it was."""

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
        Resource.objects.filter(pk__in=[ana.pk, luis.pk]).update(is_active=False)


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
