from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "flectar.presence.sites"
    label = "presence_sites"  # Django has a `sites` of its own
