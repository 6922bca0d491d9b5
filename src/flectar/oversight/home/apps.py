from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "flectar.oversight.home"
    label = "home"
