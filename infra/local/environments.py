"""Make the Python environments from the lock files: `python environments.py .venv [.venv-local .venv-sam]`.

Several, because MiniStack, the SAM CLI, checkov and the service pin different versions of the same packages. This file
runs before anything is installed, so it needs nothing but the standard library.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = {
    ".venv": "requirements-dev.txt",
    ".venv-local": "requirements-local.txt",
    ".venv-sam": "requirements-sam.txt",
    ".venv-checkov": "requirements-checkov.txt",
}
NO_INSTALL = """
The packages of {lock} could not be installed; the last lines above say why. Mostly it is the network:
  - is there a way to a package registry, and does pip use it?  {python} -m pip download --no-deps uv
  - behind a proxy set HTTPS_PROXY, with a mirror of your own set PIP_INDEX_URL or pip's configuration.
Then run the same command again; it goes on where it stopped.
"""
NO_VENV = """
Python's own module `venv` does not work here: {error}
On Debian and Ubuntu it is a package of its own:  apt install python{version}-venv
"""


def main(names: list[str]) -> None:
    """Make each environment that is missing, broken, of another Python, or older than its lock."""
    for name in names:
        folder, lock = ROOT / name, ROOT / LOCKS[name]
        stamp = folder / "installed"
        wanted = mark(lock)
        if runs(folder) and stamp.exists() and stamp.read_text() == wanted:
            continue
        sys.stdout.write(f"Environment {name} ....... installing\n")
        sys.stdout.flush()
        create(folder)
        install(folder, lock, editable=name == ".venv")
        stamp.write_text(wanted)


def mark(lock: Path) -> str:
    content = lock.read_bytes()
    if lock.name == LOCKS[".venv"]:
        content += (ROOT / "pyproject.toml").read_bytes()  # The project itself is installed there.
    return f"{sys.version_info.major}.{sys.version_info.minor} {ROOT} {hashlib.sha256(content).hexdigest()}"


def python_of(folder: Path) -> Path:
    return folder / "bin" / "python"


def runs(folder: Path) -> bool:
    """Tell whether the environment's interpreter starts and is of this very version."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([python_of(folder), "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.stdout.strip() == f"{sys.version_info.major}.{sys.version_info.minor}"


def create(folder: Path) -> None:
    """Make the environment, anew if it is broken."""
    if runs(folder):
        return
    shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run([sys.executable, "-m", "venv", folder], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        error = (done.stderr or done.stdout).strip()
        sys.exit(NO_VENV.format(error=error, version=f"{sys.version_info.major}.{sys.version_info.minor}"))


def install(folder: Path, lock: Path, *, editable: bool) -> None:
    """Install the locked packages, and the project itself where it is to be worked on. Exits with advice on failure."""
    python = python_of(folder)
    jobs = [["--require-hashes", "--no-deps", "-r", str(lock)]]
    if editable:
        jobs.append(["--no-deps", "--no-build-isolation", "-e", str(ROOT)])
    if not all(by_uv(python, job) or by_pip(python, job) for job in jobs):
        sys.exit(NO_INSTALL.format(lock=lock.name, python=sys.executable))


def by_uv(python: Path, arguments: list[str]) -> bool:
    """Install with uv, which is many times faster, from where pip would take packages; False when it fails."""
    uv = python.parent / "uv"
    lock = ROOT / LOCKS[".venv"]
    pinned = next(line.split()[0] for line in lock.read_text().splitlines() if line.startswith("uv=="))
    if not uv.exists() and not by_pip(python, ["--quiet", pinned]):
        return False
    done = subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", python, *arguments],
        env={**os.environ, **sources(python)}, capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode == 0


def by_pip(python: Path, arguments: list[str]) -> bool:
    """Install with pip; tell whether it worked."""
    return subprocess.run([python, "-m", "pip", "install", "--quiet", *arguments], check=False).returncode == 0


def sources(python: Path) -> dict[str, str]:
    """Return pip's own settings of where packages come from, in the words of uv, which does not read them."""
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "cert": "SSL_CERT_FILE",
    }
    listed = subprocess.run([python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False).stdout
    # pip takes a package from any of its sources, and uv should too. The hashes of the lock make that safe.
    found = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        variable = names.get(key.rpartition(".")[2])
        if variable and variable not in os.environ:
            found[variable] = " ".join(value.strip("'\"").replace("\\n", " ").split())
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
