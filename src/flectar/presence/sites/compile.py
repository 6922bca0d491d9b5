"""A project's site as bytes: one page for each of its languages, its drawings, its theme, and what crawlers read.

Nothing is written here: the same functions answer a visitor live when a stored page is late.
"""

import hashlib
from base64 import b64encode
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import quote_plus

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext

import flectar
from flectar.core import clock
from flectar.core.origins import platform_origin
from flectar.platform.projects.links import site_origin, speaking
from flectar.platform.projects.models import BusinessProfile, Location, Project
from flectar.presence.sites import fonts
from flectar.presence.sites.about import About, about
from flectar.presence.sites.blocks import contributions
from flectar.presence.sites.files import (
    Built,
    favicon,
    for_crawlers,
    languages,
    logo_file,
    path_of,
    pictures_of,
    squeeze,
    theme_file,
)
from flectar.presence.sites.hours import special_lines, week_of, weekly_lines
from flectar.presence.sites.models import Edition, Site
from flectar.presence.sites.skins import SKINS
from flectar.presence.sites.structured import graph
from flectar.presence.sites.theme import style_sheet
from flectar.presence.sites.words import words_for
from flectar.ui import assets, formats

HTML = "text/html; charset=utf-8"

# Stands for the address that was asked for, until it is known; no keyboard types it.
ASKED = "\ue000"

# A poster's line is as wide as the page: longer words would not fit a phone.
POSTER_LETTERS = 24
POSTER_WORD = 8


def compile_site(project: Project) -> list[Built]:
    """Everything the site answers from memory. Empty when the project shows no site. Inside the project's scope."""
    if not project.has("site") or not project.is_open:
        return []
    found = about(project)
    pictures = pictures_of(found)
    pages = [page(found, locale, pictures) for locale in languages(project)]
    return [
        *pages,
        *pictures.values(),
        theme_file(found.site.tokens, found.site.pair),
        favicon(found),
        *([logo_file(found.logo)] if found.logo else []),
        *for_crawlers(project),
    ]


def compile_page(project: Project, locale: str) -> Built:
    """One page alone, live. Inside the project's scope."""
    found = about(project)
    return page(found, locale, pictures_of(found))


def page(found: About, locale: str, pictures: dict[str, Built]) -> Built:
    with speaking(found.project, locale):
        context, valid_until = _context(found, locale, pictures)
        html = squeeze(render_to_string("sites/page.html", context))
    return Built(
        path=path_of(found.project, locale),
        content_type=HTML,
        body=html.encode(),
        language=locale,
        csp=policy(context["theme"]),
        valid_until=valid_until,
    )


def not_found_page(project: Project, locale: str, path: str) -> Built:
    """The address that was asked for stands in it; the rest is made once for each edition."""
    edition = Edition.objects.filter(recipe=recipe()).values_list("version", flat=True).first()
    shape = _not_found(project, locale) if edition is None else _not_found_of(project, locale, edition)
    return replace(shape, path=path, body=shape.body.replace(ASKED.encode(), escape(path[:80]).encode()))


@lru_cache(maxsize=256)
def _not_found_of(project: Project, locale: str, edition: int) -> Built:
    """Whatever the page shows raises the edition when it changes."""
    return _not_found(project, locale)


def _not_found(project: Project, locale: str) -> Built:
    found = about(project)
    with speaking(project, locale):
        context, _ = _context(found, locale, pictures_of(found))
        html = squeeze(render_to_string("sites/not_found.html", {**context, "asked": ASKED}))
    return Built(path="", content_type=HTML, body=html.encode(), language=locale, csp=policy(context["theme"]))


def _context(found: About, locale: str, pictures: dict[str, Built]) -> tuple[dict[str, object], datetime | None]:
    project, profile, character = found.project, found.profile, found.site.character
    origin, words, offered = site_origin(project), words_for(profile.kind), contributions(project)
    tagline = found.tagline(locale)
    first, *more = [paragraph for paragraph in found.description(locale).splitlines() if paragraph.strip()] or [""]
    special = special_lines(found.special_days, project.today)
    is_foreign = locale != project.locale
    context = {
        "project": project,
        "profile": profile,
        "skin": found.site.skin,
        "character": character,
        "look": look(character.hero, tagline),
        "theme": mark_safe(  # noqa: S308, made of numbers and our own presets
            fonts.rules(found.site.pair) + style_sheet(found.site.tokens)
        ),
        "first_font": fonts.first_file(found.site.pair),
        "stylesheet": assets.url("public.css"),
        "locale": locale,
        "home": path_of(project, locale),
        "url": origin + path_of(project, locale),
        "languages": [
            {"code": spoken, "name": dict(settings.LANGUAGES)[spoken], "path": path_of(project, spoken)}
            for spoken in languages(project)
        ],
        "origin": origin,
        "title": title(found),
        "summary": summary(first or tagline),
        "tagline": tagline,
        "tagline_lang": found.language_of(locale, "tagline"),
        "intro": first,
        "more": more,
        "about_lang": found.language_of(locale, "description"),
        "own_lang": project.locale if is_foreign else "",
        "words": words,
        "offered": offered,
        "hours": weekly_lines(found.week),
        "special": special,
        "map_url": map_url(found.profile),
        "places": [
            {
                "profile": place,
                "phone": formats.phone(place.phone),
                "hours": weekly_lines(week_of(place.week)),
                "map_url": map_url(place),
            }
            for place in found.places
        ],
        "phone": formats.phone(profile.phone),
        "pictures": {name: picture.path for name, picture in pictures.items()},
        "favicon": favicon(found),
        "logo": logo_file(found.logo) if found.logo else None,
        "logo_size": (found.logo.width, found.logo.height) if found.logo else (),
        "structured": graph(found, locale, url=origin + path_of(project, locale), origin=origin, groups=offered.groups),
    }
    ends = [offered.valid_until] if offered.valid_until else []
    if special:
        # A special day leaves the list at midnight; the next one may join it.
        ends.append(clock.day_bounds(project.today, project.tz)[1])
    elif found.special_days:
        ends.append(clock.now() + timedelta(days=1))
    return context, min(ends, default=None)


def look(wish: str, tagline: str) -> str:
    fits = len(tagline) <= POSTER_LETTERS and max(map(len, tagline.split()), default=0) <= POSTER_WORD
    return "split" if wish == "poster" and not fits else wish


def title(found: About) -> str:
    name, city, trade = found.project.name, found.profile.city, str(words_for(found.profile.kind).trade)
    if trade and city:
        return gettext("%(name)s: %(trade)s in %(city)s") % {"name": name, "trade": trade, "city": city}
    return f"{name}, {city}" if city else name


def summary(text: str) -> str:
    """For search results: whole words, 155 letters at most."""
    if len(text) <= 155:
        return text
    return text[:154].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def map_url(profile: BusinessProfile | Location) -> str:
    """Followed by the visitor's own choice; the page itself asks nobody."""
    if profile.latitude is not None and profile.longitude is not None:
        spot = f"{profile.latitude}/{profile.longitude}"
        return f"https://www.openstreetmap.org/?mlat={profile.latitude}&mlon={profile.longitude}#map=18/{spot}"
    parts = [profile.street, f"{profile.postal_code} {profile.city}".strip(), profile.region]
    place = ", ".join(part for part in parts if part)
    return f"https://www.openstreetmap.org/search?query={quote_plus(place)}" if place else ""


def policy(theme: object) -> str:
    """Nothing runs, nothing comes from elsewhere; only the dashboard may show the page in a frame."""
    inline = b64encode(hashlib.sha256(str(theme).encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'self' 'sha256-{inline}'; img-src 'self'; font-src 'self'; "
        f"form-action 'self'; base-uri 'none'; frame-ancestors {platform_origin()}"
    )


def theme_url(project: Project) -> str:
    """The style sheet with the site's theme, for pages that Django makes: booking, 404. Inside the project's scope."""
    site = Site.objects.first() or about(project).site
    return theme_file(site.tokens, site.pair).path


@cache
def recipe() -> str:
    """The code and settings that a page is made with. Stored pages of another recipe are made again."""
    root = Path(flectar.__file__).parent
    sources = sorted(path for kind in ("py", "html", "xml", "mo") for path in root.rglob(f"*.{kind}"))
    total = hashlib.blake2b(digest_size=12)
    for source in sources:
        total.update(source.relative_to(root).as_posix().encode() + b"\0" + source.read_bytes())
    sheets = ("public.css", *(f"type-{skin.pair}.css" for skin in SKINS.values()))
    for said in (*map(assets.url, sheets), platform_origin(), settings.SITE_HOST, str(settings.PUBLIC_PORT)):
        total.update(said.encode() + b"\0")
    return total.hexdigest()
