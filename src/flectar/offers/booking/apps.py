from collections.abc import Iterator

from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "flectar.offers.booking"
    label = "booking"

    def ready(self) -> None:
        from flectar.core import crypto

        crypto.rotates("addresses of calendars", _addresses)
        crypto.rotates("answers of customers", _answers)


def _addresses() -> Iterator[int]:
    from flectar.offers.booking.calendars.following import under_the_active_key

    return under_the_active_key()


def _answers() -> Iterator[int]:
    from flectar.offers.booking.answers import under_the_active_key

    return under_the_active_key()
