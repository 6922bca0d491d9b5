"""One movement, frozen six or nine times on one sheet, with the path of the joint that matters.

Scene words: squat, walk or reach for the movement; dark for a drawing on the brand's own field.
"""

from dataclasses import dataclass
from math import cos, pi, radians, sin

from flectar.presence.sites.colour import Rgb, code, mix
from flectar.presence.sites.drawings.sheet import Sheet

type Point = tuple[float, float]
type Limb = tuple[float, float]  # angles of its two bones, 0 pointing down


@dataclass(frozen=True)
class Pose:
    hip: Point
    back: float
    legs: tuple[Limb, Limb]
    arms: tuple[Limb, Limb]


def moves(sheet: Sheet) -> str:
    width, height, colours = sheet.width, sheet.height, sheet.colours
    if "dark" in sheet.scene:
        ground, pale, full = colours["brand"], mix(colours["brand"], colours["bg"], 0.16), colours["bg"]
    else:
        ground, pale, full = colours["tint"], mix(colours["tint"], colours["brand"], 0.14), colours["brand"]
    kind = next((kind for kind in ("squat", "walk", "reach") if kind in sheet.scene), "reach")
    unit, floor, figures = height / 400, height * 0.88, 9 if kind == "walk" else 6
    parts = [
        f'<rect width="{width}" height="{height}" fill="{code(ground)}"/>'
        f'<path d="M0 {floor + 9 * unit:.0f}H{width}" stroke="{code(pale)}" stroke-width="{3 * unit:.1f}"/>'
    ]
    trail = []
    for number in range(figures):
        progress = number / (figures - 1)
        pose = POSES[kind](progress, width, floor, unit)
        strength = 0.15 + 0.85 * progress if kind == "walk" else 0.08 + 0.92 * progress**2.2
        figure, hand = _figure(pose, unit, mix(pale, full, strength))
        parts.append(figure)
        trail.append(pose.hip if kind == "squat" else hand)
    parts.append(_trail(trail, unit, code(colours["accent"]), code(ground)))
    return "".join(parts)


def _ease(progress: float) -> float:
    return (1 - cos(pi * progress)) / 2


def _walk(progress: float, width: int, floor: float, unit: float) -> Pose:
    phase = progress * 4 * pi
    swing, lift = sin(phase), cos(phase)
    return Pose(
        hip=(width * (0.06 + 0.86 * progress), floor - 118 * unit),
        back=176,
        legs=((28 * swing, 28 * swing - 22 * max(0, lift) - 6), (-28 * swing, -28 * swing - 22 * max(0, -lift) - 6)),
        arms=((-24 * swing, -6 * swing + 14), (24 * swing, 6 * swing + 14)),
    )


def _squat(progress: float, width: int, floor: float, unit: float) -> Pose:
    depth = _ease(progress)
    ankle = (width * (0.28 + 0.4 * progress), floor)
    knee = _along(ankle, 180 - 32 * depth, 62 * unit)
    return Pose(
        hip=_along(knee, 180 + 82 * depth, 62 * unit),
        back=180 - 34 * depth,
        legs=((82 * depth, -32 * depth),) * 2,
        arms=((8 + 84 * depth, 8 + 84 * depth), (4 + 84 * depth, 4 + 84 * depth)),
    )


def _reach(progress: float, width: int, floor: float, unit: float) -> Pose:
    height = _ease(progress)
    return Pose(
        hip=(width * (0.26 + 0.4 * progress), floor - 122 * unit),
        back=182 - 12 * height,
        legs=((6, 2), (-12, -14)),
        arms=((10 + 158 * height, 16 + 160 * height), (-8, 2)),
    )


POSES = {"walk": _walk, "squat": _squat, "reach": _reach}


def _along(start: Point, angle: float, length: float) -> Point:
    return start[0] + length * sin(radians(angle)), start[1] + length * cos(radians(angle))


def _limb(start: Point, angles: Limb, upper: float, lower: float) -> tuple[str, Point]:
    middle = _along(start, angles[0], upper)
    end = _along(middle, angles[1], lower)
    return f"M{start[0]:.0f} {start[1]:.0f}L{middle[0]:.0f} {middle[1]:.0f}L{end[0]:.0f} {end[1]:.0f}", end


def _figure(pose: Pose, unit: float, tone: Rgb) -> tuple[str, Point]:
    """The drawn person, and where the leading hand is."""
    neck = _along(pose.hip, pose.back, 92 * unit)
    head = _along(neck, pose.back - 4, 34 * unit)
    shoulder = _along(neck, pose.back, -10 * unit)
    near_arm, hand = _limb(shoulder, pose.arms[0], 48 * unit, 46 * unit)
    far_arm, _ = _limb(shoulder, pose.arms[1], 48 * unit, 46 * unit)
    near_leg, _ = _limb(pose.hip, pose.legs[0], 62 * unit, 60 * unit)
    far_leg, _ = _limb(pose.hip, pose.legs[1], 62 * unit, 60 * unit)
    paint = code(tone)
    return (
        f'<g fill="none" stroke="{paint}" stroke-linecap="round" stroke-linejoin="round" '
        f'stroke-width="{15 * unit:.1f}"><path d="{far_leg}{far_arm}"/>'
        f'<path d="{near_leg}" stroke-width="{19 * unit:.1f}"/>'
        f'<path d="M{pose.hip[0]:.0f} {pose.hip[1]:.0f}L{shoulder[0]:.0f} {shoulder[1]:.0f}" '
        f'stroke-width="{30 * unit:.1f}"/><path d="{near_arm}"/></g>'
        f'<circle cx="{head[0]:.0f}" cy="{head[1]:.0f}" r="{21 * unit:.1f}" fill="{paint}"/>'
    ), hand


def _trail(points: list[Point], unit: float, mark: str, ground: str) -> str:
    curve = "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points)
    dots = "".join(
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{7 * unit:.1f}" fill="{mark}" stroke="{ground}" '
        f'stroke-width="{3 * unit:.1f}"/>'
        for x, y in points
    )
    return (
        f'<path d="{curve}" fill="none" stroke="{mark}" stroke-width="{3 * unit:.1f}" '
        f'stroke-dasharray="{2 * unit:.0f} {7 * unit:.0f}" stroke-linecap="round"/>{dots}'
    )
