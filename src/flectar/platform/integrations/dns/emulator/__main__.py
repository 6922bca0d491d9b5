"""The command: a name server for the demo. Says one line when it listens; ends with whoever started it."""

import argparse
import os
import signal
import threading
from pathlib import Path
from types import FrameType

from .server import NameServer
from .zone import Zone


def main() -> None:
    parser = argparse.ArgumentParser(prog="dns-emulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one and prints it")
    parser.add_argument("--zone", type=Path, required=True, help="the JSON file that holds the records")
    options = parser.parse_args()
    server, ended = NameServer(Zone(options.zone), options.port), threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.start()
    print(f"DNS emulator on 127.0.0.1:{server.port}", flush=True)  # noqa: T201 - the command's own line
    parent = os.getppid()
    while not ended.wait(1):
        if os.getppid() != parent:  # a killed parent cannot stop us
            break
    server.stop()


if __name__ == "__main__":
    main()
