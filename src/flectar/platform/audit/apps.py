from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "flectar.platform.audit"
    label = "audit"
