"""People from a file into the database: first looked at, then brought in, chunk by chunk, each its own transaction.

A chunk that is done stays done: an import that is interrupted goes on where it stopped. Running the same file again
adds nothing, because everybody in it is known by then.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Func, JSONField, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from flectar.core import clock
from flectar.core.storage import BadUpload
from flectar.core.tenancy import project_scope
from flectar.core.text import fold
from flectar.people.customers import columns, completions, custom, directory, pictures, tags, vcard
from flectar.people.customers.columns import Says
from flectar.people.customers.contacts import shortened
from flectar.people.customers.errors import Restricted
from flectar.people.customers.models import (
    Customer,
    CustomerAddress,
    CustomerEmail,
    CustomerImport,
    CustomerNote,
    CustomerPhone,
    CustomField,
    Via,
    sort_key,
)
from flectar.people.customers.people import Outcome, Person, Reading, Remark, Sheet, read_people, same_name, understand
from flectar.people.customers.tabular import MAX_BYTES, UnreadableFile, read_table
from flectar.platform.audit.log import Actor, acting_as, record
from flectar.platform.projects.models import Project

CHUNK = 200
SAMPLE = 8


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen. Nothing is written."""

    sheet: Sheet
    reading: Reading
    new: int
    known: int
    encoding: str
    delimiter: str
    empty_lines: int

    @property
    def sample(self) -> Sequence[Person]:
        return self.reading.people[:SAMPLE]

    def remarks(self, outcome: Outcome) -> list[Remark]:
        return [remark for remark in self.reading.remarks if remark.outcome is outcome]


def preview(project: Project, content: bytes, says: Sequence[str] | None = None) -> Preview:
    """Read the file and compare with who is known. Raises UnreadableFile. Needs the project's scope."""
    table = vcard.read(content) if vcard.is_one(content) else read_table(content, knows=columns.is_known)
    sheet = understand(table, says)
    asked = custom.fields()
    if says is None:
        sheet = replace(sheet, says=_with_own_fields(sheet, asked))
    reading = read_people(sheet, region=directory.region(project), locales=dict(settings.LANGUAGES))
    reading = _with_good_answers(reading, asked)
    known = sum(len(_Known(chunk).people) for chunk in _chunks(reading.people, 1000))
    return Preview(
        sheet=sheet,
        reading=reading,
        new=len(reading.people) - known,
        known=known,
        encoding=table.encoding,
        delimiter=table.delimiter,
        empty_lines=table.empty_lines,
    )


def _with_own_fields(sheet: Sheet, asked: Sequence[CustomField]) -> tuple[str, ...]:
    """A column that bears the name of one of the owner's fields answers it."""
    by_name = {field.sort_key: columns.of_field(field) for field in asked}
    pairs = zip(sheet.headers, sheet.says, strict=True)
    return tuple(by_name.get(fold(header), says) if says == Says.NOTHING else says for header, says in pairs)


def _with_good_answers(reading: Reading, asked: Sequence[CustomField]) -> Reading:
    """What a field does not take is left out with its reason; the person comes in all the same."""
    by_meaning = {columns.of_field(field): field for field in asked}
    remarks = list(reading.remarks)
    for person in reading.people:
        for meaning, raw in list(person.answers.items()):
            try:
                if meaning in by_meaning:
                    custom.read(by_meaning[meaning], raw)
                    continue
            except custom.BadValue as bad:
                remarks.append(Remark(person.line, Outcome.PARTLY, str(bad), person.cells))
            del person.answers[meaning]
    return replace(reading, remarks=tuple(sorted(remarks, key=lambda remark: remark.line)))


def _answers(person: Person, asked: Sequence[CustomField]) -> dict[CustomField, custom.Value]:
    by_meaning = {columns.of_field(field): field for field in asked}
    return {by_meaning[meaning]: custom.read(by_meaning[meaning], raw) for meaning, raw in person.answers.items()}


_CAN_RUN = (CustomerImport.State.UPLOADED, CustomerImport.State.RUNNING, CustomerImport.State.FAILED)


def bring_in(
    project_id: UUID, import_id: UUID, *, progress: Callable[[int, int], None] = lambda done, of: None
) -> None:
    """Run an import to its end, outside any scope. `progress` hears how many people are done, of how many."""
    with project_scope(project_id):
        job = CustomerImport.objects.select_for_update().get(pk=import_id)
        if job.state not in _CAN_RUN or job.content is None:
            return
        project = Project.objects.get(pk=project_id)
        seen = preview(project, bytes(job.content), job.says or None)
        people, done = seen.reading.people, job.done
        CustomerImport.objects.filter(pk=import_id).update(
            state=CustomerImport.State.RUNNING,
            headers=list(seen.sheet.headers),
            rows=seen.reading.rows,
            people=len(people),
        )
    progress(done, len(people))
    for chunk in _chunks(people[done:], CHUNK):
        with project_scope(project_id):
            # Another runner of the same import waits here, then finds this chunk done.
            job = CustomerImport.objects.select_for_update().defer("content", "remarks").get(pk=import_id)
            if job.done != done or job.state != CustomerImport.State.RUNNING:
                return
            _bring_in_chunk(job, chunk)
        done += len(chunk)
        progress(done, len(people))
    with project_scope(project_id):
        _finish(CustomerImport.objects.select_for_update().get(pk=import_id), seen.reading)


def _finish(job: CustomerImport, reading: Reading) -> None:
    if job.state != CustomerImport.State.RUNNING:
        return
    remarks = [*job.remarks, *(_stored(remark) for remark in reading.remarks)]
    job.remarks = sorted(remarks, key=lambda remark: remark[0])
    job.state = CustomerImport.State.DONE
    job.finished_at = clock.now()
    job.content = None
    job.save(update_fields=["remarks", "state", "finished_at", "content"])
    record(
        "customers.imported",
        target=job,
        new={"rows": job.rows, "added": job.added, "completed": job.completed, "known": job.known},
    )


def stop(job: CustomerImport, problem: str) -> None:
    """It cannot go on; who came in stays in."""
    job.state, job.problem, job.content = CustomerImport.State.FAILED, problem, None
    job.finished_at = clock.now()
    job.save(update_fields=["state", "problem", "content", "finished_at"])


def falter(import_id: UUID) -> None:
    """It stopped for a reason that is not in the file: the file stays, so that it can be tried again."""
    CustomerImport.objects.filter(pk=import_id, state=CustomerImport.State.RUNNING).update(
        state=CustomerImport.State.FAILED, finished_at=clock.now()
    )


def again(job: CustomerImport) -> bool:
    """Whether it may go on where it stopped."""
    stopped = CustomerImport.objects.filter(pk=job.pk, state=CustomerImport.State.FAILED, content__isnull=False)
    return bool(stopped.update(state=CustomerImport.State.RUNNING, finished_at=None))


def undo(job: CustomerImport) -> int:
    """Archive everybody whom this import added; what it added to those known before goes back by
    `completions.take_back`. Returns how many were archived."""
    if job.state != CustomerImport.State.DONE:
        return 0
    count = Customer.objects.current().filter(brought_by=job).update(archived_at=clock.now())
    job.state = CustomerImport.State.UNDONE
    job.save(update_fields=["state"])
    record("customers.import_undone", target=job, new={"archived": count})
    return int(count)


def _stored(remark: Remark) -> list[object]:
    """Rows that came in whole need not be kept a second time."""
    return [remark.line, remark.outcome, remark.reason, [] if remark.outcome is Outcome.JOINED else list(remark.cells)]


# --- One chunk --------------------------------------------------------------------------------------------------------


def _chunks(people: Sequence[Person], size: int) -> Iterator[Sequence[Person]]:
    for start in range(0, len(people), size):
        yield people[start : start + size]


class _Known:
    """Who of these people is a customer already, read in six queries."""

    def __init__(self, people: Sequence[Person], *, job: CustomerImport | None = None) -> None:
        emails = {email for person in people for email in person.emails}
        phones = {phone for person in people for phone in person.phones}
        # By their ids: asked for both at once, the database would go through every customer there is.
        ids = set(CustomerEmail.objects.filter(email__in=emails).values_list("customer_id", flat=True))
        ids |= set(CustomerPhone.objects.filter(number__in=phones).values_list("customer_id", flat=True))
        found = Customer.objects.filter(pk__in=ids)
        self.by_email: dict[str, Customer] = {}
        self.by_phone: dict[str, list[Customer]] = {}
        for customer in found.with_contacts().order_by("id"):
            for email in customer.emails.all():
                self.by_email[email.email] = customer
            for phone in customer.phones.all():
                self.by_phone.setdefault(phone.number, []).append(customer)
        # Who has no address is known by name, and only from an earlier file. Two rows of one name may be two people:
        # the first is the first of them, the second the second.
        names = {sort_key(person.name) for person in people if not person.emails and not person.phones}
        by_name = Customer.objects.filter(sort_key__in=names, brought_by__isnull=False, emails=None, phones=None)
        if job is not None:
            by_name = by_name.exclude(brought_by=job)
        self.by_name: dict[str, list[Customer]] = {}
        for customer in by_name.order_by("id") if names else ():
            self.by_name.setdefault(customer.sort_key, []).append(customer)
        self.people = {person.line: customer for person in people if (customer := self.of(person))}

    def of(self, person: Person) -> Customer | None:
        owner = next((self.by_email[email] for email in person.emails if email in self.by_email), None)
        if owner:
            return owner
        if not person.emails and not person.phones:
            waiting = self.by_name.get(sort_key(person.name))
            return waiting.pop(0) if waiting else None
        sharing = [other for phone in person.phones for other in self.by_phone.get(phone, ())]
        stand_in = directory.is_stand_in(person.name)
        fitting = [
            other
            for other in sharing
            if stand_in or directory.is_stand_in(other.name) or same_name(other.name, person.name)
        ]
        return next((other for other in fitting if not other.is_archived), next(iter(fitting), None))


def _bring_in_chunk(job: CustomerImport, people: Sequence[Person]) -> None:
    directory.wait_for_my_turn(contact for person in people for contact in (*person.emails, *person.phones))
    known = _Known(people, job=job)
    remarks: list[Remark] = []
    if not tags.room_for(tag for person in people for tag in person.tags):
        reason = _("There are %(limit)s tags already. Use one of them.") % {"limit": tags.MOST_NAMES}
        remarks += [Remark(person.line, Outcome.PARTLY, reason, person.cells) for person in people if person.tags]
        people = [replace(person, tags=[]) for person in people]
    new = [person for person in people if person.line not in known.people]
    _add(job, new, remarks)
    before = completions.look({one.pk: one for one in known.people.values()}.values())
    completed = 0
    for person in people:
        if customer := known.people.get(person.line):
            completed += _complete(job, customer, person, known, remarks)
    if completed:
        completions.keep(job, before)
    CustomerImport.objects.filter(pk=job.pk).update(
        done=F("done") + len(people),
        added=F("added") + len(new),
        completed=F("completed") + completed,
        known=F("known") + len(people) - len(new) - completed,
        remarks=appended([_stored(remark) for remark in remarks]),
    )


class _Appended(Func):
    template = "%(expressions)s"
    arg_joiner = " || "
    output_field = JSONField()


def appended(remarks: Sequence[object]) -> Func:
    """What is kept in `remarks`, and these. In the database: what a long import has noted so far is not read and sent
    again with each chunk."""
    return _Appended(F("remarks"), Value(remarks, JSONField()))


def _add(job: CustomerImport, people: Sequence[Person], remarks: list[Remark]) -> None:
    customers = Customer.objects.bulk_create(
        Customer(
            project_id=job.project_id,
            name=person.name,
            sort_key=sort_key(person.name),
            kind=Customer.Kind.COMPANY if person.is_company else Customer.Kind.PERSON,
            locale=person.locale,
            collected_via=Via.IMPORT,
            collected_from=job.file_name,
            brought_by=job,
        )
        for person in people
    )
    pairs = list(zip(customers, people, strict=True))
    CustomerEmail.objects.bulk_create(
        CustomerEmail(
            project_id=job.project_id,
            customer=customer,
            email=email,
            kind=person.kinds.get(email, ""),
            position=position,
        )
        for customer, person in pairs
        for position, email in enumerate(person.emails)
    )
    CustomerPhone.objects.bulk_create(
        CustomerPhone(
            project_id=job.project_id,
            customer=customer,
            number=number,
            kind=person.kinds.get(number, ""),
            position=position,
        )
        for customer, person in pairs
        for position, number in enumerate(person.phones)
    )
    CustomerAddress.objects.bulk_create(
        address.row(project_id=job.project_id, customer=customer, position=position)
        for customer, person in pairs
        for position, address in enumerate(person.addresses)
    )
    CustomerNote.objects.bulk_create(
        CustomerNote(project_id=job.project_id, customer=customer, body=body[:5000], author_id=job.author_id)
        for customer, person in pairs
        for body in person.notes
    )
    for customer, person in pairs:
        _put_picture(customer, person, remarks)
    tags.put_on_new((customer, person.tags) for customer, person in pairs)
    if any(person.answers for person in people):
        asked = custom.fields()
        custom.put_on_new((customer, _answers(person, asked)) for customer, person in pairs)


def _put_picture(customer: Customer, person: Person, remarks: list[Remark]) -> bool:
    """Where there is none yet. A photo that cannot be read is left out with its reason."""
    if not person.photo or customer.picture:
        return False
    try:
        pictures.put(customer, vcard.photo_bytes(person.photo))
    except BadUpload as bad:
        remarks.append(Remark(person.line, Outcome.PARTLY, str(bad), person.cells))
        return False
    return True


def _complete(job: CustomerImport, customer: Customer, person: Person, known: _Known, remarks: list[Remark]) -> bool:
    """True if the file knew something more, or the customer had been archived."""
    if not customer.is_open_to_change:
        remarks.append(Remark(person.line, Outcome.SKIPPED, str(Restricted(customer)), person.cells))
        return False
    theirs = [email for email in person.emails if known.by_email.get(email, customer).pk != customer.pk]
    for email in theirs:
        reason = _("%(email)s belongs to %(name)s, not to %(other)s.") % {
            "email": email,
            "name": known.by_email[email].name,
            "other": customer.name,
        }
        remarks.append(Remark(person.line, Outcome.PARTLY, reason, person.cells))
    changed = directory.complete(
        customer,
        emails=[email for email in person.emails if email not in theirs],
        phones=person.phones,
        addresses=person.addresses,
        kinds=person.kinds,
        locale=person.locale,
    )
    written = set(customer.notes.values_list("body", flat=True))
    for body in person.notes:
        if body[:5000] not in written:
            CustomerNote.objects.create(
                project_id=job.project_id, customer=customer, body=body[:5000], author_id=job.author_id
            )
            changed = True
    try:
        changed = bool(tags.put(customer, person.tags)) or changed
    except tags.BadTag as bad:
        remarks.append(Remark(person.line, Outcome.PARTLY, str(bad), person.cells))
    changed = _put_picture(customer, person, remarks) or changed
    if person.answers:
        held = {value.field_id for value in customer.values.all()}
        found = _answers(person, custom.fields()).items()
        changed = custom.put(customer, {field: value for field, value in found if field.pk not in held}) or changed
    if customer.is_archived:
        directory.restore(customer)
        changed = True
    return changed


# --- From the command line --------------------------------------------------------------------------------------------


def import_file(project: Project, path: Path, *, dry_run: bool, progress: Callable[[int, int], None]) -> Iterator[str]:
    """Bring a file in (or only look, with `dry_run`) and tell what happened, line by line. Raises UnreadableFile."""
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableFile(
            _("The file is larger than %(limit)s MB. Split it and import the parts.") % {"limit": MAX_BYTES >> 20}
        )
    content = path.read_bytes()
    with project_scope(project.pk):
        seen = preview(project, content)
    yield from _columns_in_words(seen)
    if dry_run:
        yield ngettext("%(count)s person would be added.", "%(count)s people would be added.", seen.new) % {
            "count": seen.new
        }
        yield ngettext("%(count)s person is known already.", "%(count)s people are known already.", seen.known) % {
            "count": seen.known
        }
        yield from _remarks_in_words([_stored(remark) for remark in seen.reading.remarks])
        yield _("Nothing was written.")
        return
    with acting_as(Actor(kind="import", organization_id=project.organization_id)):
        with project_scope(project.pk):
            job = CustomerImport.objects.create(
                file_name=shortened(path.name, 200), content=content, says=[str(meaning) for meaning in seen.sheet.says]
            )
        bring_in(project.pk, job.pk, progress=progress)
    with project_scope(project.pk):
        job.refresh_from_db()
    yield _("Added %(added)s, completed %(completed)s, known already %(known)s.") % {
        "added": job.added,
        "completed": job.completed,
        "known": job.known,
    }
    yield from _remarks_in_words(job.remarks)


def _columns_in_words(seen: Preview) -> Iterator[str]:
    yield _("%(rows)s rows, %(encoding)s, %(people)s people.") % {
        "rows": seen.reading.rows,
        "encoding": seen.encoding,
        "people": len(seen.reading.people),
    }
    pairs = list(zip(seen.sheet.headers, seen.sheet.says, strict=True))
    for header, meaning in pairs:
        if meaning in columns.LABELS and meaning != Says.NOTHING:
            yield f"  {header} → {columns.LABELS[Says(meaning)]}"
    if unused := [header for header, meaning in pairs if meaning == Says.NOTHING and header]:
        yield _("Columns left out: %(names)s") % {"names": ", ".join(unused)}


def _remarks_in_words(remarks: Sequence[Sequence[Any]]) -> Iterator[str]:
    titles = {
        Outcome.SKIPPED: _("Rows left out:"),
        Outcome.PARTLY: _("People without one of their values:"),
        Outcome.JOINED: _("Rows joined into one person:"),
    }
    for outcome, title in titles.items():
        group = [remark for remark in remarks if remark[1] == outcome]
        if group:
            yield f"{title} {len(group)}"
        for line, _outcome, reason, _cells in group:
            yield "  " + _("line %(line)s: %(reason)s") % {"line": line, "reason": reason}
