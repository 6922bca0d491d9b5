"""What the team writes about a customer and keeps of them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from flectar.core import clock, storage
from flectar.core.tenancy import project_scope
from flectar.people.customers import directory, erasing, jobs, mentions
from flectar.people.customers.models import CustomerFile, CustomerNote
from flectar.platform.notifications.models import Notification
from flectar.platform.organizations.models import Role
from flectar.platform.outbox.models import Message
from tests import make as platform
from tests.cast import PlatformClient
from tests.people.customers import make

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


@pytest.fixture
def marc(salon):
    person = platform.user("marc@nacar.example", first_name="Marc", last_name="Soler")
    platform.member(salon.organization, person, Role.STAFF)
    return person


@pytest.fixture
def paula(salon):
    with project_scope(salon.pk):
        return make.customer(salon, "Paula Ibáñez", email="paula@example.com")


# Notes


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@marc her patch test is due", ["Marc"]),
        ("Ask @LUCIA, then @Marc Soler.", ["Lucía", "Marc"]),
        ("write to info@marc.example", []),
        ("@marcos @nobody", []),
        ("no call at all", []),
    ],
)
def test_a_note_calls_members_by_name(salon, marc, text, names):
    with project_scope(salon.pk):
        assert [user.first_name for user in mentions.called(salon, text)] == names


def test_who_is_called_finds_it_behind_the_bell_and_in_the_mail(salon, paula, lucia, marc):
    other = platform.user("irene@nacar.example", first_name="Irene")
    platform.member(salon.organization, other, Role.STAFF)
    with project_scope(salon.pk):
        note = directory.note(paula, "@Marc, she prefers you", author=lucia)
        directory.rewrite(salon, note, "@Marc, she really prefers you")

        told = Notification.objects.get()
        assert (told.user, told.kind, told.facts["excerpt"]) == (marc, "customer.mentioned", "@Marc, she prefers you")
        assert list(Message.objects.values_list("to_address", flat=True)) == ["marc@nacar.example"]

        erasing.erase(salon, paula)
        assert not Notification.objects.exists()


def test_a_note_is_changed_taken_away_and_brought_back(signed_in, salon, paula, lucia):
    with project_scope(salon.pk):
        note = directory.note(paula, "Oat milk", author=lucia)
    url = f"/nacar/customers/{paula.pk}/notes/{note.pk}"

    assert "Oat milk" in signed_in.get(url).content.decode()
    assert signed_in.post(url, {"body": " "}).status_code == 422
    signed_in.post(url, {"body": "Soy milk"})
    gone = signed_in.post(f"{url}/removal", follow=True).content.decode()
    assert "Soy milk" not in gone
    assert f'action="{url}/restoration"' in gone
    signed_in.post(f"{url}/restoration")

    assert "Soy milk" in signed_in.get(f"/nacar/customers/{paula.pk}").content.decode()
    with project_scope(salon.pk):
        jobs.forget_note.run(project_id=salon.pk, note_id=str(note.pk))
        assert CustomerNote.objects.get().body == "Soy milk"


def test_a_note_that_stays_away_is_deleted_a_day_later(salon, paula):
    with project_scope(salon.pk):
        note = directory.note(paula, "Oat milk")
        directory.take_away(note)
        with clock.frozen(note.removed_at + timedelta(days=1)):
            jobs.forget_note.run(project_id=salon.pk, note_id=str(note.pk))

        assert not CustomerNote.objects.exists()


def test_staff_changes_their_own_notes_only(salon, paula, lucia, marc):
    with project_scope(salon.pk):
        hers, his = directory.note(paula, "Hers", author=lucia), directory.note(paula, "His", author=marc)
    client = PlatformClient()
    client.force_login(marc)
    url = f"/nacar/customers/{paula.pk}/notes"

    assert client.post(f"{url}/{hers.pk}", {"body": "x"}).status_code == 403
    assert client.post(f"{url}/{his.pk}", {"body": "Mine"}).status_code == 302
    with project_scope(salon.pk):
        assert {note.body for note in CustomerNote.objects.all()} == {"Hers", "Mine"}


# Files


def test_a_file_is_kept_fetched_removed_and_brought_back(signed_in, salon, paula):
    url = f"/nacar/customers/{paula.pk}/files"

    signed_in.post(url, {"file": SimpleUploadedFile("Patch test.exe", PDF)})

    with project_scope(salon.pk):
        kept = CustomerFile.objects.get()
    assert (kept.name, kept.content_type, kept.size) == ("Patch test.pdf", "application/pdf", len(PDF))
    assert storage.private_files().open(kept.path).read() == PDF
    assert kept.path.startswith(f"{salon.pk}/customers/")
    assert "Patch%20test.pdf" in signed_in.get(f"{url}/{kept.pk}").url
    assert "Patch test.pdf" in signed_in.get(f"/nacar/customers/{paula.pk}?show=file").content.decode()

    signed_in.post(f"{url}/{kept.pk}/removal")
    assert signed_in.get(f"{url}/{kept.pk}").status_code == 404
    signed_in.post(f"{url}/{kept.pk}/restoration")
    assert signed_in.get(f"{url}/{kept.pk}").status_code == 302


def test_a_file_of_another_kind_is_refused_beside_its_field(signed_in, salon, paula):
    answer = signed_in.post(f"/nacar/customers/{paula.pk}/files", {"file": SimpleUploadedFile("x.pdf", b"MZ\x90\x00")})

    assert answer.status_code == 422
    assert "We don&#x27;t take this kind of file" in answer.content.decode()
    with project_scope(salon.pk):
        assert not CustomerFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_removed_or_erased_leaves_no_file_behind(signed_in, salon, paula):
    for _time in range(2):
        signed_in.post(f"/nacar/customers/{paula.pk}/files", {"file": SimpleUploadedFile("a.pdf", PDF)})
    with project_scope(salon.pk):
        first, second = CustomerFile.objects.order_by("id")
    signed_in.post(f"/nacar/customers/{paula.pk}/files/{first.pk}/removal")

    with clock.frozen(clock.now() + timedelta(days=2)), project_scope(salon.pk):
        jobs.forget_customer_file.run(project_id=salon.pk, file_id=str(first.pk))
    assert not storage.private_files().exists(first.path)
    assert storage.private_files().exists(second.path)
    with project_scope(salon.pk):
        erasing.erase(salon, paula)
    assert not storage.private_files().exists(second.path)
