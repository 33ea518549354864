"""P3: the processor time of filing a ticket beyond what its calls to the store cost by themselves.

    python -m tests.bench.create [--publish]

Three sides send the same things to a stub in another process, whose work is not counted: the door of intake files a
ticket; the client of the door sends the calls of such a filing and does nothing else; a client of boto3 without
configuration sends the one transaction. What is our own is the first less the second, as a share of the third.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore import xform_name

from tests.bench.door import Context, Event, Handler, at_work, counts, ticket_body, ticket_event
from tests.bench.measure import (
    Machine,
    Summary,
    demand,
    machine,
    publish,
    save,
    shuffled_rounds,
    summarize,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CALLS = 2000
ROUNDS = 7
GOAL = 0.5
WRITE = "TransactWriteItems"

BARE = "bare boto3, the transaction"
CALLED = "the door's client, its calls"
FILED = "the door, filing a ticket"


@dataclass
class Create:
    """Filing a ticket, its calls alone, and its transaction alone."""

    address: str
    handler: Handler
    event: Callable[[], Event]
    calls: list[tuple[str, dict[str, Any]]]

    @classmethod
    def of(cls, address: str, handler: Handler, event: Callable[[], Event]) -> Create:
        """File two tickets, so that everything is warm and the customer known, and keep the calls of a third."""
        made = cls(address, handler, event, [])
        for _ in range(2):
            made.file()
        before = counts(address)["calls"]
        made.file()
        found = counts(address)
        number = sum(found["calls"].values()) - sum(before.values())
        made.calls = [(operation, without_token(request)) for operation, request in found["newest"][-number:]]
        demand([name for name, _ in made.calls].count(WRITE) == 1, f"filing a ticket called {made.calls}")
        return made

    def file(self) -> None:
        """File a ticket."""
        answer = self.handler(self.event(), Context())
        demand(answer["statusCode"] == 201, f"a ticket was refused: {answer}")

    def sides(self, times: int) -> dict[str, Callable[[], float]]:
        """Give the three scenarios of that many calls a round."""
        import boto3  # noqa: PLC0415 -- after the environment is set

        from tingjian.platform import resources  # noqa: PLC0415

        [transaction] = [call for call in self.calls if call[0] == WRITE]
        write = sender(boto3.client("dynamodb"), [transaction])
        call = sender(resources.dynamodb(), self.calls)
        return {
            BARE: lambda: self.measured(write, times),
            CALLED: lambda: self.measured(call, times),
            FILED: lambda: self.measured(self.file, times),
        }

    def measured(self, call: Callable[[], None], times: int) -> float:
        """Give microseconds of this process per call, after showing that each call wrote once."""
        before = counts(self.address)["calls"][WRITE]
        began = time.process_time_ns()
        for _ in range(times):
            call()
        took = (time.process_time_ns() - began) / 1000 / times
        demand(counts(self.address)["calls"][WRITE] - before == times, "not every call wrote once")
        return took


def without_token(request: dict[str, Any]) -> dict[str, Any]:
    """Leave out the token of a transaction: a client makes one for each."""
    return {name: value for name, value in request.items() if name != "ClientRequestToken"}


def sender(client: Any, calls: Sequence[tuple[str, dict[str, Any]]]) -> Callable[[], None]:
    """Give a function that sends the calls."""
    bound = [(getattr(client, xform_name(operation)), request) for operation, request in calls]

    def send() -> None:
        for operation, request in bound:
            operation(**request)

    return send


def compare(
    address: str, handler: Handler, rounds: int, times: int
) -> dict[str, tuple[Create, dict[str, list[float]]]]:
    """Give microseconds of processor time a ticket, a mean for each round, of somebody new and of somebody known."""
    somebody = iter(range(1, 10_000_000))
    events: dict[str, Callable[[], Event]] = {
        "somebody new": lambda: ticket_event(next(somebody)),
        "somebody known": lambda: ticket_event(next(somebody)) | {"body": ticket_body(0)},
    }
    creates = {name: Create.of(address, handler, event) for name, event in events.items()}
    return {name: (create, shuffled_rounds(create.sides(times), rounds)) for name, create in creates.items()}


def own_share(samples: Mapping[str, list[float]]) -> Summary:
    """Summarize, over the rounds, what is our own as a share of the bare transaction."""
    return summarize(
        [
            (filed - called) / bare
            for filed, called, bare in zip(samples[FILED], samples[CALLED], samples[BARE], strict=True)
        ]
    )


def report(found: Mapping[str, tuple[Create, dict[str, list[float]]]], times: int, before: Machine) -> str:
    """Write the section of the benchmarks page."""
    text = [
        "## Filing a ticket beyond its calls, beside bare boto3 (P3)",
        before.text(),
        (
            f"Processor time of this process, shuffled rounds of {times} each; the store is a stub in another process. "
            "*Own* is what filing takes beyond the same calls sent by the same client and nothing else, as a share of "
            "one transaction of the same items sent by a client of boto3 without configuration."
        ),
    ]
    for name, (create, samples) in found.items():
        bare = summarize(samples[BARE]).median
        rows = [
            [side, summarize(values).text(), f"{summarize(values).median / bare:.2f}"]
            for side, values in samples.items()
        ]
        own = own_share(samples)
        operations = ", ".join(operation for operation, _ in create.calls)
        text += [
            f"**For {name}** ({operations}):",
            table(["side", "CPU µs (quartiles of rounds)", "of the bare transaction"], rows),
            (f"Goal: own at most {GOAL}. **{'Met' if own.median <= GOAL else 'Missed'}** with {own.text(2)}."),
        ]
    return "\n\n".join(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(description="Measure filing a ticket beyond its calls.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--calls", type=int, default=CALLS, help="for each side, over all rounds")
    parser.add_argument("--publish", action="store_true", help="write the section of docs/benchmarks.md")
    options = parser.parse_args(arguments)
    before = machine()
    sys.stderr.write(before.text() + "\n")
    times = max(1, options.calls // options.rounds)
    with at_work() as (address, _, handler):
        found = compare(address, handler, options.rounds, times)
    text = report(found, times, before)
    sys.stdout.write(text + "\n")
    save("create", before, {name: samples for name, (_, samples) in found.items()})
    if options.publish:
        publish("create", text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
