"""What runs after the request."""

from datetime import timedelta
from uuid import UUID

from flectar.core import clock
from flectar.core.jobs import job
from flectar.platform.webapi.models import IdempotentAnswer

KEPT = timedelta(days=1)


@job("webapi.forget_answers")
def forget_answers(project_id: UUID) -> None:
    """Answers hold people's data; a day is long enough for a retry. Comes again while there is something left."""
    IdempotentAnswer.objects.filter(created_at__lt=clock.now() - KEPT).delete()
    oldest = IdempotentAnswer.objects.order_by("created_at").values_list("created_at", flat=True).first()
    if oldest is not None:
        forget_answers.defer_at(oldest + KEPT, project_id=project_id, _key=f"webapi answers {project_id}")
