from django.urls import path, re_path

from flectar.presence.sites import preview, views

app_name = "sites"

# Under /<project>/website/ on the platform's host.
dashboard = [
    path("", views.website, name="website"),
    path("look", views.look, name="look"),
    path("look/preview", preview.preview, name="preview"),
    path("pictures/logo", preview.logo, name="logo"),
    path("pictures/logo/<slug:digest>", preview.logo_now, name="logo_now"),
    path("looks/<slug:skin>.svg", views.sample, name="sample"),
]

# On the platform's host: what each trade's look would draw.
looks = [path("<slug:kind>.svg", views.trade, name="trade")]

# On a site's host, behind its language.
pages = [path("", views.page, name="page")]

# On a site's host, the same in every language.
files = [
    path("robots.txt", views.file),
    path("sitemap.xml", views.file),
    path("_preview", preview.page),
    re_path(r"^_theme/[0-9a-f]{24}\.(?:css|svg|png|jpg|webp)$", views.file),
]
