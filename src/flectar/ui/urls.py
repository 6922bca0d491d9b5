"""Addresses of the look. Mounted at the root of the platform's host."""

from django.urls import path

from flectar.ui import views

app_name = "ui"
urlpatterns = [
    path("appearance", views.appearance, name="appearance"),
    path("language", views.language, name="language"),
]
