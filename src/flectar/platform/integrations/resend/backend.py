"""Anymail's Resend backend with what it leaves out: the idempotency key of the request, and tags on the message."""

from typing import Any
from urllib.parse import urlsplit

import requests
from anymail.backends import resend as anymail_resend


class Payload(anymail_resend.ResendPayload):  # type: ignore[misc]  # anymail ships no types
    def __init__(self, message: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(message, *args, **kwargs)
        # Anymail would put an Idempotency-Key header into the mail; Resend reads it from the request.
        if key := getattr(message, "idempotency_key", ""):
            self.headers["Idempotency-Key"] = key
        # Come back with every webhook, and say whose message it was even if its id never reached us.
        if tags := getattr(message, "provider_tags", None):
            self.data["tags"] = [{"name": name, "value": value} for name, value in tags.items()]

    def set_extra_headers(self, headers: Any) -> None:
        # Resend gives each mail its own Message-ID.
        super().set_extra_headers({name: value for name, value in headers.items() if name.lower() != "message-id"})

    def make_attachment(self, attachment: Any) -> Any:
        # Anymail holds the type against the file's name, and knows none with parameters, as a calendar's method is.
        attachment.mimetype = attachment.mimetype.partition(";")[0].strip()
        return super().make_attachment(attachment)


class EmailBackend(anymail_resend.EmailBackend):  # type: ignore[misc]  # anymail ships no types
    def build_message_payload(self, message: Any, defaults: Any) -> Payload:
        return Payload(message, defaults, self)

    def create_session(self) -> requests.Session:
        session: requests.Session = super().create_session()
        # A proxy of the environment is for the outside; our own emulator is on this machine.
        session.trust_env = urlsplit(self.api_url).hostname not in {"127.0.0.1", "localhost"}
        return session
