"""Stored files: public ones under a random name, private ones behind signed links of a few minutes.

An upload is believed only after three looks: its first bytes, a full decode, and our own re-encoding of it.
"""

import io
import mimetypes
from datetime import timedelta
from pathlib import PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext as _

from flectar.core import crypto
from flectar.core.ids import new_token

MOST_PIXELS = 50_000_000
MOST_IMAGE_BYTES = 20 * 1024 * 1024
_FORMATS = {"JPEG": (".jpg", {"quality": 88}), "PNG": (".png", {}), "WEBP": (".webp", {"quality": 86})}


class BadUpload(ValueError):
    """The file is not what it should be. Fit to show."""


class BadLink(Exception):
    """Not one of our links."""


class LinkExpired(Exception):
    """It was one of our links."""


def public_files() -> Storage:
    return storages["public"]


def private_files() -> Storage:
    return storages["default"]


def save_private(folder: str, name: str, content: bytes) -> str:
    """Store under a random name in a folder that starts with the project's id; the path to keep."""
    suffix = PurePosixPath(name).suffix.lower()[:10]
    return private_files().save(f"{folder}/{new_token()}{suffix}", ContentFile(content))


def private_url(path: str, name: str, *, seconds: int = 300) -> str:
    """A link to download a private file, right for at most five minutes. Whoever asks for it has checked the rights."""
    if not 0 < seconds <= 300:
        raise ValueError("a private link lives for at most 300 seconds")
    from django.urls import reverse

    token = crypto.sign(f"file.{seconds}", path)
    address = reverse(
        "private_file", urlconf=settings.FILES_URLCONF, kwargs={"token": f"{seconds}~{_pack(token)}", "name": name}
    )
    scheme, usual = ("https", 443) if settings.HTTPS else ("http", 80)
    port = "" if usual == settings.PUBLIC_PORT else f":{settings.PUBLIC_PORT}"
    return f"{scheme}://{settings.FILES_HOST}{port}{address}"


def open_link(token: str) -> str:
    """The path that a link names, or `BadLink`, or `LinkExpired`."""
    seconds, _tilde, packed = token.partition("~")
    if not seconds.isdigit():
        raise BadLink
    try:
        return crypto.unsign(f"file.{seconds}", _unpack(packed), within=timedelta(seconds=int(seconds)))
    except crypto.Expired as error:
        raise LinkExpired from error
    except (crypto.BadSignature, ValueError) as error:
        raise BadLink from error


def _pack(text: str) -> str:
    import base64

    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unpack(text: str) -> str:
    import base64

    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def content_type(path: str) -> str:
    return mimetypes.guess_type(path)[0] or "application/octet-stream"


def accept_image(upload: IO[bytes], *, longest_side: int = 2400) -> tuple[bytes, str]:
    """A photo as we keep it: decoded, turned upright, stripped of EXIF, scaled down, encoded anew. Bytes and suffix.

    Memory is bounded before decoding: the header's size is checked first. Raises `BadUpload`.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    raw = upload.read(MOST_IMAGE_BYTES + 1)
    if len(raw) > MOST_IMAGE_BYTES:
        raise BadUpload(_("This picture is larger than 20 MB. Export it smaller."))
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(raw), formats=tuple(_FORMATS)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BadUpload(_("This picture has more than 50 million points. Export it smaller."))
            kind = str(picture.format)
            picture.draft("RGB", (longest_side, longest_side))
            upright: Any = ImageOps.exif_transpose(picture)
            upright.thumbnail((longest_side, longest_side))
            mode = "RGBA" if kind != "JPEG" and "A" in upright.getbands() else "RGB"
            out = io.BytesIO()
            suffix, options = _FORMATS[kind]
            upright.convert(mode).save(out, kind, **options)
    except BadUpload:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadUpload(_("This is not a picture that we can read. Use JPEG, PNG or WebP.")) from error
    return out.getvalue(), suffix
