"""Closing a site from outside, with a reason, a notice and an appeal. Called by whoever runs the installation.

The site answers 503 with a neutral page; the dashboard stays open, so that the team can read, answer and take its data
along. Each step is in the project's own audit log.
"""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from flectar.core import clock
from flectar.core.events import announce
from flectar.core.tenancy import project_scope
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import record
from flectar.platform.projects.facts import AddressesChanged
from flectar.platform.projects.mails import tell_of_suspension
from flectar.platform.projects.models import Project, Suspension


class AlreadySuspended(Exception):
    """Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("This project is suspended already."))


class NotSuspended(Exception):
    """It was lifted meanwhile, or never was. Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("This project isn't suspended."))


class AlreadyAppealed(Exception):
    """One appeal, one answer. Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("Your appeal is on its way. You get the answer by mail."))


@transaction.atomic
def suspend(project: Project, *, reason: str, notice: str, by: User | None) -> Suspension:
    """From this commit on the site is closed; its owners get the notice by mail. Outside any project's scope."""
    try:
        with transaction.atomic():
            suspension = Suspension.objects.create(holder=project, reason=reason, notice=notice, suspended_by=by)
    except IntegrityError as error:
        raise AlreadySuspended from error
    project.suspended_at = suspension.suspended_at
    project.save(update_fields=["suspended_at"])
    _note(suspension, "project.suspended", {"reason": reason, "notice": notice})
    tell_of_suspension(suspension, "project.suspended")
    return suspension


@transaction.atomic
def lift(project: Project, *, answer: str = "") -> Suspension:
    """The site is open again. Raises NotSuspended."""
    suspension = _standing(project)
    suspension.lifted_at = clock.now()
    if answer or suspension.appealed_at:
        suspension.answer, suspension.answered_at = answer, clock.now()
    suspension.save()
    project.suspended_at = None
    project.save(update_fields=["suspended_at"])
    _note(suspension, "project.reopened", {"answer": answer})
    tell_of_suspension(suspension, "project.reopened")
    return suspension


@transaction.atomic
def refuse(project: Project, *, answer: str) -> Suspension:
    """The appeal is heard and the site stays closed; the team may appeal anew. Raises NotSuspended."""
    suspension = _standing(project)
    suspension.answer, suspension.answered_at = answer, clock.now()
    suspension.save()
    _note(suspension, "project.appeal_refused", {"answer": answer})
    tell_of_suspension(suspension, "project.appeal_refused")
    return suspension


@transaction.atomic
def appeal(project: Project, text: str, *, by: User) -> Suspension:
    """Inside the project's scope. Raises NotSuspended and AlreadyAppealed."""
    suspension = _standing(project)
    if suspension.appealed_at and not suspension.answered_at:
        raise AlreadyAppealed
    suspension.appeal, suspension.appealed_at, suspension.appealed_by = text, clock.now(), by
    suspension.answer, suspension.answered_at = "", None
    suspension.save()
    record("project.appealed", target=project, new={"appeal": text})
    return suspension


def _standing(project: Project) -> Suspension:
    found = Suspension.objects.select_for_update(of=("self",)).standing().filter(holder=project).first()
    if found is None:
        raise NotSuspended
    return found


def _note(suspension: Suspension, action: str, said: dict[str, str]) -> None:
    """In the project's own log, whoever acts; and every worker closes or opens the site."""
    holder = suspension.holder
    with project_scope(holder.pk):
        record(action, target=holder, new=said, organization_id=holder.organization_id)
        announce(AddressesChanged(holder.pk))
