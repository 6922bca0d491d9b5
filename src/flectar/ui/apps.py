"""The app `ui`; its one system check says when the front end is not built."""

from django.apps import AppConfig
from django.core.checks import register

from flectar.ui.assets import is_built


class UiConfig(AppConfig):
    name = "flectar.ui"
    label = "ui"

    def ready(self) -> None:
        register(is_built)
