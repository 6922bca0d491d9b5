"""A business for machines: schema.org in JSON-LD, from the same facts that people read."""

import json
from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from flectar.core.money import Money
from flectar.platform.projects.models import BusinessProfile, Location
from flectar.presence.sites.about import About
from flectar.presence.sites.blocks import ServiceGroup
from flectar.presence.sites.hours import DAY, Week, Window, week_of
from flectar.presence.sites.words import words_for

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# What could end the script element or start another; written so, it is still the same JSON.
ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def graph(about: About, locale: str, *, url: str, origin: str, groups: Sequence[ServiceGroup]) -> SafeString:
    """For a script element of type application/ld+json: a data block, so it needs no hash in the policy."""
    text = json.dumps(
        {
            "@context": "https://schema.org",
            "@graph": [_business(about, locale, origin, groups), _page(url, origin, locale)],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return mark_safe(text.translate(ESCAPES))  # noqa: S308, escaped on this line


def _page(url: str, origin: str, locale: str) -> dict[str, Any]:
    return {
        "@type": "WebPage",
        "@id": f"{url}#page",
        "url": url,
        "inLanguage": locale,
        "about": {"@id": f"{origin}/#business"},
    }


def _business(about: About, locale: str, origin: str, groups: Sequence[ServiceGroup]) -> dict[str, Any]:
    profile = about.profile
    found: dict[str, Any] = {
        "@type": words_for(profile.kind).schema_type,
        "@id": f"{origin}/#business",
        "name": about.project.name,
        "url": f"{origin}/",
        "description": about.description(locale),
        "legalName": profile.legal_name,
        "taxID": profile.tax_id,
        "telephone": profile.phone,
        "email": profile.email,
        "address": _address(about.profile),
        "geo": _geo(about.profile),
        "openingHoursSpecification": _hours(about),
        "location": [_place(place) for place in about.places],
        "makesOffer": [_offer(service.name, service.price) for group in groups for service in group.services],
    }
    return {name: value for name, value in found.items() if value}


def _place(place: Location) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "Place",
        "name": place.name,
        "telephone": place.phone,
        "address": _address(place),
        "geo": _geo(place),
        "openingHoursSpecification": _weekly(week_of(place.week)),
    }
    return {name: value for name, value in found.items() if value}


def _address(profile: BusinessProfile | Location) -> dict[str, Any] | None:
    parts = {
        "streetAddress": profile.street,
        "postalCode": profile.postal_code,
        "addressLocality": profile.city,
        "addressRegion": profile.region,
    }
    said = {name: value for name, value in parts.items() if value}
    return {"@type": "PostalAddress", **said, "addressCountry": profile.country} if said else None


def _geo(profile: BusinessProfile | Location) -> dict[str, Any] | None:
    if profile.latitude is None or profile.longitude is None:
        return None
    return {
        "@type": "GeoCoordinates",
        "latitude": float(profile.latitude),
        "longitude": float(profile.longitude),
    }


def _hours(about: About) -> list[dict[str, Any]]:
    special = [
        {
            "@type": "OpeningHoursSpecification",
            "validFrom": day.isoformat(),
            "validThrough": day.isoformat(),
            **_from_to(window),
        }
        for day, windows, _ in about.special_days
        for window in windows or [(0, 0)]  # opens and closes at midnight: closed all day
    ]
    return _weekly(about.week) + special


def _weekly(week: Week) -> list[dict[str, Any]]:
    return [
        {"@type": "OpeningHoursSpecification", "dayOfWeek": f"https://schema.org/{DAYS[weekday]}", **_from_to(window)}
        for weekday, windows in enumerate(week)
        for window in windows
    ]


def _from_to(window: Window) -> dict[str, str]:
    start, length = window
    if length == DAY:
        return {"opens": "00:00", "closes": "23:59"}
    return {"opens": _clock(start), "closes": _clock((start + length) % DAY)}


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _offer(name: str, price: Money | None) -> dict[str, Any]:
    offer: dict[str, Any] = {"@type": "Offer", "itemOffered": {"@type": "Service", "name": name}}
    if price is not None:
        offer |= {"price": str(price.amount), "priceCurrency": price.currency}
    return offer
