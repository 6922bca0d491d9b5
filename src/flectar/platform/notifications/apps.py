from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "flectar.platform.notifications"
    label = "notifications"
