"""What integrations do later. Each provider's own jobs stand in its folder and are named here to be found."""

from flectar.core.jobs import every
from flectar.platform.integrations import inbox
from flectar.platform.integrations.resend.events import apply_event

__all__ = ["apply_event", "forget_old_events"]


@every("41 3 * * *", name="integrations.forget_old_events")
def forget_old_events() -> None:
    inbox.forget_old()
