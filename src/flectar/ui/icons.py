"""The drawings of the lucide set, by name, ready to stand in a page."""

from functools import cache
from importlib.resources import files
from zipfile import ZipFile

from django.utils.safestring import SafeString, mark_safe


@cache
def drawn(name: str, size: str = "") -> SafeString:
    """A picture that is hidden from the ear. `size` "s" is the small one beside text. KeyError: there is none."""
    svg = _set().read(f"{name}.svg").decode()
    inside = " ".join(svg[svg.index(">") + 1 : svg.rindex("</svg>")].split())
    classes = f"i {size}".strip()
    # The set is part of our lock, so its drawings are as trusted as our own templates.
    return mark_safe(f'<svg class="{classes}" viewBox="0 0 24 24" aria-hidden="true">{inside}</svg>')  # noqa: S308 - ours


@cache
def _set() -> ZipFile:
    """Kept open: the package's own tags read its whole list of contents again for each drawing."""
    return ZipFile(str(files("lucide") / "lucide.zip"))
