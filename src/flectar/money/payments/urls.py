"""Addresses: `dashboard` under /<project>/settings/payments/, `site` on a project's public host, `platform` on the
platform's."""

from django.urls import path

from flectar.money.payments import views

dashboard = [
    path("", views.index, name="index"),
    path("<uuid:intent_id>", views.payment, name="payment"),
]

site = [path("pay/<str:token>", views.pay, name="pay")]

platform = [path("webhooks/test-payments/<uuid:project_id>", views.test_webhook, name="test_webhook")]
