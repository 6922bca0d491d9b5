"""Stored files: public ones under a random name, private ones behind signed links of a few minutes.

An upload is believed only after three looks: its first bytes, a full decode, and our own re-encoding of it.
"""

import base64
import io
import mimetypes
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.translation import gettext as _

from flectar.core import crypto
from flectar.core.ids import new_token
from flectar.core.origins import origin

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS = 50_000_000
MOST_IMAGE_BYTES = 20 * 1024 * 1024
_FORMATS = {"JPEG": (".jpg", {"quality": 88}), "PNG": (".png", {}), "WEBP": (".webp", {"quality": 86})}
_SECONDS = re.compile(r"[1-9][0-9]{0,2}")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


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


def save_public(folder: str, suffix: str, content: bytes) -> str:
    """Store for everybody, under a random name; the path to keep. Only what we made ourselves: `accept_image`."""
    return public_files().save(f"{folder}/{new_token()}{suffix}", ContentFile(content))


def public_url(path: str) -> str:
    """Where everybody finds a public file, for as long as it exists."""
    return _address("public_file", path=path)


def save_private(folder: str, name: str, content: bytes) -> str:
    """Store under a random name in a folder that starts with the project's id; the path to keep."""
    suffix = PurePosixPath(name).suffix.lower()
    kept = suffix if _SUFFIX.fullmatch(suffix) else ""
    return private_files().save(f"{folder}/{new_token()}{kept}", ContentFile(content))


def private_url(path: str, name: str, *, seconds: int = 300) -> str:
    """A link to download a private file as `name`, right for at most five minutes. Whoever asks for it has checked
    the rights."""
    if not 0 < seconds <= 300:
        raise ValueError("a private link lives for at most 300 seconds")
    shown = name.replace("/", "-") or "file"
    signed = crypto.sign(_purpose(seconds, shown), path)
    return _address("private_file", token=f"{seconds}~{_pack(signed)}", name=shown)


def open_link(token: str, name: str) -> str:
    """The path that a link names, or `BadLink`, or `LinkExpired`."""
    seconds, _tilde, packed = token.partition("~")
    if not _SECONDS.fullmatch(seconds):
        raise BadLink
    try:
        return crypto.unsign(_purpose(int(seconds), name), _unpack(packed), within=timedelta(seconds=int(seconds)))
    except crypto.Expired as error:
        raise LinkExpired from error
    except (crypto.BadSignature, ValueError) as error:
        raise BadLink from error


def _purpose(seconds: int, name: str) -> str:
    """Duration and name are signed along: nobody can lengthen a link, or dress its file up as another."""
    return f"file.{seconds}.{name}"


def _address(view: str, **kwargs: str) -> str:
    from django.urls import reverse

    return origin(settings.FILES_HOST) + reverse(view, urlconf=settings.FILES_URLCONF, kwargs=kwargs)


def _pack(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unpack(text: str) -> str:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def names_in(files: Storage, folder: str) -> Iterator[str]:
    """Every file below a folder, by its whole path."""
    try:
        folders, names = files.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in names)
    for inner in folders:
        yield from names_in(files, f"{folder}/{inner}")


def delete_folder(files: Storage, folder: str) -> None:
    """Its files; what is left of folders on a disk is empty and goes too."""
    for name in list(names_in(files, folder)):
        files.delete(name)
    _delete_empty(files, folder)


def _delete_empty(files: Storage, folder: str) -> None:
    try:
        folders, names = files.listdir(folder)
    except FileNotFoundError:
        return
    for inner in folders:
        _delete_empty(files, f"{folder}/{inner}")
    if not names and isinstance(files, FileSystemStorage):
        files.delete(folder)


def content_type(path: str) -> str:
    return mimetypes.guess_type(path)[0] or "application/octet-stream"


def accept_image(upload: IO[bytes], *, longest_side: int = 2400) -> tuple[bytes, str]:
    """A photo as we keep it: decoded, turned upright, stripped of all but its points, scaled down, encoded anew.
    Bytes and suffix.

    Memory is bounded before decoding: the header's size is checked first. Raises `BadUpload`.
    """
    from PIL import Image, UnidentifiedImageError

    raw = upload.read(MOST_IMAGE_BYTES + 1)
    if len(raw) > MOST_IMAGE_BYTES:
        raise BadUpload(_("This picture is larger than 20 MB. Export it smaller."))
    Image.MAX_IMAGE_PIXELS = None  # Pillow would only warn up to twice the size; we look ourselves, just below
    try:
        with Image.open(io.BytesIO(raw), formats=tuple(_FORMATS)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BadUpload(_("This picture has more than 50 million points. Export it smaller."))
            # A JPEG with a second picture inside, as phones make them, calls itself MPO.
            kind = "JPEG" if picture.format == "MPO" else str(picture.format)
            picture.draft("RGB", (longest_side, longest_side))
            out = io.BytesIO()
            suffix, options = _FORMATS[kind]
            _only_points(picture, longest_side).save(out, kind, **options)
    except BadUpload:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise BadUpload(_("This is not a picture that we can read. Use JPEG, PNG or WebP.")) from error
    return out.getvalue(), suffix


def _only_points(picture: "Image.Image", longest_side: int) -> "Image.Image":
    """Upright, in sRGB, no larger than asked, and without any of what a file may carry beside its points."""
    from PIL import ImageCms, ImageOps

    upright = ImageOps.exif_transpose(picture)
    mode = "RGBA" if picture.format != "JPEG" and upright.has_transparency_data else "RGB"
    profile = upright.info.get("icc_profile")
    upright = upright.convert(mode)
    upright.thumbnail((longest_side, longest_side))
    if profile:
        try:
            its_own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            ImageCms.profileToProfile(upright, its_own, ImageCms.createProfile("sRGB"), inPlace=True)
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that nobody can read, or one of other channels: the points as they are
    # Otherwise the encoders would copy comments and profiles into the new file.
    upright.info.clear()
    return upright
