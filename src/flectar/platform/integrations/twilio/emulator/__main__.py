"""The command. Prints one line when it listens and ends with the process that started it."""

import argparse
import os
import signal
import threading
from types import FrameType

from .server import Emulator


def main() -> None:
    parser = argparse.ArgumentParser(prog="twilio-emulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one and prints it")
    parser.add_argument("--account", default=os.environ.get("FLECTAR_TWILIO_ACCOUNT", "ACdemo"))
    parser.add_argument("--token", default=os.environ.get("FLECTAR_TWILIO_TOKEN", "demo"))
    parser.add_argument("--number", default=os.environ.get("FLECTAR_TWILIO_FROM", "+34910000000"))
    options = parser.parse_args()
    server = Emulator(
        ("127.0.0.1", options.port),
        account=options.account,
        token=options.token,
        numbers=(options.number,),
        opted_out=set(),
    )

    def stop(number: int, frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threading.Thread(target=_end_with_the_parent, args=(os.getppid(),), daemon=True).start()
    print(f"Twilio emulator on {server.url}/", flush=True)  # noqa: T201 - the command's own line
    server.serve_forever(poll_interval=0.2)
    server.server_close()


def _end_with_the_parent(parent: int) -> None:
    """A killed parent cannot stop us, and an orphan would keep the port."""
    while os.getppid() == parent:
        threading.Event().wait(1)
    os._exit(0)


if __name__ == "__main__":
    main()
