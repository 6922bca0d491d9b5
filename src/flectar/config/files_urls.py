"""The files' host: public files, and private ones by short-lived signed addresses. No cookie of ours goes there."""

from django.urls import URLPattern, URLResolver, path

from flectar.config import files

handler400 = "flectar.config.errors.bad_request"
handler403 = "flectar.config.errors.forbidden"
handler404 = "flectar.config.errors.not_found"
handler500 = "flectar.config.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("public/<path:path>", files.public_file, name="public_file"),
    path("<str:token>/<str:name>", files.private_file, name="private_file"),
]
