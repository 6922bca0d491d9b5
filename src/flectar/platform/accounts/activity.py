"""When a device was last seen: written down once in five minutes, not at each request."""

from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.http import HttpResponse

from flectar.core import clock
from flectar.platform.accounts import devices

EVERY = 300  # seconds
_SEEN = "seen"


class Activity:
    """Middleware in place of allauth's own, which asks three more questions of the database at each request."""

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        session = request.session
        if session.session_key and request.user.is_authenticated:
            # With the key, because signing in and a new password give the session another one.
            key, at = session.get(_SEEN, ("", 0))
            now = int(clock.now().timestamp())
            if key != session.session_key or now - at >= EVERY:
                UserSession.objects.create_from_request(request)
                devices.note(request)
                session[_SEEN] = [session.session_key, now]
        return self.get_response(request)
