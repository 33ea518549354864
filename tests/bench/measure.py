"""What every bench needs: shuffled rounds, medians with spread, the machine's state, and a place for the results."""

from __future__ import annotations

import http.client
import json
import os
import platform
import random
import re
import statistics
import threading
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / ".local" / "bench"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
TITLE = """# Benchmarks

Each section is written by one run of one bench in `tests/bench/`: the goal's comparator runs in the same script,
rounds are shuffled, and the run fails when the work did not happen. Every figure is local; none is from AWS. Read the
ratios, not the milliseconds.
"""


class WorkNotDoneError(AssertionError):
    """The thing to be measured did not happen, so that there is no figure."""


def demand(condition: object, what: str) -> None:
    """Stop the bench with WorkNotDoneError unless `condition` holds; `assert` would vanish under -O."""
    if not condition:
        raise WorkNotDoneError(what)


@dataclass(frozen=True)
class Summary:
    """Median and quartiles of some samples, in the samples' own unit."""

    median: float
    low: float
    high: float
    samples: int

    def text(self, digits: int = 1) -> str:
        """Write it as median, and quartiles in brackets."""
        return f"{self.median:.{digits}f} ({self.low:.{digits}f}\N{EN DASH}{self.high:.{digits}f})"


def summarize(samples: Sequence[float]) -> Summary:
    """Take median and quartiles of at least one sample."""
    demand(samples, "no samples")
    if len(samples) == 1:
        return Summary(samples[0], samples[0], samples[0], 1)
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return Summary(median, low, high, len(samples))


def percentile(samples: Sequence[float], share: float) -> float:
    """Interpolate linearly between the two nearest ranks."""
    ordered = sorted(samples)
    rank = share * (len(ordered) - 1)
    below = int(rank)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (rank - below)


def shuffled_rounds(
    scenarios: Mapping[str, Callable[[], float]], rounds: int, *, seed: int | None = None, drop: int = 1
) -> dict[str, list[float]]:
    """Take one sample of every scenario a round, in an order shuffled anew, and leave the first `drop` rounds out."""
    order = random.Random(seed)  # noqa: S311 -- an order, not a secret
    kept: dict[str, list[float]] = {name: [] for name in scenarios}
    for number in range(rounds + drop):
        names = list(scenarios)
        order.shuffle(names)
        for name in names:
            sample = scenarios[name]()
            if number >= drop:
                kept[name].append(sample)
    return kept


def ratios(samples: Mapping[str, Sequence[float]], against: str) -> dict[str, Summary]:
    """Compare every scenario with `against`, round by round, and summarize those ratios."""
    base = samples[against]
    return {
        name: summarize([one / other for one, other in zip(values, base, strict=True)])
        for name, values in samples.items()
    }


@dataclass(frozen=True)
class Machine:
    """What ran the bench, and how busy it was with other things (load averages over 1 and 5 minutes)."""

    cores: int
    python: str
    system: str
    load_1: float
    load_5: float
    at: str

    def text(self) -> str:
        """Write it in one line."""
        load = f"load {self.load_1:.2f} / {self.load_5:.2f} before the run"
        return f"{self.at}, {self.cores} cores, CPython {self.python}, {self.system}, {load}"


def machine() -> Machine:
    """Describe this machine now."""
    load_1, load_5, _ = os.getloadavg()
    at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    system = f"{platform.system()} {platform.machine()}"
    return Machine(len(os.sched_getaffinity(0)), platform.python_version(), system, load_1, load_5, at)


@dataclass(frozen=True)
class Request:
    """One HTTP request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Load:
    """What some clients saw; times in milliseconds."""

    clients: int
    seconds: float = 0.0
    milliseconds: list[float] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Requests answered a second, all clients together."""
        return len(self.milliseconds) / self.seconds

    def figures(self) -> dict[str, float]:
        """Give p50 and p99 in milliseconds and requests a second."""
        return {
            "p50_ms": percentile(self.milliseconds, 0.5),
            "p99_ms": percentile(self.milliseconds, 0.99),
            "per_second": self.per_second,
        }


def drive(port: int, requests: Sequence[Request], clients: int, *, expect: int, timeout_seconds: float = 60.0) -> Load:
    """Send the requests to 127.0.0.1 from `clients` keep-alive connections, each taking its share; time each answer.

    Any status but `expect` is an error and stops that client; the caller decides what errors mean.
    """
    load = Load(clients)
    lock = threading.Lock()
    start = threading.Barrier(clients + 1)

    def client(share: Sequence[Request]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_seconds)
        connection.connect()
        start.wait()
        for request in share:
            began = time.perf_counter()
            connection.request(request.method, request.path, request.body, dict(request.headers))
            response = connection.getresponse()
            body = response.read()
            took = (time.perf_counter() - began) * 1000
            with lock:
                if response.status != expect:
                    load.errors.append(f"{response.status}: {body[:300]!r}")
                    break
                load.milliseconds.append(took)
                load.bodies.append(body)
        connection.close()

    threads = [threading.Thread(target=client, args=(requests[index::clients],)) for index in range(clients)]
    for thread in threads:
        thread.start()
    start.wait(timeout_seconds)
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    load.seconds = time.perf_counter() - began
    return load


def save(name: str, before: Machine, result: Mapping[str, object]) -> Path:
    """Write a run's result as JSON under .local/bench, which is never committed."""
    SCRATCH.mkdir(parents=True, exist_ok=True)
    path = SCRATCH / f"{name}.json"
    path.write_text(json.dumps({"machine": asdict(before), **result}, indent=2) + "\n", encoding="utf-8")
    return path


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def publish(name: str, text: str, document: Path = DOCUMENT) -> None:
    """Put `text` between the marks of section `name` of the benchmarks page; other sections are left as they are."""
    opening, ending = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    section = f"{opening}\n{text.strip()}\n{ending}"
    page = document.read_text(encoding="utf-8") if document.exists() else TITLE
    found = re.compile(f"{re.escape(opening)}.*?{re.escape(ending)}", re.DOTALL)
    page = found.sub(lambda _: section, page) if found.search(page) else f"{page.rstrip()}\n\n{section}\n"
    document.parent.mkdir(parents=True, exist_ok=True)
    document.write_text(page, encoding="utf-8")
