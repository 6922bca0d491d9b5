"""Telling people that something happened: in the transaction of what happened."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import override

from flectar.core import clock, limits
from flectar.core.origins import platform_origin
from flectar.core.tenancy import outside_projects
from flectar.platform.audit.log import current_actor
from flectar.platform.notifications.kinds import DASHBOARD, DIGEST, EMAIL, TEXT, Kind, kinds
from flectar.platform.notifications.models import Notification
from flectar.platform.notifications.readers import Reader, readers
from flectar.platform.outbox import Mail, post, send_mail, send_text
from flectar.platform.projects.models import Project

KEPT_FOR = timedelta(days=90)
MOST_TEXTS = 10  # to one person in a day

type Letter = Callable[[Reader], Mail]


def tell(
    project: Project,
    kind_key: str,
    facts: Mapping[str, Any],
    *,
    letter: Letter | None = None,
    dedupe_key: str = "",
    only: Collection[UUID] | None = None,
    calendar_of: Collection[UUID] | None = None,
) -> None:
    """Put it behind everybody's bell who wants it there, and write the mails. Inside the project's scope.

    `facts` are plain values. `letter` makes a mail of the kind's own; without it a general one goes out. Nobody finds
    their own deed behind the bell, nor in a general mail. `only` are the accounts that it concerns; None: everybody.
    `calendar_of` are the accounts in whose calendars it stands: who sees their own only is told of nobody else's.
    """
    kind = kinds()[kind_key]
    mine = current_actor().id
    rows, mails = [], []
    for reader in readers(project, kind):
        if only is not None and reader.user.pk not in only:
            continue
        if reader.is_own_only and calendar_of is not None and reader.user.pk not in calendar_of:
            continue
        is_own = reader.user.pk == mine
        if EMAIL in reader.channels and not kind.is_mailed_anyway:
            if letter is not None:
                mails.append(letter(reader))
            elif not is_own:
                _letter(project, kind, facts, reader, dedupe_key)
        if TEXT in reader.channels and not is_own:
            _text(project, kind, facts, reader)
        if not is_own and reader.channels & {DASHBOARD, DIGEST}:
            in_digest = DIGEST in reader.channels
            rows.append(
                Notification(
                    project=project,
                    user=reader.user,
                    kind=kind.key,
                    facts=dict(facts),
                    is_shown=DASHBOARD in reader.channels,
                    in_digest=in_digest,
                )
            )
            if in_digest:
                _expect_digest(project, reader)
    post(mails, project)
    Notification.objects.bulk_create(rows)
    _forget_old()


def _letter(project: Project, kind: Kind, facts: Mapping[str, Any], reader: Reader, dedupe_key: str) -> None:
    with override(reader.locale):
        said = kind.say(facts, project)
    send_mail(
        event="notifications.notice",
        to=reader.to,
        locale=reader.locale,
        context={"title": said.title, "detail": said.detail, "link": platform_origin() + kind.path(project, facts)},
        project=project,
        dedupe_key=f"{dedupe_key}:{reader.user.email}" if dedupe_key else "",
    )


def _text(project: Project, kind: Kind, facts: Mapping[str, Any], reader: Reader) -> None:
    """A few a day: each costs money, and a deed done a hundred times must not ring a hundred times."""
    count = f"texts.told {reader.user.pk}"
    if kind.in_short is None or not limits.hit(count, limit=MOST_TEXTS, per_seconds=86400).allowed:
        return
    with override(reader.locale):
        context = {"what": kind.in_short(facts), "place": project.organization.name}
    to = (reader.user.name, reader.user.phone)
    with outside_projects():
        send_text(event="notifications.notice", to=to, locale=reader.locale, context=context)


def _expect_digest(project: Project, reader: Reader) -> None:
    from flectar.platform.notifications.jobs import send_digest

    now = clock.now().astimezone(project.tz)
    morning = now.replace(hour=8, minute=0, second=0, microsecond=0)
    at = morning if morning > now else morning + timedelta(days=1)
    key = f"digest:{project.pk}:{reader.user.pk}"
    send_digest.defer_at(at, _key=key, project_id=project.pk, user_id=reader.user.pk)


def _forget_old() -> None:
    """A few at a time, in the project that is being served anyway: nobody may sweep over all projects."""
    old = Notification.objects.filter(at__lt=clock.now() - KEPT_FOR).order_by("at").values_list("pk", flat=True)[:20]
    if pks := list(old):
        Notification.objects.filter(pk__in=pks).delete()
