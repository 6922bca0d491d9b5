"""The `flectar` command. One module for each word, named in the table below; each offers

    def add_arguments(parser) -> None      may be left out
    def run(options) -> int | None         the exit status; None is success

Only the module of the word given is imported: `flectar up` must load neither Django nor a database driver.
"""

import argparse
import importlib
import sys
from typing import Any

from flectar.config.command.edge import Refusal
from flectar.config.launcher.claims import Refused
from flectar.config.launcher.cluster import ClusterError
from flectar.config.launcher.supervisor import Failed

COMMANDS = {
    "up": ("up", "start everything here: database, worker, web"),
    "stop": ("stop", "end what `flectar up` started"),
    "serve": ("serve", "the web process alone (production)"),
    "worker": ("worker", "the job process alone (production)"),
    "metrics": ("metrics", "answer /metrics on the operator's port"),
    "bootstrap": ("bootstrap", "make roles and database on a PostgreSQL of your own"),
    "migrate": ("migrate", "bring the database to this version"),
    "doctor": ("doctor", "say what is missing and how to mend it"),
    "backup": ("backup", "write database and files into one file"),
    "restore": ("restore", "bring a backup back, and count its rows"),
    "createowner": ("createowner", "add a person who owns an organization"),
    "operator": ("operator", "make a person an operator of this installation"),
    "jobs": ("jobs", "show the queue and the failed jobs, and run them again"),
    "import": ("imports", "bring customers or a calendar in from a file"),
    "figures": ("figures", "count anew what each customer's bookings amount to"),
    "keys": ("keys", "make a key, or seal everything anew with the active one"),
    "audit": ("audit", "seal the audit log, and prove that it is as it was sealed"),
    "legal": ("legal", "write the legal pages that are made from the code (developers)"),
    "demo": ("demo", "fill an empty installation with the demo businesses"),
}


def main(arguments: list[str] | None = None) -> None:
    sys.exit(execute(sys.argv[1:] if arguments is None else arguments))


def execute(arguments: list[str]) -> int:
    options = _parser(arguments[0] if arguments else "").parse_args(arguments)
    try:
        status: int | None = options.run(options)
    except (Refusal, Refused, Failed, ClusterError, ValueError) as error:
        if isinstance(error, ValueError) and not str(error).startswith("FLECTAR_"):
            raise  # a wrong setting is the operator's to mend; anything else is ours
        print(f"flectar: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status or 0


def _parser(chosen: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="flectar", description="Flectar Base: one platform for a small business.")
    words = parser.add_subparsers(metavar="COMMAND", required=True)
    for word, (name, purpose) in COMMANDS.items():
        sub = words.add_parser(word, help=purpose)
        if word != chosen:
            continue
        module: Any = importlib.import_module(f"flectar.config.command.{name}")
        sub.description = module.__doc__
        if hasattr(module, "add_arguments"):
            module.add_arguments(sub)
        sub.set_defaults(run=module.run)
    return parser
