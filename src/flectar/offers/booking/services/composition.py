"""What a service is made of: what it needs, how often it may be booked, what it asks. Read and replaced as a whole, so
that the editor and the audit log compare two of them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from flectar.offers.booking.models import NeedGroup, Requirement, Service, ServiceNeed
from flectar.offers.booking.services import caps
from flectar.offers.booking.services.caps import Cap

__all__ = ["Cap", "Composition", "Need", "Parts", "Question", "of", "put"]

type Parts = tuple[tuple[int, int], ...]
"""(offset, length) in minutes from the start; empty for the whole length."""


@dataclass(frozen=True, slots=True)
class Need:
    """Any `qty` of these, for the whole length or for parts of it."""

    members: tuple[UUID, ...]
    qty: int = 1
    is_per_person: bool = False
    parts: Parts = ()

    @property
    def is_plain(self) -> bool:
        return (self.qty, self.is_per_person, self.parts) == (1, False, ())


@dataclass(frozen=True, slots=True)
class Question:
    """`pk`: the one that it changes; None for a new one."""

    label: str
    kind: str = Requirement.Kind.TEXT
    when: str = Requirement.When.BEFORE
    help: str = ""
    choices: tuple[str, ...] = ()
    least_age: int | None = None
    is_required: bool = False
    is_sensitive: bool = False
    pk: UUID | None = None


@dataclass(slots=True)
class Composition:
    """The first need is who or what customers choose among; its hours give the starts."""

    needs: list[Need] = field(default_factory=list)
    caps: list[Cap] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    @property
    def told(self) -> dict[str, Any]:
        """For the audit log."""
        needs = [{**asdict(need), "members": [str(pk) for pk in need.members]} for need in self.needs]
        asked = [{**asdict(one), "pk": str(one.pk or "")} for one in self.questions]
        return {"needs": needs, "limits": [asdict(cap) for cap in self.caps], "questions": asked}


def of(service: Service) -> Composition:
    """As it stands; questions that are no longer asked are left out."""
    members: dict[int, list[UUID]] = {}
    for need in service.needs.order_by("group_no", "resource__rank", "resource__name_folded"):
        members.setdefault(need.group_no, []).append(need.resource_id)
    special = {one.group_no: one for one in service.need_groups.all()}
    return Composition(
        needs=[_need(tuple(pks), special.get(number)) for number, pks in sorted(members.items())],
        caps=caps.read(service.limits.all()),
        questions=[_question(one) for one in service.requirements.filter(is_active=True)],
    )


def _need(members: tuple[UUID, ...], special: NeedGroup | None) -> Need:
    if special is None:
        return Need(members)
    parts = tuple((int(offset), int(length)) for offset, length in special.parts)
    return Need(members, special.qty, special.is_per_person, parts)


def _question(one: Requirement) -> Question:
    return Question(
        one.label,
        one.kind,
        one.when,
        one.help,
        tuple(one.choices),
        one.least_age,
        one.is_required,
        one.is_sensitive,
        one.pk,
    )


def put(service: Service, made_of: Composition) -> None:
    """Make the rows say it. Inside the transaction that writes the service; the caller records and announces."""
    _put_needs(service, [need for need in made_of.needs if need.members])
    caps.put(service.limits.all(), made_of.caps, project_id=service.project_id, service=service)
    _put_questions(service, made_of.questions)


def _put_needs(service: Service, needs: Sequence[Need]) -> None:
    """What somebody costs stays with them when a need comes or goes before theirs."""
    present = {(need.group_no, need.resource_id): need for need in service.needs.all()}
    prices = {need.resource_id: need.price_minor for need in present.values() if need.price_minor is not None}
    wanted = [(number, pk) for number, need in enumerate(needs, 1) for pk in dict.fromkeys(need.members)]
    service.needs.filter(pk__in=[need.pk for key, need in present.items() if key not in wanted]).delete()
    ServiceNeed.objects.bulk_create(
        ServiceNeed(
            project_id=service.project_id,
            service=service,
            group_no=number,
            resource_id=pk,
            price_minor=prices.get(pk),
        )
        for number, pk in wanted
        if (number, pk) not in present
    )
    service.need_groups.all().delete()
    NeedGroup.objects.bulk_create(
        NeedGroup(
            project_id=service.project_id,
            service=service,
            group_no=number,
            qty=need.qty,
            is_per_person=need.is_per_person,
            parts=[list(part) for part in need.parts],
        )
        for number, need in enumerate(needs, 1)
        if not need.is_plain
    )


def _put_questions(service: Service, questions: Sequence[Question]) -> None:
    """What was answered stays as it was answered: its question is only asked no more. Another wording of a question is
    another version of it, because an agreement names what was agreed to."""
    known = {one.pk: one for one in service.requirements.filter(is_active=True)}
    kept = {one.pk for one in questions}
    for pk, row in known.items():
        if pk in kept:
            continue
        if row.answers.exists():
            row.is_active = False
            row.save(update_fields=["is_active"])
        else:
            row.delete()
    for position, one in enumerate(questions):
        row = (known.get(one.pk) if one.pk else None) or Requirement(project_id=service.project_id, service=service)
        is_worded_anew = not row._state.adding and (row.label, row.help) != (one.label, one.help)
        row.version += 1 if is_worded_anew else 0
        row.label, row.kind, row.when, row.help = one.label, one.kind, one.when, one.help
        row.choices, row.least_age = list(one.choices), one.least_age
        row.is_required, row.is_sensitive, row.position = one.is_required, one.is_sensitive, position
        row.save()
