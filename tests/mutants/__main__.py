"""Make each fault in a copy of the house, run the tests that must notice it, and say which survive."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.table import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 1 when a fault survives."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", default="", help="the faults whose name contains this")
    options = parser.parse_args(arguments)
    chosen = [mutant for mutant in MUTANTS if options.only in mutant.name]
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        survived = [mutant.name for mutant in chosen if not noticed(copy, mutant)]
    say(f"{len(chosen) - len(survived)} of {len(chosen)} were noticed.")
    for name in survived:
        say(f"  survived: {name}")
    return 1 if survived else 0


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def copied(folder: Path) -> Path:
    """A copy of all files that are under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def noticed(copy: Path, mutant: Mutant) -> bool:
    """Whether a test fails with the fault, and how long that took."""
    started = time.monotonic()
    path = os.pathsep.join(map(str, (copy, copy / "layers/tingjian")))
    with made(copy / mutant.file, mutant):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *mutant.tests, "-x", "-q", "-n", "0", "-p", "no:cacheprovider"],
            cwd=copy,
            env=os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    failed = done.returncode in {1, 2}
    how = "noticed" if failed else f"SURVIVED ({done.returncode})"
    say(f"{mutant.name}: {how}, {time.monotonic() - started:.0f} s")
    return failed


@contextmanager
def made(path: Path, mutant: Mutant) -> Iterator[None]:
    """The fault, for as long as the block runs."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    yield
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
