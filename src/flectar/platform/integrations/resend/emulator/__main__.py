"""The command. Prints one line when it listens and ends with the process that started it."""

import argparse
import os
import signal
import threading
from types import FrameType

from .events import Courier
from .mailbox import Mailbox
from .server import Emulator


def main() -> None:
    options = _options()
    courier = Courier(options.webhook_url, options.webhook_secret)
    mailbox = Mailbox(options.store)
    server = Emulator(
        ("127.0.0.1", options.port), mailbox, courier, api_key=options.api_key, per_second=options.per_second
    )

    def stop(number: int, frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    courier.start()
    threading.Thread(target=_end_with_the_parent, args=(os.getppid(),), daemon=True).start()
    print(f"Resend emulator on http://127.0.0.1:{server.server_address[1]}/", flush=True)  # noqa: T201 - the command's own line
    server.serve_forever(poll_interval=0.2)
    courier.end()
    server.server_close()
    mailbox.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="resend-emulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one and prints it")
    parser.add_argument("--store", required=True, help="the SQLite file that keeps accepted mail")
    parser.add_argument("--api-key", default=os.environ.get("RESEND_API_KEY", "re_demo"))
    parser.add_argument("--webhook-url", default=os.environ.get("RESEND_WEBHOOK_URL"))
    parser.add_argument("--webhook-secret", default=os.environ.get("RESEND_WEBHOOK_SECRET", "whsec_ZGVtbw=="))
    parser.add_argument("--per-second", type=int, default=50, help="requests a second; 0 for no limit")
    return parser.parse_args()


def _end_with_the_parent(parent: int) -> None:
    """A killed parent cannot stop us, and an orphan would go on accepting mail."""
    while os.getppid() == parent:
        threading.Event().wait(1)
    os._exit(0)


if __name__ == "__main__":
    main()
