"""What this browser keeps of a service while somebody types."""

from django.conf import settings

from flectar.offers.booking.deeds import holding
from flectar.offers.booking.models import Hold, Service
from flectar.platform.projects.access import ProjectRequest


def own_hold(request: ProjectRequest, service: Service) -> Hold | None:
    """What this browser has kept of this service: choosing another time gives it back."""
    found = holding.find(own_token(request))
    return found if found is not None and found.service_id == service.pk else None


def own_token(request: ProjectRequest) -> str:
    """Of the hold that is this browser's: its cookie says it; in a frame, which has none, the address that nobody
    sees and passes on."""
    if request.is_framed:
        asked = request.POST if request.method == "POST" else request.GET
        return asked.get("hold", "")
    return request.COOKIES.get(settings.HOLD_COOKIE, "")
