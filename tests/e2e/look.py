"""Looking at one page: what the browser complained about, what axe finds, whether it fits."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# 320 is a phone of 2016, or 1280 enlarged four times.
WAYS: list[tuple[int, Literal["light", "dark"]]] = [
    (1280, "light"),
    (1280, "dark"),
    (375, "light"),
    (375, "dark"),
    (320, "light"),
]
# What passed is not asked for, nor the ways to find it again: half of the time goes into writing those down.
RULES = """(only) => axe.run({
  runOnly: only, resultTypes: ["violations"], selectors: false, preload: false,
}).then((found) => found.violations.flatMap((rule) =>
  rule.nodes.map((node) =>
    `${rule.id}: ${node.html.slice(0, 160)} (${[...node.any, ...node.all, ...node.none][0]?.message ?? ""})`)))"""
# A change of the light starts transitions in the first frame after it, and a busy machine may keep them waiting for
# their start however short they are: what has begun is waited for by its own promise, not by counting frames.
SETTLED = """(async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done))
  await frame(); await frame()
  const ends = (animation) => animation.effect.getComputedTiming().endTime !== Infinity
  await Promise.allSettled(document.getAnimations().filter(ends).map((animation) => animation.finished))
  await frame()
})()"""
# Attributes that the Content-Security-Policy refuses, some of them only when somebody clicks. Inline sheets and data
# are judged by the policy itself: a published page lists theirs by hash, and the console tells of any other.
INLINE = """[...document.querySelectorAll("*")].filter((each) =>
    [...each.attributes].some((a) => a.name === "style" || a.name.startsWith("on") || a.name.startsWith("hx-on")))
  .map((each) => each.outerHTML.slice(0, 120))"""


@dataclass
class Sight:
    status: int
    faults: list[str] = field(default_factory=list)


def look(context: BrowserContext, url: str, *, has_script: bool = True, picture: str = "") -> Sight:
    """One load, then every width and both lights on it: what changes between them is only the sheet.

    `picture` names files that are kept when the environment says FLECTAR_PICTURES=<folder>.
    """
    page = _window(context, has_script=has_script)
    heard: list[str] = []
    listeners: list[tuple[Any, Callable[[Any], None]]] = [
        ("console", lambda message: heard.extend(_complaint(message))),
        ("pageerror", lambda error: heard.append(f"script error: {error}")),
        ("request", lambda request: heard.extend(_stray(request))),
    ]
    for event, listener in listeners:
        page.on(event, listener)
    try:
        _turn(page, *WAYS[0])
        answer = page.goto(url, wait_until="load")
        status = answer.status if answer else 0
        faults = [f"inline, so refused by the policy: {each}" for each in page.evaluate(INLINE)]
        folder = os.environ.get("FLECTAR_PICTURES", "") if picture else ""
        for width, light in WAYS:
            if light == "dark" and not has_script and not folder:
                continue  # nothing is wider by night, and colours are judged where there is script
            _turn(page, width, light)
            found = too_wide(page) + (accessibility(page, width, light) if has_script else [])
            faults += [f"{width} {light}: {each}" for each in found]
            if folder:
                page.screenshot(path=Path(folder) / f"{picture}-{width}-{light}.png", full_page=True)
        faults += [each for each in heard if not (status >= 400 and "responded with a status of" in each)]
        return Sight(status, faults)
    finally:
        _leave(page, has_script=has_script)
        for event, listener in listeners:
            page.remove_listener(event, listener)


_windows: dict[BrowserContext, Page] = {}


def _window(context: BrowserContext, *, has_script: bool) -> Page:
    """One for each person, kept: a new one for each page costs the browser a process, and axe a journey of its own."""
    if context not in _windows or _windows[context].is_closed():
        _windows[context] = context.new_page()
        if has_script:
            _windows[context].add_init_script(path=AXE)
    return _windows[context]


def _leave(page: Page, *, has_script: bool) -> None:
    """Nothing of this page is under way, or remembered, when the next one is opened."""
    if has_script:
        page.evaluate("sessionStorage.clear()")
    page.goto("about:blank")


def _turn(page: Page, width: int, light: Literal["light", "dark"]) -> None:
    page.set_viewport_size({"width": width, "height": 800 if width > 760 else 700})
    page.emulate_media(color_scheme=light, reduced_motion="reduce")


def accessibility(page: Page, width: int, light: str) -> list[str]:
    """Everything by day; by night only the colours are others, on the narrowest phone only the room for fingers."""
    page.evaluate(SETTLED)
    rules = ["color-contrast"] if light == "dark" else ["target-size"] if width < 375 else TAGS
    found: list[str] = page.evaluate(RULES, rules)
    return found


def too_wide(page: Page) -> list[str]:
    wide: dict[str, Any] = page.evaluate("({is: document.documentElement.scrollWidth, fits: innerWidth})")
    return [f"{wide['is']} px wide in a window of {wide['fits']}"] if wide["is"] > wide["fits"] else []


def _complaint(message: ConsoleMessage) -> list[str]:
    return [f"console: {message.text}"] if message.type in ("error", "warning") else []


def _stray(request: Request) -> list[str]:
    parts = urlsplit(request.url)
    is_ours = parts.scheme in ("data", "blob") or (parts.hostname or "").rpartition(".")[2] == "localhost"
    return [] if is_ours else [f"left the origin: {request.url}"]
