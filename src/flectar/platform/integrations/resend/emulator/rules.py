"""What Resend accepts: the documented fields and limits, refused in its own words. An unknown field is an error."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any

MAX_RECIPIENTS = 50
MAX_BATCH = 100
MAX_ATTACHMENT_BYTES = 40 * 1024 * 1024
MAX_CONTENT_ID = 127
FIELDS = {
    "from", "to", "cc", "bcc", "reply_to", "subject", "html", "text",
    "headers", "attachments", "tags", "scheduled_at",
}  # fmt: skip
ATTACHMENT_FIELDS = {"filename", "content", "content_type", "content_id"}
TAG = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
ADDRESS = re.compile(r"[^@\s<>,]+@[^@\s<>,]+\.[^@\s<>,]+")
HEADER_NAME = re.compile(r"[!-9;-~]+")


class ApiError(Exception):
    """An answer in Resend's error shape."""

    def __init__(self, status: int, name: str, message: str, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.name = name
        self.message = message
        self.headers = headers or {}
        super().__init__(f"{status} {name}: {message}")

    def body(self) -> dict[str, Any]:
        return {"statusCode": self.status, "name": self.name, "message": self.message}


@dataclass(frozen=True)
class Attachment:
    filename: str
    content_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True)
class Email:
    sender: str
    to: list[str]
    subject: str
    html: str | None = None
    text: str | None = None
    cc: list[str] = field(default_factory=list)
    bcc: list[str] = field(default_factory=list)
    reply_to: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)
    scheduled_at: str | None = None


def read_email(data: object, *, in_batch: bool = False) -> Email:
    if not isinstance(data, dict):
        raise _invalid("The request body must be a JSON object.")
    allowed = FIELDS - {"attachments", "scheduled_at"} if in_batch else FIELDS
    if unknown := sorted(set(data) - allowed):
        raise _invalid(f"Unrecognized field: `{unknown[0]}`.")
    for name in ("from", "to", "subject"):
        if not data.get(name):
            raise ApiError(422, "missing_required_field", f"Missing `{name}` field.")
    if data.get("html") is None and data.get("text") is None:
        raise ApiError(422, "missing_required_field", "Missing `html` or `text` field.")
    return Email(
        sender=_address(data["from"], "from"),
        to=_addresses(data["to"], "to"),
        cc=_addresses(data.get("cc", []), "cc"),
        bcc=_addresses(data.get("bcc", []), "bcc"),
        reply_to=_addresses(data.get("reply_to", []), "reply_to"),
        subject=_line(data["subject"], "subject"),
        html=_text(data.get("html"), "html"),
        text=_text(data.get("text"), "text"),
        headers=_headers(data.get("headers", {})),
        tags=_tags(data.get("tags", [])),
        attachments=_attachments(data.get("attachments", [])),
        scheduled_at=_text(data.get("scheduled_at"), "scheduled_at"),
    )


def read_batch(data: object) -> list[Email]:
    if not isinstance(data, list) or not data:
        raise _invalid("The request body must be a non-empty array.")
    if len(data) > MAX_BATCH:
        raise _invalid(f"A batch holds at most {MAX_BATCH} emails.")
    return [read_email(one, in_batch=True) for one in data]


def _invalid(message: str) -> ApiError:
    return ApiError(422, "validation_error", message)


def _text(value: object, name: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise _invalid(f"The `{name}` field must be a string.")
    return value


def _line(value: object, name: str) -> str:
    text = _text(value, name) or ""
    if "\n" in text or "\r" in text:
        raise _invalid(f"The `\\n` is not allowed in the `{name}` field.")
    return text


def _address(value: object, name: str) -> str:
    text = _line(value, name)
    if not ADDRESS.fullmatch(parseaddr(text)[1]):
        raise _invalid(
            f"Invalid `{name}` field. The email address needs to follow the "
            "`email@example.com` or `Name <email@example.com>` format."
        )
    return text


def _addresses(value: object, name: str) -> list[str]:
    values = value if isinstance(value, list) else [value]
    if len(values) > MAX_RECIPIENTS:
        raise _invalid(f"The `{name}` field holds at most {MAX_RECIPIENTS} addresses.")
    return [_address(one, name) for one in values]


def _headers(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise _invalid("The `headers` field must be an object with string values.")
    for name, text in value.items():
        if not HEADER_NAME.fullmatch(name) or "\n" in text or "\r" in text:
            raise _invalid(f"Invalid header `{name}`.")
    return value


def _tags(value: object) -> dict[str, str]:
    if not isinstance(value, list):
        raise _invalid("The `tags` field must be an array.")
    tags = {}
    for tag in value:
        if not isinstance(tag, dict) or set(tag) != {"name", "value"}:
            raise _invalid("Each tag must have a `name` and a `value`.")
        if not all(isinstance(part, str) and TAG.fullmatch(part) for part in tag.values()):
            raise _invalid("Tags should only contain ASCII letters, numbers, underscores, or dashes.")
        tags[tag["name"]] = tag["value"]
    return tags


def _attachments(value: object) -> list[Attachment]:
    if not isinstance(value, list):
        raise _invalid("The `attachments` field must be an array.")
    attachments = [_attachment(one) for one in value]
    if sum(len(one.content) for one in attachments) * 4 // 3 > MAX_ATTACHMENT_BYTES:
        raise ApiError(422, "invalid_attachment", "Attachments are larger than 40 MB.")
    return attachments


def _attachment(value: object) -> Attachment:
    if not isinstance(value, dict):
        raise _invalid("Each attachment must be an object.")
    if unknown := sorted(set(value) - ATTACHMENT_FIELDS):
        # `path` is documented too, but would be fetched from elsewhere: here nothing leaves the machine.
        raise _invalid(f"Unrecognized field: `attachments.{unknown[0]}`.")
    content = value.get("content")
    if not isinstance(content, str):
        raise ApiError(422, "invalid_attachment", "Attachment must have either a `content` or `path`.")
    if not value.get("filename"):
        raise ApiError(422, "invalid_attachment", "Attachment must have a `filename`.")
    try:
        raw = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise ApiError(422, "invalid_attachment", "Attachment `content` is not Base64.") from None
    content_id = _line(value.get("content_id") or "", "attachments.content_id")
    if len(content_id) > MAX_CONTENT_ID or set(content_id) & set("<> "):
        # With its angle brackets it would be sent as another name than the one that the HTML asks for.
        raise ApiError(422, "invalid_attachment", "Attachment `content_id` is not valid.")
    return Attachment(
        filename=_line(value["filename"], "attachments.filename"),
        content_type=_line(value.get("content_type") or "application/octet-stream", "attachments.content_type"),
        content=raw,
        content_id=content_id,
    )
