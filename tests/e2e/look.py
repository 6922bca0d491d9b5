"""Looking at one page: what the browser complained about, what axe finds, whether it fits."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = """axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(
  (found) => found.violations.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.id}: ${node.html.slice(0, 160)} (${[...node.any, ...node.all, ...node.none][0]?.message ?? ""})`)))"""
# What stands in the page that the Content-Security-Policy would refuse anyway; found even where nobody clicked.
INLINE = """[...document.querySelectorAll("*")].filter((each) =>
    [...each.attributes].some((a) => a.name === "style" || a.name.startsWith("on") || a.name.startsWith("hx-on"))
    || (each.localName === "script" && !each.src && each.type !== "application/json")
    || each.localName === "style" && each.namespaceURI.endsWith("xhtml"))
  .filter((each) => !each.closest("[data-theme-inline]")).map((each) => each.outerHTML.slice(0, 120))"""


@dataclass
class Sight:
    status: int
    faults: list[str] = field(default_factory=list)


def look(context: BrowserContext, url: str, *, has_script: bool = True, picture: str = "") -> Sight:
    """`picture` names a file that is kept when the environment says FLECTAR_PICTURES=<folder>."""
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.extend(_complaint(message)))
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on("request", lambda request: faults.extend(_stray(request)))
    try:
        answer = page.goto(url, wait_until="load")
        status = answer.status if answer else 0
        faults = [each for each in faults if not (status >= 400 and "the server responded with a status of" in each)]
        faults += too_wide(page)
        if has_script:
            faults += accessibility(page)
            faults += [f"inline, so refused by the policy: {each}" for each in page.evaluate(INLINE)]
        if picture and (folder := os.environ.get("FLECTAR_PICTURES")):
            page.screenshot(path=Path(folder) / f"{picture}.png", full_page=True)
        return Sight(status, faults)
    finally:
        page.close()


def accessibility(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(RULES)
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
