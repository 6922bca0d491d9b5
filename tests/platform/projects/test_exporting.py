"""The copy of everything: whole, of this project alone, without what opens doors."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.test import Client

from flectar.core import clock, storage
from flectar.core.tenancy import project_scope
from flectar.platform.audit.models import Entry
from flectar.platform.outbox.models import Message
from flectar.platform.projects import exporting, jobs
from flectar.platform.projects.models import Export, Project
from tests.offers.booking import make as bookings
from tests.people.customers import make as customers
from tests.test_isolation import row_of


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    where = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = settings.STORAGES | {
        "default": where | {"OPTIONS": {"location": str(tmp_path / "private"), "base_url": None}},
        "public": where | {"OPTIONS": {"location": str(tmp_path / "public"), "base_url": None}},
    }


def made(project: Project, client: Client) -> Export:
    client.post(f"/{project.slug}/settings/project/exports")
    with project_scope(project.pk):
        export = Export.objects.get()
    jobs.make_export.run(of=project.pk, export_id=export.pk)
    with project_scope(project.pk):
        export.refresh_from_db()
    return export


def opened(export: Export) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(storage.private_files().open(export.path).read()))


def test_every_table_is_in_it_and_nobody_elses_rows(salon: Project, clinic: Project, sure: Client):
    for model in exporting.tables():
        row_of(model, salon)
        row_of(model, clinic)

    archive = opened(made(salon, sure))

    assert archive.testzip() is None
    for model in exporting.tables():
        text = archive.read(f"json/{model._meta.label_lower}.jsonl").decode()
        rows = [json.loads(line) for line in text.splitlines()]
        assert rows, model
        assert {row["project_id"] for row in rows} == {str(salon.pk)}
        table = archive.read(f"csv/{model._meta.label_lower}.csv").decode("utf-8-sig")
        assert len(list(csv.reader(io.StringIO(table)))) == len(rows) + 1


def test_names_are_whole_and_secrets_are_not_there(salon: Project, sure: Client):
    with project_scope(salon.pk):
        customers.customer(salon, "=Paula Ibáñez")
        service = bookings.service(bookings.staff())
        booking = bookings.booking(salon, service, bookings.at(salon, "10:00"))

    archive = opened(made(salon, sure))

    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert "Paula Ibáñez".encode() in everything
    assert booking.token.encode() not in everything
    assert b"'=Paula" in archive.read("csv/customers.customer.csv")
    assert "Nácar" in archive.read("json/project.jsonl").decode()


def test_files_are_in_it_and_earlier_copies_are_not(salon: Project, sure: Client):
    storage.save_private(f"{salon.pk}/notes", "a.pdf", b"private words")
    storage.save_public(str(salon.pk), ".png", b"a picture")
    storage.save_private(f"{salon.pk}/{exporting.FOLDER}", "old.zip", b"an old copy")

    archive = opened(made(salon, sure))

    kept = [archive.read(name) for name in archive.namelist() if name.startswith("files/")]
    assert sorted(kept) == [b"a picture", b"private words"]


def test_whoever_asked_is_written_to_and_downloads_it(salon: Project, sure: Client, sure_stranger: Client):
    export = made(salon, sure)
    path = f"/nacar/settings/project/exports/{export.pk}"

    [mail] = Message.objects.filter(event="project.export_ready")
    assert mail.to_address == "lucia@nacar.example"
    assert str(export.path) not in mail.text
    answer = sure.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("http://files.localhost:8000/")
    assert sure_stranger.get(path).status_code == 404
    assert Entry.objects.filter(action="project.exported", organization_id=salon.organization_id).count() == 1


def test_one_copy_at_a_time(salon: Project, sure: Client):
    for _ in range(2):
        sure.post("/nacar/settings/project/exports")

    with project_scope(salon.pk):
        assert Export.objects.count() == 1


def test_after_a_week_file_and_row_are_gone(salon: Project, sure: Client):
    export = made(salon, sure)

    with clock.frozen(clock.now() + timedelta(days=7)):
        jobs.forget_export.run(of=salon.pk, export_id=export.pk)

    assert not storage.private_files().exists(export.path)
    with project_scope(salon.pk):
        assert not Export.objects.exists()


def test_a_suspended_project_can_still_be_taken_along(salon: Project, sure: Client):
    Project.objects.filter(pk=salon.pk).update(suspended_at=clock.now())

    assert made(salon, sure).state == Export.State.DONE
