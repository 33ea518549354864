"""The sweep on AWS's own DynamoDB Local: nothing due and 1,000 due, among none and 100,000 open tickets.

    python -m tests.bench.sweep [--publish] [--open 100000]

Two pairs of tables, one with nothing open beside what is due. Units and calls are taken by AWS's rules on a run of the
warnings, times on a run of the breaches that follow. Every run is counted afterwards: each ticket has moved on by one
version, with one event, one alert and one notice for it; a missing or a doubled one stops the bench.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.escalation.schedule import TIMERS
from tests.bench.measure import demand, machine, publish, save, shuffled_rounds, summarize, table
from tests.builders import make_centre, make_tables
from tests.contract.engines import Engine, running
from tests.contract.known import require
from tests.faults import inject
from tests.meter import Meter, meter, tables_from_template
from tests.template.templates import template
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import ticket_item
from tingjian.platform import resources
from tingjian.platform.ids import number_from
from tingjian.platform.store import Store, to_wire
from tingjian.platform.sweep import WRITERS, Sweep
from tingjian.sla.policies.models import Facts
from tingjian.sla.policies.plans import clocks_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.contract.engines import Store as Started

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WARNED_AT, BREACHED_AT = NOW + timedelta(minutes=48), NOW + timedelta(minutes=60)
DUE = 1_000
MEMBERS = 10
"""This engine, of 2020, takes ten members a transaction; AWS takes a hundred."""
IDLE_ROUNDS = 40
BATCH = 25
KEYS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
TEMPLATE = Path(__file__).parents[2] / "template.yaml"


@dataclass(frozen=True)
class Side:
    """A pair of tables with so many tickets open whose time has not come, and a thousand whose time comes at NOW."""

    store: Store
    open: int

    def idle(self) -> float:
        """One sweep before anything is due, in milliseconds."""
        began = time.perf_counter()
        done = self.sweep(NOW)
        demand((done.due, done.fired, done.finished) == (0, 0, True), "an idle sweep found something")
        return (time.perf_counter() - began) * 1000

    def sweep(self, now: datetime, *, writers: int = WRITERS) -> Any:
        """One sweep as the schedule makes it; the meter wants one writer."""
        return Sweep(self.store, TIMERS, now, lambda: True, MEMBERS, writers=writers).run()


@dataclass(frozen=True)
class Run:
    """What a sweep of a thousand took."""

    calls: dict[str, int]
    write_units: float
    read_units: float
    seconds: float
    cpu_seconds: float


def main() -> int:
    """Measure, check, and write the section when asked to."""
    options = argparse.ArgumentParser()
    options.add_argument("--publish", action="store_true")
    options.add_argument("--open", type=int, default=100_000)
    given = options.parse_args()
    require(Engine.DYNAMODB_LOCAL, "transaction-token-once", "transaction-race", "index-sparse")
    before = machine()
    with running(Engine.DYNAMODB_LOCAL) as started:
        sides = [made(started, "few", 0), made(started, "many", given.open)]
        idle_calls = {side.open: idle_cost(side) for side in sides}
        idle = shuffled_rounds({str(side.open): side.idle for side in sides}, IDLE_ROUNDS, drop=2)
        runs = {side.open: escalated(side) for side in sides}
    result = {
        "idle": {number: {"calls": calls, "read_units": units} for number, (calls, units) in idle_calls.items()},
        "idle_ms": idle,
        "runs": {number: vars(run) for number, run in runs.items()},
    }
    save("sweep", before, result)
    text = section(before.text(), idle_calls, idle, runs)
    sys.stdout.write(text + "\n")
    if given.publish:
        publish("sweep", text)
    return 0


def made(started: Started, name: str, number: int) -> Side:
    """A side: tables as the template declares them, a small centre, and its tickets."""
    store = centre(started, name)
    load(store, tickets(store, DUE, NOW, "due"))
    load(store, tickets(store, number, NOW + timedelta(days=1), "open"))
    return Side(store, number)


def centre(started: Started, name: str) -> Store:
    """Tables as the template declares them, under the names of a side, with a small centre in them."""
    client = doors_client(started)
    store = Store(client, f"{name}-desk", f"{name}-journal")
    make_tables(_Renamed(client, name), template())  # type: ignore[arg-type]  # The one call that it makes.
    make_centre(store)
    return store


def doors_client(started: Started) -> DynamoDBClient:
    """The client that the doors use, with its own settings, to this engine."""
    os.environ |= {"AWS_ENDPOINT_URL": started.endpoint_url, "AWS_DEFAULT_REGION": "us-east-1"} | KEYS
    resources.dynamodb.cache_clear()
    return resources.dynamodb()


class _Renamed:
    """Makes tables under the names of a side."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self._client, self._name = client, name

    def create_table(self, TableName: str, **parts: Any) -> None:  # noqa: N803 - the SDK's own name
        self._client.create_table(TableName=f"{self._name}-{TableName}", **parts)


def tickets(store: Store, number: int, opened_at: datetime, kind: str) -> Iterator[dict[str, Any]]:
    """Items of open tickets as the product stores them, a millisecond apart, first response due in an hour."""
    facts = Facts(type="feedback", priority="normal", channel="web", team="aftersales")
    clocks = clocks_for(store, facts, {"first_response", "resolution"}, now=opened_at)
    for place in range(number):
        yield ticket_item(
            Ticket(
                id=number_from(f"{kind}-{place}"),
                version=1,
                hash="0" * 43,
                type="feedback",
                subject="收到的鞋开胶了，要求退货",
                status="new",
                priority="normal",
                channel="web",
                team="aftersales",
                customer_id=f"customer{place}",
                opened_at=opened_at,
                clocks=clocks,
            )
        )


def load(store: Store, items: Iterator[dict[str, Any]]) -> None:
    """Put the items, in the largest batches there are."""
    batch: list[Any] = []
    for item in items:
        batch.append({"PutRequest": {"Item": to_wire(item)}})
        if len(batch) == BATCH:
            store.client.batch_write_item(RequestItems={store.desk: batch})
            batch = []
    if batch:
        store.client.batch_write_item(RequestItems={store.desk: batch})


def idle_cost(side: Side) -> tuple[list[str], float]:
    """The calls of an idle sweep, and its read units."""
    with inject(side.store.client) as log, metered(side.store) as counted:
        side.idle()
    return log.calls, counted.read_units


def metered(store: Store) -> Any:
    """A meter of the side's tables."""
    shapes = tables_from_template(TEMPLATE, {"DeskTable": store.desk, "JournalTable": store.journal})
    endpoint = store.client.meta.endpoint_url
    return meter(store.client, shapes, _reader(endpoint))


def _reader(endpoint: str) -> DynamoDBClient:
    import boto3  # noqa: PLC0415 - beside the clients that the engine makes

    return boto3.client("dynamodb", endpoint_url=endpoint)


def escalated(side: Side) -> Run:
    """A thousand warnings metered, then the thousand breaches timed; both counted."""
    counted: Meter
    with metered(side.store) as counted:
        check(side, side.sweep(WARNED_AT, writers=1), "clock_warned", 2)
    cpu, began = time.process_time(), time.perf_counter()
    done = side.sweep(BREACHED_AT)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    check(side, done, "clock_breached", 3)
    calls = {name: usage.calls for name, usage in counted.by_operation.items()}
    return Run(calls, counted.write_units, counted.read_units, seconds, cpu)


def check(side: Side, done: Any, kind: str, version: int) -> None:
    """Stop unless each of the thousand was escalated exactly once."""
    demand((done.due, done.fired, done.failed) == (DUE, DUE, 0), f"{done} instead of {DUE} fired")
    notices = [item for item in side.store.query_all("staff#zhao", prefix="notice#") if item["kind"] == kind]
    demand(len(notices) == len({item["ticket"] for item in notices}) == DUE, f"{len(notices)} notices")
    for place in range(0, DUE, 97):
        number = number_from(f"due-{place}")
        collection = side.store.query_all(f"ticket#{number}")
        events = side.store.query_all(f"ticket#{number}", table="journal")
        alerts = [item for item in collection if item["sk"].startswith("alert#")]
        stands = (collection[-1]["version"], len(events), len(alerts))
        demand(stands == (version, version - 1, version - 1), f"{number} stands at {stands}")


def section(
    ran: str, idle_calls: dict[int, tuple[list[str], float]], idle: dict[str, list[float]], runs: dict[int, Run]
) -> str:
    """The section of the benchmarks page."""
    idle_rows = [
        [f"{number:,}", ", ".join(calls), f"{units:g}", summarize(idle[str(number)]).text(2)]
        for number, (calls, units) in idle_calls.items()
    ]
    rows = [
        [
            f"{number:,}",
            ", ".join(f"{count:,} {name}" for name, count in run.calls.items()),
            f"{run.write_units / DUE:.2f}",
            f"{run.read_units / DUE:.2f}",
            f"{run.seconds:.1f}",
            f"{run.cpu_seconds / DUE * 1000:.2f}",
        ]
        for number, run in runs.items()
    ]
    return f"""## The sweep of timers

{ran}

On DynamoDB Local (transactions of {MEMBERS} members, AWS takes 100). Nothing due, with so many open tickets; median
(quartiles) of {IDLE_ROUNDS} shuffled runs. The queries cost the same whatever is open:

{table(["open", "calls", "read units", "ms"], idle_rows)}

{DUE:,} due (a warning each: the ticket, its event, an alert, a notice), the same among so many open tickets. Units are
a timer's, by AWS's rules, indexes included; times are of the {DUE:,} breaches that follow, the store's own included:

{table(["open", "calls", "write units", "read units", "seconds", "own CPU ms a timer"], rows)}"""


if __name__ == "__main__":
    sys.exit(main())
