"""Serving stored files, on a host of their own: whatever a file holds, it meets no cookie and no script runs."""

from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext

from flectar.core import storage
from flectar.platform.projects.access import public

_INERT = "default-src 'none'; sandbox"


@public
def private_file(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """The file that the signed address names, as a download that no browser runs. 403 for any other address."""
    try:
        path = storage.open_link(token, name)
    except storage.LinkExpired:
        return _refused(gettext("This link has expired. Ask for a new one."))
    except storage.BadLink:
        return _refused(gettext("This link is not right. Ask for a new one."))
    try:
        file = storage.private_files().open(path)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, as_attachment=True, filename=name, content_type=storage.content_type(path))
    response["Content-Security-Policy"] = _INERT
    return response


@public
def public_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file for everybody. Its name is random and its content never changes."""
    try:
        file = storage.public_files().open(path)
    except (OSError, SuspiciousFileOperation) as error:
        raise Http404 from error
    response = FileResponse(file, content_type=storage.content_type(path))
    response["Content-Security-Policy"] = _INERT
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _refused(sentence: str) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", content_type="text/plain; charset=utf-8", status=403)
