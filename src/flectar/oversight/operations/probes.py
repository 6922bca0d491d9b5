"""How the installation is, by asking it: web, database, jobs, mail. For the public status page and for the console."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from flectar.core import clock
from flectar.platform.outbox.models import Circuit

# A job that has been due for so long is late; a worker that has been silent for so long is gone.
LATE = timedelta(minutes=5)
SILENT = timedelta(seconds=60)

GOOD, SLOW, DOWN = "good", "slow", "down"
WORDS: dict[str, str | Promise] = {GOOD: _("Works"), SLOW: _("Slow"), DOWN: _("Down")}
TONES = {GOOD: "ok", SLOW: "wait", DOWN: "bad"}


@dataclass(frozen=True, slots=True)
class Component:
    """A part that people notice when it fails. `detail` is for the operator alone."""

    key: str
    label: str | Promise
    state: str
    detail: str = ""

    @property
    def word(self) -> str | Promise:
        return WORDS[self.state]

    @property
    def tone(self) -> str:
        return TONES[self.state]


def components() -> list[Component]:
    """In the order in which people miss them. This code runs, so the web does."""
    web = Component("web", _("Websites and dashboard"), GOOD)
    try:
        # What fails here must not break the transaction of the page.
        with transaction.atomic():
            database = _database()
            jobs = _jobs()
            mail = _mail()
    except Error as error:
        down = type(error).__name__
        return [
            Component("web", _("Websites and dashboard"), SLOW),
            Component("database", _("Bookings and data"), DOWN, down),
            Component("jobs", _("Work in the background"), DOWN, down),
            Component("mail", _("Email"), DOWN, down),
        ]
    return [web, database, jobs, mail]


def worst(found: list[Component]) -> str:
    return next((state for state in (DOWN, SLOW) if any(each.state == state for each in found)), GOOD)


def _database() -> Component:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        (version,) = cursor.fetchone()
    return Component("database", _("Bookings and data"), GOOD, f"PostgreSQL {version}")


def _jobs() -> Component:
    """Late when something due waits; down when nobody is there to do it."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FILTER (WHERE last_heartbeat > %(since)s) FROM procrastinate_workers""",
            {"since": now - SILENT},
        )
        (workers,) = cursor.fetchone()
        # Due since when: its own time, else the moment it was put in the queue.
        cursor.execute(
            """SELECT min(coalesce(j.scheduled_at, e.at))
                 FROM procrastinate_jobs j
                 LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
                WHERE j.status = 'todo' AND coalesce(j.scheduled_at, e.at) <= %(now)s""",
            {"now": now},
        )
        (oldest,) = cursor.fetchone()
    lag = now - oldest if oldest else timedelta(0)
    state = GOOD if lag <= LATE else SLOW if workers else DOWN
    return Component(
        "jobs", _("Work in the background"), state, f"workers: {workers}, seconds behind: {int(lag.total_seconds())}"
    )


def _mail() -> Component:
    if not settings.MAIL_PROVIDER:
        return Component("mail", _("Email"), DOWN, "no provider is set")
    resting = Circuit.objects.filter(pk=settings.MAIL_PROVIDER, open_until__gt=clock.now()).exists()
    return Component("mail", _("Email"), SLOW if resting else GOOD, settings.MAIL_PROVIDER)
