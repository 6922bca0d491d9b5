from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "flectar.config"
    label = "config"

    def ready(self) -> None:
        from flectar.config.reactions import reactions
        from flectar.core import events

        events.connect(reactions())
