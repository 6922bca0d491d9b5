from collections.abc import Iterator

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "flectar.platform.integrations"
    label = "integrations"

    def ready(self) -> None:
        from flectar.core import crypto

        crypto.rotates("webhooks", _webhooks)


def _webhooks() -> Iterator[int]:
    from flectar.platform.integrations.inbox import under_the_active_key

    return under_the_active_key()
