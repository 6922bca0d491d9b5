"""Following other calendars, after the request."""

from datetime import datetime
from uuid import UUID

from flectar.core.jobs import job
from flectar.core.tenancy import project_scope
from flectar.offers.booking.calendars import following


def _go_on_later(of_project: str, subscription_id: str) -> None:
    with project_scope(UUID(of_project)):
        _queue(of_project, subscription_id, following.falter(UUID(subscription_id)))


# Not `project_id`: no transaction stays open while another server is asked. Each reading queues the next one.
@job("booking.read_calendar", retries=3, gave_up=_go_on_later)
def read_calendar(of_project: str, subscription_id: str) -> None:
    _queue(of_project, subscription_id, following.read(UUID(of_project), UUID(subscription_id)))


def _queue(of_project: str, subscription_id: str, at: datetime | None) -> None:
    if at is not None:
        ids = {"of_project": of_project, "subscription_id": subscription_id}
        read_calendar.defer_at(at, _key=f"calendar {subscription_id}", **ids)
