"""The whole story, told by two browsers: somebody books, moves and cancels; the owner sees it; a stranger does not.

Everything is real: the page from the front layer, the mail through the worker and the local provider, the links out of
that mail. Once at a desk without script, once on a phone with it.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from playwright.sync_api import Locator, Page, expect

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Resource, Service
from flectar.offers.booking.services import catalogue
from flectar.offers.booking.services.composition import Composition, Need
from flectar.platform.accounts.models import User
from flectar.platform.projects import creation, hours, profile
from flectar.platform.projects.models import Project
from tests import canary, make
from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.world import World

pytestmark = pytest.mark.browser
DESK_WITHOUT_SCRIPT = Mode(1280, "light", has_script=False)
PHONE = Mode(375, "light", has_script=True)
PATIENCE = 30.0
LINDA = "Linda Roca"


@dataclass
class Shop:
    """A salon where it is about eight in the morning, whenever the tests run: today still has free times."""

    project: Project
    owner: User
    seen: list[str] = field(default_factory=list)  # the addresses the owner read her in

    @property
    def site(self) -> str:
        return self.project.site_host

    @property
    def today(self) -> str:
        return format_date(self.project.today, "EEEE", locale="en_GB")


@pytest.fixture(params=[DESK_WITHOUT_SCRIPT, PHONE], ids=str)
def mode(request: pytest.FixtureRequest) -> Mode:
    chosen: Mode = request.param
    return chosen


@pytest.fixture
def shop(mode: Mode, world: World) -> Shop:
    slug = "desk-salon" if mode.width > 760 else "phone-salon"
    owner = make.user(f"olivia@{slug}.example", first_name="Olivia", last_name="Prats")
    project = creation.create(
        creation.NewProject("Tijera", slug, "salon", zone_at_eight(), "EUR", "en", "ES", None, f"{slug} SL"), by=owner
    )
    with project_scope(project.pk):
        profile.save_business(
            project,
            name="Tijera",
            profile={
                "tagline": "Scissors and time.",
                "street": "Carrer de Cadis 41",
                "postal_code": "46006",
                "city": "Valencia",
                "phone": "+34960000141",
                "email": f"hola@{slug}.example",
            },
        )
        hours.set_week(project, [hours.Window.between(day, 9 * 60, 21 * 60) for day in range(7)])
        noa = catalogue.save_person(project, Resource(name="Noa Vidal"), [], is_new=True)
        cut = Service(name="Curl cut", slug="curl-cut", duration_min=60, step_min=30, price_minor=5800)
        cut.notice_min = cut.change_notice_min = 0
        catalogue.save_service(project, cut, Composition([Need((noa.pk,))]), before=None)
    return Shop(project, owner)


def zone_at_eight() -> str:
    east = 8 - clock.now().hour
    east += 24 if east < -12 else 0
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"


@dataclass(frozen=True)
class People:
    """Each in a browser of their own; nobody is signed in but the stranger, to a business of his own."""

    visitor: Page
    owner: Page
    stranger: Page


@pytest.fixture
def people(mode: Mode, windows: Windows, world: World) -> Iterator[People]:
    contexts = [windows.fresh(mode), windows.fresh(mode), windows.fresh(mode, world.stranger)]
    yield People(*(context.new_page() for context in contexts))
    for context in contexts:
        context.close()


def test_a_booking_from_the_first_look_to_its_end(people: People, shop: Shop, server: Server, world: World):
    visitor, owner = people.visitor, people.owner
    read_the_page(visitor, shop, server)
    email = f"linda@{shop.project.slug}.example"
    book_in_three_taps(visitor, email)
    booking = booking_of(shop, email)
    expect(visitor.get_by_text(booking.code)).to_be_visible()

    own_page = open_from_the_mail(visitor, server, shop, booking)
    move(own_page, shop)

    sign_in(owner, server, shop)
    find_in_todays_list(owner, server, shop)
    find_in_the_calendar(owner, server, shop)
    find_the_customer(owner, server, shop, email)
    change_the_hours(owner, visitor, server, shop)

    refuse_the_stranger(people.stranger, server, shop, booking, world)

    cancel(own_page, booking, server, shop)
    see_it_cancelled(owner, server, shop, booking)


def read_the_page(visitor: Page, shop: Shop, server: Server) -> None:
    visitor.goto(server.url("/", shop.site))
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Scissors and time.")
    expect(visitor.get_by_text("Carrer de Cadis 41").first).to_be_visible()
    expect(visitor.get_by_role("table", name="Opening hours")).to_contain_text("9:00–21:00")
    row = visitor.get_by_role("listitem").filter(has=visitor.get_by_role("heading", name="Curl cut"))
    expect(row).to_contain_text("1 h")
    expect(row).to_contain_text("€58")


def book_in_three_taps(visitor: Page, email: str) -> None:
    tap(visitor.get_by_role("link", name="Book Curl cut"))
    tap(first_free(visitor))
    visitor.get_by_label("Name").fill(LINDA)
    visitor.get_by_label("Email").fill(email)
    tap(visitor.get_by_role("button", name="Book – pay €58 there"))
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("See you on")
    expect(visitor.get_by_text("on its way to your email")).to_be_visible()


def open_from_the_mail(visitor: Page, server: Server, shop: Shop, booking: Booking) -> Page:
    """The mail arrives with a calendar file; its link opens the booking's own page."""
    open_mail(visitor, server, to=f"linda@{shop.project.slug}.example")
    files = visitor.get_by_role("link", name=re.compile(r"\.ics$"))
    with visitor.expect_download() as arriving:
        files.click()
    invitation = arriving.value.path().read_text(encoding="utf-8")
    assert "BEGIN:VCALENDAR" in invitation
    assert "SUMMARY:Curl cut" in invitation
    assert f"DTSTART:{booking.starts_at:%Y%m%dT%H%M%SZ}" in invitation or "DTSTART;TZID=" in invitation

    body = visitor.frame_locator("iframe.mail")
    with visitor.context.expect_page() as opening:
        body.get_by_role("link", name="See, move or cancel").click()
    own_page = opening.value
    expect(own_page.get_by_text(booking.code)).to_be_visible()
    with own_page.expect_download() as arriving:
        own_page.get_by_role("link", name="Add to calendar").click()
    assert arriving.value.suggested_filename == f"{booking.code}.ics"

    open_mail(visitor, server, to=shop.owner.email)
    return own_page


def move(own_page: Page, shop: Shop) -> None:
    """To the last time of today."""
    own_page.get_by_role("link", name="Move", exact=True).click()
    last = own_page.locator(".slots button").last
    expect(last).to_contain_text("20:00")
    tap(last)
    expect(own_page.get_by_text("The old time is free again.")).to_be_visible()
    expect(own_page.locator(".ticket .big").first).to_contain_text("20:00")


def sign_in(owner: Page, server: Server, shop: Shop) -> None:
    owner.goto(server.url("/account/login/"))
    owner.get_by_label("Email").fill(shop.owner.email)
    owner.get_by_label("Password").fill(canary.PASSWORD)
    owner.get_by_role("button", name="Sign in", exact=True).click()
    owner.wait_for_url(re.compile(f"/{shop.project.slug}/"))


def find_in_todays_list(owner: Page, server: Server, shop: Shop) -> None:
    expect(owner.get_by_text("1 booking today.")).to_be_visible()
    entry = owner.get_by_role("region", name="Next up").get_by_role("listitem").filter(has_text=LINDA)
    expect(entry).to_contain_text("20:00")
    expect(entry).to_contain_text("Curl cut with Noa")
    shop.seen.append(owner.url)
    entry.get_by_role("link", name=LINDA).click()
    expect(owner.get_by_role("heading", level=1)).to_have_text(f"Curl cut for {LINDA}")
    shop.seen.append(owner.url)


def find_in_the_calendar(owner: Page, server: Server, shop: Shop) -> None:
    for view in ("day", "week", "agenda"):
        owner.goto(server.url(f"/{shop.project.slug}/calendar?view={view}"))
        expect(owner.locator("#main").get_by_text(LINDA).filter(visible=True).first).to_be_visible()
        shop.seen.append(owner.url)


def find_the_customer(owner: Page, server: Server, shop: Shop, email: str) -> None:
    owner.goto(server.url(f"/{shop.project.slug}/search"))
    owner.get_by_role("searchbox").fill("linda roc")
    owner.get_by_role("searchbox").press("Enter")
    shop.seen.append(server.url(f"/{shop.project.slug}/search?q=linda"))
    owner.locator("#main").get_by_role("link", name=LINDA).first.click()
    expect(owner.get_by_role("heading", level=1)).to_have_text(LINDA)
    expect(owner.get_by_text(email).first).to_be_visible()
    shop.seen.append(owner.url)


def change_the_hours(owner: Page, visitor: Page, server: Server, shop: Shop) -> None:
    """Saved, and the very next look at the page shows it."""
    owner.goto(server.url(f"/{shop.project.slug}/settings/hours"))
    owner.get_by_label(f"{shop.today}, closes").fill("22:30")
    owner.locator("#week").get_by_role("button", name="Save").last.click()
    expect(owner.get_by_role("status").filter(has_text=re.compile("saved", re.IGNORECASE))).to_be_visible()
    shop.seen.append(owner.url)

    visitor.goto(server.url("/", shop.site))
    expect(visitor.get_by_role("table", name="Opening hours")).to_contain_text("9:00–22:30")


def refuse_the_stranger(page: Page, server: Server, shop: Shop, booking: Booking, world: World) -> None:
    """None of the addresses at which the owner saw her, and no word of her in the stranger's own business."""
    assert len(shop.seen) >= 8
    for address in shop.seen:
        answer = page.goto(address)
        assert answer is not None
        assert (answer.status, LINDA in page.content()) == (404, False), address
    clinic = world.clinic.slug
    for path in (
        *(f"/{clinic}/{rest}" for rest in ("", "calendar", "bookings?view=all", "customers/", "settings/log")),
        *(f"/{clinic}/search?q={word}" for word in ("linda", booking.code)),
        *(f"/{clinic}/{kind}" for kind in (f"bookings/{booking.pk}", f"customers/{booking.customer_id}")),
    ):
        page.goto(server.url(path))
        assert LINDA not in page.content(), path
    answer = page.goto(server.url(f"/booking/{booking.token}", world.clinic.site_host))
    assert answer is not None
    assert answer.status == 404


def cancel(own_page: Page, booking: Booking, server: Server, shop: Shop) -> None:
    own_page.get_by_role("link", name="Cancel", exact=True).click()
    own_page.get_by_role("button", name="Cancel the booking").click()
    expect(own_page.get_by_role("heading", level=1)).to_have_text("This booking is cancelled.")
    own_page.goto(server.url("/book/curl-cut", shop.site))
    expect(own_page.get_by_role("button", name=re.compile("^20:00"))).to_be_visible()


def see_it_cancelled(owner: Page, server: Server, shop: Shop, booking: Booking) -> None:
    owner.goto(server.url(f"/{shop.project.slug}/bookings/{booking.pk}"))
    expect(owner.get_by_text("Cancelled").first).to_be_visible()
    owner.goto(server.url(f"/{shop.project.slug}/"))
    expect(owner.get_by_text("Nothing is booked today.")).to_be_visible()


def tap(target: Locator) -> None:
    if target.page.viewport_size and target.page.viewport_size["width"] < 760:
        target.tap()
    else:
        target.click()


def first_free(page: Page) -> Locator:
    return page.locator(".slots button").first


def booking_of(shop: Shop, email: str) -> Booking:
    with project_scope(shop.project.pk):
        found: Booking = Booking.objects.get(customer__emails__email=email)
        return found


def open_mail(page: Page, server: Server, *, to: str) -> None:
    """The newest mail to somebody, as soon as the worker has sent it."""
    mine = page.get_by_role("link").filter(has_text=to)

    def has_come() -> bool:
        page.goto(server.url("/demo/mailbox/"))
        return mine.count() > 0

    wait_until(has_come, f"a mail to {to}")
    mine.first.click()


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Each look asks the server again; nothing sleeps."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"in vain: {what}"


def local_now(zone: str) -> datetime:
    return clock.now().astimezone(ZoneInfo(zone))


def test_the_shop_of_the_story_has_its_morning_now():
    assert local_now(zone_at_eight()).hour == 8
