"""What projects need done by the clock, and outside a request."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from flectar.core import clock, crypto, storage
from flectar.core.jobs import every, job
from flectar.core.tenancy import project_scope
from flectar.platform.projects import deletion, domains, exporting
from flectar.platform.projects.mails import tell_of_deletion, tell_of_export, tell_of_lost_domain, tell_of_offer
from flectar.platform.projects.models import Domain, Export, Project, Transfer

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


def export_soon(export: Export) -> None:
    make_export.defer(of=export.project_id, export_id=export.pk, _key=f"projects.export {export.pk}")


def _export_failed(of: str, export_id: str) -> None:
    with project_scope(UUID(of)):
        Export.objects.filter(pk=export_id).update(state=Export.State.FAILED)


@job("projects.export", retries=3, gave_up=_export_failed)
def make_export(of: UUID, export_id: UUID) -> None:
    """`of` is the project, not called so: files are written outside of any scope."""
    project_id = UUID(str(of))
    with project_scope(project_id):
        export = Export.objects.select_related("asked_by", "project").filter(pk=export_id).first()
    if export is None or export.state != Export.State.RUNNING:
        return
    path, size = exporting.make(export.project)
    with transaction.atomic():
        with project_scope(project_id):
            done = {"state": Export.State.DONE, "path": path, "size": size, "done_at": clock.now()}
            Export.objects.filter(pk=export_id).update(**done)
            forget_export.defer_at(clock.now() + Export.KEPT, of=project_id, export_id=export_id)
        if export.asked_by is not None:
            tell_of_export(export, export.asked_by)


@job("projects.forget_export")
def forget_export(of: UUID, export_id: UUID) -> None:
    """After a week: file first, so that a row always leads to it."""
    with project_scope(UUID(str(of))):
        found = Export.objects.filter(pk=export_id).first()
    if found is None:
        return
    if found.path:
        storage.private_files().delete(found.path)
    with project_scope(UUID(str(of))):
        Export.objects.filter(pk=export_id).delete()


@every("37 4 * * *", name="projects.forget_transfers")
def forget_transfers() -> None:
    """After a quarter nobody needs to know to whom a project was once offered."""
    Transfer.objects.filter(offered_at__lt=clock.now() - timedelta(days=90)).delete()


def offer_soon(transfer: Transfer, token: str, *, locale: str) -> None:
    """The token is sealed on its way: arguments of jobs are stored in clear."""
    sealed = crypto.seal_text(token, f"transfer {transfer.pk}")
    mail_of_offer.defer(transfer_id=transfer.pk, sealed=sealed, locale=locale)


@job("projects.mail_of_offer")
def mail_of_offer(transfer_id: UUID, sealed: str, locale: str) -> None:
    found = Transfer.objects.waiting().select_related("holder", "offered_by").filter(pk=transfer_id).first()
    if found is not None:
        token = crypto.open_text(sealed, f"transfer {transfer_id}")
        with transaction.atomic():
            tell_of_offer(found, token, locale=locale)
