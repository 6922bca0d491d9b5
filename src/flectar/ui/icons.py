"""The drawings of the lucide set, by name, ready to stand in a page."""

from functools import cache

import lucide
from django.utils.safestring import SafeString, mark_safe


@cache
def drawn(name: str, size: str = "") -> SafeString:
    """A picture that is hidden from the ear. `size` "s" is the small one beside text."""
    svg = lucide._render_icon(name, None)
    inside = "".join(line.strip() for line in svg[svg.index(">") + 1 : svg.rindex("</svg>")].splitlines())
    classes = f"i {size}".strip()
    # The set is part of our lock, so its drawings are as trusted as our own templates.
    return mark_safe(f'<svg class="{classes}" viewBox="0 0 24 24" aria-hidden="true">{inside}</svg>')  # noqa: S308 - ours
