from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "flectar.config"
    label = "config"

    def ready(self) -> None:
        from flectar.config.modules import SWITCHES
        from flectar.config.reactions import reactions
        from flectar.core import events
        from flectar.platform.projects import modules

        events.connect(reactions())
        modules.connect(SWITCHES)
