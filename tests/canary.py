"""Secrets that the tests plant everywhere, and the check that no log line of the whole run holds one."""

import logging
import tempfile
from pathlib import Path

import pytest

SECRET_KEY = "canary-secret-key-3f0c1d9a7b5e"
KEY = b"canary-key-of-exactly-32-bytes!!"
PASSWORD = "canary-password-Vq7-tulip-harbour"
API_SECRET = "canaryapisecretZ9w8v7u6"
PLANTED = [SECRET_KEY, KEY.decode(), PASSWORD, API_SECRET]

_FOLDER: pytest.StashKey[Path] = pytest.StashKey()


def folder(config: pytest.Config) -> Path:
    if hasattr(config, "workerinput"):
        return Path(config.workerinput["canary_folder"])
    if _FOLDER not in config.stash:
        config.stash[_FOLDER] = Path(tempfile.mkdtemp(prefix="flectar-logs-"))
    return config.stash[_FOLDER]


def listen(config: pytest.Config) -> None:
    """Write everything that is logged, as the product would write it, into the run's folder."""
    from django.conf import settings
    from structlog.stdlib import ProcessorFormatter

    formatter = settings.LOGGING["formatters"]["json"]
    name = config.workerinput["workerid"] if hasattr(config, "workerinput") else "main"
    handler = logging.FileHandler(folder(config) / f"{name}.log", delay=True)
    handler.setFormatter(
        ProcessorFormatter(foreign_pre_chain=formatter["foreign_pre_chain"], processors=formatter["processors"])
    )
    handler.setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)


def leaks(config: pytest.Config) -> list[str]:
    """Lines that hold a planted secret, cut short."""
    return [
        f"{file.name}: {line[:200]}"
        for file in sorted(folder(config).glob("*.log"))
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines()
        if any(secret in line for secret in PLANTED)
    ]
