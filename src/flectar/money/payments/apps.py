from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "flectar.money.payments"
    label = "payments"
