"""Stored files: a link opens one file for a while, an upload is what it says, and nothing leaves its folder."""

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.test import Client
from PIL import Image, ImageCms, PngImagePlugin

from flectar.core import storage
from flectar.platform.projects.models import Project


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    folders = {"default": "private", "public": "public"}
    settings.STORAGES = settings.STORAGES | {
        alias: {**settings.STORAGES[alias], "OPTIONS": {"location": str(tmp_path / folder), "base_url": None}}
        for alias, folder in folders.items()
    }
    return tmp_path


@pytest.fixture
def files_host() -> Client:
    return Client(headers={"host": "files.localhost:8000"}, raise_request_exception=False)


def path_of(url: str) -> str:
    assert urlsplit(url).netloc == "files.localhost:8000"
    return urlsplit(url).path


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


# Private files


def test_a_signed_link_downloads_its_file_and_no_browser_runs_it(db: None, files_host: Client):
    stored = storage.save_private("p1/documents", "page.html", b"<script>alert(1)</script>")

    answer = files_host.get(path_of(storage.private_url(stored, "Invoice nº 1.html")))

    assert (answer.status_code, body(answer)) == (200, b"<script>alert(1)</script>")
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''Invoice%20n%C2%BA%201.html"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_the_stored_name_cannot_be_guessed_from_the_files_own(db: None):
    first, second = (storage.save_private("p1", "secret.pdf", b"x") for _ in range(2))

    assert first != second
    assert "secret" not in first
    assert first.endswith(".pdf")


def test_a_link_past_its_time_is_refused_in_words(db: None, files_host: Client, monkeypatch: pytest.MonkeyPatch):
    from django.core import signing

    link = path_of(storage.private_url(storage.save_private("p1", "a.txt", b"mine"), "a.txt", seconds=60))
    at = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: at + 61)

    answer = files_host.get(link)

    assert answer.status_code == 403
    assert "expired" in answer.content.decode()


def another_projects_token(path: str) -> str:
    """A right link of somebody else's, its path exchanged for ours."""
    theirs = path_of(storage.private_url("p2/theirs.txt", "a.txt")).split("/")[1]
    seconds, _, packed = theirs.partition("~")
    return f"{seconds}~{storage._pack(storage._unpack(packed).replace('p2/theirs.txt', path))}"


def test_no_other_address_opens_a_private_file(db: None, files_host: Client):
    stored = storage.save_private("p1", "a.txt", b"mine")
    token, name = path_of(storage.private_url(stored, "a.txt", seconds=60)).split("/")[1:]

    for wrong in (
        f"/x/{name}",
        f"/{stored}",
        f"/60~/{name}",
        f"/{token[:-2]}/{name}",
        f"/{token.replace('60~', '300~')}/{name}",
        f"/{token.replace('60~', '9' * 30 + '~')}/{name}",
        f"/{token.replace('60~', '²~')}/{name}",
        f"/{token}/other.exe",
        f"/{another_projects_token(stored)}/{name}",
        f"/60~{storage._pack(stored)}/{name}",
    ):
        answer = files_host.get(wrong)
        assert answer.status_code in (403, 404), wrong
        assert b"mine" not in answer.content
        if wrong.count("/") == 2 and not wrong.startswith("/p1"):
            assert answer.status_code == 403, wrong


def test_a_right_link_to_a_file_that_is_gone_is_not_found(db: None, files_host: Client):
    assert files_host.get(path_of(storage.private_url("p1/gone.txt", "gone.txt"))).status_code == 404


def test_a_private_link_opens_on_no_other_host(salon: Project, visitor: Client, salon_site: Client):
    link = path_of(storage.private_url(storage.save_private(str(salon.pk), "a.txt", b"mine"), "a.txt"))

    assert visitor.get(link).status_code == 404
    assert salon_site.get(link).status_code == 404


@pytest.mark.parametrize("seconds", [0, -1, 301])
def test_no_link_lives_longer_than_five_minutes(seconds: int):
    with pytest.raises(ValueError, match="300 seconds"):
        storage.private_url("p1/a.txt", "a.txt", seconds=seconds)


@pytest.mark.parametrize("name", ["a/b.txt", "..", "", 'ñ "quoted"; x=1.txt', "a\r\nSet-Cookie: x=1.txt"])
def test_any_name_can_be_shown(db: None, files_host: Client, name: str):
    stored = storage.save_private("p1", name, b"mine")

    answer = files_host.get(path_of(storage.private_url(stored, name)))

    assert answer.status_code == 200
    assert body(answer) == b"mine"
    assert not answer.cookies


@pytest.mark.parametrize("name", ["x.\x00", "x.a b", "x.ñ", "x." + "a" * 300, "../../../etc/passwd.txt", "..\\x.txt"])
def test_a_hostile_name_leaves_at_most_a_suffix(files: Path, name: str):
    stored = storage.save_private("p1", name, b"x")

    assert stored.startswith("p1/")
    assert stored.partition(".")[2] in ("", "txt")
    assert [file.parent for file in files.rglob("*.*") if file.is_file()] in ([], [files / "private" / "p1"])


def test_a_folder_that_leads_out_is_refused(files: Path):
    with pytest.raises(SuspiciousFileOperation):
        storage.save_private("../../out", "a.txt", b"x")

    assert not list(files.rglob("*.txt"))


# Public files


def test_a_public_file_is_served_to_everybody_for_ever(db: None, files_host: Client):
    stored = storage.save_public("p1", ".png", b"points")

    answer = files_host.get(path_of(storage.public_url(stored)))

    assert (answer.status_code, body(answer)) == (200, b"points")
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "path",
    ["../private/p1/a.txt", "..%2fprivate/p1/a.txt", "%2e%2e/private/p1/a.txt", "/etc/passwd", "p1", "", ".",
     "p1/../../private/p1/a.txt", "p1%5c..%5c..", "a" * 300],
)  # fmt: skip
def test_no_path_leads_out_of_the_public_folder(db: None, files: Path, files_host: Client, path: str):
    storage.save_public("p1", ".png", b"points")
    (files / "private" / "p1").mkdir(parents=True)
    (files / "private" / "p1" / "a.txt").write_text("mine")

    assert files_host.get(f"/public/{path}").status_code == 404


# Pictures


def photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else None).save(out, kind, **options)
    return out.getvalue()


def accepted(raw: bytes, **options: Any) -> Any:
    content, _suffix = storage.accept_image(io.BytesIO(raw), **options)
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", ".jpg"), ("PNG", ".png"), ("WEBP", ".webp")])
def test_a_photo_is_encoded_anew_in_its_own_format(kind: str, suffix: str):
    content, found = storage.accept_image(io.BytesIO(photo(kind)))

    assert found == suffix
    assert Image.open(io.BytesIO(content)).format == kind


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"%PDF-1.7\n",
        b"\xff\xd8\xff\xe0 not a photo",
        b"\x89PNG\r\n\x1a\n",
        photo()[:200],
        photo("GIF"),
        photo("BMP"),
        photo("TIFF"),
        photo("ICO", (16, 16)),
    ],
    ids=["empty", "html", "svg", "pdf", "jpeg start", "png start", "cut off", "gif", "bmp", "tiff", "ico"],
)
def test_what_is_no_photo_is_refused_in_words(raw: bytes):
    with pytest.raises(storage.BadUpload, match="JPEG, PNG or WebP"):
        storage.accept_image(io.BytesIO(raw))


def test_a_name_or_type_that_lies_changes_nothing():
    upload = io.BytesIO(photo("PNG"))
    upload.name = "photo.jpg"

    assert storage.accept_image(upload)[1] == ".png"


def test_a_program_hidden_in_a_picture_is_gone():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("Evil.class", b"evil")
    script = b"<script>alert(1)</script>"

    content, _ = storage.accept_image(io.BytesIO(photo(comment=script) + archive.getvalue()))

    assert script not in content
    assert b"PK" not in content
    assert b"Evil" not in content


def test_where_a_photo_was_taken_is_not_kept():
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[2] = (39.0, 28.0, 11.0)

    for kind in ("JPEG", "PNG", "WEBP"):
        kept = accepted(photo(kind, exif=exif.tobytes()))
        assert not kept.getexif()
        assert "exif" not in kept.info


def test_words_in_a_png_are_not_kept():
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "secret words", zip=True)

    assert accepted(photo("PNG", pnginfo=words)).info == {}


def test_a_photo_on_its_side_is_set_upright():
    exif = Image.Exif()
    exif[0x0112] = 6

    assert accepted(photo(exif=exif.tobytes())).size == (40, 60)


def test_a_profile_is_applied_and_dropped():
    """Phones save wide colours with a profile: its bytes go, its colours stay."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    kept = accepted(photo("PNG", icc_profile=profile))

    assert "icc_profile" not in kept.info
    assert kept.getpixel((5, 5)) == (255, 0, 0)


def test_a_profile_that_nobody_can_read_harms_nothing():
    assert accepted(photo("PNG", icc_profile=b"rubbish")).getpixel((5, 5)) == (255, 0, 0)


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "I;16"), ("PNG", "P"), ("PNG", "1")]
)
def test_every_way_of_keeping_colours_is_read(kind: str, mode: str):
    assert accepted(photo(kind, mode=mode)).mode == "RGB"


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_stays(mode: str):
    assert accepted(photo("PNG", mode=mode)).mode == "RGBA"


def test_a_photo_with_a_second_one_inside_is_read():
    """As phones save portraits: the format then calls itself MPO."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40)).save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40))])

    content, suffix = storage.accept_image(io.BytesIO(out.getvalue()))

    assert suffix == ".jpg"
    assert Image.open(io.BytesIO(content)).format == "JPEG"


def test_of_a_moving_picture_the_first_one_stays():
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "green")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], lossless=True)

    assert getattr(accepted(out.getvalue()), "n_frames", 1) == 1


def test_a_large_photo_is_scaled_down():
    assert accepted(photo(size=(5000, 1000))).size == (2400, 480)
    assert accepted(photo(size=(500, 100)), longest_side=50).size == (50, 10)


def png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(20_000, 20_000), (8_000, 6_251), (2**31 - 1, 1), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch):
    unpacked: list[object] = []
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", unpacked.append)

    with pytest.raises(storage.BadUpload):
        storage.accept_image(io.BytesIO(png(*size, zlib.compress(b"\0" * 100_000))))

    assert unpacked == []


def test_words_that_unpack_without_end_are_refused():
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "a" * 5_000_000, zip=True)

    with pytest.raises(storage.BadUpload):
        storage.accept_image(io.BytesIO(photo("PNG", pnginfo=words)))


def test_a_file_beyond_the_cap_is_read_no_further_than_it():
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            assert 0 <= size <= storage.MOST_IMAGE_BYTES + 1
            self.taken += size
            return b"\0" * size

    upload = Endless()

    with pytest.raises(storage.BadUpload, match="20 MB"):
        storage.accept_image(upload)  # type: ignore[arg-type]  # read is all that is asked of it

    assert upload.taken == storage.MOST_IMAGE_BYTES + 1


# S3-compatible storage: the setting. What it stores is proved with the media library.


def test_files_may_live_in_a_bucket():
    from storages.backends.s3 import S3Storage

    from flectar.config.settings import s3_options

    options = s3_options("https://ke%2Fy:se%40cret@s3.example.com:9000/salon")

    made = S3Storage(location="private", **options)
    assert (made.endpoint_url, made.bucket_name, made.location) == ("https://s3.example.com:9000", "salon", "private")
    assert (made.access_key, made.secret_key) == ("ke/y", "se@cret")
    assert made.default_acl is None


@pytest.mark.parametrize(
    "url", ["s3://bucket", "https://host/bucket", "https://k:s@host/", "https://k:s@host/a/b", "x"]
)
def test_a_wrong_bucket_stops_the_start_without_telling_the_secret(url: str):
    from django.core.exceptions import ImproperlyConfigured

    from flectar.config.settings import s3_options

    with pytest.raises(ImproperlyConfigured, match="FLECTAR_S3_URL") as refused:
        s3_options(url)

    assert "k:s" not in str(refused.value)
