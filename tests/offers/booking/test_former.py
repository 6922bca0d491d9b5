"""Bookings of a former system: read, looked at first, brought in by chunks, undone."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from flectar.core import clock
from flectar.core.tenancy import project_scope
from flectar.offers.booking.deeds import lifecycle
from flectar.offers.booking.imports import bringing, former, jobs
from flectar.offers.booking.imports.former import Becomes
from flectar.offers.booking.models import Booking, BookingImport, Claim, Service
from flectar.people.customers.models import Customer
from flectar.people.customers.people import Outcome
from flectar.platform.outbox.models import Message
from tests.offers.booking import make
from tests.offers.booking.make import at
from tests.people.customers import make as customers

pytestmark = pytest.mark.usefixtures("monday_morning")

HEAD = "Fecha;Hora;Duración;Servicio;Empleado;Cliente;Correo;Móvil;Precio;Estado;Notas\r\n"
PAST = "03/11/2025;10:00;45;Curl cut;Noa;Paula Ibáñez;paula@example.com;;38,50;Completada;Oat milk\r\n"
MISSED = "04/11/2025;9:30;;curl cut;;Paula Ibáñez;;600 000 142;;No presentado;\r\n"
COMING = "24/11/2026;16:00;90;Curl cut;Noa Vidal;Ana Sol;ana@example.com;;;Confirmada;\r\n"
CLASH = "24/11/2026;17:00;60;Curl cut;Noa Vidal;Eva Mar;eva@example.com;;;;\r\n"
CALLED_OFF = "24/11/2026;16:30;60;Curl cut;Noa Vidal;Leo;leo@example.com;;;Anulada;\r\n"
NONSENSE = "tomorrow;16:00;60;Curl cut;Noa;Leo;;;;;\r\n"
UNKNOWN = "03/11/2025;12:00;60;Beard;Noa;Leo;leo@example.com;;;;\r\n"
FILE = "".join([HEAD, PAST, MISSED, COMING, CLASH, CALLED_OFF, NONSENSE, UNKNOWN]).encode("cp1252")


@pytest.fixture
def cut(salon):
    with project_scope(salon.pk):
        return make.service(make.staff("Noa Vidal"), slug="cut", buffer_after=10)


def run(project, content, **values) -> BookingImport:
    with project_scope(project.pk):
        job = BookingImport.objects.create(file_name="old.csv", content=content, state="running", **values)
    jobs.bring_in_former.run(of_project=str(project.pk), import_id=str(job.pk))
    with project_scope(project.pk):
        job.refresh_from_db()
    return job


# Reading


def read(text: str, region: str = "ES") -> former.Reading:
    return former.read(text.encode(), None, region=region, currency="EUR")


def test_each_row_says_a_booking_or_why_it_is_none():
    reading = former.read(FILE, None, region="ES", currency="EUR")

    first = reading.wanted[0]
    assert (first.start, first.minutes, first.price_minor) == (datetime(2025, 11, 3, 10), 45, 3850)  # noqa: DTZ001 - on the wall
    assert [one.becomes for one in reading.wanted] == [
        Becomes.DONE, Becomes.NO_SHOW, Becomes.STANDS, Becomes.STANDS, Becomes.CANCELLED, Becomes.STANDS,
    ]  # fmt: skip
    assert [(remark.line, remark.reason) for remark in reading.remarks] == [
        (7, "“tomorrow 16:00” is not a day and a time.")
    ]


@pytest.mark.parametrize(
    ("head", "row", "start", "minutes"),
    [
        ("Start,End,Service,Name", "2025-11-03T10:00:00,2025-11-03 11:15,Cut,Ana", (2025, 11, 3, 10, 0), 75),
        ("Date,Time,Service,Client", "12/31/2025,4:30 PM,Cut,Ana", (2025, 12, 31, 16, 30), None),
        ("Date,Start,End,Service,Client", "31/12/25,23:30,0:15,Cut,Ana", (2025, 12, 31, 23, 30), 45),
        ("Day,Hour,Length,Service,Client", "1.2.2025,9.05,1h 30m,Cut,Ana", (2025, 2, 1, 9, 5), 90),
    ],
)
def test_days_and_times_are_read_as_they_are_written(head, row, start, minutes):
    [one] = read(f"{head}\n{row}\n").wanted

    assert (one.start, one.minutes) == (datetime(*start), minutes)  # noqa: DTZ001 - on the wall


def test_a_file_of_more_rows_than_we_take_is_refused(monkeypatch):
    monkeypatch.setattr(former, "MAX_ROWS", 1)
    with pytest.raises(former.UnreadableFile):
        read("Date,Time,Service,Client\n1/2/2025,9:00,Cut,Ana\n1/2/2025,9:30,Cut,Ana\n")


# Looking first


def test_a_look_writes_nothing_and_tells_all(salon, cut):
    with project_scope(salon.pk):
        seen = bringing.preview(salon, FILE)

        assert (seen.past, seen.coming, seen.known) == (2, 2, 0)
        assert seen.unknown == {"service:beard": "Beard"}
        assert [(remark.line, remark.reason) for remark in seen.of(Outcome.SKIPPED)] == [
            (5, "The time is taken already: Noa Vidal."),
            (7, "“tomorrow 16:00” is not a day and a time."),
            (8, "There is no service called “Beard”."),
        ]
        mapped = bringing.preview(salon, FILE, names={"service:beard": str(cut.pk)})
        assert (mapped.past, list(mapped.unknown)) == (3, ["service:beard"])
        assert not Booking.objects.exists()
        assert not Customer.objects.exists()


# Bringing in


@pytest.mark.django_db(transaction=True)
def test_the_past_becomes_history_and_the_coming_takes_its_time(salon, cut):
    with project_scope(salon.pk):
        paula = customers.customer(salon, "Paula Ibáñez", email="paula@example.com", phone="+34600000142")

    job = run(salon, FILE)

    assert (job.state, job.past, job.coming, job.known, job.content) == ("done", 2, 2, 0, None)
    assert [remark[0] for remark in job.remarks] == [5, 7, 8]
    with project_scope(salon.pk):
        done = Booking.objects.get(status="completed")
        missed = Booking.objects.get(status="no_show")
        called_off = Booking.objects.get(status="cancelled")
        coming = Booking.objects.get(status="confirmed")
        assert (done.customer, done.price.minor, done.attendance, done.note) == (paula, 3850, "attended", "Oat milk")
        assert (missed.customer, missed.minutes, missed.price.minor) == (paula, 60, 5800)
        assert (coming.minutes, coming.source, coming.brought_by) == (90, "import", job)
        [claim] = Claim.objects.all()
        assert (claim.booking, claim.ends_at - claim.starts_at) == (coming, timedelta(minutes=100))
        assert not called_off.events.exists()
        assert not Message.objects.exists()
        with pytest.raises(lifecycle.SlotTaken):
            make.booking(salon, cut, at(salon, "17:00"))


@pytest.mark.django_db(transaction=True)
def test_the_same_file_again_adds_nothing_and_what_stands_there_is_known(salon, cut):
    with project_scope(salon.pk):
        ana = customers.customer(salon, "Ana Sol", email="ana@example.com")
        make.booking(salon, cut, at(salon, "16:00"), customer=ana)

    first = run(salon, FILE)
    second = run(salon, FILE)

    assert (first.past, first.coming, first.known) == (2, 1, 1)
    assert (second.past, second.coming, second.known) == (0, 0, 4)
    with project_scope(salon.pk):
        assert Booking.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_row_without_an_address_is_known_by_its_name_if_only_one_bears_it(salon, cut):
    names = {1: "Leo Mas", 2: "LEO MAS", 3: "Ana"}
    rows = "".join(f"0{day}/11/2025;10:00;;Curl cut;;{name};;;;;\r\n" for day, name in names.items())
    with project_scope(salon.pk):
        customers.customer(salon, "Ana", email="a@example.com")
        customers.customer(salon, "Ana", email="b@example.com")

    job = run(salon, (HEAD + rows).encode())

    assert (job.past, [remark[2] for remark in job.remarks]) == (
        2,
        ["Several customers are called Ana: add an email or a phone."],
    )
    with project_scope(salon.pk):
        assert Customer.objects.get(name="Leo Mas").bookings.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_goes_on_where_it_stopped(salon, cut, monkeypatch):
    monkeypatch.setattr(bringing, "CHUNK", 2)
    rows = "".join(f"0{day}/11/2025;10:00;;Curl cut;;P{day};p{day}@example.com;;;;\r\n" for day in range(1, 6))
    with project_scope(salon.pk):
        job = BookingImport.objects.create(file_name="old.csv", content=(HEAD + rows).encode(), state="running")
    write, written = bringing._write, []

    def power_cut(*args) -> Booking:
        if len(written) == 3:
            raise KeyboardInterrupt
        written.append(args)
        return write(*args)

    monkeypatch.setattr(bringing, "_write", power_cut)
    with pytest.raises(KeyboardInterrupt):
        bringing.bring_in(salon.pk, job.pk)
    with project_scope(salon.pk):
        assert (BookingImport.objects.get().done, Booking.objects.count()) == (2, 2)
    monkeypatch.setattr(bringing, "_write", write)
    bringing.bring_in(salon.pk, job.pk)

    with project_scope(salon.pk):
        job.refresh_from_db()
        assert (job.state, job.past, Booking.objects.count(), Customer.objects.count()) == ("done", 5, 5, 5)


@pytest.mark.django_db(transaction=True)
def test_a_code_that_somebody_has_already_stops_no_import(salon, cut, monkeypatch):
    drawn = iter([*["TAKEN22"] * 3, *(f"FREE{n:03}" for n in range(100))])
    monkeypatch.setattr(bringing, "unused_code", lambda: next(drawn))
    with project_scope(salon.pk):
        taken = make.booking(salon, cut, at(salon, "10:00"))
        Booking.objects.filter(pk=taken.pk).update(code="TAKEN22")

    assert run(salon, FILE).past == 2

    with project_scope(salon.pk):
        assert Booking.objects.filter(code__startswith="FREE").count() == 4


@pytest.mark.django_db(transaction=True)
def test_undone_all_is_as_before_but_what_was_changed_since(salon, cut):
    with project_scope(salon.pk):
        customers.customer(salon, "Paula Ibáñez", email="paula@example.com", phone="+34600000142")
    job = run(salon, FILE)
    with project_scope(salon.pk):
        coming = Booking.objects.get(status="confirmed")
        lifecycle.move(coming, at(salon, "10:00"), by_team=True, notify=False)
        assert bringing.start_undo(job)

    jobs.undo_former.run(of_project=str(salon.pk), import_id=str(job.pk))

    with project_scope(salon.pk):
        job.refresh_from_db()
        assert (job.state, job.kept) == ("undone", 1)
        assert Booking.objects.get().pk == coming.pk
        assert sorted(Customer.objects.current().values_list("name", flat=True)) == ["Ana Sol", "Paula Ibáñez"]
        assert not bringing.start_undo(job)


@pytest.mark.django_db(transaction=True)
def test_a_service_that_only_the_former_system_had_comes_hidden_and_goes_with_the_import(signed_in, salon, cut):
    url = signed_in.post("/nacar/bookings/imports", {"file": upload(FILE)})["Location"]
    with project_scope(salon.pk):
        columns = {f"column_{number}": meant for number, meant in enumerate(BookingImport.objects.get().says)}
    signed_in.post(url, {**columns, "name_0": "new"})
    look = text(signed_in.get(url))
    with project_scope(salon.pk):
        assert "Import 5 bookings" in look
        assert '<option value="new" selected>' in look
        assert Service.objects.get() == cut
        job = BookingImport.objects.get()
    signed_in.post(f"{url}/approval")

    jobs.bring_in_former.run(of_project=str(salon.pk), import_id=str(job.pk))

    with project_scope(salon.pk):
        beard = Service.objects.get(name="Beard")
        assert (beard.is_active, beard.slug, beard.duration_min) == (False, "beard", 60)
        assert [need.resource for need in beard.needs.all()] == [need.resource for need in cut.needs.all()]
        assert Booking.objects.get(service=beard).customer.name == "Leo"
    again = run(salon, FILE)
    assert (again.past, again.coming) == (0, 0)
    signed_in.post(f"{url}/reversal")
    jobs.undo_former.run(of_project=str(salon.pk), import_id=str(job.pk))
    with project_scope(salon.pk):
        assert Service.objects.get() == cut
        assert not Booking.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nights_and_places_are_given_by_the_engine(salon):
    with project_scope(salon.pk):
        house = make.stay_service(name="House")
    content = (
        b"Start,End,Service,Client,Email\n"
        b"2026-12-01 15:00,2026-12-04 11:00,House,Ana,ana@example.com\n"
        b"2026-12-02 15:00,2026-12-05 11:00,House,Eva,eva@example.com\n"
    )

    job = run(salon, content)

    assert (job.coming, len(job.remarks)) == (1, 1)
    with project_scope(salon.pk):
        stay = Booking.objects.get()
        assert (stay.service, stay.nights, stay.brought_by) == (house, 3, job)
        assert bringing.start_undo(job)
    jobs.undo_former.run(of_project=str(salon.pk), import_id=str(job.pk))
    with project_scope(salon.pk):
        assert (Booking.objects.get().status, Claim.objects.count()) == ("cancelled", 0)
        assert not Message.objects.exists()


# The pages


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("old.csv", content)


def text(response) -> str:
    return response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_owner_uploads_maps_looks_imports_and_undoes(signed_in, salon, cut):
    wrong = signed_in.post("/nacar/bookings/imports", {"file": upload(b"PK\x03\x04")})
    page = signed_in.post("/nacar/bookings/imports", {"file": upload(FILE)})
    url = page["Location"]
    look = text(signed_in.get(url))
    assert wrong.status_code == 422
    assert "Import 4 bookings" in look
    assert "There is no service called “Beard”." in look

    with project_scope(salon.pk):
        says = BookingImport.objects.get().says
    columns = {f"column_{number}": meant for number, meant in enumerate(says)}
    signed_in.post(url, {**columns, "name_0": str(cut.pk)})
    assert "Import 5 bookings" in text(signed_in.get(url))
    signed_in.post(f"{url}/approval")
    assert "It goes on if you leave this page." in text(signed_in.get(url))
    with project_scope(salon.pk):
        job = BookingImport.objects.get()
    jobs.bring_in_former.run(of_project=str(salon.pk), import_id=str(job.pk))
    report = text(signed_in.get(url))
    assert "The time is taken already: Noa Vidal." in report
    assert "Eva Mar" in text(signed_in.get(f"{url}/leftovers"))
    signed_in.post(f"{url}/reversal")
    jobs.undo_former.run(of_project=str(salon.pk), import_id=str(job.pk))
    assert "Import undone" in text(signed_in.get(url))
    assert "old.csv" in text(signed_in.get("/nacar/bookings/imports"))
    with project_scope(salon.pk):
        assert not Booking.objects.exists()
        assert clock.now() >= BookingImport.objects.get().finished_at
