"""Serving private files."""

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse

from flectar.core import storage
from flectar.platform.projects.access import public


@public
def private_file(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """The file that the signed address names, as a download that no browser runs. 403 once it has expired."""
    try:
        path = storage.open_link(token)
    except storage.LinkExpired:
        return HttpResponse("This link has expired. Ask for a new one.\n", content_type="text/plain", status=403)
    except storage.BadLink as error:
        raise Http404 from error
    if not storage.private_files().exists(path):
        raise Http404
    with storage.private_files().open(path) as file:
        response = HttpResponse(file.read(), content_type=storage.content_type(path))
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
