"""“Book anyway”: whoever has the right may book over what is taken, with a reason that stays."""

from dataclasses import dataclass
from typing import Any

from flectar.offers.booking.errors import BookingError, SlotTaken
from flectar.platform.projects.access import ProjectRequest, can


@dataclass(frozen=True, slots=True)
class Anyway:
    """What the page sent: whether it is wanted, and why."""

    is_wanted: bool
    because: str

    @property
    def is_forced(self) -> bool:
        return self.is_wanted and bool(self.because)

    @property
    def reason(self) -> str:
        return self.because if self.is_forced else ""


def read(request: ProjectRequest) -> Anyway:
    """Without the right it is as if nobody had asked."""
    is_wanted = bool(request.POST.get("anyway")) and can(request.user, "bookings.manage", request.project)
    return Anyway(is_wanted, request.POST.get("because", "").strip()[:300])


def context(request: ProjectRequest, asked: Anyway, refusal: BookingError | None) -> dict[str, Any]:
    """For parts/anyway.html."""
    may = isinstance(refusal, SlotTaken) and can(request.user, "bookings.manage", request.project)
    return {
        "anyway": may,
        "because": asked.because,
        "needs_reason": asked.is_wanted and not asked.because,
    }
