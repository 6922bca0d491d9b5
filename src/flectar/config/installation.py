"""Where this installation lives and what it holds secret. Reads the environment first, then `installation.json`.

Imports nothing but the standard library: settings, the supervisor and the tests all ask here, and settings must
import on a machine that has neither a data folder nor a database (every answer is then an empty string).
"""

import base64
import json
import os
import secrets
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

from flectar.core import roles

DATABASE = "flectar"
SUPERUSER = "postgres"
ROOT = Path(__file__).resolve().parents[3]
FILE = "installation.json"


class Secrets(TypedDict):
    """What `installation.json` holds. `socket` is the folder of the embedded cluster's socket, "" before its start."""

    secret_key: str
    keys: str
    passwords: dict[str, str]
    socket: str


def data_folder() -> Path:
    chosen = os.environ.get("FLECTAR_DATA", "")
    return Path(chosen).expanduser().absolute() if chosen else ROOT / "var"


def port() -> int:
    return _port("FLECTAR_PORT", 8000)


def operator_port() -> int:
    """Where /metrics is answered; 0: nowhere."""
    return _port("FLECTAR_OPERATOR_PORT", 0, least=0)


def metrics_folder() -> Path:
    """Where each process writes down what it has done."""
    return data_folder() / "metrics"


def _port(name: str, default: int, least: int = 1) -> int:
    text = os.environ.get(name, "") or str(default)
    if not text.isdecimal() or not least <= int(text) < 65536:
        raise ValueError(f"{name}={text} is not a port; use a number from 1 to 65535, e.g. {name}={default or 9464}")
    return int(text)


def database_url() -> str:
    """For the web and the worker: the role that row-level security binds."""
    return os.environ.get("DATABASE_URL", "") or _embedded(roles.APP)


def owner_database_url() -> str:
    """For migrate, backup and restore."""
    return os.environ.get("FLECTAR_OWNER_DATABASE_URL", "") or _embedded_unless_external(roles.OWNER)


def ops_database_url() -> str:
    """For the operator's counts across projects."""
    return os.environ.get("FLECTAR_OPS_DATABASE_URL", "") or _embedded_unless_external(roles.OPS)


def listen_database_url() -> str:
    """A direct connection: LISTEN does not pass a transaction pooler."""
    return os.environ.get("FLECTAR_LISTEN_DATABASE_URL", "") or database_url()


def secret_key() -> str:
    return os.environ.get("FLECTAR_SECRET_KEY", "") or _read("secret_key")


def keys() -> str:
    """The key ring as `id:base64,id:base64`, the active key first."""
    if from_environment := os.environ.get("FLECTAR_KEYS", ""):
        return from_environment
    if file := os.environ.get("FLECTAR_KEYS_FILE", ""):
        return Path(file).read_text(encoding="utf-8").strip()
    return _read("keys")


def is_external() -> bool:
    """Whether the database is someone else's, so that no embedded cluster is started."""
    return bool(os.environ.get("DATABASE_URL", ""))


def url(role: str, password: str, socket: str, database: str = DATABASE) -> str:
    """An address that libpq, psycopg and the settings all read, for a cluster behind a socket in the folder given."""
    return f"postgresql://{quote(role)}:{quote(password, safe='')}@/{quote(database)}?host={quote(socket, safe='')}"


def load(data: Path) -> Secrets | None:
    try:
        text = (data / FILE).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError:
        # Someone else's installation: whoever may not read its secrets gets none, and is told when they are needed.
        return None
    found: Secrets = json.loads(text)
    return found


def prepare(data: Path) -> Secrets:
    """The installation's secrets, made on the first call. Later calls only read."""
    if (found := load(data)) is not None:
        return found
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh: Secrets = {
        "secret_key": secrets.token_urlsafe(48),
        "keys": "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "passwords": {role: secrets.token_urlsafe(24) for role in (SUPERUSER, roles.OWNER, roles.APP, roles.OPS)},
        "socket": "",
    }
    save(data, fresh)
    return fresh


def save(data: Path, content: Secrets) -> None:
    """Readable by its owner only, and never half-written."""
    part = data / (FILE + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    part.rename(data / FILE)


def _embedded_unless_external(role: str) -> str:
    return "" if is_external() else _embedded(role)


def _embedded(role: str) -> str:
    found = load(data_folder())
    if found is None or not found["socket"]:
        return ""
    return url(role, found["passwords"][role], found["socket"])


def _read(name: str) -> str:
    found = load(data_folder())
    return "" if found is None else str(found[name])  # type: ignore[literal-required]  # one of the two names above
