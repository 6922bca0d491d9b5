"""What this browser keeps of a service while somebody types.

The address of the details names the hold, and addresses are passed on: whoever has one finds a time that is kept, and
nothing else. The key that finds the booking again is drawn apart from it and never stands in an address: in the cookie
beside the hold's token; without a cookie, as in a frame, in the form alone, which Back brings out of the browser's own
copy of the page.
"""

from django.conf import settings
from django.http import HttpResponse

from flectar.core.ids import new_token
from flectar.offers.booking.deeds import holding
from flectar.offers.booking.models import Hold, Service
from flectar.platform.projects.access import ProjectRequest


def own_hold(request: ProjectRequest, service: Service) -> Hold | None:
    """What this browser has kept of this service: choosing another time gives it back."""
    found = holding.find(own_token(request))
    return found if found is not None and found.service_id == service.pk else None


def own_token(request: ProjectRequest) -> str:
    """Of the hold that is this browser's: its cookie says it; in a frame, which has none, the address."""
    if request.is_framed:
        asked = request.POST if request.method == "POST" else request.GET
        return asked.get("hold", "")
    return _cookie(request)[0]


def own_key(request: ProjectRequest, token: str) -> str:
    """Under which this browser books what the hold of this token keeps; empty if its cookie names another or none."""
    held, key = _cookie(request)
    return key if token and token == held else ""


def remember(response: HttpResponse, hold: Hold) -> None:
    seconds = int(holding.LONGEST.total_seconds())
    response.set_cookie(
        settings.HOLD_COOKIE,
        f"{hold.token}.{new_token()}",
        max_age=seconds,
        samesite="Lax",
        secure=settings.HTTPS,
        httponly=True,
    )


def _cookie(request: ProjectRequest) -> tuple[str, str]:
    """The token and the key; nothing of it in a frame, where a cookie that comes along counts for nothing."""
    kept = "" if request.is_framed else request.COOKIES.get(settings.HOLD_COOKIE, "")
    token, _dot, key = kept.partition(".")
    return token, key
