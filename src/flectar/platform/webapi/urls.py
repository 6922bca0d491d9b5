"""The keys under /<project>/settings/keys; the reference beside the operations."""

from django.urls import path

from flectar.platform.webapi import views

dashboard = [
    path("", views.index, name="index"),
    path("new", views.new, name="new"),
    path("<uuid:key_id>/rolling", views.rolling, name="rolling"),
    path("<uuid:key_id>/revocation", views.revocation, name="revocation"),
]

reference = [
    path("", views.reference_page, name="reference"),
    path("leaked-keys", views.leak, name="leak"),
    path("openapi.json", views.openapi, name="openapi"),
]
