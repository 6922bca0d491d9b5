from collections.abc import Iterator

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "flectar.platform.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from flectar.core import crypto

        crypto.rotates("outgoing webhooks", _secrets)


def _secrets() -> Iterator[int]:
    from flectar.platform.webhooks.sealed import under_the_active_key

    return under_the_active_key()
