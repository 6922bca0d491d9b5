"""Addresses under /<project>/notifications/."""

from django.urls import path

from flectar.platform.notifications import views

dashboard = [
    path("", views.index, name="index"),
    path("panel", views.panel, name="panel"),
    path("reading", views.reading, name="reading"),
    path("preferences", views.preferences, name="preferences"),
    path("<uuid:notification_id>", views.opened, name="notification"),
]
