"""Picture, and what the account's own log shows."""

import io
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from flectar.core import storage
from flectar.platform.accounts.models import User
from flectar.platform.audit.log import Actor, acting_as, record
from flectar.platform.audit.models import Entry
from tests.platform.accounts.test_sign_in import with_second_step


def photo() -> SimpleUploadedFile:
    """A JPEG as a phone makes it, with the place in it."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Telefono"
    exif.get_ifd(0x8825)[2] = (39.0, 28.0, 12.0)
    Image.new("RGB", (900, 600), "#2543c6").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("me.jpg", out.getvalue(), "image/jpeg")


@pytest.fixture(autouse=True)
def files(tmp_path: Any, settings: Any) -> None:
    folder = {"location": str(tmp_path), "base_url": None}
    kept = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": folder}
    settings.STORAGES = {**settings.STORAGES, "public": kept, "default": kept}


def test_a_picture_is_kept_without_place_and_camera(signed_in: Client, lucia: User):
    signed_in.post("/account/pictures/", {"picture": photo()})

    lucia.refresh_from_db()
    with storage.public_files().open(lucia.picture) as file, Image.open(file) as kept:
        assert max(kept.size) == 512
        assert not kept.getexif()
    page = signed_in.get("/account/")
    assert lucia.picture_url in page.content.decode()
    assert lucia.picture_url.startswith(settings.FILES_ORIGIN)
    assert f"img-src 'self' data: blob: {settings.FILES_ORIGIN};" in page.headers["Content-Security-Policy"]
    assert Entry.objects.get().action == "account.picture_changed"


def test_the_old_picture_is_gone_from_the_disk(signed_in: Client, lucia: User, django_capture_on_commit_callbacks: Any):
    signed_in.post("/account/pictures/", {"picture": photo()})
    lucia.refresh_from_db()
    first = lucia.picture
    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post("/account/pictures/", {"picture": photo()})
    assert not storage.public_files().exists(first)
    lucia.refresh_from_db()
    second = lucia.picture

    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post("/account/pictures/removal")

    lucia.refresh_from_db()
    assert lucia.picture == ""
    assert not storage.public_files().exists(second)


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"GIF89a" + bytes(20)])
def test_what_is_no_picture_is_refused_beside_its_field(signed_in: Client, lucia: User, content: bytes):
    upload = SimpleUploadedFile("me.jpg", content, "image/jpeg")

    answer = signed_in.post("/account/pictures/", {"picture": upload})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    lucia.refresh_from_db()
    assert lucia.picture == ""


def test_the_activity_shows_what_touched_one_s_own_safety_and_nothing_else(
    signed_in: Client, lucia: User, stranger: User, django_assert_max_num_queries: Any
):
    with acting_as(Actor(kind="person", id=lucia.pk, name="Lucía")):
        record("account.email_changed", target=lucia, old={"email": "old@nacar.example"}, new={"email": lucia.email})
        record("account.password_changed", target=stranger)
        record("account.changed", target=lucia, new={"theme": "dark"})
    signed_in.get("/account/")

    with django_assert_max_num_queries(12):
        page = signed_in.get("/account/activity/").content.decode()

    assert "Changed their email address" in page
    assert "old@nacar.example → lucia@nacar.example" in page
    assert "Changed their password" not in page


def test_the_activity_goes_on_page_by_page(signed_in: Client, lucia: User):
    for _ in range(51):
        record("account.password_changed", target=lucia)

    first = signed_in.get("/account/activity/").content.decode()
    older = first.partition('href="?after=')[2].partition('"')[0]

    assert first.count("Changed their password") == 50
    assert signed_in.get(f"/account/activity/?after={older}").content.decode().count("Changed their password") == 1
    assert signed_in.get("/account/activity/?after=nonsense").status_code == 400


def test_what_is_missing_for_one_s_safety_is_said_with_the_way_there(signed_in: Client, lucia: User):
    page = signed_in.get("/account/activity/").content.decode()
    assert "Switch two-step sign-in on." in page
    assert "Add a second address" in page

    with_second_step(lucia)
    EmailAddress.objects.create(user=lucia, email="other@nacar.example", verified=True)
    page = signed_in.get("/account/activity/").content.decode()

    assert "A stolen password alone opens nothing." in page
    assert "You have recovery codes" in page
    assert "Do it" not in page
