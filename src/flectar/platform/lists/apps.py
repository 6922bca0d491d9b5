from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "flectar.platform.lists"
    label = "lists"
