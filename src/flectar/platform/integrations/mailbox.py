"""The demo's mailbox: every mail that the local provider accepted, read through its documented API. Demo only.

The HTTP client is loaded with the first page: outside a demo no web worker needs it.
"""

from base64 import b64encode
from functools import wraps
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from flectar.platform.integrations.mail_frame import FRAMING_CSP, MAIL_CSP, framed
from flectar.platform.outbox.models import Message
from flectar.platform.outbox.rendering import with_pictures
from flectar.platform.projects.access import View, public

if TYPE_CHECKING:
    import httpx2

PAGE_SIZE = 50


def demo_only(view: View) -> View:
    """These pages show everybody's mail: they exist in a demo and nowhere else."""

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, **kwargs)

    return guarded


@public
@demo_only
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    after = request.GET.get("after", "")
    try:
        listing = _get(f"emails?limit={PAGE_SIZE}" + (f"&after={UUID(after)}" if after else ""))
    except ValueError:
        raise Http404 from None
    mails = listing["data"] if listing else []
    older = mails[-1]["id"] if listing and listing["has_more"] else ""
    context = {
        "mails": mails,
        "older": older,
        "is_silent": listing is None,
        "is_first": not after,
        "texts": [] if after else _texts(),
    }
    return render(request, "integrations/mailbox.html", context, status=503 if listing is None else 200)


def _texts() -> list[Message]:
    """The platform's text messages that the local provider took, newest first."""
    sent = Message.objects.filter(channel=Message.Channel.SMS, state=Message.State.SENT)
    return list(sent.order_by("-created_at", "-id")[:20])


@csp_override(FRAMING_CSP)
@public
@demo_only
@require_safe
def mail(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    found = _found(f"emails/{mail_id}")
    attachments = _found(f"emails/{mail_id}/attachments")["data"]
    return render(request, "integrations/mailbox_mail.html", {"mail": found, "attachments": attachments})


@csp_override(MAIL_CSP)
@public
@demo_only
@require_safe
def mail_body(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    html = _found(f"emails/{mail_id}")["html"] or ""
    pictures = []
    if '"cid:' in html:
        listed = _found(f"emails/{mail_id}/attachments")["data"]
        with _client() as client:
            for one in listed:
                if one["content_id"]:
                    content = b64encode(client.get(one["download_url"]).content).decode()
                    pictures.append({"cid": one["content_id"], "content_type": one["content_type"], "content": content})
    return framed(with_pictures(html, pictures))


@public
@demo_only
@require_safe
def attachment(request: HttpRequest, mail_id: UUID, number: int) -> HttpResponse:
    listed = _found(f"emails/{mail_id}/attachments")["data"]
    if number >= len(listed):
        raise Http404
    with _client() as client:
        content = client.get(listed[number]["download_url"]).content
    name = "".join(letter for letter in listed[number]["filename"] if letter.isalnum() or letter in "._-") or "file"
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _client() -> "httpx2.Client":
    from flectar.core import http

    # The address is the operator's own setting, and in a demo it is this machine.
    client = http.client(base_url=settings.RESEND_API_URL, allow_private=True)
    client.headers["Authorization"] = f"Bearer {settings.RESEND_API_KEY}"
    return client


def _get(path: str) -> dict[str, Any] | None:
    """None when the provider does not answer."""
    import httpx2

    try:
        with _client() as client:
            response = client.get(path)
    except httpx2.HTTPError:
        return None
    if response.status_code == 404:
        raise Http404
    return dict(response.json()) if response.is_success else None


def _found(path: str) -> dict[str, Any]:
    found = _get(path)
    if found is None:
        raise Http404
    return found
