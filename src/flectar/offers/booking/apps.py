from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "flectar.offers.booking"
    label = "booking"
