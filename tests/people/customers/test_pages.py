"""The dashboard's pages about customers."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from flectar.core.tenancy import project_scope
from flectar.people.customers import actions, directory, importing, jobs, timeline
from flectar.people.customers.models import Customer, CustomerImport, CustomerNote
from flectar.people.customers.tabular import MAX_BYTES
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import Role
from flectar.platform.projects.models import Project
from tests import make as platform
from tests.cast import PlatformClient
from tests.people.customers import make

CSV = "Nombre;Correo;Teléfono;Color\nPaula Ibáñez;paula@example.com;600 000 142;rojo\n;;;\n;;123;\n".encode("cp1252")


@pytest.fixture
def paula(salon: Project) -> Customer:
    with project_scope(salon.pk):
        return make.customer(salon, "Paula Ibáñez", email="paula@example.com", phone="+34600000142")


def member(project: Project, role: str) -> Client:
    person = platform.user()
    platform.member(project.organization, person, role)
    client = PlatformClient()
    client.force_login(person)
    return client


def text(response: Any) -> str:
    return response.content.decode()


# --- The list ---


def test_the_empty_list_offers_an_import_and_a_first_customer(signed_in, salon):
    page = text(signed_in.get("/nacar/customers/"))

    assert "Bring your customers along" in page
    assert 'href="/nacar/customers/imports"' in page
    assert 'href="/nacar/customers/new"' in page


def questions(client: Client, path: str) -> tuple[str, list[str]]:
    with CaptureQueriesContext(connection) as asked:
        page = text(client.get(path))
    return page, [
        one["sql"]
        for one in asked
        if one["sql"].startswith(("SELECT", "(SELECT", "UPDATE", "INSERT")) and "set_config" not in one["sql"]
    ]


def test_the_list_asks_no_more_questions_for_more_customers(signed_in, salon, paula):
    questions(signed_in, "/nacar/customers/")
    _, few = questions(signed_in, "/nacar/customers/")
    with project_scope(salon.pk):
        for number in range(60):
            make.customer(salon, f"Person {number:02}", email=f"p{number}@example.com", phone="+34611000111")

    page, many = questions(signed_in, "/nacar/customers/?q=")

    assert "Paula Ibáñez" in page
    assert "600 00 01 42" in page
    assert "61 customers" in page
    assert len(few) == len(many)
    assert len([sql for sql in many if "customers_" in sql]) == 3  # rows, count, what can be filtered by
    assert len(many) <= 10


def test_the_list_goes_on_behind_the_last_one(signed_in, salon):
    with project_scope(salon.pk):
        for number in range(51):
            make.customer(salon, f"Person {number:02}")
    first = signed_in.get("/nacar/customers/")
    last = first.context["index"].rows[-1]

    second = signed_in.get(f"/nacar/customers/?after={last.pk}")

    assert (len(first.context["index"].rows), last.name) == (50, "Person 49")
    assert [row.name for row in second.context["index"].rows] == ["Person 50"]
    assert second.context["index"].next == ""


@pytest.mark.parametrize("after", ["nonsense", "00000000-0000-0000-0000-000000000000", "%00"])
def test_an_odd_place_begins_at_the_start_or_is_refused(signed_in, salon, paula, after):
    response = signed_in.get(f"/nacar/customers/?after={after}")

    assert response.status_code in (200, 400)
    assert response.status_code == 400 or "Paula" in text(response)


def test_search_shows_who_matches(signed_in, salon, paula):
    with project_scope(salon.pk):
        make.customer(salon, "Marta Climent")

    assert "Marta" not in text(signed_in.get("/nacar/customers/?q=600000142"))
    assert "Nobody matches “zzz”." in text(signed_in.get("/nacar/customers/?q=zzz"))
    assert "&lt;script&gt;" in text(signed_in.get("/nacar/customers/?q=<script>"))


def test_the_newest_can_stand_first(signed_in, salon):
    with project_scope(salon.pk):
        for number in range(51):
            make.customer(salon, f"Person {number:02}")
    first = signed_in.get("/nacar/customers/?sort=-added")

    second = signed_in.get(f"/nacar/customers/?sort=-added&after={first.context['index'].next}")

    assert first.context["index"].rows[0].name == "Person 50"
    assert [row.name for row in second.context["index"].rows] == ["Person 00"]
    assert 'aria-sort="descending"' in text(first)


def test_all_that_match_are_archived_and_brought_back_together(signed_in, salon):
    with project_scope(salon.pk):
        for number in range(240):
            make.customer(salon, f"Person {number:03}")
        make.customer(salon, "Somebody Else")
        directory.archive(make.customer(salon, "Person Old"))

    answer = signed_in.post("/nacar/customers/archivals", {"query": "q=person&view=current", "everything": "yes"})

    page = text(signed_in.get(answer.url))
    undo = re.search(r'action="(/nacar/customers/restorations[^"]*)"', page)[1].replace("&amp;", "&")
    with project_scope(salon.pk):
        assert list(Customer.objects.current().values_list("name", flat=True)) == ["Somebody Else"]
        assert Entry.objects.filter(action="customer.archived").count() == 241
    assert "240 customers archived" in page
    signed_in.post(undo)
    with project_scope(salon.pk):
        assert Customer.objects.current().count() == 241
        assert Customer.objects.archived().get().name == "Person Old"


def test_ticked_people_come_back_from_the_archive(signed_in, salon, paula):
    with project_scope(salon.pk):
        directory.archive(paula)

    signed_in.post("/nacar/customers/restorations", {"id": str(paula.pk), "query": "view=archived"})

    with project_scope(salon.pk):
        assert Customer.objects.current().get() == paula


def test_some_are_exported_and_staff_archives_nobody(signed_in, salon, paula):
    with project_scope(salon.pk):
        make.customer(salon, "Marta Climent")

    content = signed_in.post("/nacar/customers/exports", {"id": str(paula.pk)}).content.decode()
    refused = member(salon, Role.STAFF).post("/nacar/customers/archivals", {"id": str(paula.pk)})

    assert "Paula" in content
    assert "Marta" not in content
    assert refused.status_code == 403
    with project_scope(salon.pk):
        paula.refresh_from_db()
    assert not paula.is_archived


def test_a_row_at_a_glance_is_an_address_and_a_part(signed_in, salon, paula):
    whole = text(signed_in.get(f"/nacar/customers/?q=paula&peek={paula.pk}"))
    part = text(signed_in.get(f"/nacar/customers/?q=paula&peek={paula.pk}&part=peek"))

    assert '<aside class="peek"' in whole
    assert part.strip().startswith('<aside class="peek"')
    assert 'href="?q=paula"' in part
    assert '<aside class="peek"' not in text(signed_in.get("/nacar/customers/?peek=nonsense"))


# --- One customer ---


def test_the_page_of_a_customer_tells_what_happened(signed_in, salon, paula, lucia):
    with project_scope(salon.pk):
        directory.note(paula, "Warm tones,\nnever <b>ash</b>", author=lucia)
        directory.change(paula, directory.Details(name="Paula I.", emails=["paula@example.com"]))

    page = text(signed_in.get(f"/nacar/customers/{paula.pk}"))

    assert "Warm tones,<br>never &lt;b&gt;ash&lt;/b&gt;" in page
    assert "name: Paula Ibáñez → Paula I.; phones: +34600000142 taken away" in page
    assert "Added: Typed in by your team" in page


def test_other_modules_add_to_the_page(signed_in, salon, paula, monkeypatch):
    monkeypatch.setattr(timeline, "_sources", [])
    monkeypatch.setattr(actions, "_sources", [])
    at = paula.created_at
    timeline.register(
        lambda customer, _reader: [
            timeline.TimelineEntry(
                at=at, icon="scissors", title="Balayage", kind="booking", permission="bookings.read"
            ),
            timeline.TimelineEntry(at=at, icon="receipt", title="€66.00", kind="invoice", permission="invoices.read"),
        ]
    )
    actions.register(lambda project, customer: [actions.Action("New booking", "plus", "/x", "bookings.write")])

    owner = text(signed_in.get(f"/nacar/customers/{paula.pk}"))
    staff = text(member(salon, Role.STAFF).get(f"/nacar/customers/{paula.pk}"))

    assert "Balayage" in owner
    assert "€66.00" in owner
    assert "New booking" in staff
    assert "Balayage" in staff
    assert "€66.00" not in staff


def test_a_new_customer_is_added(signed_in, salon):
    response = signed_in.post(
        "/nacar/customers/new",
        {
            "name": "Ana García",
            "kind": "person",
            "emails": "Ana@Example.com\n\nana@work.example",
            "phones": "611 000 111",
        },
    )

    with project_scope(salon.pk):
        ana = Customer.objects.get()
        assert [row.email for row in ana.emails.all()] == ["ana@example.com", "ana@work.example"]
        entry = Entry.objects.get(action="customer.created")
    assert response.url == f"/nacar/customers/{ana.pk}"
    assert entry.actor_name == "Lucía Ferrer"


def test_what_is_wrong_stands_beside_the_field_and_nothing_is_saved(signed_in, salon):
    response = signed_in.post(
        "/nacar/customers/new", {"name": "Ana", "kind": "person", "emails": "ana@", "phones": "12\n911"}
    )

    page = text(response)
    assert response.status_code == 422
    assert "“ana@” is not an email address." in page
    assert "“12” is not a number that can be called." in page
    assert 'value="Ana"' in page
    with project_scope(salon.pk):
        assert not Customer.objects.exists()


def test_nobody_at_all_is_refused(signed_in, salon):
    response = signed_in.post("/nacar/customers/new", {"name": "  ", "kind": "person"})

    assert response.status_code == 422
    assert "Type a name, an email or a phone." in text(response)


def test_a_taken_email_names_its_owner(signed_in, salon, paula):
    response = signed_in.post(
        "/nacar/customers/new", {"name": "Somebody", "kind": "person", "emails": "paula@example.com"}
    )

    assert response.status_code == 422
    assert "Paula Ibáñez already has paula@example.com." in text(response)
    assert f'href="/nacar/customers/{paula.pk}"' in text(response)


def test_a_likely_repeat_is_asked_about_first(signed_in, salon, paula):
    data = {"name": "Paula", "kind": "person", "phones": "600000142"}

    asked = signed_in.post("/nacar/customers/new", data)
    added = signed_in.post("/nacar/customers/new", data | {"anyway": "yes"})

    assert asked.status_code == 422
    assert "This may be somebody you have already" in text(asked)
    assert added.status_code == 302
    with project_scope(salon.pk):
        assert Customer.objects.count() == 2
    assert "Perhaps the same person" in text(signed_in.get(f"/nacar/customers/{paula.pk}"))


def test_an_edit_changes_what_was_typed(signed_in, salon, paula):
    form = signed_in.get(f"/nacar/customers/{paula.pk}/edit")
    assert "paula@example.com" in text(form)

    response = signed_in.post(
        f"/nacar/customers/{paula.pk}/edit",
        {"name": "Paula Ruiz", "kind": "person", "locale": "es", "emails": "p@example.com", "phones": "600 000 142"},
    )

    assert response.status_code == 302
    with project_scope(salon.pk):
        paula = Customer.objects.get()
        assert (paula.name, paula.email, paula.phone, paula.locale) == (
            "Paula Ruiz",
            "p@example.com",
            "+34600000142",
            "es",
        )


def test_a_note_is_kept_with_its_author(signed_in, salon, paula, lucia):
    signed_in.post(f"/nacar/customers/{paula.pk}/notes", {"body": "Oat-milk coffee"})
    empty = signed_in.post(f"/nacar/customers/{paula.pk}/notes", {"body": " "})

    assert empty.status_code == 422
    with project_scope(salon.pk):
        note = CustomerNote.objects.get()
        assert (note.body, note.author) == ("Oat-milk coffee", lucia)


def test_archiving_can_be_undone_from_the_note_about_it(signed_in, salon, paula):
    page = text(signed_in.post(f"/nacar/customers/{paula.pk}/archival", follow=True))
    undo = f"/nacar/customers/{paula.pk}/restoration"
    assert "Paula Ibáñez archived" in page
    assert f'action="{undo}"' in page
    assert "Paula" in text(signed_in.get("/nacar/customers/?show=archived"))

    signed_in.post(undo)

    with project_scope(salon.pk):
        assert Customer.objects.get() == paula
        assert not Customer.objects.get().is_archived


# --- Who may ---


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("get", "new"),
        ("post", "new"),
        ("get", "export"),
        ("get", "imports"),
        ("get", "{id}"),
        ("get", "{id}/edit"),
        ("post", "{id}/edit"),
        ("post", "{id}/notes"),
        ("post", "{id}/archival"),
    ],
)
def test_a_stranger_sees_nothing_by_any_address(signed_in_stranger, clinic, paula, method, path):
    address = path.format(id=paula.pk)

    into_the_salon = getattr(signed_in_stranger, method)(f"/nacar/customers/{address}")
    assert into_the_salon.status_code == 404
    if "{id}" in path:
        through_their_own = getattr(signed_in_stranger, method)(f"/clinica/customers/{address}", {"name": "x"})
        assert through_their_own.status_code == 404
    with project_scope(paula.project_id):
        assert Customer.objects.get().name == "Paula Ibáñez"


def test_each_role_may_what_it_may(salon, paula):
    viewer, staff, accountant = (member(salon, role) for role in (Role.VIEWER, Role.STAFF, Role.ACCOUNTANT))
    url = f"/nacar/customers/{paula.pk}"

    assert viewer.get("/nacar/customers/").status_code == 403
    assert [staff.get(url).status_code, staff.post(f"{url}/notes", {"body": "x"}).status_code] == [200, 302]
    assert staff.post(f"{url}/archival").status_code == 403
    assert staff.get("/nacar/customers/export").status_code == 403
    assert accountant.get("/nacar/customers/export").status_code == 200
    assert accountant.get("/nacar/customers/new").status_code == 403


def test_without_the_module_there_is_nothing(signed_in, salon, paula):
    salon.modules = []
    salon.save(update_fields=["modules"])

    assert signed_in.get("/nacar/customers/").status_code == 404


def test_the_export_is_a_file(signed_in, salon, paula):
    response = signed_in.get("/nacar/customers/export")

    assert response["Content-Disposition"] == 'attachment; filename="customers-nacar.csv"'
    assert response.content.decode("utf-8-sig").splitlines()[1] == (
        "Paula Ibáñez,person,,paula@example.com,,(+34) 600 00 01 42,,,,,,,,,,dashboard,"
        + f"{paula.created_at:%Y-%m-%d}"
    )


# --- The import wizard ---


def upload(client: Client, content: bytes, name: str = "clientes.csv") -> Any:
    return client.post("/nacar/customers/imports", {"file": SimpleUploadedFile(name, content)})


@pytest.mark.django_db(transaction=True)
def test_a_file_is_looked_at_then_brought_in(signed_in, salon):
    page_url = upload(signed_in, CSV).url
    preview = signed_in.get(page_url)
    seen = text(preview)
    assert "Import 1 person" in seen
    assert "“123” is not a number that can be called." in seen
    assert "Color" in seen
    with project_scope(salon.pk):
        assert not Customer.objects.exists()
        job = CustomerImport.objects.get()

    signed_in.post(f"{page_url}/approval")
    signed_in.post(f"{page_url}/approval")
    assert "Importing" in text(signed_in.get(page_url))
    (queued,) = ProcrastinateJob.objects.filter(task_name="customers.bring_in")
    jobs.bring_in.run(**queued.args)

    report = text(signed_in.get(page_url))
    assert "Import done" in report
    leftovers = signed_in.get(f"{page_url}/leftovers").content.decode("utf-8-sig")
    assert leftovers.splitlines()[0] == "Line,Reason,Nombre,Correo,Teléfono,Color"
    with project_scope(salon.pk):
        assert Customer.objects.get().brought_by == job
        assert Entry.objects.get(action="customers.imported").actor_name == "Lucía Ferrer"

    undone = text(signed_in.post(f"{page_url}/reversal", follow=True))
    assert "1 person archived" in undone
    assert "Import undone" in undone


def test_the_owner_says_what_a_column_holds(signed_in, salon):
    page_url = upload(signed_in, b"Cliente;Dato;Correo\nPaula;600000142;paula@example.com\n").url

    signed_in.post(page_url, {"column_0": "name", "column_1": "phone", "column_2": ""})
    bad = signed_in.post(page_url, {"column_0": "colour"})

    assert bad.status_code == 422
    (person,) = signed_in.get(page_url).context["seen"].reading.people
    assert (person.phones, person.emails) == (["+34600000142"], [])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04...", "This is a spreadsheet workbook. Save it as CSV in the program that made it."),
        (b"a" * (MAX_BYTES + 1), "The file is larger than 10 MB. Split it and import the parts."),
    ],
)
def test_an_unreadable_file_is_refused_beside_the_field(signed_in, salon, content, sentence):
    response = upload(signed_in, content)

    assert response.status_code == 422
    assert sentence in text(response)
    with project_scope(salon.pk):
        assert not CustomerImport.objects.exists()


def test_an_upload_that_can_no_longer_be_read_stops_with_the_reason(signed_in, salon):
    with project_scope(salon.pk):
        job = make.upload(salon, b"PK\x03\x04")

    page = text(signed_in.get(f"/nacar/customers/imports/{job.pk}", follow=True))

    assert "The import stopped" in page
    assert "This is a spreadsheet workbook." in page


def test_earlier_imports_are_a_list_with_states_and_a_search(signed_in, salon):
    assert "Earlier imports" not in text(signed_in.get("/nacar/customers/imports"))
    with project_scope(salon.pk):
        for number in range(3):
            make.upload(salon, b"Name\nPaula\n", f"contacts-{number}.csv", state="done", added=number)
        make.upload(salon, b"Name\nPaula\n", "old.csv", state="failed")

    page = text(signed_in.get("/nacar/customers/imports"))
    stopped = text(signed_in.get("/nacar/customers/imports?state=failed"))
    found = text(signed_in.get("/nacar/customers/imports?q=contacts-1"))

    assert "4 imports" in page
    assert "old.csv" in stopped
    assert "contacts-" not in stopped
    assert "contacts-1.csv" in found
    assert "contacts-2.csv" not in found
    assert "No import fits." in text(signed_in.get("/nacar/customers/imports?q=nonsense"))
    assert "Choose a file." in text(signed_in.post("/nacar/customers/imports", {}))


def test_no_file_at_all(signed_in, salon):
    assert "Choose a file." in text(signed_in.post("/nacar/customers/imports", {}))


def test_an_import_belongs_to_its_project(signed_in_stranger, clinic, salon):
    with project_scope(salon.pk):
        job = make.upload(salon, CSV)

    for path in (f"imports/{job.pk}", f"imports/{job.pk}/leftovers"):
        assert signed_in_stranger.get(f"/clinica/customers/{path}").status_code == 404
    for path in (f"imports/{job.pk}/approval", f"imports/{job.pk}/reversal"):
        assert signed_in_stranger.post(f"/clinica/customers/{path}").status_code == 404
    with project_scope(salon.pk):
        assert CustomerImport.objects.get().state == "uploaded"


# --- From the command line ---


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_reports_and_writes_nothing(salon, tmp_path):
    path = tmp_path / "clientes.csv"
    path.write_bytes(CSV)

    report = list(importing.import_file(salon, path, dry_run=True, progress=lambda done, of: None))

    assert report == [
        "2 rows, cp1252, 1 people.",
        "  Nombre → Full name",
        "  Correo → Email",
        "  Teléfono → Phone",
        "Columns left out: Color",
        "1 person would be added.",
        "0 people are known already.",
        "Rows left out: 1",
        "  line 4: “123” is not a number that can be called. Check the digits, and the prefix if it is abroad.",
        "Nothing was written.",
    ]
    with project_scope(salon.pk):
        assert not CustomerImport.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_import_reports_and_shows_progress(salon, tmp_path):
    path = tmp_path / "clientes.csv"
    path.write_bytes(CSV)
    seen: list[tuple[int, int]] = []

    report = list(importing.import_file(salon, path, dry_run=False, progress=lambda *step: seen.append(step)))

    assert report[5] == "Added 1, completed 0, known already 0."
    assert seen == [(0, 1), (1, 1)]
    with project_scope(salon.pk):
        assert Customer.objects.get().collected_from == "clientes.csv"
