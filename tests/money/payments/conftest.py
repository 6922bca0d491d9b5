"""Somebody takes payments: the test provider, its page and its messages, in the project's own process."""

import pytest

from tests.money.payments.post import Post, through_wsgi


@pytest.fixture
def post(settings, monkeypatch: pytest.MonkeyPatch, salon) -> Post:
    settings.TEST_PAYMENTS = True
    through_wsgi(monkeypatch)
    return Post()
