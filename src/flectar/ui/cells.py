"""What stands in a cell of a list (ui/index.py). Made in Python: a template for each cell of fifty rows is slow."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from flectar.ui.icons import drawn

type Text = str | Promise

_SHAPES = {"": "check", "ok": "circle-check", "wait": "hourglass", "bad": "circle-alert", "now": "circle-dot"}

# The form of the list that the buttons of single rows send (ui/parts/index.html).
ROW_FORM = "row-deed"


def link(name: Text, url: str, *, after: Text = "") -> SafeString:
    """The name of a row, which opens it. Only its text where there is nothing to open."""
    if not url:
        return format_html("{}{}", name, after)
    return format_html('<a class="quietlink" href="{}">{}</a>{}', url, name, after)


def person(initials: str, name: Text, note: Text = "", *, picture: str = "") -> SafeString:
    """The picture, or initials in a circle; the name (or its link), and a small line under it."""
    face = (
        format_html('<img class="av" src="{}" alt="" width="28" height="28">', picture)
        if picture
        else format_html('<span class="av" aria-hidden="true">{}</span>', initials)
    )
    small = format_html("<small>{}</small>", note) if note else ""
    return format_html('<span class="who">{}<span><b>{}</b>{}</span></span>', face, name, small)


def status(word: Text, tone: str = "", icon: str = "") -> SafeString:
    """Icon and word, as `{% status %}` does."""
    return format_html('<span class="st {}">{}{}</span>', tone, drawn(icon or _SHAPES[tone], "s"), word)


def muted(text: Text) -> SafeString:
    return format_html('<span class="muted">{}</span>', text)


def tag(word: Text) -> SafeString:
    """A word in a little box, behind a name."""
    return format_html(' <span class="tag">{}</span>', word)


def two(first: Text, second: Text) -> SafeString:
    """A line, and a smaller one under it."""
    return format_html('{}<small class="under">{}</small>', first, second)


def at(instant: datetime, said: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', instant.isoformat(), said)


def button(label: Text, url: str, *, about: Text, icon: str = "", tone: str = "") -> SafeString:
    """A deed on this row alone; `about` names the row to those who hear the page."""
    return format_html(
        '<button class="btn small {}" form="{}" formaction="{}">{}{}<span class="sr"> {}</span></button>',
        tone,
        ROW_FORM,
        url,
        drawn(icon, "s") if icon else "",
        label,
        about,
    )


def way(label: Text, url: str, *, about: Text, icon: str = "") -> SafeString:
    """A link that looks like a button."""
    return format_html(
        '<a class="btn small" href="{}">{}{}<span class="sr"> {}</span></a>',
        url,
        drawn(icon, "s") if icon else "",
        label,
        about,
    )


def together(*parts: Text) -> SafeString:
    """Side by side."""
    return format_html('<span class="acts end">{}</span>', joined(parts))


def joined(parts: Iterable[Text]) -> SafeString:
    return format_html_join(" ", "{}", ((part,) for part in parts if part))
