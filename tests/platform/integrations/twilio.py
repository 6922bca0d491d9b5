"""A Twilio emulator in a thread of the test."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from flectar.platform.integrations.twilio.emulator.server import Emulator

ACCOUNT, TOKEN, NUMBER = "AC00000000000000000000000000000001", "canary-twilio-token", "+34910000001"
OPTED_OUT = "+34612000999"


@contextlib.contextmanager
def running_twilio() -> Iterator[Emulator]:
    server = Emulator(("127.0.0.1", 0), account=ACCOUNT, token=TOKEN, numbers=(NUMBER,), opted_out={OPTED_OUT})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def use(settings: Any, server: Emulator) -> None:
    """As an installation is configured that sends text messages."""
    settings.TWILIO_ACCOUNT, settings.TWILIO_TOKEN, settings.TWILIO_FROM = ACCOUNT, TOKEN, NUMBER
    settings.TWILIO_URL = server.url
    settings.TEXT_PROVIDER = "twilio"
    settings.TEXT_SENDER = "flectar.platform.integrations.twilio.client.send"
