"""The command. Prints one line when it listens and ends with the process that started it."""

import argparse
import os
import signal
import threading
from types import FrameType

from .server import Emulator


def main() -> None:
    options = _options()
    server = Emulator(
        ("127.0.0.1", options.port),
        client_id=options.client_id,
        client_secret=options.client_secret,
        redirect_uris=tuple(options.redirect_uri),
    )

    def stop(number: int, frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threading.Thread(target=_end_with_the_parent, args=(os.getppid(),), daemon=True).start()
    print(f"Google emulator on {server.url}/", flush=True)  # noqa: T201 - the command's own line
    server.serve_forever(poll_interval=0.2)
    server.server_close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="google-emulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one and prints it")
    parser.add_argument("--client-id", default=os.environ.get("FLECTAR_GOOGLE_CLIENT_ID", "demo"))
    parser.add_argument("--client-secret", default=os.environ.get("FLECTAR_GOOGLE_CLIENT_SECRET", "demo"))
    parser.add_argument("--redirect-uri", action="append", required=True, help="may be given several times")
    return parser.parse_args()


def _end_with_the_parent(parent: int) -> None:
    """A killed parent cannot stop us, and an orphan would keep the port."""
    while os.getppid() == parent:
        threading.Event().wait(1)
    os._exit(0)


if __name__ == "__main__":
    main()
