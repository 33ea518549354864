"""Every bench, one after the other, each writing its section of docs/benchmarks.md: `make bench`."""

import subprocess
import sys

BENCHES = {
    "cold": ["--publish"],
    "warm": ["--publish"],
    "bench_sla": [],
    "sweep": ["--publish"],
    "report": ["--publish"],
    "peer": ["--publish"],
    "escalate": ["--publish"],
    "outage": ["--publish"],
    "history": ["--publish"],
}


def main() -> int:
    """Run the benches that are named, all by default; the exit code says how many failed."""
    failed = 0
    for name in sys.argv[1:] or BENCHES:
        print(f"--- {name}", flush=True)  # noqa: T201 - progress of something that takes minutes
        failed += (
            subprocess.run([sys.executable, "-m", f"tests.bench.{name}", *BENCHES[name]], check=False).returncode != 0
        )
    return failed


if __name__ == "__main__":
    sys.exit(main())
