"""Fill an installation with the demo businesses: six of them, in three organizations, with a year of bookings each.

For trying out, never for production: the logins are printed.
"""

import argparse
import json
import os
from importlib import import_module
from typing import Any

from flectar.config import installation
from flectar.config.command.edge import django_as, running_database


def run(options: argparse.Namespace) -> int:
    data = installation.data_folder()
    os.environ["FLECTAR_DEMO"] = "yes"
    with running_database():
        django_as("app")
        demo: Any = import_module("flectar.demo")
        demo.seed()
        content = json.dumps({"logins": demo.logins()}, indent=2, ensure_ascii=False)
    part = data / "demo.json.part"
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
    part.rename(data / "demo.json")
    print(content)
    return 0
