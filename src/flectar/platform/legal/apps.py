from django.apps import AppConfig


class LegalConfig(AppConfig):
    name = "flectar.platform.legal"
    label = "legal"
