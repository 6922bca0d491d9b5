"""Addresses: `site` on a project's public host, `platform` on the platform's."""

from django.urls import path

from flectar.money.payments import views

site = [path("pay/<str:token>", views.pay, name="pay")]

platform = [path("webhooks/test-payments/<uuid:project_id>", views.test_webhook, name="test_webhook")]
