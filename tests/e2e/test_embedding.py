"""Booking on a website that is not ours: another server, another origin, its own strict policy."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import expect

from flectar.core.tenancy import project_scope
from flectar.offers.booking.models import Booking, Embedding
from flectar.offers.booking.public import embedding
from tests.e2e.conftest import Mode, Server, Windows
from tests.e2e.world import World

pytestmark = pytest.mark.browser


@dataclass
class Website:
    """Somebody's own page, at 127.0.0.1: to the browser another site than *.localhost."""

    port: int = 0
    pages: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def website() -> Iterator[Website]:
    site = Website()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = site.pages.get(self.path, "").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            # No inline style, no inline script, nothing from elsewhere but what is named.
            host = "http://nacar.localhost:*"
            self.send_header("Content-Security-Policy", f"default-src 'none'; script-src {host}; frame-src {host}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    site.port = server.server_address[1]
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_visitor_books_on_somebody_elses_website_without_a_cookie(
    world: World, server: Server, windows: Windows, website: Website
):
    service = world.ids["service_slug"]
    link = server.url(f"/book/{service}?with={world.ids['person']}", world.salon.site_host)
    script = f'<script async src="{server.url(embedding.SCRIPT, world.salon.site_host)}"></script>'
    for look in ("inline", "dialog"):
        snippet = f'<a href="{link}" data-flectar="{look}" data-close="Close">Book a time</a>\n{script}'
        website.pages[f"/{look}"] = f'<!doctype html><html lang="en"><title>A studio</title><h1>Studio</h1>{snippet}'
    with project_scope(world.salon.pk):
        embedding.change(world.salon, allows=Embedding.Allows.LISTED, origins=[website.origin])
    context = windows.fresh(Mode(1280, "light", has_script=True))
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)

    # In the page itself: the frame is as high as what is in it, step by step.
    page.goto(f"{website.origin}/inline")
    frame = page.frame_locator("iframe[title='Book a time']")
    frame.get_by_role("button", name=re.compile(r"^\d?\d:\d\d")).first.click()
    frame.get_by_label("Name").fill("Olga Ros")
    frame.get_by_label("Email").fill("olga.ros@example.com")
    expect(page.get_by_role("link", name="Book a time")).to_be_hidden()
    fits = "each => each.contentDocument === null && each.offsetHeight > 300"  # another origin: nobody looks inside
    assert page.locator("iframe").evaluate(fits)
    assert not frame.locator("html").evaluate("each => each.scrollHeight > each.clientHeight + 1")
    frame.get_by_role("button", name=re.compile("^Book")).click()
    expect(frame.get_by_role("heading", level=1, name=re.compile("See you on"))).to_be_visible()
    assert page.url == f"{website.origin}/inline"
    assert context.cookies() == []
    # Back to the form, from the browser's own copy: its key finds the booking that was made.
    page.evaluate("() => history.back()")
    frame.get_by_label("Name").fill("Olga Ros")
    frame.get_by_label("Email").fill("olga.ros@example.com")
    frame.get_by_role("button", name=re.compile("^Book")).click()
    expect(frame.get_by_role("heading", level=1, name=re.compile("See you on"))).to_be_visible()

    # Over the page: a dialog with a name, closed by Escape from within the frame; the focus comes back.
    page.goto(f"{website.origin}/dialog")
    opener = page.get_by_role("link", name="Book a time")
    opener.click()
    dialog = page.get_by_role("dialog", name="Book a time")
    expect(dialog).to_be_visible()
    inside = page.frame_locator("dialog iframe")
    expect(inside.get_by_role("heading", level=1)).to_be_visible()
    inside.get_by_role("combobox").first.focus()
    page.keyboard.press("Escape")  # of the page: the frame is gone before the key comes up
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    assert refused == []

    # Where the website is not let in, the browser shows nothing of it and the link leads where it always did.
    with project_scope(world.salon.pk):
        assert Booking.objects.filter(customer__emails__email="olga.ros@example.com").count() == 1
        embedding.change(world.salon, allows=Embedding.Allows.NONE, origins=[])
    opener.click()
    page.wait_for_url(link)
    context.close()
