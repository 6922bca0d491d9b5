from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "flectar.platform.organizations"
    label = "organizations"
