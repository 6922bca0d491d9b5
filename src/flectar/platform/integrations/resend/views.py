"""Resend's webhook: verify over the raw bytes, keep once, answer at once; the job does the rest."""

import json

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, RawPostDataException
from django.views.decorators.http import require_POST

from flectar.core import clock
from flectar.platform.integrations.inbox import take_in
from flectar.platform.integrations.resend.events import apply_event
from flectar.platform.integrations.resend.signature import is_authentic
from flectar.platform.projects.access import webhook as from_provider

MOST_BYTES = 256 * 1024


@from_provider
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    if int(request.headers.get("content-length") or 0) > MOST_BYTES:
        return HttpResponse("Too large.", status=413)
    try:
        body = request.body
    except RawPostDataException:
        return HttpResponse("No body.", status=400)
    event_key = request.headers.get("svix-id", "")
    if not is_authentic(
        settings.RESEND_WEBHOOK_SECRET,
        event_key,
        request.headers.get("svix-timestamp", ""),
        request.headers.get("svix-signature", ""),
        body,
        now=clock.now().timestamp(),
    ):
        return HttpResponse("The signature is not Resend's.", status=401)
    kind = _kind(body)
    if kind is None or len(event_key) > 200:
        return HttpResponse("Not an event.", status=400)
    with transaction.atomic():
        event_id = take_in("resend", "platform", event_key, kind, body)
        if event_id:
            apply_event.defer(event_id=event_id)
    return HttpResponse()


def _kind(body: bytes) -> str | None:
    try:
        event = json.loads(body)
    except ValueError:
        return None
    if not isinstance(event, dict) or not isinstance(event.get("data"), dict) or not isinstance(event.get("type"), str):
        return None
    return str(event["type"])
