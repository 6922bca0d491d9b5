"""Files that people attach: believed by what they hold, never by their name. Photos are drawn anew
(storage.accept_image); documents are looked at, and what a reader would run is refused."""

import io
import zipfile
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from flectar.core.storage import BadUpload, accept_image

MOST_BYTES = 20 * 1024 * 1024
_PACKED_MOST = 200 * 1024 * 1024  # of an office document, unpacked
_ENTRIES_MOST = 5_000
_OFFICE = {
    "word/": (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xl/": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ppt/": (".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}
_OPEN = {
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.spreadsheet": ".ods",
}
_PHOTOS = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
_PHOTO_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
# What a PDF reader would do by itself when the file is opened.
_ACTIVE_PDF = (b"/JavaScript", b"/JS ", b"/JS(", b"/Launch", b"/EmbeddedFile")


@dataclass(frozen=True, slots=True)
class Document:
    """As it may be stored. The suffix is ours, by what the file holds."""

    content: bytes
    suffix: str
    content_type: str


def accept(upload: IO[bytes]) -> Document:
    """A photo, a PDF, an office document or plain text, of 20 MB at most. Raises BadUpload."""
    content = upload.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise BadUpload(_("This file is larger than 20 MB."))
    if not content:
        raise BadUpload(_("This file is empty."))
    if content.startswith(_PHOTO_BEGINNINGS):
        drawn, suffix = accept_image(io.BytesIO(content))
        return Document(drawn, suffix, _PHOTOS[suffix])
    if content.startswith(b"%PDF-"):
        if any(word in content for word in _ACTIVE_PDF):
            raise BadUpload(_("This PDF holds a program or another file. Print it to a new PDF."))
        return Document(content, ".pdf", "application/pdf")
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    return _text(content)


def _office(content: bytes) -> Document:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
            names = [entry.filename for entry in entries]
            too_much = len(entries) > _ENTRIES_MOST or sum(entry.file_size for entry in entries) > _PACKED_MOST
            kind = packed.read("mimetype")[:100] if "mimetype" in names and not too_much else b""
    # What zipfile raises for broken, encrypted (RuntimeError) and unknown compression (NotImplementedError).
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, NotImplementedError):
        raise _unknown() from None
    if too_much or any(name.startswith(("Basic/", "Scripts/")) or "vbaproject" in name.lower() for name in names):
        raise BadUpload(_("This document holds programs, or is packed too tightly. Save it without macros, or as PDF."))
    if kind in _OPEN:
        return Document(content, _OPEN[kind], kind.decode())
    for folder, (suffix, content_type) in _OFFICE.items():
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            return Document(content, suffix, content_type)
    raise _unknown()


def _text(content: bytes) -> Document:
    """Served as a download that no browser shows, so that markup in it is only letters."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unknown() from None
    if any(char < " " and char not in "\t\r\n\f" for char in text):
        raise _unknown()
    return Document(content, ".txt", "text/plain")


def _unknown() -> BadUpload:
    return BadUpload(_("We don't take this kind of file. Photos (JPEG, PNG, WebP), PDF, office documents and text go."))
