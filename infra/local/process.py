"""Start, find and end the emulator's process."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

from infra.local.settings import REGION, ROOT, Settings, last_port

START_S = 30.0
STOP_S = 30.0


class LocalStackError(Exception):
    """Something stands in the way; the message says what, and the way out."""


def who_answers(settings: Settings) -> dict[str, object] | None:
    """Return the folder and the process id of the launcher on that port, None when nobody listens there.

    Raises LocalStackError when something else listens.
    """
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", settings.port)) != 0:
            return None
    try:
        with urllib.request.urlopen(f"{settings.endpoint}/_local/health", timeout=5) as answer:
            found: dict[str, object] = json.load(answer)
    except (OSError, ValueError):
        found = {}
    if found.get("home") != str(settings.home):
        other = f"the local stack of {found['home']}" if "home" in found else "another program"
        raise LocalStackError(
            f"Port {settings.port} is in use by {other}."
            f" End that, or take another port: make run PORT={settings.port + 1}"
        )
    return found


def start(settings: Settings) -> bool:
    """Start the emulator unless it runs; tell whether it had to be started. Raises LocalStackError."""
    refuse_second_port(settings)
    if who_answers(settings):
        return False
    settings.home.mkdir(parents=True, exist_ok=True)
    clear_unpacked(settings.home / "tmp")
    move_state(settings)
    with (settings.home / "emulator.log").open("wb") as log:
        process = subprocess.Popen(
            [ROOT / ".venv-local" / "bin" / "python", "-m", "infra.local.emulator"],
            cwd=ROOT, env=emulator_environment(settings), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    (settings.home / "pid").write_text(str(process.pid))
    (settings.home / "port.json").write_text(json.dumps(settings.port))
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise LocalStackError(f"The emulator ended at once. It said:\n{last_lines(settings)}")
        if is_ready(settings):
            return True
        time.sleep(0.05)
    raise LocalStackError(f"The emulator did not answer within {START_S:.0f} s; see {settings.home}/emulator.log.")


def move_state(settings: Settings) -> None:
    """Have the saved state of a stack that ran on another port say this one: addresses of queues hold the port."""
    before = last_port(settings.home)
    if before is None or before == settings.port:
        return
    old, new = f"localhost:{before}", settings.endpoint.removeprefix("http://")
    for saved in [*(settings.home / "state").glob("*.json"), *settings.home.glob("writes-*.jsonl")]:
        text = saved.read_text(encoding="utf-8")
        moved = re.sub(rf"{old}(?![0-9])", new, text)
        if moved != text:
            written = saved.with_suffix(".moved")
            written.write_text(moved, encoding="utf-8")
            written.replace(saved)


def clear_unpacked(folder: Path) -> None:
    """Empty the folder of unpacked functions."""
    # A killed run leaves thousands of files. They are renamed at once and deleted in the background.
    if folder.exists():
        folder.rename(folder.with_name(f"tmp.{time.time_ns()}"))
        old = sorted(folder.parent.glob("tmp.*"))
        subprocess.run(["sh", "-c", 'rm -rf "$@" >/dev/null 2>&1 &', "sh", *old], check=True, start_new_session=True)
    folder.mkdir()


def stop(settings: Settings) -> bool:
    """End the emulator, which saves its state first; tell whether there was one. Raises LocalStackError."""
    process = running(settings)
    if process is None:
        (settings.home / "pid").unlink(missing_ok=True)
        return False
    os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + STOP_S
    while time.monotonic() < deadline:
        if running(settings) is None:
            (settings.home / "pid").unlink(missing_ok=True)
            return True
        time.sleep(0.05)
    raise LocalStackError(f"The emulator (process {process}) is still saving after {STOP_S:.0f} s; `make stop` again.")


def running(settings: Settings) -> int | None:
    """Return the emulator's process id, None when it is gone; a number left by a killed one counts for nothing."""
    try:
        process = int((settings.home / "pid").read_text())
    except (OSError, ValueError):
        return None
    reap(process)
    command = subprocess.run(
        ["ps", "-o", "args=", "-p", str(process)], capture_output=True, text=True, check=False
    ).stdout
    return process if "infra.local.emulator" in command else None


def reap(process: int) -> None:
    # A child that has ended stays a zombie, which `ps` still lists, until its parent waits for it.
    try:
        os.waitpid(process, os.WNOHANG)
    except ChildProcessError:
        return


def refuse_second_port(settings: Settings) -> None:
    """Raise LocalStackError when the folder's stack already runs on another port: two would overwrite each other."""
    here = Settings.read(str(settings.home), None) if "TINGJIAN_PORT" not in os.environ else settings
    if here.port != settings.port and running(settings) is not None:
        raise LocalStackError(
            f"The local stack already runs on port {here.port}. `make stop` first, or leave PORT out."
        )


def is_ready(settings: Settings) -> bool:
    try:
        with urllib.request.urlopen(f"{settings.endpoint}/_local/health", timeout=2):
            return True
    except OSError:
        return False


def checkpoint(settings: Settings) -> None:
    """Have all state written to the disk, and the front door read where it leads."""
    with urllib.request.urlopen(f"{settings.endpoint}/_local/checkpoint", timeout=120):
        pass


def emulator_environment(settings: Settings) -> dict[str, str]:
    """Return the emulator's whole environment. Functions inherit it, so nothing of the caller's shell gets in."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL") if name in os.environ}
    home = settings.home
    return {
        **kept,
        "LOCAL_HOME": str(home),
        "GATEWAY_PORT": str(settings.port),
        "BIND_HOST": "127.0.0.1",
        "AWS_ENDPOINT_URL": settings.endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(home / "state"),
        "S3_DATA_DIR": str(home / "s3"),
        "TMPDIR": str(home / "tmp"),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "PYTHONUNBUFFERED": "1",
    }


def last_lines(settings: Settings) -> str:
    return "\n".join(Path(settings.home / "emulator.log").read_text(errors="replace").splitlines()[-15:])
