from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "flectar.platform.projects"
    label = "projects"
