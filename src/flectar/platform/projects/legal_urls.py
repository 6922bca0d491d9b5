"""`documents` is mounted under legal/, the others at the root of the platform's host."""

from django.urls import path

from flectar.platform.projects.views import legal, letters

documents = [
    path("", legal.index, name="index"),
    path("acceptance", legal.acceptance, name="acceptance"),
    path("<slug:document>", legal.document, name="document"),
    path("<slug:document>/<int:number>", legal.version, name="version"),
    path("<slug:document>/<int:number>/changes", legal.changes, name="changes"),
]

letter_pages = [
    path("abuse", letters.abuse, name="abuse"),
    path("privacy", letters.privacy, name="privacy"),
    path("thanks/<str:code>", letters.thanks, name="thanks"),
]

well_known = [path(".well-known/security.txt", legal.security_txt, name="security_txt")]
