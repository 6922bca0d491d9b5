"""Takes the pictures of README and docs/use from a running demo, with a real browser.

    bin/run --detach && bin/pictures

FLECTAR_PORT chooses the installation (8000); names after the command take those pictures only. Pictures are reduced to
a palette, so that each stays below 200 kB. Home and the calendar are best taken in the morning of a working day.
"""

import io
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src"))

from flectar.demo import logins  # noqa: E402 - the path above comes first

PORT = int(os.environ.get("FLECTAR_PORT") or 8000)
FOLDER = ROOT / "docs" / "pictures"
MOST_BYTES = 200_000
DESK, PHONE = (1280, 800), (375, 760)


class Picture(NamedTuple):
    name: str
    path: str
    size: tuple[int, int] = DESK
    scheme: str = "light"
    site: str = ""  # the public host to open it on, instead of the owner's dashboard
    tap: str = ""  # what is tapped before the picture is taken
    keys: tuple[str, ...] = ()  # what is pressed then
    shows: str = ""  # what has come when it is ready
    is_signed_in: bool = True


PICTURES = [
    Picture("home", "/{project}/"),
    Picture("home-dark", "/{project}/", scheme="dark"),
    Picture("home-phone", "/{project}/", PHONE),
    Picture("calendar", "/{project}/calendar"),
    Picture("calendar-week", "/{project}/calendar?view=week"),
    Picture("calendar-month", "/{project}/calendar?view=month"),
    Picture("calendar-agenda", "/{project}/calendar?view=agenda"),
    Picture("bookings", "/{project}/bookings"),
    Picture("bookings-selected", "/{project}/bookings", keys=("j", "x", "j", "j", "x", "j", "x")),
    Picture("booking", "/{project}/bookings", tap="main .table .quietlink"),
    Picture("booking-new", "/{project}/bookings/new"),
    Picture("requests", "/{project}/bookings/requests"),
    Picture("day-sheet", "/{project}/calendar/sheet"),
    Picture("bookings-import", "/{project}/bookings/imports"),
    Picture("classes", "/{project}/classes"),
    Picture("customers", "/{project}/customers/"),
    Picture("customer", "/{project}/customers/", tap="main .table .quietlink"),
    Picture("customer-new", "/{project}/customers/new"),
    Picture("customer-import", "/{project}/customers/imports"),
    Picture("customer-glance", "/{project}/customers/", keys=("j", "j", "Space"), shows=".peek"),
    Picture("services", "/{project}/services"),
    Picture("service", "/{project}/services", tap="main .table .quietlink"),
    Picture("services-order", "/{project}/services/order"),
    Picture("staff", "/{project}/staff"),
    Picture("person", "/{project}/staff", tap="main .table .quietlink"),
    Picture("closures", "/{project}/closures"),
    Picture("website", "/{project}/website/"),
    Picture("notifications", "/{project}/bookings", tap=".bell", shows=".told"),
    Picture("told", "/{project}/notifications/preferences"),
    Picture("palette", "/{project}/", keys=("Control+k",), shows=".palette .opt"),
    Picture("shortcuts", "/{project}/", keys=("?",), shows="#shortcuts[open]"),
    Picture("search", "/{project}/search?q=a"),
    Picture("projects", "/projects"),
    Picture("project-new", "/projects/new"),
    Picture("settings-business", "/{project}/settings/business"),
    Picture("settings-hours", "/{project}/settings/hours"),
    Picture("settings-locations", "/{project}/settings/locations"),
    Picture("settings-place", "/{project}/settings/place"),
    Picture("settings-address", "/{project}/settings/address"),
    Picture("settings-domains", "/{project}/settings/domains"),
    Picture("settings-modules", "/{project}/settings/modules"),
    Picture("settings-team", "/{project}/settings/team"),
    Picture("settings-embed", "/{project}/settings/embed"),
    Picture("settings-letters", "/{project}/settings/letters"),
    Picture("settings-no-shows", "/{project}/settings/no-shows"),
    Picture("settings-coupons", "/{project}/settings/coupons"),
    Picture("settings-prepaid", "/{project}/settings/prepaid"),
    Picture("settings-terms", "/{project}/settings/terms"),
    Picture("settings-keys", "/{project}/settings/keys/"),
    Picture("settings-key-new", "/{project}/settings/keys/new"),
    Picture("settings-webhooks", "/{project}/settings/webhooks/"),
    Picture("settings-webhook-new", "/{project}/settings/webhooks/new"),
    Picture("settings-messages", "/{project}/settings/messages/"),
    Picture("settings-mail-previews", "/{project}/settings/mail-previews/"),
    Picture("settings-log", "/{project}/settings/log"),
    Picture("settings-project", "/{project}/settings/project"),
    Picture("organization", "{organization}"),
    Picture("organization-security", "{organization}security"),
    Picture("organization-roles", "{organization}roles"),
    Picture("organization-invite", "{organization}invitations/new"),
    Picture("sign-in", "/account/login/", is_signed_in=False),
    Picture("sign-up", "/account/signup/", is_signed_in=False),
    Picture("sign-in-code", "/account/login/code/", is_signed_in=False),
    Picture("account", "/account/"),
    Picture("account-email", "/account/email/"),
    Picture("account-phone", "/account/phone/"),
    Picture("account-two-step", "/account/two-step/"),
    Picture("account-devices", "/account/sessions/"),
    Picture("account-activity", "/account/activity/"),
    Picture("account-data", "/account/data/"),
    Picture("bookings-phone", "/{project}/bookings", PHONE),
    Picture("calendar-phone-dark", "/{project}/calendar", PHONE, "dark"),
    Picture("customers-phone", "/{project}/customers/", PHONE),
    Picture("settings-phone", "/{project}/settings/business", PHONE),
    Picture("site", "/", site="brizna"),
    Picture("site-clinic", "/", site="paso"),
    Picture("site-clinic-dark", "/", scheme="dark", site="paso"),
    Picture("site-phone", "/", PHONE, site="brizna"),
    Picture("book-phone", "/book", PHONE, site="brizna"),
    Picture("time-phone", "/book/curl-cut", PHONE, site="brizna"),
    Picture("details-phone", "/book/curl-cut", PHONE, site="brizna", tap=".slots button"),
]


def main() -> None:
    owner = logins()[0]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        system = Path(os.environ.get("FLECTAR_CHROMIUM", "/usr/bin/chromium"))
        browser = driver.chromium.launch(executable_path=system if system.exists() else None, args=arguments)
        wanted = set(sys.argv[1:]) or {picture.name for picture in PICTURES}
        session = sign_in(browser, owner)
        for picture in PICTURES:
            if picture.name in wanted:
                take(browser, picture, owner, session)
        browser.close()


def take(browser: Browser, picture: Picture, owner: dict[str, str], session: Any) -> None:
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.scheme == "dark" else "light",
        locale="en-GB",
        timezone_id="Europe/Madrid",  # where the demo businesses are
        reduced_motion="reduce",
        storage_state=session if picture.is_signed_in and not picture.site else None,
    )
    host = f"{picture.site}.localhost" if picture.site else "localhost"
    page = context.new_page()
    answer = page.goto(f"http://{host}:{PORT}{picture.path.format(**owner)}", wait_until="networkidle")
    if answer is None or not answer.ok:
        raise SystemExit(f"{picture.path} answered {answer and answer.status}: is the demo running on port {PORT}?")
    if picture.tap:
        page.locator(picture.tap).first.click()
        page.wait_for_load_state("networkidle")
    for key in picture.keys:
        page.keyboard.press(key)
    if picture.shows:
        page.locator(picture.shows).first.wait_for()
    save(picture.name, page.screenshot())
    context.close()


def sign_in(browser: Browser, owner: dict[str, str]) -> Any:
    """Once; the address of the owner's organization is kept with their other facts."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"http://localhost:{PORT}/account/login/")
    page.get_by_label("Email").fill(owner["email"])
    page.get_by_label("Password").fill(owner["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/account/login" not in url)
    page.goto(f"http://localhost:{PORT}/{owner['project']}/settings/team")
    link = page.locator("a[href^='/organizations/']").first.get_attribute("href") or ""
    owner["organization"] = "/".join([*link.split("/")[:3], ""])
    session = context.storage_state()
    context.close()
    return session


def save(name: str, png: bytes) -> None:
    """With as many colours as fit."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (256, 128, 64, 32):
        small = io.BytesIO()
        few = image.quantize(colours, dither=Image.Dither.NONE).convert("RGB")
        few.save(small, "WEBP", lossless=True, quality=100, method=6)
        if small.tell() < MOST_BYTES:
            break
    (FOLDER / f"{name}.webp").write_bytes(small.getvalue())
    sys.stdout.write(f"{name}.webp {small.tell() // 1000} kB\n")


if __name__ == "__main__":
    main()
