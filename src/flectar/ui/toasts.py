"""A note after a deed, with a way back."""

from django.contrib import messages
from django.http import HttpRequest


def toast(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Say what happened. `undo` is an address that takes a POST and undoes it; it must not contain spaces."""
    messages.success(request, text, extra_tags=f"undo={undo}" if undo else "")
