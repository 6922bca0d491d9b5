"""A child must not outlive its parent: an orphan would go on serving old code beside the new."""

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1


def die_with_parent(with_signal: signal.Signals = signal.SIGKILL) -> None:
    """The kernel sends `with_signal` when the parent dies. Safe between fork and exec: it survives the exec."""
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
        if os.getppid() != parent:  # died between the two lines above
            os.kill(os.getpid(), with_signal)
    else:
        threading.Thread(target=_watch, args=(parent, with_signal), name="lifeline", daemon=True).start()


def _watch(parent: int, with_signal: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), with_signal)
