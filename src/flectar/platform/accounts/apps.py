from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "flectar.platform.accounts"
    label = "accounts"
