from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "flectar.core"
    label = "core"
    verbose_name = "Core"
