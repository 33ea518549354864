"""Run a command of tests again and again: `python -m infra.local.repeat [--busy] TIMES COMMAND …`.

Each round says how it ended, and names what failed; its whole output is kept in `.local-rounds`. With `--busy` each
processor runs an endless loop beside it.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from infra.local.settings import ROOT

LOGS = ROOT / ".local-rounds"
LOOP = "import os\nwhile os.getppid() == {parent}: pass"  # It ends with us, however we end.
RESULT_LINE = re.compile(r"^(FAILED|ERROR) |^=+ .*\d+ (passed|failed|error).* =+$", re.MULTILINE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all rounds; return 0 when each of them passed."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.repeat", description="Rounds of tests.")
    parser.add_argument("--busy", action="store_true", help="keep every processor busy meanwhile")
    parser.add_argument("times", type=int)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    LOGS.mkdir(exist_ok=True)
    passed = sum(run(options.command, number, busy=options.busy) for number in range(1, options.times + 1))
    say(f"{passed} of {options.times} rounds passed")
    return 0 if passed == options.times else 1


def run(command: Sequence[str], number: int, *, busy: bool) -> bool:
    """Run one round and print how it ended; tell whether it passed."""
    kept = LOGS / f"{time.strftime('%Y%m%d-%H%M%S')}-{number}.log"
    started = time.monotonic()
    with loops((os.cpu_count() or 1) if busy else 0):
        done = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
    kept.write_text(done.stdout)
    how = "passed" if done.returncode == 0 else f"failed ({done.returncode})"
    say(f"Round {number}{' busy' if busy else ''}: {how} after {time.monotonic() - started:.0f} s, {kept}")
    for line in done.stdout.splitlines():
        if RESULT_LINE.match(line):
            say(f"  {line.strip('= ')}")
    return done.returncode == 0


@contextmanager
def loops(count: int) -> Iterator[None]:
    """Run so many endless loops while the block runs."""
    command = [sys.executable, "-c", LOOP.format(parent=os.getpid())]
    running = [subprocess.Popen(command) for _ in range(count)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def say(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
