from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "flectar.platform.integrations"
    label = "integrations"
