"""What a site answers beside its pages: theme, drawings, the small icon, and what crawlers read.

A file whose name carries its content may be kept for a year.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape

from flectar.platform.projects.links import site_origin
from flectar.platform.projects.models import Project
from flectar.presence.sites import fonts
from flectar.presence.sites.about import About
from flectar.presence.sites.colour import code
from flectar.presence.sites.drawings import draw
from flectar.presence.sites.models import Logo
from flectar.presence.sites.skins import Skin
from flectar.presence.sites.theme import Tokens, palette, style_sheet

CSS = "text/css; charset=utf-8"
SVG = "image/svg+xml"
XML = "application/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Built:
    """One answer before it is compressed and stored."""

    path: str
    content_type: str
    body: bytes
    language: str = ""
    csp: str = ""
    is_immutable: bool = False
    valid_until: datetime | None = None

    @property
    def etag(self) -> str:
        return digest(self.body + self.csp.encode())


def digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()


def hashed(kind: str, content_type: str, body: str) -> Built:
    data = body.encode()
    return Built(path=f"/_theme/{digest(data)}.{kind}", content_type=content_type, body=data, is_immutable=True)


@lru_cache(maxsize=256)
def theme_file(tokens: Tokens, pair: str) -> Built:
    return hashed("css", CSS, fonts.rules(pair) + style_sheet(tokens))


def pictures_of(found: About) -> dict[str, Built]:
    """What stands in for photos. The seed is the project, so the drawings stay when the name changes."""
    character = found.site.character
    return _pictures(found.site.tokens, character.hero, character.scene, str(found.project.pk))


SHEETS = {"hero": (1600, 900), "tall": (900, 1200), "wall": (480, 960), "services": (800, 1000), "find": (1000, 1000)}
NEEDED = {"frame": ("wall", "services", "find"), "scene": ("hero", "tall", "services", "find")}
# What each motif draws where; the hero's own scene comes from the skin.
SCENES = {
    "strands": {"services": "light"},
    "land": {"services": "noon pool", "find": "dawn window"},
    "moves": {"services": "squat", "find": "reach dark"},
}


@lru_cache(maxsize=64)
def _pictures(tokens: Tokens, hero: str, scene: str, seed: str) -> dict[str, Built]:
    if not tokens.motif:
        return {}
    drawn: dict[str, Built] = {}
    for name in NEEDED.get(hero, ("hero", "services", "find")):
        width, height = SHEETS[name]
        words = SCENES.get(tokens.motif, {}).get(name, scene)
        drawn[name] = hashed("svg", SVG, draw(tokens, seed=f"{seed} {name}", width=width, height=height, scene=words))
    return drawn


@lru_cache(maxsize=32)
def poster(skin: Skin, seed: str, scene: str = "") -> str:
    """A look in one picture: its motif, or for one of words alone two lines of them on its field."""
    if skin.tokens.motif:
        return draw(skin.tokens, seed=seed, width=480, height=240, scene=scene or skin.scene)
    colours = palette(skin.tokens)
    field, words, accent = (code(colours[name]) for name in ("brand", "on-brand", "accent"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 240"><rect width="480" height="240" fill="{field}"/>'
        f'<g fill="{words}"><rect x="40" y="70" width="300" height="34" rx="4"/>'
        f'<rect x="40" y="118" width="210" height="34" rx="4"/></g>'
        f'<rect x="40" y="178" width="96" height="24" rx="12" fill="{accent}"/></svg>\n'
    )


def logo_file(logo: Logo) -> Built:
    return _image(bytes(logo.content), logo.kind)


def _image(data: bytes, kind: str) -> Built:
    return Built(f"/_theme/{digest(data)}.{kind}", IMAGES[kind], data, is_immutable=True)


IMAGES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


def favicon(found: About) -> Built:
    """The icon of the logo, else the first letter in the site's colour."""
    if found.logo:
        return _image(bytes(found.logo.icon), "png")
    return _favicon(found.site.tokens, next((letter for letter in found.project.name if letter.isalnum()), "•").upper())


@lru_cache(maxsize=256)
def _favicon(tokens: Tokens, letter: str) -> Built:
    colours = palette(tokens)
    return hashed(
        "svg",
        SVG,
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" '
        f'fill="{code(colours["brand"])}"/><text x="32" y="46" font-family="system-ui,sans-serif" font-size="40" '
        f'font-weight="700" text-anchor="middle" fill="{code(colours["on-brand"])}">{escape(letter)}</text></svg>\n',
    )


def for_crawlers(project: Project) -> Iterator[Built]:
    """A demo is not for search engines."""
    origin = site_origin(project)
    if project.is_demo:
        robots = "User-agent: *\nDisallow: /\n"
    else:
        robots = f"User-agent: *\nDisallow: /_theme/\nSitemap: {origin}/sitemap.xml\n"
    yield Built(path="/robots.txt", content_type=TEXT, body=robots.encode())
    pages = [(locale, origin + path_of(project, locale)) for locale in languages(project)]
    sitemap = render_to_string("sites/sitemap.xml", {"pages": pages, "default": origin + "/"})
    yield Built(path="/sitemap.xml", content_type=XML, body=squeeze(sitemap).encode())


def languages(project: Project) -> list[str]:
    """The site's own first. Only languages that we speak."""
    spoken = [locale for locale, _ in settings.LANGUAGES]
    others = [locale for locale in project.locales if locale in spoken and locale != project.locale]
    return [project.locale, *others]


def path_of(project: Project, locale: str) -> str:
    return "/" if locale == project.locale else f"/{locale}/"


def squeeze(html: str) -> str:
    """Without the template's indentation and empty lines: a tenth of the page."""
    return "\n".join(line for line in (line.strip() for line in html.splitlines()) if line)
