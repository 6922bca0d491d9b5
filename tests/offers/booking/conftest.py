"""A Monday morning in the salon: nothing is booked yet."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from flectar.core import clock

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday, 08:00 in Madrid


@pytest.fixture
def monday_morning() -> Iterator[None]:
    with clock.frozen(NOW):
        yield
