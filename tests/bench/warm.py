"""P2: what a request costs a warm function beside its action, next to stock Powertools doing the same.

    python -m tests.bench.warm [--publish]

The real door of intake gets events and gives answers; only the action behind the route is replaced, by one that logs,
counts and answers. The stock application gets the same events. A page of a hundred rows is answered too, beside what
pydantic takes to write its JSON.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.bench.door import Context, Event, Handler, Sink, at_work, list_event, ticket_event
from tests.bench.measure import (
    Machine,
    demand,
    machine,
    percentile,
    publish,
    ratios,
    save,
    shuffled_rounds,
    summarize,
    table,
)
from tingjian.intake.tickets.rights import READ_TICKETS
from tingjian.platform.rights import Caller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tingjian.intake.tickets.lists import TicketList

CALLS = 2000
PAGES = 300
ROUNDS = 7
ROWS = 100
GOAL_FRAME = 0.9
GOAL_PAGE = 2.0
FILING = ("tingjian.intake.tickets.openings", "open_ticket")
LISTING = ("tingjian.intake.tickets.lists", "list_tickets")

STOCK = "stock Powertools"
OURS = "Tingjian"
PYDANTIC = "pydantic's model_dump_json alone"
NOBODY: Event = {"authorizer": None}
OTHERS: Event = {"authorizer": {"jwt": {"claims": {"sub": "agent-1", "cognito:groups": "[quality]"}, "scopes": None}}}


@contextmanager
def replaced(place: tuple[str, str], substitute: Callable[..., Any]) -> Iterator[None]:
    """Put something else in the place of a function, wherever it was imported by its name."""
    module, name = place
    real = getattr(importlib.import_module(module), name)
    holders = [found for found in list(sys.modules.values()) if getattr(found, "__dict__", {}).get(name) is real]
    for holder in holders:
        setattr(holder, name, substitute)
    try:
        yield
    finally:
        for holder in holders:
            setattr(holder, name, real)


def receive(*_arguments: object, **_named: object) -> Any:
    """Answer as the action does that files a ticket."""
    from tingjian.intake.tickets.bodies import Receipt  # noqa: PLC0415 -- after the environment is set
    from tingjian.platform.times import instant  # noqa: PLC0415

    at = instant("2026-01-01T00:00:00.000Z")
    return Receipt(id="T-1", number="482739510664", version=1, event="TicketOpened", status="new", at=at)


@dataclass
class Frame:
    """One side of the frame around an action."""

    name: str
    handler: Handler
    status: int
    lines: int
    sink: Sink
    events: Sequence[Event]

    def check(self) -> None:
        """Show that the side does the work: a good ticket is answered, logged and counted, a bad one refused."""
        with self.sink.keeping() as written:
            answer = self.handler(self.events[0], Context())
        demand(answer["statusCode"] == self.status, f"{self.name}: {answer}")
        demand(json.loads(answer["body"])["id"] == "T-1", f"{self.name} answered {answer['body']}")
        entries = [json.loads(line) for line in "".join(written).splitlines()]
        demand(len(entries) == self.lines, f"{self.name} wrote {len(entries)} lines")
        demand(any(entry.get("message") == "TicketsOpened" for entry in entries), f"{self.name} did not log")
        metric = [entry for entry in entries if "_aws" in entry and "TicketsOpened" in entry]
        demand(metric, f"{self.name} did not count")
        bad = json.dumps({**json.loads(self.events[0]["body"]), "subject": 7, "extra": 1})
        self.refuse(422, {**self.events[0], "body": bad})
        for status, caller in ((401, NOBODY), (403, OTHERS)):
            context = {**self.events[0]["requestContext"], **caller}
            self.refuse(status, {**self.events[0], "requestContext": context})

    def refuse(self, status: int, event: Event) -> None:
        """Show that the side refuses an event."""
        refused = self.handler(event, Context())
        demand(refused["statusCode"] == status, f"{self.name}, to be refused with {status}: {refused}")

    def sample(self) -> float:
        """Call it once for every event and give the median in microseconds."""
        context, before = Context(), self.sink.lines
        took = []
        for event in self.events:
            began = time.perf_counter_ns()
            answer = self.handler(event, context)
            took.append((time.perf_counter_ns() - began) / 1000)
            demand(answer["statusCode"] == self.status, f"{self.name}: {answer}")
        demand(self.sink.lines - before == self.lines * len(self.events), f"{self.name} did not write every line")
        return percentile(took, 0.5)


def compare_frames(ours: Handler, sink: Sink, rounds: int, calls: int) -> dict[str, list[float]]:
    """Give microseconds of a call, a median for each round."""
    from tests.bench import stock  # noqa: PLC0415 -- after the environment is set

    events = [ticket_event(number) for number in range(calls)]
    frames = [Frame(STOCK, stock.handler, 200, 2, sink, events), Frame(OURS, ours, 201, 1, sink, events)]
    with replaced(FILING, receive):
        for frame in frames:
            frame.check()
        return shuffled_rounds({frame.name: frame.sample for frame in frames}, rounds)


def real_page(ours: Handler) -> TicketList:
    """File tickets, list them, and give the page that the action returned."""
    for number in range(ROWS):
        answer = ours(ticket_event(number), Context())
        demand(answer["statusCode"] == 201, f"a ticket was refused: {answer}")
    listing = getattr(importlib.import_module(LISTING[0]), LISTING[1])
    pages: list[TicketList] = []

    def keep(*arguments: object, **named: object) -> TicketList:
        pages.append(listing(*arguments, **named))
        return pages[-1]

    with replaced(LISTING, keep):
        answer = ours(list_event(0), Context())
    demand(answer["statusCode"] == 200 and pages, f"the list was refused: {answer}")
    page = pages[0].model_copy(update={"items": pages[0].items[:ROWS]})
    demand(len(page.items) == ROWS, f"the page has {len(page.items)} rows")
    return page


def compare_pages(ours: Handler, rounds: int, calls: int) -> dict[str, list[float]]:
    """Give microseconds of a page of a hundred rows, a median for each round."""
    from tests.bench import stock  # noqa: PLC0415 -- after the environment is set

    page = real_page(ours)
    stock.page[:] = [page]
    written = page.model_dump_json(exclude_none=True)
    event = list_event(0)

    def median(call: Callable[[], object]) -> float:
        took = []
        for _ in range(calls):
            began = time.perf_counter_ns()
            call()
            took.append((time.perf_counter_ns() - began) / 1000)
        return percentile(took, 0.5)

    def listed(*_: object, caller: Caller) -> TicketList:
        caller.scope(READ_TICKETS)
        return page

    with replaced(LISTING, listed):
        for name, handler in ((OURS, ours), (STOCK, stock.handler)):
            answer = handler(event, Context())
            demand(answer["statusCode"] == 200, f"{name}: {answer}")
            found = json.loads(answer["body"])["items"]
            demand(len(found) == ROWS, f"{name} answered with {len(found)} rows")
        demand(
            json.loads(ours(event, Context())["body"]) == json.loads(written), "the page is not what pydantic writes"
        )
        scenarios: dict[str, Callable[[], float]] = {
            PYDANTIC: lambda: median(lambda: page.model_dump_json(exclude_none=True)),
            OURS: lambda: median(lambda: ours(event, Context())),
            STOCK: lambda: median(lambda: stock.handler(event, Context())),
        }
        return shuffled_rounds(scenarios, rounds)


def section(samples: Mapping[str, list[float]], against: str, goal: float) -> tuple[str, str, str]:
    """Write a table of medians and ratios, and whether ours meets its goal."""
    compared = ratios(samples, against)
    rows = [[name, summarize(values).text(), compared[name].text(2)] for name, values in samples.items()]
    found = compared[OURS].median
    verdict = f"Goal: at most {goal}. **{'Met' if found <= goal else 'Missed'}** with {found:.2f}."
    return table(["side", "p50 µs (quartiles of rounds)", "ratio"], rows), verdict, f"{found:.2f}"


def report(frames: Mapping[str, list[float]], pages: Mapping[str, list[float]], calls: int, before: Machine) -> str:
    """Write the section of the benchmarks page."""
    rounds = len(frames[OURS])
    frame_table, frame_verdict, _ = section(frames, STOCK, GOAL_FRAME)
    page_table, page_verdict, _ = section(pages, PYDANTIC, GOAL_PAGE)
    text = [
        "## A warm request, beside stock Powertools (P2)",
        before.text(),
        (
            f"**The frame around an action**, {rounds} shuffled rounds of {calls} calls, the same events of "
            "`POST /v1/tickets`: parse, check the caller's right, validate, one log line, one metric, answer. Ours "
            "is the real door of intake with its real models, language and idempotency key; the action behind the "
            "route is replaced by one that only answers. Stock Powertools is its `APIGatewayHttpResolver` with "
            "`enable_validation=True`, Logger, Metrics, and a middleware that checks the groups of the token. Ours "
            "writes the metric in the log line, stock Powertools in a line of its own. Both refused a bad ticket, "
            "somebody who is not signed in, and somebody without the right before the run."
        ),
        frame_table,
        frame_verdict,
        (
            f"**A page of {ROWS} rows**, {rounds} shuffled rounds of {min(calls, PAGES)} calls of `GET /v1/tickets`, "
            "whole requests, the rows at hand, beside pydantic writing the same page and nothing else."
        ),
        page_table,
        page_verdict,
    ]
    return "\n\n".join(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(description="Measure a warm request beside its action.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--publish", action="store_true", help="write the section of docs/benchmarks.md")
    options = parser.parse_args(arguments)
    before = machine()
    sys.stderr.write(before.text() + "\n")
    with at_work() as (_, sink, ours):
        pages = compare_pages(ours, options.rounds, min(options.calls, PAGES))
        frames = compare_frames(ours, sink, options.rounds, options.calls)
    text = report(frames, pages, options.calls, before)
    sys.stdout.write(text + "\n")
    save("warm", before, {"frame_us": frames, "page_us": pages})
    if options.publish:
        publish("warm", text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
