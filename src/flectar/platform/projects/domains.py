"""Domains of a business's own: added, proved by a TXT record, made the site's home, looked after, given up.

A look at the name servers happens outside any transaction (`look`), what it found is noted inside one (`note`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from flectar.core import clock, dns
from flectar.core.events import announce
from flectar.core.tenancy import project_scope
from flectar.platform.audit.log import record
from flectar.platform.projects.domain_names import is_apex, said
from flectar.platform.projects.facts import AddressesChanged, DomainLost
from flectar.platform.projects.models import Domain, Project

MOST = 10
# A domain that loses its record may be on its way to another provider: three daily looks, then it is off.
MOST_FAILURES = 3


class DomainTaken(Exception):
    """Another project has proved it, or has given it up a moment ago. Fit to show."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("%(name)s is connected to another project, or was until a few days ago.") % {"name": said(name)}
        )


class TooManyDomains(Exception):
    """Fit to show."""

    def __init__(self) -> None:
        super().__init__(_("A project takes %(count)s domains. Remove one first.") % {"count": MOST})


class NotProven(Exception):
    """Fit to show."""

    def __init__(self, domain: Domain) -> None:
        super().__init__(_("%(name)s isn't connected yet.") % {"name": domain})


@dataclass(frozen=True, slots=True)
class Row:
    """One DNS record that the owner sets."""

    kind: str
    name: str
    value: str
    is_proof: bool = False


def rows_of(domain: Domain, project: Project) -> Iterator[Row]:
    """What to write at the provider: whose it is, and where it leads."""
    yield Row("TXT", domain.proof_name, domain.proof, is_proof=True)
    if not is_apex(domain.name):
        yield Row("CNAME", domain.name, project.platform_host)
    elif settings.SITE_ADDRESSES:
        for address in settings.SITE_ADDRESSES:
            yield Row("AAAA" if ":" in address else "A", domain.name, address)
    else:
        yield Row("ALIAS", domain.name, project.platform_host)


@transaction.atomic
def add(project: Project, name: str) -> Domain:
    """Wait for its proof. Raises DomainTaken and TooManyDomains."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if _is_held_by_another(name, project.pk):
        raise DomainTaken(name)
    known = Domain.objects.filter(holder=project, name=name).first()
    if known is not None and known.state != Domain.State.RELEASED:
        return known
    if project.domains.present().count() >= MOST:
        raise TooManyDomains
    # The same value as before, so that a record that still stands is proof enough.
    domain = known or Domain(holder=project, name=name)
    domain.state, domain.problem, domain.failures, domain.leads_here = Domain.State.WAITING, "", 0, None
    domain.added_at, domain.checked_at, domain.released_at = clock.now(), None, None
    domain.save()
    record("domain.added", target=domain, new={"domain": name})
    return domain


@transaction.atomic
def make_home(project: Project, domain: Domain | None) -> bool:
    """Where the site is at home: every other host leads there. None: our own host again. Raises NotProven."""
    current = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if domain is not None:
        domain = Domain.objects.select_for_update().get(pk=domain.pk, holder=project)
        if not domain.is_proven:
            raise NotProven(domain)
    name = domain.name if domain else ""
    if current.domain == name:
        return False
    _set_home(current, name)
    project.domain = name
    return True


@transaction.atomic
def remove(project: Project, domain: Domain) -> None:
    """A proven one stays nobody else's for 30 days."""
    current = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    found = Domain.objects.select_for_update().filter(pk=domain.pk, holder=project).present().first()
    if found is None:
        return
    if current.domain == found.name:
        _set_home(current, "")
        project.domain = ""
    record("domain.removed", target=found, old={"domain": found.name})
    if found.is_proven:
        found.state, found.released_at = Domain.State.RELEASED, clock.now()
        found.save()
    else:
        found.delete()
    announce(AddressesChanged(project.pk))


@dataclass(frozen=True, slots=True)
class Seen:
    """What the name servers said: an empty problem is the proof."""

    problem: str
    leads_here: bool | None


def look(domain: Domain, project: Project) -> Seen:
    """Ask the name servers. Outside any transaction: they may take their time."""
    try:
        texts = dns.texts(domain.proof_name)
    except dns.Silence:
        problem = Domain.Problem.SILENT
    else:
        is_there = domain.proof in (text.strip() for text in texts)
        problem = Domain.Problem.NONE if is_there else Domain.Problem.OTHER if texts else Domain.Problem.MISSING
    return Seen(problem, _leads_here(domain, project))


def _leads_here(domain: Domain, project: Project) -> bool | None:
    """None where our own addresses are not to be found: behind a proxy nobody can tell from outside."""
    try:
        ours = set(settings.SITE_ADDRESSES) or dns.addresses(project.platform_host)
        return bool(dns.addresses(domain.name) & ours) if ours else None
    except dns.Silence:
        return None


@transaction.atomic
def note(domain_id: UUID, seen: Seen) -> Domain | None:
    """Keep what a look found, and draw the consequence. The domain if it has stopped answering with this, else None."""
    found = (
        Domain.objects.select_for_update(of=("self",)).select_related("holder").present().filter(pk=domain_id).first()
    )
    if found is None or found.holder is None:
        return None
    found.checked_at = clock.now()
    found.leads_here, found.problem = seen.leads_here, seen.problem
    if seen.problem == Domain.Problem.SILENT:
        found.save()  # says nothing about the name
        return None
    with project_scope(found.holder.pk):
        if not seen.problem:
            _prove(found, found.holder)
            return None
        found.failures += 1
        is_lost = found.is_proven and found.failures >= MOST_FAILURES
        if is_lost:
            _lose(found, found.holder)
        found.save()
    return found if is_lost else None


def _prove(found: Domain, holder: Project) -> None:
    was_proven, found.failures = found.is_proven, 0
    found.state = Domain.State.PROVEN
    try:
        if _is_held_by_another(found.name, holder.pk):
            raise DomainTaken(found.name)
        with transaction.atomic():
            found.save()
    except (DomainTaken, IntegrityError):
        found.state, found.problem = Domain.State.WAITING, Domain.Problem.TAKEN
        found.save()
        return
    if was_proven:
        return
    record("domain.proven", target=found, new={"domain": found.name})
    is_first = not holder.domain and not holder.domains.filter(state=Domain.State.PROVEN).exclude(pk=found.pk).exists()
    if is_first and found.leads_here:
        _set_home(Project.objects.select_for_update(no_key=True).get(pk=holder.pk), found.name)
    else:
        announce(AddressesChanged(holder.pk))


def _lose(found: Domain, holder: Project) -> None:
    found.state = Domain.State.WAITING
    record("domain.lost", target=found, old={"domain": found.name}, new={"problem": found.problem})
    current = Project.objects.select_for_update(no_key=True).get(pk=holder.pk)
    if current.domain == found.name:
        current.domain = ""
        current.save(update_fields=["domain"])
    announce(AddressesChanged(holder.pk))
    announce(DomainLost(holder.pk, str(found)))


def _set_home(current: Project, name: str) -> None:
    before, current.domain = current.domain, name
    current.save(update_fields=["domain"])
    record("domain.home_changed", target=current, old={"domain": before}, new={"domain": name})
    announce(AddressesChanged(current.pk))


def _is_held_by_another(name: str, project_id: Any) -> bool:
    return Domain.objects.standing().filter(name=name).exclude(holder=project_id).exists()
