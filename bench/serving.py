"""The published page against nginx and the bare server with the same bytes, and pages that Django has to make."""

import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from bench.stack import cpu_seconds, free_port

PAGES = 20_000
MADE = 100
CONNECTIONS = 16
ROUNDS = 3
ACCEPTED = "Accept-Encoding: gzip, br"


@dataclass(frozen=True)
class Run:
    rate: float
    cpu_ms: float
    p50_ms: float
    p95_ms: float


class Client:
    """One connection that is kept, and as little work of its own as can be."""

    def __init__(self, port: int, host: str, path: str, headers: str = "Accept-Encoding: gzip, br\r\n") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n".encode()

    def answer(self) -> bytes:
        self.socket.sendall(self.request)
        data = self.socket.recv(65536)
        while b"\r\n\r\n" not in data:
            data += self.socket.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        if b"transfer-encoding: chunked" in head.lower():
            while not body.endswith(b"0\r\n\r\n"):
                body += self.socket.recv(65536)
            return head + b"\r\n\r\n" + body
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        while len(body) < length:
            body += self.socket.recv(65536)
        return head + b"\r\n\r\n" + body


def run(pid: int, client: Client, count: int) -> Run:
    for _ in range(10):
        if b" 500 " in client.answer()[:20]:
            raise SystemExit(f"an error instead of a page: {client.request!r}")
    times = []
    cpu, begun = cpu_seconds(pid), time.perf_counter()
    for _ in range(count):
        once = time.perf_counter()
        client.answer()
        times.append(time.perf_counter() - once)
    spent = time.perf_counter() - begun
    times.sort()
    return Run(
        count / spent,
        (cpu_seconds(pid) - cpu) / count * 1000,
        times[count // 2] * 1000,
        times[int(count * 0.95) - 1] * 1000,
    )


class Nginx:
    """One worker, no access log, the page's own compressed bytes as a file, the same headers."""

    def __init__(self, folder: Path, answer: bytes) -> None:
        head, _, body = answer.partition(b"\r\n\r\n")
        self.port = free_port()
        (folder / "page").mkdir()
        (folder / "page" / "index.html").write_bytes(body)
        lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
        own = {"content-length", "date", "server", "content-type", "etag", "connection"}
        added = "".join(
            f'add_header {name} "{value}";\n'
            for name, _, value in lines
            if name.lower() not in own and '"' not in value
        )
        configuration = folder / "nginx.conf"
        configuration.write_text(
            f"""daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
            events {{ worker_connections 256; }}
            http {{ access_log off; keepalive_requests 1000000; sendfile on; tcp_nopush on;
            types {{ text/html html; }} client_body_temp_path {folder}/a; proxy_temp_path {folder}/b;
            fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
            open_file_cache max=100; server {{ listen 127.0.0.1:{self.port}; root {folder}/page; {added} }} }}"""
        )
        user = ["-g", "user root;"] if Path("/proc/self").stat().st_uid == 0 else []
        self.process = subprocess.Popen(["nginx", "-c", str(configuration), *user], stderr=subprocess.DEVNULL)
        answers_soon(self.port)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


class Bare:
    """Our web server alone."""

    def __init__(self, folder: Path, answer: bytes) -> None:
        self.port = free_port()
        file = folder / "answer"
        file.write_bytes(answer)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.bare", str(self.port), str(file)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        answers_soon(self.port)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def answers_soon(port: int) -> None:
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"nothing listens on port {port}")


@dataclass(frozen=True)
class Load:
    """Under several connections; `is_full` when the client was quick enough to keep the server busy."""

    rate: float
    cpu_ms: float
    is_full: bool


def load(pid: int, port: int, host: str, *headers: str) -> Load:
    """CPU an answer of this process tree. wrk where it is installed; else our own client, whose rate says nothing."""
    cpu, begun = cpu_seconds(pid), time.perf_counter()
    if which("wrk"):
        said = [word for header in (f"Host: {host}", ACCEPTED, *headers) for word in ("-H", header)]
        done = subprocess.run(
            ["wrk", "-t1", f"-c{CONNECTIONS}", "-d2s", *said, f"http://127.0.0.1:{port}/"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        if "Non-2xx" in done and not headers:
            raise SystemExit(f"the page did not answer 200 under load:\n{done}")
        count = int(next(line for line in done.splitlines() if " requests in " in line).split()[0])
    else:
        count = PAGES
        several(port, f"GET / HTTP/1.1\r\nHost: {host}\r\n" + "\r\n".join((ACCEPTED, *headers)) + "\r\n\r\n", count)
    return Load(count / (time.perf_counter() - begun), (cpu_seconds(pid) - cpu) / count * 1000, bool(which("wrk")))


def several(port: int, request: str, count: int) -> None:
    """`count` requests over several connections, one on its way in each."""
    sent = request.encode()
    with selectors.DefaultSelector() as selector:
        for _ in range(CONNECTIONS):
            made = socket.create_connection(("127.0.0.1", port), 30)
            made.sendall(sent)
            selector.register(made, selectors.EVENT_READ, made)
        left = count
        while left > 0:
            for key, _ in selector.select(10):
                # An answer is smaller than a segment on loopback, so it comes whole.
                one: socket.socket = key.data
                if one.recv(65536):
                    left -= 1
                    one.sendall(sent)
        for key in list(selector.get_map().values()):
            key.data.close()


@dataclass(frozen=True)
class Front:
    ours: Load
    unchanged: Load
    bare: Load
    nginx: Load | None


def published(pid: int, port: int, host: str, folder: Path) -> Front:
    """In turn, several rounds, the median of each: what else this machine does meets all of them alike."""
    site, client = f"{host}:{port}", Client(port, f"{host}:{port}", "/")
    answer = client.answer()
    client.answer()
    etag = next(line for line in answer.decode("latin-1").split("\r\n") if line.lower().startswith("etag"))
    bare, nginx = Bare(folder, answer), Nginx(folder, answer) if which("nginx") else None
    found: dict[str, list[Load]] = {"ours": [], "unchanged": [], "bare": [], "nginx": []}
    try:
        for _ in range(ROUNDS):
            found["ours"].append(load(pid, port, site))
            found["bare"].append(load(bare.process.pid, bare.port, "localhost"))
            if nginx:
                found["nginx"].append(load(nginx.process.pid, nginx.port, "localhost"))
            found["unchanged"].append(load(pid, port, site, f"If-None-Match: {etag.partition(': ')[2]}"))
    finally:
        bare.stop()
        if nginx:
            nginx.stop()
    middle = {name: _middle(loads) for name, loads in found.items() if loads}
    return Front(middle["ours"], middle["unchanged"], middle["bare"], middle.get("nginx"))


def _middle(loads: list[Load]) -> Load:
    half = len(loads) // 2
    rate, cpu = sorted(load.rate for load in loads)[half], sorted(load.cpu_ms for load in loads)[half]
    return Load(rate, cpu, loads[0].is_full)


def seconds_until_shown(port: int, host: str, deeds: Callable[[], Iterator[float]]) -> list[float]:
    """From each commit (its moment is what `deeds` yields) until the front answers with other bytes."""
    client, waits = Client(port, f"{host}:{port}", "/"), []
    before = etag_of(client)
    for committed in deeds():
        while (now := etag_of(client)) == before:
            if time.perf_counter() - committed > 10:
                raise SystemExit("a publish was not seen within ten seconds")
        waits.append(time.perf_counter() - committed)
        before = now
    return waits


def etag_of(client: Client) -> str:
    return next(line for line in client.answer().decode("latin-1").split("\r\n") if line.lower().startswith("etag"))


def made_by_django(pid: int, port: int, host: str, path: str, *headers: str) -> Run:
    """Over one connection, one request after another."""
    said = "".join(f"{header}\r\n" for header in (ACCEPTED, *headers))
    return run(pid, Client(port, host, path, said), MADE)
