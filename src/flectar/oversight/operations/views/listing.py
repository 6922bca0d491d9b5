"""What the console's lists share: times in UTC, and the way back."""

from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from flectar.ui import cells, formats

UTC = ZoneInfo("UTC")


def when(instant: Any) -> SafeString:
    return cells.at(instant, formats.ago(instant))


def console() -> tuple[str, str]:
    """The crumb of every list."""
    return reverse("operations:index"), _("Operation")
