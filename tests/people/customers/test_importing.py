"""Files into customers: looked at first, then brought in by chunks, each with its own transaction."""

import pytest

from flectar.core.spreadsheet import guarded
from flectar.core.tenancy import project_scope
from flectar.people.customers import directory, importing, jobs, reaching
from flectar.people.customers.exporting import export_customers, export_leftovers
from flectar.people.customers.models import Completion, Customer, CustomerImport, CustomerNote, Tag
from flectar.people.customers.tabular import UnreadableFile
from flectar.platform.audit.models import Entry
from tests.cast import PlatformClient
from tests.people.customers import make

FILE = (
    "Nombre;Apellidos;Correo;Móvil;Notas\r\n"
    "Paula;Ibáñez;paula@example.com;600 000 142;Silla de la ventana\r\n"
    "PAULA;IBAÑEZ;Paula@example.com;;\r\n"
    ";;;;suelta\r\n"
    "Ana;García;ana@example.com;n/a;\r\n"
).encode("cp1252")


def run(project, content, **values):
    with project_scope(project.pk):
        job = make.upload(project, content, **values)
    importing.bring_in(project.pk, job.pk)
    with project_scope(project.pk):
        job.refresh_from_db()
    return job


def test_a_preview_writes_nothing(in_salon):
    make.customer(in_salon, "Ana García", email="ana@example.com")

    seen = importing.preview(in_salon, FILE)

    assert (seen.new, seen.known, seen.encoding, seen.delimiter) == (1, 1, "cp1252", ";")
    assert [remark.line for remark in seen.reading.remarks] == [3, 4, 5]
    assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_file_comes_in_with_its_report(salon):
    job = run(salon, FILE, file_name="agenda.csv")

    assert (job.state, job.rows, job.people, job.added, job.known) == ("done", 4, 2, 2, 0)
    assert job.content is None
    assert [(line, outcome) for line, outcome, _reason, _cells in job.remarks] == [
        (3, "joined"),
        (4, "skipped"),
        (5, "partly"),
    ]
    with project_scope(salon.pk):
        paula = Customer.objects.get(sort_key="paula ibanez")
        assert (paula.email, paula.phone, paula.collected_via) == ("paula@example.com", "+34600000142", "import")
        assert (paula.collected_from, paula.brought_by) == ("agenda.csv", job)
        assert [note.body for note in paula.notes.all()] == ["Silla de la ventana"]
        assert Entry.objects.get(action="customers.imported").new == {
            "rows": 4,
            "added": 2,
            "completed": 0,
            "known": 0,
        }


@pytest.mark.django_db(transaction=True)
def test_the_same_file_again_adds_nothing(salon):
    run(salon, FILE)

    again = run(salon, FILE)

    assert (again.added, again.completed, again.known) == (0, 0, 2)
    with project_scope(salon.pk):
        assert (Customer.objects.count(), CustomerNote.objects.count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_known_people_are_completed_and_keep_their_name(salon):
    with project_scope(salon.pk):
        paula = make.customer(salon, "Paula I.", email="paula@example.com")
        directory.archive(paula)

    job = run(salon, FILE)

    assert (job.added, job.completed) == (1, 1)
    with project_scope(salon.pk):
        paula = Customer.objects.get(pk=paula.pk)
        assert (paula.name, paula.phone, paula.is_archived) == ("Paula I.", "+34600000142", False)


@pytest.mark.django_db(transaction=True)
def test_a_row_with_the_emails_of_two_customers_completes_the_first_and_says_so(salon):
    with project_scope(salon.pk):
        ana = make.customer(salon, "Ana", email="a@example.com")
        make.customer(salon, "Luis", email="b@example.com")

    job = run(salon, b"name,email\nAna,a@example.com;b@example.com\n")

    assert job.remarks == [
        [2, "partly", "b@example.com belongs to Luis, not to Ana.", ["Ana", "a@example.com;b@example.com"]]
    ]
    with project_scope(salon.pk):
        assert [row.email for row in Customer.objects.get(pk=ana.pk).emails.all()] == ["a@example.com"]


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_import_goes_on_where_it_stopped(salon, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 2)
    lines = "".join(f"Person {number},p{number}@example.com\n" for number in range(5))
    with project_scope(salon.pk):
        job = make.upload(salon, f"name,email\n{lines}".encode())

    def power_cut(done: int, of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing.bring_in(salon.pk, job.pk, progress=power_cut)
    seen: list[tuple[int, int]] = []
    importing.bring_in(salon.pk, job.pk, progress=lambda done, of: seen.append((done, of)))

    assert seen == [(2, 5), (4, 5), (5, 5)]
    with project_scope(salon.pk):
        job.refresh_from_db()
        assert (job.state, job.added, Customer.objects.count()) == ("done", 5, 5)


@pytest.mark.django_db(transaction=True)
def test_a_finished_import_does_not_run_again(salon):
    job = run(salon, FILE)

    jobs.bring_in.run(of_project=str(salon.pk), import_id=str(job.pk))

    with project_scope(salon.pk):
        assert Customer.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_file_that_became_unreadable_stops_with_the_reason(salon):
    with project_scope(salon.pk):
        job = make.upload(salon, b"PK\x03\x04")

    jobs.bring_in.run(of_project=str(salon.pk), import_id=str(job.pk))

    with project_scope(salon.pk):
        job.refresh_from_db()
    assert (job.state, job.content) == ("failed", None)
    assert job.problem == "This is a spreadsheet workbook. Save it as CSV in the program that made it."


@pytest.mark.django_db(transaction=True)
def test_undo_archives_only_those_whom_the_import_added(salon):
    with project_scope(salon.pk):
        make.customer(salon, "Ana García", email="ana@example.com")
    job = run(salon, FILE)

    with project_scope(salon.pk):
        assert importing.undo(job) == 1
        assert [customer.name for customer in Customer.objects.current()] == ["Ana García"]
        assert importing.undo(job) == 0


def test_uploads_that_nobody_went_on_with_are_forgotten(in_salon):
    waiting = make.upload(in_salon, FILE)
    done = make.upload(in_salon, FILE)
    CustomerImport.objects.filter(pk=done.pk).update(state="done", remarks=[[1, "skipped", "x", []]])

    for job in (waiting, done):
        jobs.forget_file.run(project_id=in_salon.pk, import_id=str(job.pk))
        jobs.forget_leftovers.run(project_id=in_salon.pk, import_id=str(job.pk))

    assert list(CustomerImport.objects.values_list("pk", "remarks")) == [(done.pk, [])]


# --- Out again --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["=1+1", "+34", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_nothing_in_an_export_is_a_formula(cell):
    assert guarded(cell) == f"'{cell}"


@pytest.mark.django_db(transaction=True)
def test_what_goes_out_comes_in_the_same(salon, clinic):
    with project_scope(salon.pk):
        paula = make.customer(
            salon, "=Paula, «la» Ibáñez", email="+paula@example.com", phone="+34600000142", locale="es"
        )
        directory.note(paula, "Window chair.\nWarm tones")
        content = export_customers(Customer.objects.current())

    run(clinic, content)

    assert content.startswith(b"\xef\xbb\xbfName,Kind,E-mail - Type,E-mail,Phone - Type,Phone")
    with project_scope(clinic.pk):
        copy = Customer.objects.get()
        assert (copy.name, copy.email, copy.phone, copy.locale) == (
            "=Paula, «la» Ibáñez",
            "+paula@example.com",
            "+34600000142",
            "es",
        )
        assert [note.body for note in copy.notes.all()] == ["Window chair.\nWarm tones"]


@pytest.mark.django_db(transaction=True)
def test_the_leftovers_can_be_mended_and_imported(salon):
    job = run(salon, FILE)

    with project_scope(salon.pk):
        text = export_leftovers(job).decode("utf-8-sig")

    assert text.splitlines() == [
        "Line,Reason,Nombre,Apellidos,Correo,Móvil,Notas",
        '4,"There is no name, email or phone.",,,,,suelta',
        "5,“n/a” is not a phone number.,Ana,García,ana@example.com,n/a,",
    ]


def test_a_preview_refuses_an_unreadable_file(in_salon):
    with pytest.raises(UnreadableFile):
        importing.preview(in_salon, b"")


# --- Stopped for a fault of ours --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_import_that_gave_up_says_so_and_goes_on_when_asked(salon, lucia):
    with project_scope(salon.pk):
        job = make.upload(salon, FILE, state=CustomerImport.State.RUNNING)
    browser = PlatformClient()
    browser.force_login(lucia)

    jobs._gave_up(of_project=str(salon.pk), import_id=str(job.pk))
    page = browser.get(f"/nacar/customers/imports/{job.pk}").content.decode()
    assert "A fault on our side stopped it." in page
    assert browser.post(f"/nacar/customers/imports/{job.pk}/repetition").status_code == 302
    jobs.bring_in.run(of_project=str(salon.pk), import_id=str(job.pk))

    with project_scope(salon.pk):
        job.refresh_from_db()
        assert (job.state, job.content, Customer.objects.count()) == ("done", None, 2)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_stopped_is_not_kept_for_ever(salon):
    with project_scope(salon.pk):
        job = make.upload(salon, FILE, state=CustomerImport.State.RUNNING)
    jobs._gave_up(of_project=str(salon.pk), import_id=str(job.pk))

    with project_scope(salon.pk):
        jobs.forget_file.run(project_id=salon.pk, import_id=str(job.pk))
        job.refresh_from_db()
        assert (job.state, job.content, importing.again(job)) == ("failed", None, False)


@pytest.mark.django_db(transaction=True)
def test_an_import_waits_while_customers_are_switched_off(salon):
    with project_scope(salon.pk):
        job = make.upload(salon, FILE, state=CustomerImport.State.RUNNING)
    salon.modules = [module for module in salon.modules if module != "customers"]
    salon.save(update_fields=["modules"])

    jobs.bring_in.run(of_project=str(salon.pk), import_id=str(job.pk))

    with project_scope(salon.pk):
        job.refresh_from_db()
        assert (job.state, job.can_be_repeated, Customer.objects.count()) == ("failed", True, 0)


@pytest.mark.django_db(transaction=True)
def test_people_without_an_address_are_known_by_name_from_an_earlier_file(salon):
    names = b"Name,Notes\nAna Ruiz,Tall\nAna Ruiz,Short\nLeo Mas,\n"
    with project_scope(salon.pk):
        make.customer(salon, "Leo Mas", email="leo@example.com")

    first = run(salon, names)
    second = run(salon, names + b"Eva Sol,\n")

    assert (first.added, first.known) == (3, 0)
    assert (second.added, second.known) == (1, 3)
    with project_scope(salon.pk):
        assert Customer.objects.filter(name="Ana Ruiz").count() == 2
        assert Customer.objects.filter(name="Leo Mas").count() == 2


@pytest.mark.django_db(transaction=True)
def test_tags_come_with_the_file_and_go_out_again(salon):
    run(salon, b'Name,Email,Tags\nPaula,paula@example.com,"VIP, * myContacts; Balayage"\n')
    job = run(salon, b"Name,Email,Tags\nPaula,paula@example.com,vip|Colour\n")

    assert job.completed == 1
    with project_scope(salon.pk):
        assert "Balayage, Colour, VIP" in export_customers(Customer.objects.all()).decode()


# Taken back from people who were known


FULLER = (
    b"Name,Email,Phone,Language,Street,City,Note,Tags\n"
    b"Paula,paula@example.com,600 000 142,es,Calle Mayor 1,Elche,Oat milk,VIP\n"
    b"Ana,ana@example.com,600 000 143,,,,Tea,Window\n"
)


@pytest.mark.django_db(transaction=True)
def test_undo_takes_back_exactly_what_the_import_added_unless_it_was_changed(salon):
    with project_scope(salon.pk):
        paula = make.customer(salon, "Paula", email="paula@example.com")
        directory.note(paula, "Mine")
        directory.archive(make.customer(salon, "Ana", email="ana@example.com"))
    job = run(salon, FULLER)
    assert job.completed == 2
    with project_scope(salon.pk):
        ana = Customer.objects.get(name="Ana")
        directory.rewrite(salon, ana.notes.get(), "Green tea")
        reaching.save(ana, reaching.WAYS["phones"], "+34600000143", kind="work", row=ana.phones.get())
        importing.undo(job)

    jobs.take_back.run(of_project=str(salon.pk), import_id=str(job.pk))
    jobs.take_back.run(of_project=str(salon.pk), import_id=str(job.pk))

    with project_scope(salon.pk):
        paula, ana = Customer.objects.get(pk=paula.pk), Customer.objects.get(pk=ana.pk)
        assert directory.current_details(paula) == directory.Details(
            name="Paula", emails=["paula@example.com"], addresses=[], kinds={}
        )
        assert [note.body for note in paula.notes.all()] == ["Mine"]
        assert (paula.tags.count(), Tag.objects.count()) == (0, 0)
        assert (ana.phone, [note.body for note in ana.notes.all()], ana.is_archived) == (
            "+34600000143",
            ["Green tea"],
            True,
        )
        assert not Completion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_after_thirty_days_nothing_is_known_of_what_was_added(salon):
    with project_scope(salon.pk):
        make.customer(salon, "Paula", email="paula@example.com")
    job = run(salon, FULLER)

    with project_scope(salon.pk):
        assert Completion.objects.count() == 1
        jobs.forget_leftovers.run(project_id=salon.pk, import_id=str(job.pk))
        assert not Completion.objects.exists()
