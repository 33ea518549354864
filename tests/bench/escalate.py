"""P7: everything that came due escalates at once, beside django-helpdesk's `escalate_tickets` on PostgreSQL.

    python -m tests.bench.escalate [--publish] [--due 60000] [--rounds 1]

Both sides hold the same number of tickets, six of ten open and due, the others finished, opened over 88 days and with
ten people. Both raise the priority of each that is due by one and write down that they did. Every run is counted: each
ticket exactly once, or the bench stops. Then our sweep is killed several times on its way, and everything is counted
again.

Our store is MiniStack: a transaction takes 100 members there, as on AWS; DynamoDB Local, whose only version that can be
had takes ten, would be asked ten times as often. It is one process in Python, so its own time stands beside ours.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.escalation.schedule import TIMERS
from tests.bench.measure import demand, machine, publish, ratios, save, shuffled_rounds, summarize, table
from tests.bench.peer import Site, site
from tests.bench.sweep import centre, doors_client, load, metered
from tests.contract.engines import Engine, running
from tests.contract.engines import Store as Started
from tests.contract.known import require
from tests.faults import inject
from tingjian.escalation.ladders.models import Ladder, Rung
from tingjian.escalation.ladders.storage import ladder_writes
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import ticket_item
from tingjian.people.staff.models import Staff
from tingjian.people.staff.storage import staff_write
from tingjian.platform.ids import number_from
from tingjian.platform.items import Key
from tingjian.platform.places import ticket_key
from tingjian.platform.store import Store
from tingjian.platform.sweep import MEMBERS, WRITERS, Sweep
from tingjian.sla.policies.models import Facts, Match, Policy, Target
from tingjian.sla.policies.plans import clocks_for
from tingjian.sla.policies.storage import policy_writes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tingjian.platform.timers import SweepResult

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
OPEN_OF_TEN = 6
PEOPLE, DAYS = 10, 88
SAMPLE = 300
"""Tickets of the run whose units are taken, and those whose events and alerts are counted after each run."""
KILLED_DUE, KILLS = 3_000, 8
GOAL, STRETCH = 0.2, 0.1
OURS, PEER, MAILLESS = "Tingjian", "django-helpdesk", "django-helpdesk, mails not rendered"


@dataclass(frozen=True)
class Run:
    """What escalating everything took; of the store's own processor time we know on our side only."""

    seconds: float
    cpu_seconds: float
    store_cpu_seconds: float = 0.0
    calls: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Extra:
    """A ticket's request units, and how many had fired before each kill."""

    write_units: float
    read_units: float
    killed: list[int]


def main() -> int:
    """Measure, check, and write the section when asked to."""
    options = argparse.ArgumentParser(description="Escalate what is due, here and at django-helpdesk.")
    options.add_argument("--due", type=int, default=60_000, help="tickets that are due, a multiple of six")
    options.add_argument("--rounds", type=int, default=1, help="more than one takes hours at the full number")
    options.add_argument("--publish", action="store_true")
    given = options.parse_args()
    if given.due % OPEN_OF_TEN:
        options.error("--due: six of ten tickets are open, so take a multiple of six")
    require(Engine.MINISTACK, "transaction-token-once", "transaction-race", "index-sparse", "transaction-100-items")
    before = machine()
    runs: dict[str, list[Run]] = {OURS: [], PEER: [], MAILLESS: []}
    with site(given.due // OPEN_OF_TEN * 10) as made:
        shuffled_rounds(
            {
                OURS: lambda: kept(runs[OURS], ours(given.due)),
                PEER: lambda: kept(runs[PEER], theirs(made, given.due)),
                MAILLESS: lambda: kept(runs[MAILLESS], theirs(made, given.due, "--without-mail")),
            },
            given.rounds,
            drop=0,
        )
    extra = Extra(*units_of_one(), killed_on_its_way())
    result = {name: [vars(run) for run in done] for name, done in runs.items()}
    save("escalate", before, {"due": given.due, "runs": result, "extra": vars(extra)})
    text = section(before.text(), given.due, runs, extra)
    sys.stdout.write(text + "\n")
    if given.publish:
        publish("escalate", text)
    return 0


def kept(runs: list[Run], run: Run) -> float:
    """Keep a run; its seconds."""
    runs.append(run)
    return run.seconds


def theirs(made: Site, due: int, *options: str) -> Run:
    """One run of the peer's command, counted."""
    found = json.loads(made.run("peer_site.escalate", *options))
    counted = {name: found[name] for name in ("due", "moved", "left", "follow_ups", "changes")}
    expected = {"due": due, "moved": due, "left": 0, "follow_ups": due, "changes": due}
    demand(counted == expected, f"the peer escalated otherwise: {counted}")
    return Run(found["seconds"], found["cpu_seconds"])


def ours(due: int) -> Run:
    """One sweep on a fresh store, counted; and one more, which finds nothing and is a query a shard."""
    with running(Engine.MINISTACK) as started:
        store = filled(started, due)
        with inject(store.client) as log:
            engine, cpu, began = children_cpu_seconds(), time.process_time(), time.perf_counter()
            done = sweep(store)
            seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
            engine = children_cpu_seconds() - engine
        demand((done.due, done.fired, done.skipped) == (due, due, 0), f"{done} instead of {due} fired")
        check(store, due)
        with inject(store.client) as idle:
            sweep(store)
        demand(set(idle.calls) == {"Query"}, f"a sweep with nothing due made the calls {idle.calls}")
        calls = {name: log.calls.count(name) for name in sorted(set(log.calls))}
    return Run(seconds, cpu, engine, calls)


def sweep(store: Store, *, members: int = MEMBERS, writers: int = WRITERS) -> SweepResult:
    """One sweep as the schedule makes it, with as much time as it takes."""
    return Sweep(store, TIMERS, NOW, lambda: True, members, writers=writers).run()


def filled(started: Started, due: int) -> Store:
    """A centre whose ladder raises the priority of what is overdue and tells the assignee, and its tickets."""
    store = patient(centre(started, "escalate"))
    targets = (Target(clock="resolution", minutes=24 * 60, shares=(100,)),)
    policy = Policy(id="day", version=1, name="A day", match=Match(types=("feedback",)), targets=targets)
    rung = Rung(share=100, tell=("assignee",), raise_priority=True)
    people = [
        Staff(id=f"agent{n}", version=1, name=f"Agent {n}", email=f"agent{n}@example.com", roles=("agent",),
              teams=("aftersales",), subject=f"sub-agent{n}")
        for n in range(PEOPLE)
    ]  # fmt: skip
    ladder = Ladder(id="day", version=1, name="A day", rungs=(rung,))
    store.transact([*policy_writes(policy), *ladder_writes(ladder), *map(staff_write, people)])
    load(store, tickets(store, due))
    return store


def patient(store: Store) -> Store:
    """The store whose client waits a minute for an answer, since the emulator sorts a whole index for a page of it."""
    store.client.meta.events.register("before-call.dynamodb", _wait_a_minute)
    return store


def _wait_a_minute(context: dict[str, Any], **_: object) -> None:
    context["read_timeout"] = 60


def tickets(store: Store, due: int) -> Iterator[dict[str, Any]]:
    """Items of tickets as the product stores them: those that are due, and the finished ones among them."""
    facts = Facts(type="feedback", priority="normal", channel="web", team="aftersales")
    for place in range(due // OPEN_OF_TEN * 10):
        opened_at = NOW - timedelta(days=2 + place % DAYS, milliseconds=place)
        ticket = Ticket(
            id=number_from(f"escalate-{place}"),
            version=1,
            hash="0" * 43,
            type="feedback",
            subject="收到的鞋开胶了，要求退货",
            status="open",
            priority="normal",
            channel="web",
            team="aftersales",
            customer_id=f"customer{place}",
            assignee=f"agent{place % PEOPLE}",
            opened_at=opened_at,
        )
        if place % 10 < OPEN_OF_TEN:
            clocks = clocks_for(store, facts, {"resolution"}, now=opened_at)
            yield ticket_item(ticket.model_copy(update={"clocks": clocks}))
        else:
            yield ticket_item(ticket.model_copy(update={"status": "closed", "closed_at": NOW, "close_reason": "spam"}))


def due_numbers(due: int) -> list[str]:
    """The numbers of those that are due."""
    return [number_from(f"escalate-{n}") for n in range(due // OPEN_OF_TEN * 10) if n % 10 < OPEN_OF_TEN]


def check(store: Store, due: int) -> None:
    """Stop unless each was escalated exactly once: one version on, told once, and of a sample one event, one alert."""
    numbers = due_numbers(due)
    found = store.get_many([ticket_key(number) for number in numbers])
    states = {(item["version"], item["priority"]) for item in found.values()}
    demand(len(found) == due and states == {(2, "high")}, f"{len(found)} tickets stand at {states}")
    told = [
        item["ticket"] for n in range(PEOPLE) for item in store.query_all(f"staff#agent{n}", prefix="notice#")
    ]  # fmt: skip
    demand(sorted(told) == sorted(numbers), f"{len(told)} notices of {len(set(told))} tickets instead of {due}")
    for number in random.Random(due).sample(numbers, min(SAMPLE, due)):  # noqa: S311 - a sample, not a secret
        alerts = store.query_all(f"ticket#{number}", prefix="alert#")
        events = store.query_all(f"ticket#{number}", table="journal")
        stands = (len(alerts), [event["name"] for event in events])
        demand(stands == (1, ["ClockBreached"]), f"{number} stands at {stands}")


def units_of_one() -> tuple[float, float]:
    """Write and read units of a ticket by AWS's rules, indexes included."""
    with running(Engine.MINISTACK) as started:
        store = filled(started, SAMPLE)
        with metered(store) as counted:
            done = sweep(store, writers=1)
        demand(done.fired == SAMPLE, f"{done} instead of {SAMPLE} fired")
        check(store, SAMPLE)
    return counted.write_units / SAMPLE, counted.read_units / SAMPLE


def killed_on_its_way() -> list[int]:
    """Sweeps in processes that are killed, and one to the end, counted; how many had fired before each kill.

    Each is killed as soon as one ticket, drawn among those that are left, is seen to have fired.
    """
    fired: list[int] = []
    with running(Engine.MINISTACK) as started:
        store = filled(started, KILLED_DUE)
        keys = [ticket_key(number) for number in due_numbers(KILLED_DUE)]
        while len(fired) < KILLS and (left := unmoved(store, keys)):
            drawn = [random.choice(left)]  # noqa: S311 - as above
            child = multiprocessing.get_context("spawn").Process(target=sweep_of_another, args=(started, store.desk))
            child.start()
            while child.is_alive() and unmoved(store, drawn):
                time.sleep(0.01)
            child.kill()
            child.join()
            fired.append(KILLED_DUE - len(unmoved(store, keys)))
        sweep(store)
        check(store, KILLED_DUE)
    demand(0 < fired[0] < KILLED_DUE, f"no kill came in the middle: {fired}")
    return fired


def sweep_of_another(started: Started, desk: str) -> None:
    """A sweep of the same tables in a process of its own, in small transactions, so that there are many to die in."""
    sweep(patient(Store(doors_client(started), desk, desk.replace("desk", "journal"))), members=8)


def unmoved(store: Store, keys: Sequence[Key]) -> list[Key]:
    """Those that have not fired."""
    return [key for key, item in store.get_many(keys).items() if item["version"] == 1]


def children_cpu_seconds() -> float:
    """Processor time of the processes that this one has started and that still run; 0 where there is no /proc."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def section(ran: str, due: int, runs: dict[str, list[Run]], extra: Extra) -> str:
    """The section of the benchmarks page."""
    seconds = {name: [run.seconds for run in done] for name, done in runs.items()}
    against = ratios(seconds, PEER)
    rows = [
        [
            name,
            summarize(seconds[name]).text(),
            per_ticket([run.cpu_seconds for run in done], due),
            against[name].text(2),
        ]
        for name, done in runs.items()
    ]
    ratio = against[OURS].median
    verdict = "Met, the stretch too" if ratio <= STRETCH else "Met" if ratio <= GOAL else "Missed"
    engine = per_ticket([run.store_cpu_seconds for run in runs[OURS]], due)
    calls = ", ".join(f"{count:,} {name}" for name, count in runs[OURS][-1].calls.items())
    return f"""## Escalating {due:,} due tickets, beside django-helpdesk (P7)

{ran}

Both sides hold {due // OPEN_OF_TEN * 10:,} tickets, {due:,} of them open and due, and raise the priority of those by
one. Shuffled rounds: {len(seconds[OURS])}; medians and quartiles. django-helpdesk 2.6.1 runs `escalate_tickets` on
PostgreSQL: a ticket saved, a follow-up and a change inserted, mails rendered but not sent. Ours writes the ticket, its
event in the chain, an alert that can be acknowledged, and the notice of the assignee. Its mails are rendered later,
behind the stream, so the peer stands here without its mails too. CPU is that of the process that escalates.

{table(["side", "seconds", "own CPU ms a ticket", "ratio"], rows)}

Goal: at most {GOAL} of the peer's time, stretch {STRETCH}. **{verdict}** with {against[OURS].text(2)}; beside the peer
that renders no mails it is {ratios(seconds, MAILLESS)[OURS].text(2)}.

Our store is MiniStack, where a transaction takes 100 members as on AWS. It is one Python process, and took
{engine} ms of processor time a ticket on the same cores. Calls of a run: {calls}. A ticket costs
{extra.write_units:.2f} write units and {extra.read_units:.2f} read units by AWS's rules, indexes included. With nothing
due any more, a sweep of the same tables is a Query a shard.

A sweep of {KILLED_DUE:,}, in a process of its own, was killed {len(extra.killed)} times, when
{", ".join(f"{fired:,}" for fired in extra.killed)} had fired. One more run later each was escalated exactly once."""


def per_ticket(seconds: Sequence[float], due: int) -> str:
    """Milliseconds a ticket."""
    return f"{summarize(seconds).median / due * 1000:.2f}"


if __name__ == "__main__":
    sys.exit(main())
