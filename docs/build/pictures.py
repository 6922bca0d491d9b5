"""Takes the pictures of README and docs/use from a running demo, with a real browser.

    bin/run --detach && bin/pictures

FLECTAR_PORT chooses the installation (8000). Pictures are reduced to a palette, so that each stays below 200 kB.
"""

import io
import os
import sys
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, sync_playwright

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
    is_whole: bool = False  # the whole page, not only the first screen


PICTURES = [
    Picture("home", "/{project}/"),
    Picture("home-dark", "/{project}/", scheme="dark"),
    Picture("home-phone", "/{project}/", PHONE),
    Picture("calendar", "/{project}/calendar"),
    Picture("bookings", "/{project}/bookings"),
    Picture("bookings-selected", "/{project}/bookings", keys=("j", "x", "j", "j", "x", "j", "x")),
    Picture("customers", "/{project}/customers/"),
    Picture("customer-glance", "/{project}/customers/", keys=("j", "j", "Space"), shows=".peek"),
    Picture("notifications", "/{project}/bookings", tap=".bell", shows=".told"),
    Picture("told", "/{project}/notifications/preferences"),
    Picture("palette", "/{project}/", keys=("Control+k",), shows=".palette .opt"),
    Picture("bookings-phone", "/{project}/bookings", PHONE),
    Picture("calendar-phone-dark", "/{project}/calendar", PHONE, "dark"),
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
        for picture in PICTURES:
            take(browser, picture, owner)
        browser.close()


def take(browser: Browser, picture: Picture, owner: dict[str, str]) -> None:
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.scheme == "dark" else "light",
        locale="en-GB",
        timezone_id="Europe/Madrid",  # where the demo businesses are
        reduced_motion="reduce",
    )
    host = f"{picture.site}.localhost" if picture.site else "localhost"
    if not picture.site:
        sign_in(context, owner)
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
    save(picture.name, page.screenshot(full_page=picture.is_whole))
    context.close()


def sign_in(context: BrowserContext, owner: dict[str, str]) -> None:
    page = context.new_page()
    page.goto(f"http://localhost:{PORT}/account/login/")
    page.get_by_label("Email").fill(owner["email"])
    page.get_by_label("Password").fill(owner["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/account/login" not in url)
    page.close()


def save(name: str, png: bytes) -> None:
    """With as many colours as fit."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (256, 128, 64, 32):
        small = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
        if small.tell() < MOST_BYTES:
            break
    (FOLDER / f"{name}.png").write_bytes(small.getvalue())
    sys.stdout.write(f"{name}.png {small.tell() // 1000} kB\n")


if __name__ == "__main__":
    main()
