"""Putting the front before Django in a worker: called once by config/wsgi.py, with the listener beside it."""

from typing import TYPE_CHECKING

from django.conf import settings

from flectar.core import metrics
from flectar.presence.sites.front import Front
from flectar.presence.sites.listener import Listener
from flectar.presence.sites.shelf import DatabaseShelf

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


def front(application: "WSGIApplication") -> Front:
    """The front over the real database, hearing of each new edition."""
    suffix = f".{settings.SITE_HOST}"
    hosts = {settings.PLATFORM_HOST, settings.FILES_HOST}
    if settings.PLATFORM_HOST == "localhost":
        hosts.update(LOOPBACK_NAMES)
    made = Front(
        application,
        DatabaseShelf(),
        platform_hosts=hosts,
        site_suffix=suffix,
        is_https=settings.HTTPS,
        count=metrics.front_answered if metrics.are_on() else None,
    )
    if settings.LISTEN_DATABASE_URL:
        Listener(settings.LISTEN_DATABASE_URL, made.memory, made.unknown).start()
    return made
