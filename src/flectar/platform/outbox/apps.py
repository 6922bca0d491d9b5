"""The app's name."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "flectar.platform.outbox"
    label = "outbox"
