from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "flectar.people.customers"
    label = "customers"
