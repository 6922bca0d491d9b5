"""What people attach is believed by what it holds."""

import io
import zipfile

import pytest
from PIL import Image

from flectar.core import documents
from flectar.core.storage import BadUpload


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def photo(kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Canary Camera"
    Image.new("RGB", (40, 30), "teal").save(out, kind, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", ".pdf"),
        ("Notas del día\n".encode(), ".txt"),
        (b"<script>alert(1)</script>", ".txt"),
        (packed(**{"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), ".docx"),
        (packed(**{"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}), ".odt"),
    ],
)
def test_a_document_gets_the_suffix_of_what_it_is(content, suffix):
    kept = documents.accept(io.BytesIO(content))

    assert (kept.suffix, kept.content) == (suffix, content)


def test_a_photo_is_drawn_anew_and_loses_its_camera():
    kept = documents.accept(io.BytesIO(photo()))

    assert (kept.suffix, kept.content_type) == (".jpg", "image/jpeg")
    assert b"Canary Camera" not in kept.content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02\x01",
        b"\xff\xd8\xff not a photo",
        b"%PDF-1.7 /OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
        packed(**{"[Content_Types].xml": b"<x/>", "word/vbaProject.bin": b"x"}),
        packed(**{"readme.exe": b"MZ"}),
        packed(**{"[Content_Types].xml": b"<x/>", "word/bomb.xml": b"0" * (documents._PACKED_MOST + 1)}),
        b"PK\x03\x04 broken",
        b"GIF89a\x01\x00",
        b"x" * (documents.MOST_BYTES + 1),
    ],
    ids=["empty", "exe", "elf", "false photo", "pdf script", "macro", "zip", "bomb", "broken", "gif", "large"],
)
def test_what_is_something_else_is_refused(content):
    with pytest.raises(BadUpload):
        documents.accept(io.BytesIO(content))
