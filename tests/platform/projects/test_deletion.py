"""A deleted project closes at once, can be taken back for thirty days, and is then gone to the last row and file."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.test import Client

from flectar.core import clock, storage
from flectar.core.tenancy import project_scope
from flectar.platform.audit.log import record
from flectar.platform.audit.models import Entry
from flectar.platform.organizations.models import Role
from flectar.platform.outbox.models import Message
from flectar.platform.projects import deletion, jobs
from flectar.platform.projects.models import Domain, PastAddress, Project
from tests import make
from tests.cast import PlatformClient
from tests.test_architecture import TENANT
from tests.test_isolation import row_of

OWN = [model for model in TENANT if model is not Entry]


def due(project: Project) -> Project:
    """Its thirty days are over."""
    Project.objects.filter(pk=project.pk).update(leaves_at=clock.now() - timedelta(seconds=1))
    project.refresh_from_db()
    return project


def rows(model: type[models.Model], project: Project) -> int:
    with project_scope(project.pk), connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}" WHERE project_id = %s', [project.pk])
        return int(cursor.fetchone()[0])


def test_asking_closes_the_site_and_tells_the_owners(salon: Project, sure: Client, salon_site: Client):
    answer = sure.post("/nacar/settings/project/deletion", {"name": "nácar"})

    assert answer.status_code == 302
    assert salon_site.get("/").status_code == 410
    salon.refresh_from_db()
    assert salon.leaves_at is not None
    assert deletion.GRACE - timedelta(minutes=1) < salon.leaves_at - clock.now() <= deletion.GRACE
    jobs.mail_of_deletion.run(leaving=salon.pk)
    assert Message.objects.get(event="project.leaving").to_address == "lucia@nacar.example"
    assert "everything in it is deleted" in sure.get("/nacar/settings/business").content.decode()


@pytest.mark.parametrize("typed", ["", "Nacar SL", "clinica"])
def test_another_name_deletes_nothing(salon: Project, sure: Client, typed: str):
    answer = sure.post("/nacar/settings/project/deletion", {"name": typed})

    assert answer.status_code == 422
    salon.refresh_from_db()
    assert salon.leaves_at is None


def test_it_is_taken_back_whole(salon: Project, sure: Client, salon_site: Client):
    sure.post("/nacar/settings/project/deletion", {"name": "Nácar"})

    sure.post("/nacar/settings/project/restoration")

    salon.refresh_from_db()
    assert salon.leaves_at is None
    assert salon_site.get("/").status_code == 200


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF, Role.ACCOUNTANT])
def test_only_owners_and_admins_delete(salon: Project, role: str):
    person = make.user("dani@nacar.example")
    make.member(salon.organization, person, role)
    client = PlatformClient()
    client.force_login(person)

    assert client.post("/nacar/settings/project/deletion", {"name": "Nácar"}).status_code == 403
    salon.refresh_from_db()
    assert salon.leaves_at is None


def test_before_its_day_nothing_goes(salon: Project):
    with project_scope(salon.pk):
        deletion.ask(salon)

    jobs.erase_project.run(leaving=salon.pk)

    assert Project.objects.filter(pk=salon.pk).exists()
    with pytest.raises(DatabaseError, match="not to be deleted now"), project_scope(salon.pk), transaction.atomic():
        connection.cursor().execute("SELECT projects_erase(%s)", [salon.pk])


def test_the_database_erases_only_the_project_being_served(salon: Project, clinic: Project):
    due(salon)

    with pytest.raises(DatabaseError, match="not to be deleted now"), project_scope(clinic.pk), transaction.atomic():
        connection.cursor().execute("SELECT projects_erase(%s)", [salon.pk])


def test_every_table_is_empty_and_the_neighbours_are_whole(salon: Project, clinic: Project):
    for model in OWN:
        row_of(model, salon)
        row_of(model, clinic)
    before = {model: rows(model, clinic) for model in OWN}
    assert all(rows(model, salon) for model in OWN)

    jobs.erase_project.run(leaving=due(salon).pk)

    assert {model: rows(model, salon) for model in OWN} == dict.fromkeys(OWN, 0)
    assert {model: rows(model, clinic) for model in OWN} == before
    assert [project.slug for project in Project.objects.all()] == ["clinica"]


def test_the_log_stays_sealed_and_names_nobody(salon: Project):
    with project_scope(salon.pk):
        record("hours.changed", target=salon, new={"note": "by Paula"})
        deletion.ask(salon)
    project_id = salon.pk

    jobs.erase_project.run(leaving=due(salon).pk)

    with project_scope(project_id):
        assert all(entry.is_forgotten and not entry.new for entry in Entry.objects.all())
        assert Entry.objects.count() == 1
    [told] = Entry.objects.filter(action="project.deleted")
    assert told.old == {"name": "Nácar", "slug": "nacar"}


def test_files_go_too_and_only_its_own(salon: Project, clinic: Project, settings, tmp_path):
    where = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = settings.STORAGES | {
        "default": where | {"OPTIONS": {"location": str(tmp_path / "private"), "base_url": None}},
        "public": where | {"OPTIONS": {"location": str(tmp_path / "public"), "base_url": None}},
    }
    own = storage.save_private(f"{salon.pk}/notes/deep", "a.pdf", b"ours")
    shown = storage.save_public(f"{salon.pk}", ".png", b"ours")
    theirs = storage.save_private(f"{clinic.pk}", "a.pdf", b"theirs")

    jobs.erase_project.run(leaving=due(salon).pk)

    assert not storage.private_files().exists(own)
    assert not storage.public_files().exists(shown)
    assert storage.private_files().exists(theirs)
    assert not (tmp_path / "private" / str(salon.pk)).exists()


def test_name_and_domain_are_nobody_elses(salon: Project):
    Domain.objects.create(holder=salon, name="nacar.example", state=Domain.State.PROVEN)
    Domain.objects.create(holder=salon, name="waiting.example")

    jobs.erase_project.run(leaving=due(salon).pk)

    assert PastAddress.objects.get().slug == "nacar"
    [domain] = Domain.objects.all()
    assert (domain.state, domain.holder) == (Domain.State.RELEASED, None)
    assert Client(headers={"host": "nacar.localhost:8000"}).get("/").status_code == 421


def test_the_clock_finds_them(salon: Project, clinic: Project):
    from procrastinate.contrib.django.models import ProcrastinateJob

    due(salon)
    with project_scope(clinic.pk):
        deletion.ask(clinic)

    jobs.erase_due.run()

    [found] = ProcrastinateJob.objects.filter(task_name="projects.erase")
    assert found.args == {"leaving": str(salon.pk)}


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("deletion", {"name": "Nácar"}),
        ("transfer", {"email": "bruno@clinica.example"}),
        ("exports", {}),
    ],
)
def test_who_asks_says_once_more_who_they_are(salon: Project, signed_in: Client, path: str, typed: dict[str, str]):
    answer = signed_in.post(f"/nacar/settings/project/{path}", typed)

    assert "/account/reauthenticate/" in answer.headers["Location"]
    salon.refresh_from_db()
    assert salon.leaves_at is None
    assert not salon.transfers.exists()
