"""What an organization needs done by the clock."""

from datetime import timedelta

from flectar.core import clock
from flectar.core.jobs import every
from flectar.platform.organizations import handover, support
from flectar.platform.organizations.models import Handover, Invitation, SupportVisit

KEPT = timedelta(days=90)


@every("17 4 * * *", name="organizations.forget_invitations")
def forget_invitations() -> None:
    """After a quarter nobody needs to know who was once invited; what came of it is in the audit log."""
    Invitation.objects.filter(sent_at__lt=clock.now() - KEPT).delete()


@every("23 4 * * *", name="organizations.forget_handovers")
def forget_handovers() -> None:
    """What came of them is in the log."""
    Handover.objects.filter(offered_at__lt=clock.now() - handover.KEPT).delete()


@every("29 4 * * *", name="organizations.forget_visits")
def forget_visits() -> None:
    """As long as the log, which tells of them too."""
    SupportVisit.objects.filter(started_at__lt=clock.now() - support.KEPT).delete()
