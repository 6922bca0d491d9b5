"""Locks of hair or cloth: every line lies between two guide curves, so the whole sheet sweeps together."""

from math import cos, pi

from flectar.presence.sites.drawings.sheet import Sheet

LINES = 58
GUIDES = 5


def strands(sheet: Sheet) -> str:
    chance, width, height = sheet.chance, sheet.width, sheet.height
    ground, tones = _colours(sheet)
    guides = [[(chance.uniform(0.7, 1.25), chance.uniform(-0.1, 0.1)) for _ in range(3)] for _ in range(GUIDES)]
    span = max(width, height)
    sweep = chance.choice((-1, 1)) * span * 0.34
    lines = []
    for number in range(LINES):
        along = number / (LINES - 1) * (GUIDES - 1.001)
        left, ease = int(along), (1 - cos(pi * (along % 1))) / 2
        (a, da), (b, db), (c, _) = (
            (one[0] * (1 - ease) + other[0] * ease, one[1] * (1 - ease) + other[1] * ease)
            for one, other in zip(guides[left], guides[left + 1], strict=True)
        )
        x = width * (-0.3 + 1.6 * number / LINES)
        tone = tones[int(chance.triangular(0, len(tones), number / LINES * len(tones))) % len(tones)]
        lines.append(
            f'<path d="M{x:.0f} {-0.05 * height:.0f}'
            f"C{x + sweep * a:.0f} {height * (0.3 + da):.0f} {x - sweep * b * 1.5:.0f} {height * (0.55 + db):.0f} "
            f'{x + sweep * c * 0.7:.0f} {height * 1.05:.0f}" '
            f'stroke="{tone}" stroke-width="{span / LINES * chance.uniform(0.25, 1.25):.1f}"/>'
        )
    return (
        f'<rect width="{width}" height="{height}" fill="{ground}"/>'
        f'<g fill="none" stroke-linecap="round">{"".join(lines)}</g>'
    )


def _colours(sheet: Sheet) -> tuple[str, list[str]]:
    brand, accent, ink, tint = (sheet.paint(name) for name in ("brand", "accent", "ink", "tint"))
    if "light" in sheet.scene:
        return tint, [brand, accent, ink]
    if "dark" in sheet.scene:
        return ink, [brand, accent, tint]
    return brand, [ink, accent, tint, sheet.shade("brand", 0.5)]
