"""A salon that shows everything, and a front over the real database."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event

import pytest
from django.conf import settings

from flectar.core import clock
from flectar.core.money import Money
from flectar.core.tenancy import project_scope
from flectar.platform.projects.models import BusinessProfile, Project
from flectar.presence.sites import blocks
from flectar.presence.sites.blocks import Contribution, FreeTime, Person, Service, ServiceGroup
from flectar.presence.sites.front import Front
from flectar.presence.sites.listener import Listener
from flectar.presence.sites.shelf import DatabaseShelf
from tests.presence.sites.browser import Browser


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Contribution:
    """What booking would put on the page."""
    free = clock.now() + timedelta(days=2)
    offered = Contribution(
        groups=[
            ServiceGroup(
                name="Cut",
                services=[
                    Service(
                        name="Cut and finish",
                        text="Wash, cut, dried.",
                        minutes=45,
                        price=Money(3800, "EUR"),
                        url="/book/cut",
                    ),
                    Service(name="Fringe trim", minutes=15, price=Money(0, "EUR"), url="/book/fringe"),
                ],
            )
        ],
        people=[Person(name="Noa", text="Curls and long hair."), Person(name="Iker")],
        action_url="/book",
        next_free=FreeTime(starts_at=free, url="/book?at=soon"),
        valid_until=free,
    )
    monkeypatch.setattr(blocks._connected, "sources", (lambda project: offered,))
    return offered


def tell(project: Project, **values: object) -> None:
    """Write into the project's profile."""
    with project_scope(project.pk):
        BusinessProfile.objects.update(**values)


class Heard(Listener):
    """Says when it has heard something, so that a test need not guess."""

    def __init__(self, front: Front, **options: float) -> None:
        super().__init__(settings.LISTEN_DATABASE_URL, front.memory, front.unknown, **options)
        self.news = Event()
        self.swept = Event()

    def hear(self, payload: str) -> None:
        super().hear(payload)
        self.news.set()

    def sweep(self, connection: object) -> None:
        super().sweep(connection)  # type: ignore[arg-type]  # a stand-in
        self.swept.set()

    def wait_for(self, project: Project, version: int) -> None:
        while self.memory.heard(project.pk) < version:
            assert self.news.wait(10)
            self.news.clear()

    def wait_for_sweep(self) -> None:
        self.swept.clear()
        assert self.swept.wait(10)


@pytest.fixture
def browser(transactional_db: None) -> Browser:
    """A visitor before a front that reads the real database and hears nothing by itself."""
    return Browser(new_front())


def new_front(shelf: DatabaseShelf | None = None) -> Front:
    return Front(Browser.echo, shelf or DatabaseShelf(), platform_hosts={"localhost"}, site_suffix=".localhost")


@pytest.fixture
def listener(browser: Browser) -> Iterator[Heard]:
    """Beside that front, listening."""
    thread = Heard(browser.front)
    thread.start()
    assert thread.is_listening.wait(10)
    yield thread
    thread.stop()
    wake(thread)
    thread.join(10)


def wake(thread: Heard) -> None:
    """A listener that waits for news looks up at any notice."""
    import psycopg

    with psycopg.connect(thread.url, autocommit=True) as connection:
        connection.execute("SELECT pg_notify('presence_sites_edition', 'wake up')")
