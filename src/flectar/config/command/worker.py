"""The job process: sends mail, runs what is due. Production runs this beside `flectar serve`.

FLECTAR_WORKER_JOBS (4) says how many jobs run at a time. It ends after the running jobs are done.
"""

import argparse
import os

from flectar.config import installation
from flectar.config.command.edge import Refusal, django_as
from flectar.config.command.serve import whole_number
from flectar.config.launcher.lifeline import die_with_parent


def run(options: argparse.Namespace) -> int:
    if not installation.database_url():
        raise Refusal("DATABASE_URL is not set; `flectar up` starts a database of its own")
    if os.environ.get("FLECTAR_SUPERVISED") == "1":
        die_with_parent()
    django_as("app")
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django import app

    if os.environ.get("FLECTAR_SUPERVISED") == "1" and not installation.is_external():
        from flectar.core.jobs import take_back_all

        take_back_all()  # nobody else works on an embedded database: the supervisor starts one worker at a time
    jobs = whole_number("FLECTAR_WORKER_JOBS", 4)
    # Procrastinate waits by LISTEN, which does not pass a transaction pooler: its own connections are direct.
    connector = PsycopgConnector(conninfo=installation.listen_database_url(), min_size=1, max_size=jobs + 2)
    with app.replace_connector(connector) as direct:
        direct.run_worker(concurrency=jobs, shutdown_graceful_timeout=25)
    return 0
