"""The sweep after a day's outage on a deployed local stack of its own: everything once, in order, and what it costs.

    python -m tests.bench.outage [--publish] [--due 10000] [--home .local-outage] [--port 4712] [--keep]

The deployed function is called as the schedule calls it, once a run, until a run sees the end. What it wrote is counted
from the tables' streams. Units are taken by AWS's rules on a smaller sweep of the same tables in this process.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from functions.escalation.schedule import TIMERS
from infra.cli.client import local_folder
from infra.cli.deployment import Deployment
from infra.local.settings import Settings
from tests.bench.history import stack
from tests.bench.measure import demand, machine, publish, save, table
from tests.bench.sweep import metered
from tests.stack.outage import MEMBERS_OF_ONE, Tail, check, missed, unscheduled
from tests.stack.people import Stack
from tingjian.platform.sweep import Sweep
from tingjian.platform.times import cut_to_milliseconds

if TYPE_CHECKING:
    from tests.bench.history import CommandLine

SAMPLE = 200


def main() -> int:
    """Let a day pass, sweep, count; write the section when asked to."""
    options = argparse.ArgumentParser(description="The sweep after a day's outage on a deployed local stack.")
    options.add_argument("--due", type=int, default=10_000)
    options.add_argument("--home", default=".local-outage", help="folder of the stack that is made for this")
    options.add_argument("--port", type=int, default=4712)
    options.add_argument("--keep", action="store_true", help="leave the stack running at the end")
    options.add_argument("--publish", action="store_true")
    given = options.parse_args()
    before = machine()
    with stack(Settings.read(given.home, given.port), keep=given.keep) as command:
        deployed, deployment = reached(command)
        with unscheduled(deployed):
            units = units_of_one(deployment)
            runs = after_a_day(deployed, deployment, given.due)
    save("outage", before, {"due": given.due, "runs": runs, "units": units})
    text = section(before.text(), given.due, runs, units)
    sys.stdout.write(text + "\n")
    if given.publish:
        publish("outage", text)
    return 0


def reached(command: CommandLine) -> tuple[Stack, Deployment]:
    """The stack that was started, as the stack's tests reach it."""
    os.environ |= command.settings.environment()
    deployment = Deployment.from_environment()
    demand(local_folder() == command.settings.home, "another stack was found")
    return Stack(command.settings.endpoint, command.settings.environment(), deployment.outputs), deployment


def after_a_day(deployed: Stack, deployment: Deployment, due: int) -> list[tuple[int, float]]:
    """How many tickets each run fired, and its seconds; everything counted."""
    desk, journal = Tail(deployed, "DeskTable"), Tail(deployed, "JournalTable")
    numbers = missed(deployment, due)
    runs: list[tuple[int, float]] = []
    finished = False
    while not finished:
        began = time.perf_counter()
        said = deployed.invoke("EscalationScheduleFunction")
        runs.append((said["fired"], time.perf_counter() - began))
        finished = said["finished"]
        demand(said["fired"] or finished, f"a run did nothing: {said}")
    demand(sum(fired for fired, _ in runs) == due, f"{runs} instead of {due} in all")
    check(numbers, desk, journal)
    return runs


def units_of_one(deployment: Deployment) -> tuple[float, float]:
    """Write and read units of a ticket with its two timers, indexes included."""
    missed(deployment, SAMPLE)
    with metered(deployment.store) as counted:
        done = Sweep(deployment.store, TIMERS, cut_to_milliseconds(datetime.now(UTC)), lambda: True, writers=1).run()
    demand(done.fired == SAMPLE, f"{done} instead of {SAMPLE} fired")
    return counted.write_units / SAMPLE, counted.read_units / SAMPLE


def section(ran: str, due: int, runs: list[tuple[int, float]], units: tuple[float, float]) -> str:
    """The section of the benchmarks page."""
    rows = [
        [str(place), f"{fired:,}", f"{seconds:.1f}", f"{fired / seconds:.0f}"]
        for place, (fired, seconds) in enumerate(runs, start=1)
    ]
    return f"""## The sweep after a day's outage

{ran}

On a deployed local stack the schedule stood still for a day in which {due:,} tickets came due, each with a warning and
a breach. Then its function ran as the schedule calls it. Every event, alert and notice was written exactly once; those
of a ticket in the order of their time, in an unbroken chain; the tickets by the time of their first, but for the
transactions that are under way together. A run stops in time for the next one, which goes on where it stopped.

{table(["run", "tickets", "seconds", "tickets a second"], rows)}

A ticket writes {MEMBERS_OF_ONE} items for its two timers. By AWS's rules, indexes included, a timer costs
{units[0] / 2:.2f} write units and {units[1] / 2:.2f} read units."""


if __name__ == "__main__":
    sys.exit(main())
