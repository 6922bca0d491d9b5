"""Headlands, sea and a low sun at one hour of the day; a frame in front says which room it is.

Scene words: dawn, noon, dusk or night for the hour; house, arch, window or pool for what stands in front.
"""

from math import pi, sin

from flectar.presence.sites.colour import code, mix, relit
from flectar.presence.sites.drawings.sheet import Sheet

# Lightness of the top of the sky, of the sky above the sea, and of the sun.
HOURS = {"dawn": (0.9, 0.95, 0.93), "noon": (0.84, 0.95, 0.99), "dusk": (0.74, 0.87, 0.78), "night": (0.26, 0.42, 0.95)}


def land(sheet: Sheet) -> str:
    hour = next((hour for hour in HOURS if hour in sheet.scene), "") or sheet.chance.choice(("dawn", "noon", "dusk"))
    sun_x = sheet.width * sheet.chance.uniform(0.56, 0.8)
    layers = [_sky(sheet, hour), _sun(sheet, hour, sun_x), _sea(sheet, hour, sun_x), _headlands(sheet, hour)]
    wall = sheet.shade("accent", 0.93 if hour != "night" else 0.42, 0.28)
    deep = sheet.shade("accent", 0.8 if hour != "night" else 0.3, 0.4)
    if "house" in sheet.scene:
        layers.append(_house(sheet))
    if "arch" in sheet.scene:
        layers.append(_arch(sheet, wall, deep))
    if "window" in sheet.scene:
        layers.append(_window(sheet, wall, deep))
    if "pool" in sheet.scene:
        layers.append(_pool(sheet, wall))
    return "".join(layers)


def _sky(sheet: Sheet, hour: str) -> str:
    top, low, _ = HOURS[hour]
    above = relit(sheet.colours["brand"], top, 0.55)
    below = relit(sheet.colours["accent"], low, {"noon": 0.25, "night": 0.1}.get(hour, 0.85))
    return "".join(
        f'<rect y="{sheet.height * 0.58 * band / 15:.0f}" width="{sheet.width}" height="{sheet.height * 0.06:.0f}" '
        f'fill="{code(mix(above, below, (band / 15) ** 0.8))}"/>'
        for band in range(16)
    )


def _sun(sheet: Sheet, hour: str, x: float) -> str:
    y = sheet.height * (0.2 if hour in ("noon", "night") else 0.46)
    radius = sheet.height * sheet.chance.uniform(0.075, 0.11)
    colour = sheet.shade("accent", HOURS[hour][2], 0.9 if hour in ("dusk", "dawn") else 0.3)
    return f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}" fill="{colour}"/>'


def _sea(sheet: Sheet, hour: str, sun_x: float) -> str:
    width, height, chance = sheet.width, sheet.height, sheet.chance
    shore, night = height * 0.6, hour == "night"
    water = sheet.shade("brand", 0.34 if night else 0.6, 0.8)
    glint = sheet.shade("accent", 0.7 if night else 0.9, 0.6)
    parts = [f'<rect y="{shore:.0f}" width="{width}" height="{height * 0.42:.0f}" fill="{water}"/>']
    for number in range(26):
        y = shore + 5 + (number / 26) ** 1.5 * height * 0.3
        x, length = sun_x + chance.gauss(0, width * 0.09), width * chance.uniform(0.02, 0.09)
        parts.append(
            f'<rect x="{x - length / 2:.0f}" y="{y:.0f}" width="{length:.0f}" height="{max(2, height * 0.006):.0f}" '
            f'rx="2" fill="{glint}" opacity=".8"/>'
        )
    return "".join(parts)


def _headlands(sheet: Sheet, hour: str) -> str:
    """Four of them, from the far ones that stand on the sea's line to the one at our feet."""
    width, height, chance, night = sheet.width, sheet.height, sheet.chance, hour == "night"
    far = relit(sheet.colours["brand"], 0.3 if night else 0.5, 0.6)
    near = relit(sheet.colours["brand"], 0.16 if night else 0.27, 0.7)
    warm = relit(sheet.colours["accent"], 0.62, 0.8)
    shapes = (  # side, foot, where it begins, how high
        (-1, 0.605, 0.4, 0.5),
        (1, 0.605, 0.5, 0.6),
        (-1, 0.86, 0.1, 0.2),
        (1, 0.98, 0, 0.16),
    )
    parts = []
    for layer, (side, base, start, rise) in enumerate(shapes):
        broad, fine, phase = chance.uniform(1.2, 2.2), chance.uniform(4, 7), chance.uniform(0, 6)
        ridge = []
        for point in range(41):
            x = point / 40
            slope = max(0, (1 - x if side < 0 else x) - start)
            waves = 1 + 0.28 * sin(broad * x * pi + phase) + 0.1 * sin(fine * x * pi + phase)
            ridge.append(f"{x * width:.0f} {height * (base - rise * slope * waves):.0f}")
        tone = mix(far, near, layer / 3)
        if layer == 1 and not night:
            tone = mix(tone, warm, 0.35)
        foot = height * base if layer < 2 else height
        parts.append(f'<path d="M0 {foot:.0f}L{"L".join(ridge)}L{width} {foot:.0f}z" fill="{code(tone)}"/>')
    return "".join(parts)


def _house(sheet: Sheet) -> str:
    def wall(lightness: float, chroma: float) -> str:
        return sheet.shade("accent", lightness, chroma)

    x, y, scale = sheet.width * 0.17, sheet.height * 0.63, sheet.height / 900
    return (
        f'<g transform="translate({x:.0f} {y:.0f}) scale({scale:.2f})">'
        f'<path d="M0 0H190V130H0z" fill="{wall(0.95, 0.25)}"/>'
        f'<path d="M190 40H330V130H190z" fill="{wall(0.89, 0.3)}"/>'
        f'<path d="M60-46H150V0H60z" fill="{wall(0.9, 0.3)}"/>'
        f'<path d="M26 50A18 18 0 0 1 62 50V130H26zM92 44H118V78H92zM142 44H168V78H142zM92-30H112V-8H92z" '
        f'fill="{sheet.shade("brand", 0.4, 0.8)}"/>'
        f'<path d="M214 70A20 20 0 0 1 254 70V130H214zM272 70A20 20 0 0 1 312 70V130H272z" fill="{wall(0.86, 1)}"/>'
        f'<path d="M352-60Q372 40 352 130Q332 40 352-60zM388-20Q402 60 388 130Q374 60 388-20z" '
        f'fill="{sheet.shade("brand", 0.22, 0.7)}"/></g>'
    )


def _arch(sheet: Sheet, wall: str, deep: str) -> str:
    width, height = sheet.width, sheet.height
    left, right = width * 0.17, width * 0.83
    return (
        f'<path fill-rule="evenodd" fill="{wall}" d="M0 0H{width}V{height}H0z'
        f"M{left:.0f} {height}V{height * 0.5:.0f}"
        f'A{(right - left) / 2:.0f} {height * 0.4:.0f} 0 0 1 {right:.0f} {height * 0.5:.0f}V{height}z"/>'
        f'<path d="M0 {height * 0.9:.0f}H{width}V{height}H0z" fill="{deep}"/>'
    )


def _window(sheet: Sheet, wall: str, deep: str) -> str:
    width, height = sheet.width, sheet.height
    left, right, top, sill = width * 0.24, width * 0.76, height * 0.12, height * 0.66
    bed, cover = sheet.shade("brand", 0.55, 0.7), sheet.shade("brand", 0.42, 0.7)
    return (
        f'<path fill-rule="evenodd" fill="{wall}" d="M0 0H{width}V{height}H0z'
        f'M{left:.0f} {top:.0f}H{right:.0f}V{sill:.0f}H{left:.0f}z"/>'
        f'<path d="M{width / 2:.0f} {top:.0f}V{sill:.0f}M{left:.0f} {sill:.0f}H{right:.0f}" stroke="{deep}" '
        f'stroke-width="{height * 0.02:.0f}"/>'
        f'<path d="M{width * 0.1:.0f} {height}V{height * 0.82:.0f}'
        f"Q{width * 0.1:.0f} {height * 0.76:.0f} {width * 0.16:.0f} {height * 0.76:.0f}H{width * 0.84:.0f}"
        f'Q{width * 0.9:.0f} {height * 0.76:.0f} {width * 0.9:.0f} {height * 0.82:.0f}V{height}z" fill="{bed}"/>'
        f'<path d="M{width * 0.1:.0f} {height}V{height * 0.9:.0f}H{width * 0.9:.0f}V{height}z" fill="{cover}"/>'
    )


def _pool(sheet: Sheet, wall: str) -> str:
    width, height = sheet.width, sheet.height
    water, ripple = sheet.shade("brand", 0.78, 0.9), sheet.shade("brand", 0.9, 0.5)
    ripples = "".join(
        f'<path d="M{width * sheet.chance.uniform(0.14, 0.6):.0f} {height * (0.81 + 0.045 * row):.0f}'
        f'q{width * 0.06:.0f} {height * 0.014:.0f} {width * 0.12:.0f} 0t{width * 0.12:.0f} 0" fill="none" '
        f'stroke="{ripple}" stroke-width="{height * 0.007:.0f}"/>'
        for row in range(4)
    )
    return (
        f'<path d="M0 {height * 0.7:.0f}H{width}V{height}H0z" fill="{wall}"/>'
        f'<path d="M{width * 0.12:.0f} {height * 0.77:.0f}H{width * 0.94:.0f}L{width * 1.02:.0f} {height}H0z" '
        f'fill="{water}"/>{ripples}'
    )
