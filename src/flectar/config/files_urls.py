"""The files' host: private files by short-lived signed addresses. No cookie of ours ever goes there."""

from django.urls import URLPattern, URLResolver, path

from flectar.config import files

handler400 = "flectar.config.errors.bad_request"
handler403 = "flectar.config.errors.forbidden"
handler404 = "flectar.config.errors.not_found"
handler500 = "flectar.config.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("<str:token>/<str:name>", files.private_file, name="private_file"),
]
