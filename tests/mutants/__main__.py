"""Break the code in each of the ways of the table, and say which of them the tests do not notice: `make mutants`.

    python -m tests.mutants [--only NAME] ... [--at-once]

It works on a copy of the tree, with what is not committed yet. First the tests run on the copy as it is; then a mutant
at a time is put in, its tests run, and it is taken out again.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants.table import MUTANTS, ROOT, Mutant

PASSED, NOTICED = 0, {1, 2}
"""What pytest returns when all passed, when some failed, and when a file could not even be imported."""
LIMIT_SECONDS = 300
FAILURE = re.compile(r"^(?:FAILED|ERROR) (\S+(?: [^-\s]\S*)*)", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """How the tests ended, and which failed first."""

    code: int
    output: str
    seconds: float

    @property
    def first_failure(self) -> str:
        found = FAILURE.search(self.output)
        return found[1] if found else f"pytest's exit code {self.code}"


def main() -> int:
    """Run the mutants that are named, all by default; 0 if the tests noticed every one."""
    options = argparse.ArgumentParser(description="Break the code, and say what the tests do not notice.")
    options.add_argument("--only", action="append", metavar="NAME", help="those with this in their name")
    options.add_argument("--at-once", action="store_true", help="do not first run the tests on the code as it is")
    given = options.parse_args()
    mutants = [mutant for mutant in MUTANTS if any(part in mutant.name for part in given.only or [""])]
    if not mutants:
        options.error("there is no such mutant")
    stale = [f"{mutant.name}: {fault}" for mutant in mutants for fault in mutant.faults(ROOT)]
    if stale:
        say("These are no mutants of this tree:", *stale)
        return 1
    with TemporaryDirectory(prefix="mutants-") as folder:
        tree = Path(folder).resolve()
        copy_tree(tree)
        return 0 if (given.at_once or passes_unbroken(tree, mutants)) and kills_all(tree, mutants) else 1


def passes_unbroken(tree: Path, mutants: list[Mutant]) -> bool:
    """Whether the tests pass on the code as it is: those that fail anyway notice nothing."""
    tests = dict.fromkeys(test for mutant in mutants for test in mutant.tests)
    say(f"The tests of {len(mutants)} mutants, with nothing broken ...")
    run = run_tests(tree, tests, limit_seconds=None)
    passed = run.code == PASSED
    say(f"passed in {run.seconds:.0f} s" if passed else f"{run.output}\nThey fail before anything is broken.")
    return passed


def kills_all(tree: Path, mutants: list[Mutant]) -> bool:
    """Whether the tests notice every mutant."""
    survivors = []
    for number, mutant in enumerate(mutants, 1):
        run = run_mutant(tree, mutant, number)
        killed = run.code in NOTICED
        end = f"killed by {run.first_failure}" if killed else f"SURVIVED (pytest's exit code {run.code})"
        say(f"[{number}/{len(mutants)}] {mutant.name}: {end}, {run.seconds:.1f} s")
        survivors += [] if killed else [mutant.name]
    say(f"Survived: {'; '.join(survivors)}" if survivors else f"All {len(mutants)} mutants were noticed.")
    return not survivors


def run_mutant(tree: Path, mutant: Mutant, number: int) -> Run:
    """Run the tests of a mutant on the copy, which is afterwards as it was."""
    path = tree / mutant.file
    source, before = mutant.source(tree), path.stat()
    path.write_text(source.replace(mutant.old, mutant.new), encoding="utf-8")
    # A time of its own: Python tells by the second and the size whether what it compiled is still good.
    os.utime(path, (before.st_atime, before.st_mtime - number * 10))
    try:
        return run_tests(tree, mutant.tests)
    finally:
        path.write_text(source, encoding="utf-8")
        os.utime(path, (before.st_atime, before.st_mtime))


def run_tests(tree: Path, tests: Iterable[str], *, limit_seconds: int | None = LIMIT_SECONDS) -> Run:
    """Run tests on the copy until one fails."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=line", *tests]
    environment = os.environ | {"PYTHONPATH": f"{tree}{os.pathsep}{tree / 'layers' / 'tingjian'}"}
    begun = time.monotonic()
    try:
        done = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=limit_seconds
        )
    except subprocess.TimeoutExpired:
        return Run(1, f"ERROR after {limit_seconds} seconds", time.monotonic() - begun)
    return Run(done.returncode, done.stdout + done.stderr, time.monotonic() - begun)


def copy_tree(tree: Path) -> None:
    """Copy what Git knows of and what it would take in."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(".venv"):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)


def say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
