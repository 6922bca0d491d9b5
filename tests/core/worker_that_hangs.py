"""The real worker, as a process to be killed: python -m tests.core.worker_that_hangs worker_that_hangs"""

import argparse

from flectar.config.command import worker
from flectar.config.command.edge import django_as

if __name__ == "__main__":
    django_as("app")
    from tests.core import some_jobs  # noqa: F401 - the worker must know them

    worker.run(argparse.Namespace())
