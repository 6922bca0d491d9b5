from django.apps import AppConfig


class WebapiConfig(AppConfig):
    name = "flectar.platform.webapi"
    label = "webapi"
