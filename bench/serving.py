"""The published page against nginx with the same bytes, and a page that Django has to make."""

import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from bench.stack import cpu_seconds, free_port

PAGES = 20_000
MADE = 300


@dataclass(frozen=True)
class Run:
    rate: float
    cpu_ms: float
    p50_ms: float


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
    for _ in range(min(count, 200)):
        client.answer()
    times = []
    cpu, begun = cpu_seconds(pid), time.perf_counter()
    for _ in range(count):
        once = time.perf_counter()
        client.answer()
        times.append(time.perf_counter() - once)
    spent = time.perf_counter() - begun
    return Run(count / spent, (cpu_seconds(pid) - cpu) / count * 1000, sorted(times)[count // 2] * 1000)


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
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.02)
        raise SystemExit("nginx did not start")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def published(pid: int, port: int, host: str, folder: Path) -> tuple[Run, Run | None]:
    client = Client(port, f"{host}:{port}", "/")
    ours = run(pid, client, PAGES)
    if which("nginx") is None:
        return ours, None
    nginx = Nginx(folder, client.answer())
    try:
        return ours, run(nginx.process.pid, Client(nginx.port, "localhost", "/"), PAGES)
    finally:
        nginx.stop()


def unchanged(pid: int, port: int, host: str) -> Run:
    client = Client(port, f"{host}:{port}", "/")
    etag = next(line for line in client.answer().decode("latin-1").split("\r\n") if line.lower().startswith("etag"))
    again = Client(
        port, f"{host}:{port}", "/", f"Accept-Encoding: gzip, br\r\nIf-None-Match: {etag.partition(': ')[2]}\r\n"
    )
    times, count = [], PAGES
    cpu, begun = cpu_seconds(pid), time.perf_counter()
    for _ in range(count):
        once = time.perf_counter()
        again.socket.sendall(again.request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += again.socket.recv(4096)
        times.append(time.perf_counter() - once)
    spent = time.perf_counter() - begun
    return Run(count / spent, (cpu_seconds(pid) - cpu) / count * 1000, sorted(times)[count // 2] * 1000)


def made_by_django(pid: int, port: int, host: str) -> Run:
    return run(pid, Client(port, f"{host}:{port}", "/not/stored/"), MADE)
