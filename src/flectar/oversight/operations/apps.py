from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "flectar.oversight.operations"
    label = "operations"
