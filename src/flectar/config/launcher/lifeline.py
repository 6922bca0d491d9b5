"""A child must not outlive its parent: an orphan would go on serving old code beside the new."""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec nothing may be imported.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(parent: int | None = None, with_signal: signal.Signals = signal.SIGKILL) -> None:
    """From now on our end follows our parent's. `parent` is whom we expect: if it is gone already, so are we."""
    parent = os.getppid() if parent is None else parent
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(parent, with_signal), name="lifeline", daemon=True).start()
    if os.getppid() != parent:
        os.kill(os.getpid(), with_signal)


def before_exec(with_signal: signal.Signals) -> Callable[[], None]:
    """The same as a `preexec_fn`: two system calls, nothing that takes a lock. It survives the exec (Linux only)."""
    parent = os.getpid()

    def set_it() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)

    return set_it


def _watch(parent: int, with_signal: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), with_signal)
