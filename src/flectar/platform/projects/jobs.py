"""What projects need done by the clock, and outside a request."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from flectar.core import clock
from flectar.core.jobs import every, job
from flectar.platform.projects import deletion, domains
from flectar.platform.projects.mails import tell_of_deletion, tell_of_lost_domain
from flectar.platform.projects.models import Domain, Project

DAILY = timedelta(hours=23)
# Whoever has just typed a domain is at the provider's page now; after a week they have given up.
EAGER = timedelta(days=7)


def check_soon(domain: Domain) -> None:
    """With this transaction; the page looks again until it is done."""
    Domain.objects.filter(pk=domain.pk).update(asked_at=clock.now())
    check_domain.defer(domain_id=domain.pk, _key=f"projects.check_domain {domain.pk}")


@job("projects.check_domain", retries=2)
def check_domain(domain_id: UUID) -> None:
    """Ask the name servers whose it is, and note the answer."""
    domain = Domain.objects.present().select_related("holder").filter(pk=domain_id).first()
    if domain is None or domain.holder is None:
        return
    seen = domains.look(domain, domain.holder)
    with transaction.atomic():
        if lost := domains.note(domain.pk, seen):
            tell_of_lost_domain(lost)


@every("41 * * * *", name="projects.check_domains")
def check_domains() -> None:
    """Proven ones once a day, waiting ones each hour for a week; names nobody needs to keep any more are forgotten."""
    now = clock.now()
    Domain.objects.filter(state=Domain.State.RELEASED, released_at__lte=now - Domain.KEPT).delete()
    due = Q(state=Domain.State.PROVEN) & (Q(checked_at=None) | Q(checked_at__lte=now - DAILY))
    eager = Q(state=Domain.State.WAITING, added_at__gt=now - EAGER)
    for domain_id in Domain.objects.filter(due | eager, holder__isnull=False).values_list("pk", flat=True):
        check_domain.defer(domain_id=domain_id, _key=f"projects.check_domain {domain_id}")


@every("23 * * * *", name="projects.erase_due")
def erase_due() -> None:
    """Projects whose thirty days are over."""
    for project_id in Project.objects.filter(leaves_at__lte=clock.now()).values_list("pk", flat=True):
        erase_project.defer(leaving=project_id, _key=f"projects.erase {project_id}")


@job("projects.erase")
def erase_project(leaving: UUID) -> None:
    """Not called `project_id`: the files go outside of any scope."""
    if project := Project.objects.filter(pk=leaving).first():
        deletion.erase(project)


def tell_of_deletion_soon(project: Project) -> None:
    """By a job: mail of the platform is written outside of any project."""
    mail_of_deletion.defer(leaving=project.pk)


@job("projects.mail_of_deletion")
def mail_of_deletion(leaving: UUID) -> None:
    project = Project.objects.filter(pk=leaving, leaves_at__isnull=False).first()
    if project is not None:
        with transaction.atomic():
            tell_of_deletion(project)
