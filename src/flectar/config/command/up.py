"""Start everything here: the embedded database (unless DATABASE_URL names another), the worker and the web server.

FLECTAR_PORT (8000) and FLECTAR_DATA (var) choose port and data folder. Ctrl-C, or `flectar stop`, ends all of it.
"""

import argparse
import base64
import hashlib
import json
import os
import secrets
import select
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from flectar.config import installation
from flectar.config.launcher.claims import FolderClaim, PortClaim
from flectar.config.launcher.cluster import Cluster, keep_small, tail
from flectar.config.launcher.supervisor import Child, Failed, Supervisor, say

HOST = "127.0.0.1"
PACKAGE = Path(installation.__file__).resolve().parents[1]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--detach", action="store_true", help="return once the first page answers")
    parser.add_argument("--demo", action="store_true", help="fill an empty installation with the demo businesses")
    parser.add_argument("--no-worker", action="store_true", help="run no jobs here")


def run(options: argparse.Namespace) -> int:
    return _detach(options) if options.detach else _stay(options)


def _stay(options: argparse.Namespace) -> int:
    began = time.monotonic()
    data = installation.data_folder()
    folder = FolderClaim(data)
    port = PortClaim(os.environ.get("FLECTAR_HOST", "") or HOST, installation.port())
    folder.take()
    try:
        port.take()
        cluster = None if installation.is_external() else Cluster(data)
        supervisor = Supervisor(folder, port, cluster, _children(options, data))
        supervisor.listen_to_signals()
        try:
            if cluster is not None:
                if not (data / "pg").exists():
                    say("  Making the database …")
                cluster.start()
            _prepare(options, data)
            if not supervisor.is_stopping():
                supervisor.start()
                supervisor.wait_until_it_answers()
            if not supervisor.is_stopping():
                supervisor.start_the_patient()
                _greet(data, port.port, time.monotonic() - began)
                folder.tell(answers=True, port=port.port)
                supervisor.watch()
            say("Stopping …")
        finally:
            supervisor.stop()
    finally:
        port.release()
        folder.release()
    return 0


def _children(options: argparse.Namespace, data: Path) -> list[Child]:
    environment = {
        "FLECTAR_DATA": str(data),
        "FLECTAR_PORT": str(installation.port()),
        "FLECTAR_SUPERVISED": "1",
        "PYTHONUNBUFFERED": "1",
        **({"FLECTAR_DEMO": "yes"} if options.demo else {}),
    }
    command = ["-m", "flectar.config.command"]
    helpers = _helpers(data) if options.demo else []
    for helper in helpers:
        environment |= helper.environment
    worker = Child("worker", [*command, "worker"], data / "log" / "worker.log", environment, is_patient=True)
    web = Child("web", [*command, "serve"], data / "log" / "web.log", environment)
    children = [*helpers, *([] if options.no_worker else [worker]), web]
    if installation.operator_port():
        shutil.rmtree(installation.metrics_folder(), ignore_errors=True)  # counters begin anew with the processes
        children.append(Child("metrics", [*command, "metrics"], data / "log" / "metrics.log", environment))
    return children


def _helpers(data: Path) -> list[Child]:
    """The demo's own providers, where the operator has named none."""
    is_here = (os.environ.get("FLECTAR_PLATFORM_HOST", "") or "localhost") == "localhost"
    has_google = bool(os.environ.get("FLECTAR_GOOGLE_CLIENT_ID", ""))
    return [
        *([] if _sends_mail_elsewhere() else [_local_mail(data)]),
        *([] if os.environ.get("FLECTAR_TWILIO_ACCOUNT", "") else [_local_texts(data)]),
        *([_local_google(data)] if is_here and not has_google else []),
        *([] if os.environ.get("FLECTAR_RESOLVERS", "") else [_local_names(data)]),
    ]


def _sends_mail_elsewhere() -> bool:
    return any(os.environ.get(name, "") for name in ("FLECTAR_RESEND_API_KEY", "FLECTAR_SMTP_URL"))


def _local_mail(data: Path) -> Child:
    """The demo's mail provider: accepts everything, sends nothing, and keeps it for /demo/mailbox/.

    Its keys stay the same over restarts, so that it still recognises a mail that is handed over twice.
    """
    folder = data / "mail"
    folder.mkdir(mode=0o700, exist_ok=True)
    keys = folder / "keys.json"
    if not keys.exists():
        secret = base64.b64encode(secrets.token_bytes(24)).decode()
        part = folder / "keys.json.part"
        part.touch(mode=0o600)
        part.write_text(json.dumps({"api_key": f"re_{secrets.token_hex(16)}", "secret": f"whsec_{secret}"}))
        part.replace(keys)
    found = json.loads(keys.read_text())
    port = _free_port()
    environment = {
        "FLECTAR_RESEND_API_KEY": found["api_key"],
        "FLECTAR_RESEND_API_URL": f"http://{HOST}:{port}/",
        "FLECTAR_RESEND_WEBHOOK_SECRET": found["secret"],
        "RESEND_API_KEY": found["api_key"],
        "RESEND_WEBHOOK_SECRET": found["secret"],
        "RESEND_WEBHOOK_URL": f"http://{HOST}:{installation.port()}/webhooks/resend",
    }
    module = "flectar.platform.integrations.resend.emulator"
    command = ["-m", module, "--port", str(port), "--store", str(folder / "accepted.sqlite3")]
    return Child("mail", command, data / "log" / "mail.log", environment)


def _local_names(data: Path) -> Child:
    """The demo's name server: what its registrar sets (Settings › Domains) is the whole domain name system."""
    folder = data / "names"
    folder.mkdir(mode=0o700, exist_ok=True)
    port = _free_port()
    module = "flectar.platform.integrations.dns.emulator"
    command = ["-m", module, "--port", str(port), "--zone", str(folder / "zone.json")]
    return Child("names", command, data / "log" / "names.log", {"FLECTAR_RESOLVERS": f"{HOST}:{port}"})


def _local_google(data: Path) -> Child:
    """The demo's Google: asks who one is, believes it, and tells nobody. Browsers on this computer reach it."""
    port = _free_port()
    environment = {
        "FLECTAR_GOOGLE_CLIENT_ID": "demo",
        "FLECTAR_GOOGLE_CLIENT_SECRET": secrets.token_hex(16),
        "FLECTAR_GOOGLE_URL": f"http://{HOST}:{port}",
    }
    own = [f"http://{name}:{installation.port()}/account/google/callback/" for name in ("localhost", HOST)]
    module = "flectar.platform.integrations.google.emulator"
    allowed = [word for address in own for word in ("--redirect-uri", address)]
    return Child("google", ["-m", module, "--port", str(port), *allowed], data / "log" / "google.log", environment)


def _local_texts(data: Path) -> Child:
    """The demo's provider of text messages: takes everything and sends nothing; /demo/mailbox/ shows it."""
    port = _free_port()
    environment = {
        "FLECTAR_TWILIO_ACCOUNT": "ACdemo",
        "FLECTAR_TWILIO_TOKEN": secrets.token_hex(16),
        "FLECTAR_TWILIO_FROM": "+34910000000",
        "FLECTAR_TWILIO_URL": f"http://{HOST}:{port}",
    }
    module = "flectar.platform.integrations.twilio.emulator"
    return Child("texts", ["-m", module, "--port", str(port)], data / "log" / "texts.log", environment)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _prepare(options: argparse.Namespace, data: Path) -> None:
    """Migrations, static files and the demo, each in a process of its own: this one stays small."""
    stamp = data / "prepared"
    wanted = _fingerprint()
    if _read(stamp) != wanted:
        _step("Preparing the database", "migrate")
        stamp.write_text(wanted, encoding="ascii")
    if options.demo and not (data / "demo.json").exists():
        _step("Filling the demo businesses", "demo")


def _step(name: str, *words: str) -> None:
    began = time.monotonic()
    say(f"  {name} …")
    environment = {**os.environ, "FLECTAR_DATA": str(installation.data_folder())}
    done = subprocess.run(
        [sys.executable, "-m", "flectar.config.command", *words],
        env={**environment, **({"FLECTAR_DEMO": "yes"} if words == ("demo",) else {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise Failed(f"{name.lower()} failed:\n" + "\n".join(done.stdout.strip().splitlines()[-25:]))
    say(f"  {name}: {time.monotonic() - began:.1f} s")


def _fingerprint() -> str:
    """Of everything that `migrate` would look at: when it is unchanged there is nothing to do."""
    total = hashlib.sha256()
    for pattern in ("**/migrations/*.py", "config/launcher/bootstrap.py", "core/roles.py", "core/tenancy/*.py"):
        for path in sorted(PACKAGE.glob(pattern)):
            total.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    for path in sorted(PACKAGE.glob("**/static/**/*")):
        found = path.stat()
        total.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}".encode())
    lock = installation.ROOT / "requirements.lock"
    total.update(lock.read_bytes() if lock.exists() else b"")
    total.update(os.environ.get("FLECTAR_OWNER_DATABASE_URL", "").encode())
    return total.hexdigest()


def _greet(data: Path, port: int, seconds: float) -> None:
    lines = ["", f"Flectar Base is ready ({seconds:.1f} s): http://localhost:{port}/"]
    demo = data / "demo.json"
    if demo.exists():
        lines += _demo_lines(json.loads(demo.read_text(encoding="utf-8")), port)
    lines += ["", f"Logs: {data / 'log'}    Ctrl-C or `flectar stop` ends it."]
    say("\n".join(lines))


def _demo_lines(content: dict[str, Any], port: int) -> list[str]:
    lines: list[str] = []
    for entry in content.get("logins", []):
        lines.append("  " + "  ".join(str(value).replace("{port}", str(port)) for value in entry.values()))
    return ["", "The demo businesses:", *lines] if lines else []


def _detach(options: argparse.Namespace) -> int:
    """The same in a session of its own; what it says is shown here until it answers."""
    data = installation.data_folder()
    log = data / "log" / "up.log"
    keep_small(log)
    words = ["--demo"] * options.demo + ["--no-worker"] * options.no_worker
    with os.fdopen(os.open(log, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "ab") as out:
        shown = out.tell() if out.seek(0, os.SEEK_END) else 0
        process = subprocess.Popen(
            [sys.executable, "-m", "flectar.config.command", "up", *words],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    claim = FolderClaim(data)
    ended = os.pidfd_open(process.pid) if hasattr(os, "pidfd_open") else None
    while True:
        holder = claim.holder() or {}
        answered = holder.get("pid") == process.pid and bool(holder.get("answers"))
        status = process.poll()
        shown = _show_from(log, shown)
        if answered:
            # Ours no longer: it lives on by itself.
            process.returncode = 0
            return 0
        if status is not None:
            if not shown:
                say(tail(log))
            return status or 1
        if ended is not None:
            select.select([ended], [], [], 0.1)
        else:
            time.sleep(0.1)


def _show_from(log: Path, offset: int) -> int:
    with log.open("rb") as file:
        file.seek(offset)
        fresh = file.read()
    sys.stdout.buffer.write(fresh)
    sys.stdout.flush()
    return offset + len(fresh)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
