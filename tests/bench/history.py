"""The public help-desk log through a deployed local stack of its own: import, monthly reports, import again, re-run.

    python -m tests.bench.history [--publish] [--log FILE] [--home .local-history] [--port 4711] [--keep]

All of it goes through the command line. Two counts by other means judge it: `tests/oracle/helpdesk.py` each of the
monthly reports, `tests/oracle/sla.py` kept and missed by month of the re-run under eight open hours in Rome. One figure
that differs stops the bench.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from infra.cli.imports import PUBLIC_LOG
from infra.local.settings import Settings
from tests.bench.measure import ROOT, demand, machine, publish, save, table
from tests.oracle import helpdesk, sla

if TYPE_CHECKING:
    from collections.abc import Iterator

ZONE = "Europe/Rome"
FIRST, LAST = "2010-01", "2014-01"
MAPPING = ROOT / "infra" / "demo" / "helpdesk-log-mapping.json"
HOURS = [["09:00", "13:00"], ["14:00", "18:00"]]
CALENDAR = {
    "name": "Rome",
    "timezone": ZONE,
    "hours": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), HOURS),
}
POLICY = {
    "name": "eight open hours",
    "targets": [
        {"clock": "first_response", "minutes": 480},
        {"clock": "resolution", "minutes": 2400, "pauses_in": ["waiting"]},
    ],
}
TEAM = "aftersales"
LAKE_SECONDS = 300.0
REPORTS_AT_ONCE = 4


@dataclass(frozen=True)
class CommandLine:
    """`tingjian` as an operator runs it against one stack."""

    settings: Settings

    def __call__(self, *arguments: str | Path) -> str:
        """Run a command; what it prints. Raises CalledProcessError."""
        command = [Path(sys.executable).parent / "tingjian", *arguments]
        environment = os.environ | self.settings.environment()
        return subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


@dataclass(frozen=True)
class Imported:
    """What `tingjian import` said."""

    seconds: float
    written: int
    present: int
    tickets: int

    @property
    def per_second(self) -> float:
        """Events a second, those that were there already included."""
        return (self.written + self.present) / self.seconds


def main() -> int:
    """Import, compare, re-run, compare; write the section when asked to."""
    options = argparse.ArgumentParser(description="The public help-desk log through a deployed local stack.")
    options.add_argument("--log", type=Path, default=PUBLIC_LOG)
    options.add_argument("--home", default=".local-history", help="folder of the stack that is made for this")
    options.add_argument("--port", type=int, default=4711)
    options.add_argument("--keep", action="store_true", help="leave the stack running at the end")
    options.add_argument("--publish", action="store_true")
    given = options.parse_args()
    if not given.log.exists():
        sys.stdout.write(f"Skipped: {given.log} is not part of this project.\n")
        return 0
    before = machine()
    histories = helpdesk.load(given.log, ZoneInfo(ZONE))
    with stack(Settings.read(given.home, given.port), keep=given.keep) as command:
        first = imported(command, given.log)
        demand(first.tickets == len(histories), f"{first.tickets} tickets of {len(histories)} cases")
        demand(first.written and not first.present, f"{first.present} events were there before")
        reports_seconds = compare_reports(command, histories)
        again = imported(command, given.log)
        demand((again.written, again.present) == (0, first.written), f"the second import wrote {again.written}")
        rerun_seconds, promises = compare_rerun(command, histories)
    took = {"reports": reports_seconds, "rerun": rerun_seconds}
    save("history", before, {"first": vars(first), "again": vars(again), "seconds": took, "promises": promises})
    text = section(before.text(), (first, again), took, promises)
    sys.stdout.write(text + "\n")
    if given.publish:
        publish("history", text)
    return 0


@contextmanager
def stack(settings: Settings, *, keep: bool) -> Iterator[CommandLine]:
    """A fresh stack with the demo's people and nothing else in it; deleted at the end."""
    local(settings, "forget")
    local(settings, "start", "--no-seed")
    try:
        command = CommandLine(settings)
        command("seed", "--people-only")
        yield command
    finally:
        if not keep:
            local(settings, "forget")


def local(settings: Settings, *arguments: str) -> None:
    """One command of the local stack."""
    place = ("--home", str(settings.home), "--port", str(settings.port))
    command = (sys.executable, "-m", "infra.local", *arguments, *place)
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def imported(command: CommandLine, log: Path) -> Imported:
    """One `tingjian import` of the log."""
    began = time.perf_counter()
    said = command("import", log, "--mapping", MAPPING)
    seconds = time.perf_counter() - began
    return Imported(
        seconds,
        written=number(said, "events written"),
        present=number(said, "events that were there already"),
        tickets=number(said, "tickets"),
    )


def number(said: str, label: str) -> int:
    """The number that a summary gives for a label."""
    found = re.search(rf"^ *([\d,]+)  {re.escape(label)}$", said, re.MULTILINE)
    demand(found, f"no {label!r} in {said!r}")
    return int(found[1].replace(",", "")) if found else 0


def compare_reports(command: CommandLine, histories: list[helpdesk.History]) -> float:
    """Hold every monthly report against the count by hand; the seconds that all reports took, the lake being ready."""
    expected = helpdesk.monthly(histories, FIRST, LAST, ZoneInfo(ZONE))
    spans = {label: (str(start), str(end)) for label, start, end in helpdesk.months(FIRST, LAST)}
    await_lake(command, spans, histories)
    began = time.perf_counter()
    with ThreadPoolExecutor(REPORTS_AT_ONCE) as pool:
        made = dict(zip(spans, pool.map(lambda span: report(command, *span), spans.values()), strict=True))
    seconds = time.perf_counter() - began
    wrong = [
        (label, name)
        for label in spans
        for name, value in expected[label].items()
        if not same(made[label].get(name), value)
    ]
    demand(not wrong, f"months and figures that differ from the count by hand: {wrong[:10]}")
    return seconds


def await_lake(command: CommandLine, spans: dict[str, tuple[str, str]], histories: list[helpdesk.History]) -> None:
    """Wait until the reports know of all cases and closes."""
    closes = sum(history.closed_at is not None for history in histories)
    until = time.monotonic() + LAKE_SECONDS
    while time.monotonic() < until:
        whole = report(command, spans[FIRST][0], spans[LAST][1])
        if (whole["opened"], whole["closed"]) == (len(histories), closes):
            return
        time.sleep(1)
    demand(condition=False, what="the imported events have not all reached the reports")


def report(command: CommandLine, start: str, end: str) -> dict[str, Any]:
    """A report of the imported history."""
    figures: dict[str, Any] = json.loads(
        command("report", "--from", start, "--to", end, "--zone", ZONE, "--imported", "--format", "json")
    )
    return figures


def same(found: Any, expected: Any) -> bool:
    """Whether two figures are one; minutes to nine digits."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(same(found.get(part), value) for part, value in expected.items())
    if isinstance(expected, float) and isinstance(found, int | float):
        return abs(found - expected) <= 1e-9 * abs(expected)
    return bool(found == expected)


def compare_rerun(command: CommandLine, histories: list[helpdesk.History]) -> tuple[float, dict[str, int]]:
    """Hold the re-run against the count by hand, month by month; its seconds, and its sums."""
    until = max(at for history in histories for at, _ in history.turns)
    expected = sla.by_month([outcome for history in histories for outcome in sla.outcomes(history, until)])
    policy, calendar = (command.settings.home / name for name in ("policy.json", "calendar.json"))
    policy.write_text(json.dumps(POLICY))
    calendar.write_text(json.dumps(CALENDAR))
    began = time.perf_counter()
    said = command(
        "rerun", "--team", TEAM, "--policy", policy, "--calendar", calendar, "--holidays", "IT",
        "--until", until.isoformat(),
    )  # fmt: skip
    seconds = time.perf_counter() - began
    answer = json.loads(said)
    demand(answer["tickets"] == len(histories), f"{answer['tickets']} tickets were run again")
    wrong = [month for month in expected | answer["months"] if expected.get(month) != answer["months"].get(month)]
    demand(not wrong, f"months that differ from the count by hand: {wrong[:10]}")
    names = sorted({name for counts in expected.values() for name in counts})
    return seconds, {name: sum(counts.get(name, 0) for counts in expected.values()) for name in names}


def section(ran: str, imports: tuple[Imported, Imported], took: dict[str, float], promises: dict[str, int]) -> str:
    """The section of the benchmarks page; `took` is in seconds."""
    months = sum(1 for _ in helpdesk.months(FIRST, LAST))
    rows = [
        [run, f"{one.seconds:.0f}", f"{one.written:,}", f"{one.per_second:,.0f}"]
        for run, one in zip(("first import", "the same file again"), imports, strict=True)
    ]
    kept = "; ".join(
        f"{clock.replace('_', ' ')} {promises[f'{clock}_kept']:,} kept, {promises[f'{clock}_missed']:,} missed"
        for clock in ("first_response", "resolution")
    )
    return f"""## Import of a history

{ran}

The public help-desk log ({imports[0].tickets:,} cases) through a deployed local stack with `tingjian import`, upload
and waiting included: {imports[0].seconds / 60:.1f} minutes.

{table(["run", "seconds", "events written", "events a second"], rows)}

The {months} monthly reports, {REPORTS_AT_ONCE} commands at a time, took {took["reports"]:.0f} seconds; every figure of
every month agrees with a count by other means (`tests/oracle/helpdesk.py`).

`tingjian rerun` under eight open hours in Rome with Italy's holidays (a day to the first response, five to the
resolution) read every ticket's history over HTTP in {took["rerun"]:.0f} seconds: {kept}.
Every month agrees with a count by other means (`tests/oracle/sla.py`)."""


if __name__ == "__main__":
    sys.exit(main())
