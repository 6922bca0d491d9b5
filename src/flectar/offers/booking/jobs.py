"""Where the jobs of this app are: the worker imports this module, and with it each of them."""

from flectar.offers.booking import forgetting
from flectar.offers.booking.calendars import jobs as of_calendars
from flectar.offers.booking.deeds import due, sessions, waiting
from flectar.offers.booking.imports import jobs as of_imports

__all__ = ["due", "forgetting", "of_calendars", "of_imports", "sessions", "waiting"]
