"""Cement tiles: one quarter is drawn and turned four times, two tiles alternate."""

from flectar.presence.sites.drawings.sheet import Sheet

QUARTER = 60
TILE = 2 * QUARTER


def tiles(sheet: Sheet) -> str:
    chance, width, height = sheet.chance, sheet.width, sheet.height
    inks = [
        sheet.paint("brand"),
        sheet.paint("accent"),
        sheet.paint("bg"),
        sheet.shade("brand", 0.5, 0.75),
        sheet.between("bg", "brand", 0.18),
    ]
    kinds = chance.sample(["petal", "fan", "star", "bow"], 2)
    one = _tile(sheet, kinds[0], inks[2], inks)
    two = _tile(sheet, kinds[1], chance.choice((inks[0], inks[4])), inks)
    board = ((0, 0, one), (TILE, 0, two), (0, TILE, two), (TILE, TILE, one))
    cell = "".join(f'<svg x="{x}" y="{y}" width="{TILE}" height="{TILE}">{art}</svg>' for x, y, art in board)
    scale = height / (TILE * max(1, round(height / 110)))  # a whole number of tiles from top to bottom
    return (
        f'<pattern id="t" width="{2 * TILE}" height="{2 * TILE}" patternUnits="userSpaceOnUse" '
        f'patternTransform="scale({scale:.3f})">{cell}</pattern>'
        f'<rect width="{width}" height="{height}" fill="url(#t)"/>'
    )


def _tile(sheet: Sheet, kind: str, ground: str, inks: list[str]) -> str:
    others = [ink for ink in inks if ink != ground]
    art = _quarter(kind, *sheet.chance.sample(others, 3))
    corner = f'<path d="M0 0H16A16 16 0 0 1 0 16z" fill="{sheet.chance.choice(others)}"/>'
    turned = "".join(
        f'<g transform="rotate({turn} {QUARTER} {QUARTER})">{art}{corner}</g>' for turn in (0, 90, 180, 270)
    )
    return f'<rect width="{TILE}" height="{TILE}" fill="{ground}"/>{turned}'


def _quarter(kind: str, first: str, second: str, third: str) -> str:
    u = QUARTER
    match kind:
        case "petal":
            return (
                f'<path d="M0 0Q{u} 0 {u} {u}Q0 {u} 0 0" fill="{first}"/>'
                f'<path d="M8 8Q{u - 14} 10 {u - 6} {u - 6}Q10 {u - 14} 8 8" fill="{second}"/>'
            )
        case "fan":
            return "".join(
                f'<circle cx="{u}" cy="{u}" r="{u * share:.1f}" fill="{ink}"/>'
                for share, ink in ((1, first), (0.7, second), (0.38, third))
            )
        case "star":
            return (
                f'<path d="M-.5 {u + 0.5}L{u * 0.32:.0f} {u * 0.32:.0f}L{u + 0.5}-.5V{u + 0.5}z" fill="{first}"/>'
                f'<path d="M{u * 0.4:.0f} {u + 0.5}L{u * 0.6:.0f} {u * 0.6:.0f}L{u + 0.5} {u * 0.4:.0f}V{u + 0.5}z" '
                f'fill="{second}"/>'
            )
        case _:
            return (
                f'<path d="M0 0H{u}L0 {u}z" fill="{first}"/>'
                f'<circle r="{u * 0.5:.0f}" fill="{second}"/><circle r="{u * 0.24:.0f}" fill="{third}"/>'
            )
