"""Addresses under /<project>/views/."""

from django.urls import path

from flectar.platform.lists import views

dashboard = [
    path("", views.keep, name="keep"),
    path("restoration", views.restoration, name="restoration"),
    path("<uuid:view_id>", views.change, name="change"),
    path("<uuid:view_id>/removal", views.removal, name="removal"),
]
