from collections.abc import Iterator

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "flectar.platform.accounts"
    label = "accounts"

    def ready(self) -> None:
        from flectar.core import crypto

        crypto.rotates("second factors", _second_factors)


def _second_factors() -> Iterator[int]:
    from flectar.platform.accounts.rotation import second_factors

    return second_factors()
