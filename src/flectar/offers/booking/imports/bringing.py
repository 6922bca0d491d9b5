"""Bookings of a former system into the database: looked at first, then brought in chunk by chunk, and undone.

What is past becomes history: nobody is written to, nothing is claimed. What is to come takes its time whole, by the
file's own length, whatever the opening hours say; where somebody has it already the row is left out and listed. A chunk
is one transaction that moves `done` on, so a worker that is killed goes on where it stopped. Locks: the customers'
contacts of a chunk, then all its calendars, as everywhere.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from flectar.core import clock, crypto
from flectar.core.events import announce
from flectar.core.jobs import together
from flectar.core.tenancy import project_scope
from flectar.core.text import fold
from flectar.offers.booking.deeds import due, figures, lifecycle
from flectar.offers.booking.errors import BookingError
from flectar.offers.booking.facts import BookingConfirmed, ServicesChanged
from flectar.offers.booking.hours import minute_of
from flectar.offers.booking.imports import adding, former
from flectar.offers.booking.imports.former import MAX_MINUTES, Becomes, Reading, Wanted
from flectar.offers.booking.models import (
    Booking,
    BookingImport,
    Claim,
    NeedGroup,
    Resource,
    Service,
    ServiceNeed,
)
from flectar.offers.booking.models.bookings import unused_code
from flectar.offers.booking.prices import terms
from flectar.offers.booking.scheduling import claiming
from flectar.offers.booking.scheduling.claiming import Pick
from flectar.people.customers import directory
from flectar.people.customers.contacts import BadContact, shortened
from flectar.people.customers.importing import appended
from flectar.people.customers.models import Customer, Via, sort_key
from flectar.people.customers.people import Outcome, Remark
from flectar.platform.audit.log import record
from flectar.platform.projects.models import Project

CHUNK = 100
MOST_NAMES = 100
State = BookingImport.State
Status = Booking.Status
_STATUS = {Becomes.DONE: Status.COMPLETED, Becomes.NO_SHOW: Status.NO_SHOW, Becomes.CANCELLED: Status.CANCELLED}


class NoPlace(Exception):
    """The row cannot become a booking; fit to show."""


# --- What a row means here --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fitted:
    """A row with its service, its person and its instants."""

    wanted: Wanted
    service: Service
    person: Resource | None
    starts_at: datetime
    ends_at: datetime
    is_past: bool

    @property
    def status(self) -> str:
        """The file says who came; of what is over and says nothing we know no more than that it is over."""
        if self.wanted.becomes in _STATUS and (self.is_past or self.wanted.becomes == Becomes.CANCELLED):
            return _STATUS[self.wanted.becomes]
        return Status.COMPLETED if self.is_past else Status.CONFIRMED

    @property
    def takes_time(self) -> bool:
        return self.status == Status.CONFIRMED

    @property
    def key(self) -> str:
        """The same row of the same file, whenever it comes again."""
        one = self.wanted
        who = one.email or one.phone or fold(one.name)
        said = "|".join([one.code, self.starts_at.isoformat(), str(self.service.pk), who, fold(one.person)])
        return f"import:{crypto.blind_index(said, 'booking import')}"


@dataclass(slots=True)
class Catalogue:
    """Services and people by their names, as the file calls them."""

    project: Project
    names: Mapping[str, str]
    services: list[Service] = field(default_factory=list)
    people: list[Resource] = field(default_factory=list)
    groups: dict[UUID, dict[int, list[Resource]]] = field(default_factory=dict)
    quantities: dict[tuple[UUID, int], tuple[int, bool]] = field(default_factory=dict)

    @classmethod
    def of(cls, project: Project, names: Mapping[str, str]) -> "Catalogue":
        found = cls(project, names, list(Service.objects.in_order()), list(Resource.objects.in_order()))
        by_pk = {one.pk: one for one in found.people}
        for service, group, resource in ServiceNeed.objects.order_by("service", "group_no", "id").values_list(
            "service_id", "group_no", "resource_id"
        ):
            found.groups.setdefault(service, {}).setdefault(group, []).append(by_pk[resource])
        for special in NeedGroup.objects.all():
            found.quantities[special.service_id, special.group_no] = (special.qty, special.is_per_person)
        return found

    def service(self, said: str) -> Service | None:
        chosen = self.names.get(f"service:{fold(said)}")
        if chosen is not None:
            return next((one for one in self.services if str(one.pk) == adding.service_id(chosen)), None)
        return next((one for one in self.services if one.name_folded == fold(said)), None)

    def person(self, said: str) -> Resource | None:
        chosen = self.names.get(f"person:{fold(said)}")
        if chosen is not None:
            return next((one for one in self.people if str(one.pk) == chosen), None)
        plain = fold(said)
        whole = next((one for one in self.people if one.name_folded == plain), None)
        first = [one for one in self.people if fold(one.first_name) == plain]
        return whole or (first[0] if len(first) == 1 else None)

    def needs(self, one: Fitted) -> list[tuple[list[Resource], int]]:
        """Who could meet each need, and how many of them it takes. Whoever is named does it."""
        needs = []
        groups = self.groups.get(one.service.pk, {})
        named = one.person
        for number, members in sorted(groups.items()):
            qty, per_person = self.quantities.get((one.service.pk, number), (1, False))
            fitting = [member for member in members if member.seats(one.wanted.party)] or members
            if named is not None and (named in members or (number == min(groups) and not _is_in(named, groups))):
                fitting = [named]
            needs.append((fitting, qty * (one.wanted.party if per_person else 1)))
        return needs or ([([named], 1)] if named is not None else [])

    def resources(self, one: Fitted) -> set[UUID]:
        return {member.pk for members, _qty in self.needs(one) for member in members}


def _is_in(resource: Resource, groups: Mapping[int, Sequence[Resource]]) -> bool:
    return any(resource in members for members in groups.values())


def fit(catalogue: Catalogue, wanted: Wanted) -> Fitted:
    """Raises NoPlace."""
    service = catalogue.service(wanted.service)
    if service is None:
        raise NoPlace(_("There is no service called “%(name)s”.") % {"name": shortened(wanted.service)})
    person = catalogue.person(wanted.person) if wanted.person else None
    if wanted.person and person is None and catalogue.names.get(f"person:{fold(wanted.person)}") != "":
        raise NoPlace(_("Nobody here is called “%(name)s”.") % {"name": shortened(wanted.person)})
    if person is None and not catalogue.groups.get(service.pk):
        raise NoPlace(_("Nobody does %(service)s.") % {"service": service.name})
    minutes = wanted.minutes or service.duration_min
    is_stay = service.mode == Service.Mode.STAY
    if not is_stay and minutes > MAX_MINUTES:
        raise NoPlace(_("It would take longer than a day and a half."))
    if is_stay and minutes < 12 * 60:
        raise NoPlace(_("A stay needs a day of departure in the column of the end."))
    starts_at = clock.to_instant(wanted.start, catalogue.project.tz)
    ends_at = starts_at + timedelta(minutes=minutes)
    return Fitted(wanted, service, person, starts_at, ends_at, starts_at <= clock.now())


@dataclass(slots=True)
class Taken:
    """Which stretches of which units are given away, the file's own rows included. Minutes."""

    catalogue: Catalogue
    spans: dict[tuple[UUID, int], list[tuple[int, int]]] = field(default_factory=dict)

    @classmethod
    def around(cls, catalogue: Catalogue, rows: Sequence[Fitted]) -> "Taken":
        found = cls(catalogue)
        if not rows:
            return found
        resources = set().union(*(catalogue.resources(one) for one in rows))
        first = min(one.starts_at for one in rows) - timedelta(days=1)
        last = max(one.ends_at for one in rows) + timedelta(days=1)
        claims = Claim.objects.filter(resource__in=resources, starts_at__lt=last, ends_at__gt=first)
        claims = claims.filter(Q(expires_at=None) | Q(expires_at__gt=clock.now()))
        for resource, unit, start, end in claims.values_list("resource_id", "unit", "starts_at", "ends_at"):
            found.spans.setdefault((resource, unit), []).append((minute_of(start), minute_of(end)))
        return found

    def take(self, one: Fitted) -> list[Pick]:
        """Raises NoPlace."""
        span = (
            minute_of(one.starts_at) - one.service.buffer_before,
            minute_of(one.ends_at) + one.service.buffer_after,
        )
        picks: list[Pick] = []
        for members, qty in self.catalogue.needs(one):
            left = qty
            for member in members:
                units = tuple(unit for unit in range(1, member.units + 1) if self._is_free(member, unit, span))[:left]
                if units and all(pick.resource.pk != member.pk for pick in picks):
                    picks.append(Pick(member, (span,), units))
                    left -= len(units)
                if not left:
                    break
            if left:
                names = ", ".join(member.name for member in members[:3])
                raise NoPlace(_("The time is taken already: %(names)s.") % {"names": names})
        for pick in picks:
            for unit in pick.units:
                self.spans.setdefault((pick.resource.pk, unit), []).append(span)
        return picks

    def _is_free(self, member: Resource, unit: int, span: tuple[int, int]) -> bool:
        return all(end <= span[0] or start >= span[1] for start, end in self.spans.get((member.pk, unit), ()))


# --- What would happen ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Preview:
    reading: Reading
    past: int = 0
    coming: int = 0
    known: int = 0
    remarks: list[Remark] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)  # "service:<folded>" → as the file says it

    @property
    def bookings(self) -> int:
        return self.past + self.coming

    @property
    def sample(self) -> Sequence[Wanted]:
        return self.reading.wanted[:8]

    def of(self, outcome: Outcome) -> list[Remark]:
        return [remark for remark in self.remarks if remark.outcome is outcome]


def read(project: Project, content: bytes, says: Sequence[str] | None = None) -> Reading:
    """Raises UnreadableFile. Needs the project's scope."""
    return former.read(content, says, region=directory.region(project), currency=project.currency)


def preview(
    project: Project, content: bytes, says: Sequence[str] | None = None, names: Mapping[str, str] | None = None
) -> Preview:
    """Nothing is written: what is added for the look goes back. Raises UnreadableFile."""
    reading = read(project, content, says)
    with transaction.atomic():
        seen = _preview(project, reading, names or {})
        transaction.set_rollback(True)
    return seen


def _preview(project: Project, reading: Reading, names: Mapping[str, str]) -> Preview:
    catalogue = Catalogue.of(project, _with_new_services(project, reading, names))
    seen = Preview(reading, remarks=list(reading.remarks))
    for kind, said, find in _said_names(reading, catalogue):
        if len(seen.unknown) < MOST_NAMES and find(said) is None:
            seen.unknown[f"{kind}:{fold(said)}"] = said
    rows = _fitted(catalogue, reading.wanted, seen.remarks)
    keys = _known_keys(rows)
    coming = [one for one in rows if one.takes_time]
    taken = Taken.around(catalogue, coming)
    met: set[str] = set()
    for one in rows:
        if one.key in keys or one.key in met:
            seen.known += 1
            continue
        met.add(one.key)
        try:
            if one.takes_time and _is_claimed_here(one):
                taken.take(one)
        except NoPlace as refused:
            seen.remarks.append(_skipped(one.wanted, refused))
            continue
        if one.is_past:
            seen.past += 1
        else:
            seen.coming += 1
    seen.remarks.sort(key=lambda remark: remark.line)
    return seen


def _with_new_services(project: Project, reading: Reading, names: Mapping[str, str]) -> dict[str, str]:
    return adding.added(project, reading.wanted, names, Catalogue.of(project, names).person)


def _said_names(reading: Reading, catalogue: Catalogue) -> Iterator[tuple[str, str, Callable[[str], Any]]]:
    """Each name once; those that were chosen for stay in the list, so that the choice can be changed."""

    def unless_chosen(kind: str, find: Callable[[str], Any]) -> Callable[[str], Any]:
        return lambda said: None if f"{kind}:{fold(said)}" in catalogue.names else find(said)

    services = {fold(one.service): one.service for one in reading.wanted}
    people = {fold(one.person): one.person for one in reading.wanted if one.person}
    yield from (("service", said, unless_chosen("service", catalogue.service)) for said in services.values())
    yield from (("person", said, unless_chosen("person", catalogue.person)) for said in people.values())


def _fitted(catalogue: Catalogue, wanted: Iterable[Wanted], remarks: list[Remark]) -> list[Fitted]:
    rows = []
    for one in wanted:
        try:
            rows.append(fit(catalogue, one))
        except NoPlace as refused:
            remarks.append(_skipped(one, refused))
    return rows


def _known_keys(rows: Sequence[Fitted]) -> set[str]:
    keys = [one.key for one in rows]
    return set(Booking.objects.filter(idempotency_key__in=keys).values_list("idempotency_key", flat=True))


def _skipped(wanted: Wanted, why: Exception) -> Remark:
    return Remark(wanted.line, Outcome.SKIPPED, str(why), wanted.cells)


def _is_claimed_here(one: Fitted) -> bool:
    """Places of classes and nights are given by the engine itself."""
    return one.service.mode not in (Service.Mode.SESSION, Service.Mode.STAY)


# --- Bringing in ------------------------------------------------------------------------------------------------------


type Met = dict[tuple[str, str, str], UUID]
"""Whom this import has met, by name, email and phone: in a diary the same people come again and again."""


def bring_in(project_id: UUID, import_id: UUID) -> None:
    """To its end, outside any scope. Again after a crash: on from where it stopped."""
    with project_scope(project_id):
        job = BookingImport.objects.select_for_update().get(pk=import_id)
        if job.state not in (State.RUNNING, State.FAILED) or job.content is None:
            return
        project = Project.objects.get(pk=project_id)
        reading = read(project, bytes(job.content), job.says or None)
        names = _with_new_services(project, reading, job.names)
        done = job.done
        BookingImport.objects.filter(pk=import_id).update(
            state=State.RUNNING,
            names=names,
            headers=list(reading.sheet.headers),
            rows=len(reading.sheet.rows),
            bookings=len(reading.wanted),
        )
    met: Met = {}
    for start in range(done, len(reading.wanted), CHUNK):
        chunk = reading.wanted[start : start + CHUNK]
        with project_scope(project_id):
            # Another runner of the same import waits here, then finds this chunk done.
            job = BookingImport.objects.select_for_update().defer("content", "remarks").get(pk=import_id)
            if job.done != start or job.state != State.RUNNING:
                return
            _bring_in_chunk(project, job, Catalogue.of(project, names), chunk, met)
    with project_scope(project_id):
        _finish(project, BookingImport.objects.select_for_update().get(pk=import_id), reading)


def _bring_in_chunk(
    project: Project, job: BookingImport, catalogue: Catalogue, wanted: Sequence[Wanted], met: Met
) -> None:
    remarks: list[Remark] = []
    rows = _fitted(catalogue, wanted, remarks)
    known = _known_keys(rows)
    stood, new = 0, []
    for one in rows:
        if one.key in known:
            stood += 1
        else:
            known.add(one.key)
            new.append(one)
    people = _customers(project, job, new, remarks, met)
    new = [one for one in new if one.wanted.line in people]
    resources = {pk for one in new if one.takes_time for pk in catalogue.resources(one)}
    past = coming = 0
    to_come: list[Booking] = []
    codes = _unused_codes(len(new))
    standing = _standing(people.values(), new)
    with claiming.locked(resources):
        taken = Taken.around(catalogue, [one for one in new if one.takes_time])
        for one in new:
            customer = people[one.wanted.line]
            place = (customer.pk, one.service.pk, one.starts_at)
            if place in standing:
                stood += 1
                continue
            try:
                with transaction.atomic():
                    booking = _write(job, one, customer, taken, next(codes))
            except (NoPlace, BookingError) as refused:
                remarks.append(_skipped(one.wanted, refused))
                continue
            past, coming = past + one.is_past, coming + (not one.is_past)
            if booking.status != Status.CANCELLED:
                standing.add(place)
            if one.takes_time and _is_claimed_here(one):
                to_come.append(booking)
    with together():
        for booking in to_come:
            due.look_ahead(BookingConfirmed(project.pk, booking.pk))
    BookingImport.objects.filter(pk=job.pk).update(
        done=F("done") + len(wanted),
        past=F("past") + past,
        coming=F("coming") + coming,
        known=F("known") + stood,
        remarks=appended([_stored(one) for one in remarks]),
    )
    figures.later(project.pk, (customer.pk for customer in people.values()))


def _write(job: BookingImport, one: Fitted, customer: Customer, taken: Taken, code: str) -> Booking:
    """Raises NoPlace, BookingError."""
    catalogue, project = taken.catalogue, taken.catalogue.project
    is_stay = one.service.mode == Service.Mode.STAY
    nights = max(1, round((one.ends_at - one.starts_at) / timedelta(days=1))) if is_stay else 0
    if one.takes_time and not _is_claimed_here(one):
        made: Booking = lifecycle.book(
            project,
            one.service,
            one.starts_at,
            customer,
            resource=one.person,
            party=one.wanted.party,
            nights=nights,
            source=Booking.Source.IMPORT,
            idempotency_key=one.key,
            note=one.wanted.note,
            by_team=True,
            notify=False,
        )
        Booking.objects.filter(pk=made.pk).update(brought_by=job)
        return made
    picks = taken.take(one) if one.takes_time else []
    needs = catalogue.needs(one)
    who = picks[0].resource if picks else needs[0][0][0]
    price = one.service.price_minor if one.wanted.price_minor is None else one.wanted.price_minor
    attended = one.wanted.becomes == Becomes.DONE and one.is_past
    came = Booking.Attendance.ATTENDED if attended else Booking.Attendance.EXPECTED
    booking: Booking = Booking.objects.create(
        code=code,
        project=project,
        service=one.service,
        resource=who,
        customer=customer,
        status=one.status,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        tz=project.zone,
        local_start=f"{one.wanted.start:%Y-%m-%dT%H:%M}",
        service_name=one.service.name,
        mode=one.service.mode,
        party=one.wanted.party,
        nights=nights or None,
        price_snapshot={"minor": price, "currency": project.currency, "lines": []},
        policy_snapshot=terms.snapshot(one.service),
        attendance=Booking.Attendance.NO_SHOW if one.status == Status.NO_SHOW else came,
        note=one.wanted.note,
        locale=(customer.locale or project.locale)[:10],
        source=Booking.Source.IMPORT,
        idempotency_key=one.key,
        brought_by=job,
    )
    if picks and not claiming.claim(picks, booking):
        raise NoPlace(_("The time is taken already: %(names)s.") % {"names": who.name})
    return booking


def _unused_codes(count: int) -> Iterator[str]:
    """Among twenty thousand bookings a code comes up twice: the file would stop there, and begin its chunk anew."""
    drawn = {unused_code() for _ in range(2 * count + 10)}
    return iter(drawn - set(Booking.objects.filter(code__in=drawn).values_list("code", flat=True)))


def _standing(customers: Iterable[Customer], rows: Sequence[Fitted]) -> set[tuple[UUID, UUID, datetime]]:
    """What somebody has typed in by hand meanwhile."""
    there = Booking.objects.filter(
        customer__in={one.pk for one in customers}, starts_at__in={one.starts_at for one in rows}
    )
    return set(there.exclude(status=Status.CANCELLED).values_list("customer_id", "service_id", "starts_at"))


def _customers(
    project: Project, job: BookingImport, rows: Sequence[Fitted], remarks: list[Remark], met: Met
) -> dict[int, Customer]:
    """By line. Known by email, by phone with a name that fits, or, where the row has neither, by the name alone if only
    one customer bears it."""
    directory.wait_for_my_turn(contact for one in rows for contact in one.wanted.contacts)
    who = {one.wanted.line: (fold(one.wanted.name), one.wanted.email, one.wanted.phone) for one in rows}
    again = Customer.objects.current().in_bulk({met[key] for key in who.values() if key in met})
    found: dict[int, Customer] = {}
    for one in rows:
        wanted = one.wanted
        key = who[wanted.line]
        try:
            if known := again.get(met.get(key)):
                found[wanted.line] = known
            elif wanted.contacts:
                found[wanted.line] = directory.find_or_create(
                    project,
                    name=wanted.name,
                    email=wanted.email,
                    phone=wanted.phone,
                    collected_via=Via.IMPORT,
                    collected_from=_origin(job),
                )
            else:
                found[wanted.line] = _by_name(project, job, wanted)
        except (NoPlace, BadContact) as refused:
            remarks.append(_skipped(wanted, refused))
        else:
            met[key] = found[wanted.line].pk
            again[met[key]] = found[wanted.line]
    return found


def _by_name(project: Project, job: BookingImport, wanted: Wanted) -> Customer:
    same: list[Customer] = list(Customer.objects.current().filter(sort_key=sort_key(wanted.name)).order_by("id")[:2])
    if len(same) > 1:
        raise NoPlace(_("Several customers are called %(name)s: add an email or a phone.") % {"name": wanted.name})
    if same:
        return same[0]
    details = directory.Details(name=wanted.name)
    return directory.add(project, details, collected_via=Via.IMPORT, collected_from=_origin(job))


def _origin(job: BookingImport) -> str:
    """What an undo knows the customers by whom it brought."""
    return f"{job.file_name[:150]} ({job.pk})"


def _stored(remark: Remark) -> list[Any]:
    return [remark.line, remark.outcome, remark.reason, list(remark.cells)]


def _finish(project: Project, job: BookingImport, reading: Reading) -> None:
    if job.state != State.RUNNING:
        return
    job.remarks = sorted([*job.remarks, *map(_stored, reading.remarks)], key=lambda remark: remark[0])
    job.state, job.finished_at, job.content = State.DONE, clock.now(), None
    job.save(update_fields=["remarks", "state", "finished_at", "content"])
    record("bookings.imported", target=job, new={"past": job.past, "coming": job.coming, "known": job.known})
    announce(ServicesChanged(project.pk))  # the public page shows what is free now


def start(job: BookingImport) -> bool:
    """False if somebody has done so already: a second click starts nothing."""
    waiting = BookingImport.objects.filter(pk=job.pk, state__in=(State.UPLOADED, State.FAILED), content__isnull=False)
    return bool(waiting.update(state=State.RUNNING, finished_at=None))


def stop(job: BookingImport, problem: str) -> None:
    job.state, job.problem, job.content, job.finished_at = State.FAILED, problem, None, clock.now()
    job.save(update_fields=["state", "problem", "content", "finished_at"])


def falter(import_id: UUID) -> None:
    """It stopped for a reason that is not in the file: the file stays, so that it can be tried again."""
    job = BookingImport.objects.filter(pk=import_id)
    job.filter(state=State.RUNNING).update(state=State.FAILED, finished_at=clock.now())
    job.filter(state=State.UNDOING).update(state=State.DONE)


# --- Undoing ----------------------------------------------------------------------------------------------------------


def start_undo(job: BookingImport) -> bool:
    return bool(BookingImport.objects.filter(pk=job.pk, state=State.DONE).update(state=State.UNDOING, kept=0))


def undo(project_id: UUID, import_id: UUID) -> None:
    """All that it brought, but for what was changed since; outside any scope. Again after a crash: on from there."""
    after: UUID | None = None
    while True:
        with project_scope(project_id):
            job = BookingImport.objects.select_for_update().get(pk=import_id)
            if job.state != State.UNDOING:
                return
            brought = Booking.objects.filter(brought_by=job).order_by("id")
            chunk = list(brought.filter(pk__gt=after)[:CHUNK] if after else brought[:CHUNK])
            if not chunk:
                _finish_undo(project_id, job)
                return
            _take_back(chunk)
        after = chunk[-1].pk


def _take_back(chunk: Sequence[Booking]) -> None:
    figures.later(chunk[0].project_id, (one.customer_id for one in chunk))
    with claiming.locked({one.resource_id for one in chunk}):
        touched = set(
            Booking.objects.filter(pk__in=[one.pk for one in chunk], events__isnull=False).values_list("pk", flat=True)
        )
        plain = [one.pk for one in chunk if one.pk not in touched and one.version == 1]
        if not _delete(plain):
            for pk in plain:
                _delete([pk])
    # Places and nights that the engine gave have a history, which stays: those are cancelled without a word.
    for one in chunk:
        if one.pk in touched and one.version == 1 and one.status == Status.CONFIRMED and one.starts_at > clock.now():
            lifecycle.cancel(one, by_team=True, reason=_("The import was undone"), notify=False)


def _delete(ids: Sequence[UUID]) -> bool:
    """With their claims; False where something else hangs on one. Past the ORM's own cascade, which would ask to delete
    from the history, and nobody may."""
    try:
        with transaction.atomic():
            Claim.objects.filter(booking__in=ids).delete()
            rows = Booking.objects.filter(pk__in=ids, version=1)
            rows._raw_delete(rows.db)
    except IntegrityError:
        return False
    return True


def _finish_undo(project_id: UUID, job: BookingImport) -> None:
    kept = Booking.objects.filter(brought_by=job).exclude(status=Status.CANCELLED).count()
    came = Customer.objects.current().filter(
        collected_via=Via.IMPORT, collected_from=_origin(job), bookings=None, restricted_at=None
    )
    archived = came.exclude(notes__isnull=False).update(archived_at=clock.now())
    adding.take_back(job.names)
    job.state, job.kept = State.UNDONE, kept
    job.save(update_fields=["state", "kept"])
    record("bookings.import_undone", target=job, new={"kept": kept, "customers_archived": archived})
    announce(ServicesChanged(project_id))
