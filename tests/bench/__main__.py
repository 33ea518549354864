"""Every bench, one after the other, each writing its section of docs/benchmarks.md: `make bench`.

    python -m tests.bench [--quick] [NAME ...]

With `--quick` each runs in the shortest form that still does its work, and publishes nothing: it shows that it runs.
"""

import argparse
import subprocess
import sys
from importlib.util import find_spec

PUBLISHED = ["--publish"]
BENCHES: dict[str, list[str]] = {
    "cold": ["--rounds", "2"],
    "warm": ["--rounds", "2", "--calls", "50"],
    "create": ["--rounds", "2", "--calls", "50"],
    "bench_sla": ["--rounds", "2"],
    "sweep": ["--open", "1000"],
    "peer": ["--tickets", "50", "--rounds", "1", "--count", "10"],
    "escalate": ["--due", "600", "--rounds", "1"],
    "outage": ["--due", "200"],
    "history": [],
    "aftercare": [],
}
"""The benches with the options of their quick form."""


def main() -> int:
    """Run the benches that are named, all by default; the exit code says how many failed."""
    options = argparse.ArgumentParser(description="Measure, and write docs/benchmarks.md.")
    options.add_argument("--quick", action="store_true", help="show that they run, and publish nothing")
    options.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    given = options.parse_args()
    unknown = [name for name in given.names if name not in BENCHES]
    if unknown:
        options.error(f"no such bench: {', '.join(unknown)}")
    failed = [name for name in given.names or BENCHES if not ran(name, BENCHES[name] if given.quick else PUBLISHED)]
    sys.stdout.write(f"Failed: {', '.join(failed)}\n" if failed else "All benches ran to their end.\n")
    return len(failed)


def ran(name: str, options: list[str]) -> bool:
    """Run one bench; whether it came to its end."""
    sys.stdout.write(f"--- {name}\n")
    sys.stdout.flush()
    return subprocess.run([sys.executable, "-m", module_of(name), *options], check=False).returncode == 0


def module_of(name: str) -> str:
    """The module of a bench. Raises ModuleNotFoundError."""
    module = f"tests.bench.{name}"
    if find_spec(module) is None:
        raise ModuleNotFoundError(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
