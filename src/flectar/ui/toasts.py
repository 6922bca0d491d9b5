"""A note after a deed, with a way back."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest


def toast(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Say what happened. `undo` is an address that takes a POST and undoes it; it must not contain spaces."""
    messages.success(request, text, extra_tags=f"undo={undo}" if undo else "")


def report(request: HttpRequest, text: str, reasons: Sequence[str], *, undo: str = "") -> None:
    """The same, and a note that stays while the page does, with the reasons line by line."""
    toast(request, text, undo=undo)
    if reasons:
        messages.warning(request, "\n".join([text, *reasons]))
