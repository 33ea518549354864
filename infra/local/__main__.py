"""Start and stop the local stack: `python -m infra.local start | stop | status | forget`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from infra.local import deployment, pages, process
from infra.local.process import LocalStackError
from infra.local.settings import ROOT, Settings

COMMAND_LINE = Path(sys.executable).parent / "tingjian"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    commands: dict[str, Callable[[Settings], None]] = {"start": start, "stop": stop, "status": show, "forget": forget}
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="The local stack.")
    parser.add_argument("command", choices=commands)
    parser.add_argument("--port", type=port, help="or `free` for any; default: TINGJIAN_PORT, the last one used, 4566")
    parser.add_argument("--home", help="folder of the stack's state, default: TINGJIAN_LOCAL, .local")
    parser.add_argument("--no-seed", action="store_true", help="deploy only, without demo data and pages")
    options = parser.parse_args(arguments)
    os.environ["LOCAL_SEED"] = "0" if options.no_seed else "1"
    try:
        commands[options.command](Settings.read(options.home, options.port))
    except LocalStackError as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    return 0


def port(text: str) -> int:
    """Return the port that is meant, for `free` one where nobody listens. Raises ArgumentTypeError."""
    if text == "free":
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])
    if not text.isdecimal() or not 0 < int(text) < 65_536:  # noqa: PLR2004 - what a port can be
        raise argparse.ArgumentTypeError(f"{text} is no port: take one between 1024 and 65535")
    return int(text)


def start(settings: Settings) -> None:
    """Bring up emulator, deployment, demo data and pages, whatever of it is missing, and say where it is."""
    started = time.monotonic()
    say(f"Emulator on port {settings.port}", "started" if process.start(settings) else "was running")
    deployed = deployment.deploy(settings)
    if deployed:
        process.checkpoint(settings)
    say("Template", "built and deployed" if deployed else "unchanged")
    if os.environ["LOCAL_SEED"] == "1":
        fill(settings)
    say("Ready", f"after {time.monotonic() - started:.1f} s")
    show(settings)


def fill(settings: Settings) -> None:
    """Upload the pages, and the demo data once in the life of a stack's state."""
    outputs = json.loads((settings.home / "stack.json").read_text())["outputs"]
    uploaded = pages.upload(settings, outputs["WebBucket"])
    say("Pages", f"{uploaded} uploaded" if uploaded else "unchanged")
    seeded = settings.home / "seeded"  # Names the table that was filled: a stack made anew has another one.
    if not seeded.exists() or seeded.read_text() != outputs["DeskTable"]:
        command_line(settings, "seed")
        process.checkpoint(settings)
        seeded.write_text(outputs["DeskTable"])
    command_line(settings, "seed", "--print-logins")


def command_line(settings: Settings, *arguments: str) -> None:
    """Run the project's command line against this stack; raises LocalStackError when it fails."""
    done = subprocess.run(
        [COMMAND_LINE, *arguments], cwd=ROOT, env={**os.environ, **settings.environment()}, check=False
    )
    if done.returncode != 0:
        raise LocalStackError(f"`tingjian {' '.join(arguments)}` failed; the stack itself runs at {settings.endpoint}.")


def stop(settings: Settings) -> None:
    """End the emulator after it has saved everything."""
    say("Emulator", "stopped, all state kept" if process.stop(settings) else "was not running")


def show(settings: Settings) -> None:
    """Print the addresses. Raises LocalStackError when the stack does not run."""
    if process.who_answers(settings) is None:
        raise LocalStackError("The local stack does not run. `make run` starts it.")
    say("API", f"{settings.endpoint}/v1/")
    say("Reference", f"{settings.endpoint}/v1/docs")
    if pages.page_files():
        say("Console", f"{settings.endpoint}/app/")


def forget(settings: Settings) -> None:
    """Stop, and delete the stack with all its data."""
    process.stop(settings)
    for name in ("state", "s3", "build"):
        shutil.rmtree(settings.home / name, ignore_errors=True)
    if (settings.home / "tmp").exists():
        process.clear_unpacked(settings.home / "tmp")
    for name in ("stack.json", "pages.json", "port.json", "seeded", "pid", "emulator.log"):
        (settings.home / name).unlink(missing_ok=True)
    say("Local data", f"deleted from {settings.home}")


def say(subject: str, what: str) -> None:
    sys.stdout.write(f"{subject + ' ':.<24} {what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
