"""P2 and P3: what a request costs a warm function, beside stock Powertools and beside one bare boto3 transaction.

    python -m tests.bench.warm [--publish]

P2 is the frame around an action: parse, authorize, validate, one log line, one metric, answer. Both sides get the same
event. P3 is the processor time of filing a ticket, the calls to the store included, against the one transaction that it
ends in, sent by boto3 alone with the same items. The store is a stub in another process, so its work is not counted.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import time
import urllib.request
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.bench.measure import (
    ROOT,
    Machine,
    Summary,
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

CALLS = 2000
ROUNDS = 7
GOAL_WARM = 0.5
GOAL_CREATE = 1.25
DOOR = ROOT / "functions" / "intake" / "api.py"
LAYER = ROOT / "layers" / "tingjian"
TABLES = {"DESK_TABLE": "desk", "JOURNAL_TABLE": "journal"}

BARE = "bare boto3"
STOCK = "stock Powertools"
OURS = "Tingjian"

Event = dict[str, Any]
Handler = Callable[[Event, object], dict[str, Any]]


class Context:
    """The part of Lambda's context that Powertools reads."""

    function_name = "bench"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:eu-central-1:000000000000:function:bench"
    aws_request_id = "00000000-0000-0000-0000-000000000000"


class Sink:
    """Standard output that costs next to nothing: it counts lines, and keeps them only when asked to."""

    def __init__(self) -> None:
        """Start with nothing written."""
        self.lines = 0
        self.kept: list[str] | None = None

    def write(self, text: str) -> int:
        """Count, and keep if wanted."""
        self.lines += text.count("\n")
        if self.kept is not None:
            self.kept.append(text)
        return len(text)

    def flush(self) -> None:
        """Do nothing."""

    @contextmanager
    def keeping(self) -> Iterator[list[str]]:
        """Keep what is written meanwhile."""
        self.kept = []
        yield self.kept
        self.kept = None


def ticket_body(number: int) -> str:
    """Write a ticket of about half a kilobyte."""
    text = "The parcel was promised for Monday and has not arrived. Nobody answers the phone. "
    contact = {"name": "Customer", "phone": f"+86138{number:08d}", "email": f"customer{number}@example.com"}
    ticket = {"type": "feedback", "subject": f"Late parcel {number}", "text": text * 3, "channel": "phone"}
    return json.dumps({**ticket, "contact": contact, "order_number": f"SO{number:08d}"})


def ticket_event(number: int) -> Event:
    """Make the event of API Gateway's HTTP API (payload 2.0) for `POST /v1/tickets` of a signed-in agent."""
    return {
        "version": "2.0",
        "routeKey": "ANY /v1/tickets",
        "rawPath": "/v1/tickets",
        "rawQueryString": "",
        "headers": {
            "content-type": "application/json",
            "accept-language": "zh-CN",
            "host": "api.example.com",
            "idempotency-key": f"bench-{number}",
        },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "bench",
            "authorizer": {"jwt": {"claims": {"sub": "agent-1", "cognito:groups": "[agent lead]"}, "scopes": None}},
            "domainName": "api.example.com",
            "http": {
                "method": "POST",
                "path": "/v1/tickets",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "bench",
            },
            "requestId": f"request-{number}",
            "routeKey": "ANY /v1/tickets",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1767225600000,
        },
        "body": ticket_body(number),
        "isBase64Encoded": False,
    }


@contextmanager
def stub_store() -> Iterator[str]:
    """Run the stub store and give its address."""
    command = [sys.executable, "-m", "tests.bench.stub_store"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            demand(server.stdout, "the stub store has no output")
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"  # type: ignore[union-attr]  # demanded
        finally:
            server.terminate()


def counts(address: str) -> dict[str, Any]:
    """Ask the stub for its calls and the last transaction."""
    asked = urllib.request.Request(address, b"{}", {"X-Amz-Target": "Stub.Counts"})  # noqa: S310 -- http to 127.0.0.1
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 -- http to 127.0.0.1
        found: dict[str, Any] = json.load(answer)
        return found


def prepare(address: str) -> None:
    """Put into the store what filing a ticket reads: the agent who is signed in, a team, a type, a policy."""
    from tingjian.intake.types.models import TicketType  # noqa: PLC0415
    from tingjian.intake.types.storage import write_of  # noqa: PLC0415
    from tingjian.people.staff.models import Staff, Team  # noqa: PLC0415 -- after the environment is set
    from tingjian.people.staff.storage import staff_write, team_write  # noqa: PLC0415
    from tingjian.platform import resources  # noqa: PLC0415
    from tingjian.sla.policies.models import Policy, Target  # noqa: PLC0415
    from tingjian.sla.policies.storage import writes_of  # noqa: PLC0415

    labels = {"zh-CN": "Feedback", "zh-TW": "Feedback", "en": "Feedback"}
    targets = (Target(clock="first_response", minutes=60), Target(clock="resolution", minutes=4320))
    writes = [
        staff_write(
            Staff(id="agent-1", version=1, name="Agent", roles=("agent",), teams=("service",), subject="agent-1")
        ),
        team_write(Team(id="service", version=1, name="Service")),
        write_of(TicketType(key="feedback", version=1, labels=labels, team="service")),
        *writes_of(Policy(id="standard", version=1, name="Standard", targets=targets)),
    ]
    resources.store(TABLES["DESK_TABLE"], TABLES["JOURNAL_TABLE"]).transact(writes)
    demand(len(counts(address)["transaction"]) == len(writes), "the store was not prepared")


def our_door() -> Handler | None:
    """Load the real door, or None while the project has none."""
    if not DOOR.exists():
        return None
    found: Handler = importlib.import_module("functions.intake.api").handler
    return found


@dataclass
class Frame:
    """One side of P2."""

    name: str
    handler: Handler
    lines: int
    sink: Sink
    events: Sequence[Event]
    calls: Sequence[Event] = ()

    def check(self) -> None:
        """Show that the side does the work: a good ticket is answered, logged and counted, a bad one refused."""
        with self.sink.keeping() as written:
            answer = self.handler(self.events[0], Context())
        demand(answer["statusCode"] == 200, f"{self.name}: {answer}")
        demand(json.loads(answer["body"])["subject"] == "Late parcel 0", f"{self.name} answered {answer['body']}")
        entries = [json.loads(line) for line in "".join(written).splitlines()]
        demand(len(entries) == self.lines, f"{self.name} wrote {len(entries)} lines")
        demand(any(entry.get("message") == "TicketsOpened" for entry in entries), f"{self.name} did not log")
        metric = [entry for entry in entries if "_aws" in entry and "TicketsOpened" in entry]
        demand(metric, f"{self.name} did not count")
        bad = {**self.events[0], "body": json.dumps({**json.loads(self.events[0]["body"]), "subject": 7, "extra": 1})}
        refused = self.handler(bad, Context())
        demand(refused["statusCode"] == 422, f"{self.name} took a bad ticket: {refused}")

    def sample(self) -> float:
        """Call it once for every event and give the median in microseconds."""
        context, before = Context(), self.sink.lines
        took = []
        for event in self.events:
            began = time.perf_counter_ns()
            answer = self.handler(event, context)
            took.append((time.perf_counter_ns() - began) / 1000)
            demand(answer["statusCode"] == 200, f"{self.name}: {answer}")
        demand(self.sink.lines - before == self.lines * len(self.events), f"{self.name} did not write every line")
        return percentile(took, 0.5)


def compare_frames(sink: Sink, rounds: int, calls: int) -> dict[str, list[float]]:
    """Run P2: microseconds per call, a median for each round."""
    from tests.bench import house, stock  # noqa: PLC0415 -- after the environment is set

    events = [ticket_event(number) for number in range(calls)]
    frames = [
        Frame(STOCK, stock.handler, 2, sink, events),
        Frame(OURS, house.handler, 1, sink, events),
    ]
    for frame in frames:
        frame.check()
    return shuffled_rounds({frame.name: frame.sample for frame in frames}, rounds)


def compare_creates(address: str, rounds: int, calls: int) -> dict[str, dict[str, list[float]]] | None:
    """Run P3: microseconds of processor time per ticket, a mean for each round; None while there is no door.

    A ticket of somebody new also writes the customer; one of somebody known also reads the customer.
    """
    handler = our_door()
    if handler is None:
        return None
    somebody = iter(range(1, 10_000_000))
    of_new = Create(address, handler, lambda: ticket_event(next(somebody)))
    of_known = Create(address, handler, lambda: with_body(ticket_event(next(somebody)), ticket_body(0)))
    return {
        "somebody new": shuffled_rounds(of_new.sides(calls), rounds),
        "somebody known": shuffled_rounds(of_known.sides(calls), rounds),
    }


def with_body(event: Event, body: str) -> Event:
    """Give the event another body."""
    return {**event, "body": body}


class Create:
    """Filing a ticket through the door, and its transaction alone."""

    def __init__(self, address: str, handler: Handler, event: Callable[[], Event]) -> None:
        """File two tickets, so that everything is warm and the customer known; keep the second one's transaction."""
        import boto3  # noqa: PLC0415 -- after the environment is set

        self.address, self.handler, self.event = address, handler, event
        self.client = boto3.client("dynamodb")
        for _ in range(2):
            self.file()
        self.items = counts(address)["transaction"]
        demand(self.items, "filing a ticket made no transaction")

    def file(self) -> None:
        """File a ticket."""
        answer = self.handler(self.event(), Context())
        demand(answer["statusCode"] == 201, f"a ticket was refused: {answer}")

    def write(self) -> None:
        """Send the transaction alone."""
        self.client.transact_write_items(TransactItems=self.items)

    def sides(self, calls: int) -> dict[str, Callable[[], float]]:
        """Give the two scenarios of that many calls a round."""
        return {BARE: lambda: self.measured(self.write, calls), OURS: lambda: self.measured(self.file, calls)}

    def measured(self, call: Callable[[], None], calls: int) -> float:
        """Give microseconds of this process per call, after showing that each call wrote once."""
        before = counts(self.address)["calls"]["TransactWriteItems"]
        began = time.process_time_ns()
        for _ in range(calls):
            call()
        took = (time.process_time_ns() - began) / 1000 / calls
        demand(counts(self.address)["calls"]["TransactWriteItems"] - before == calls, "not every call wrote once")
        return took


def rows_of(samples: dict[str, list[float]], against: str) -> tuple[list[list[str]], Summary]:
    """Make table rows, and give our ratio."""
    compared = ratios(samples, against)
    rows = [[name, summarize(values).text(), compared[name].text(2)] for name, values in samples.items()]
    return rows, compared[OURS]


def verdict(found: float, goal: float) -> str:
    """Say whether a ratio meets its goal."""
    return f"Goal: at most {goal}. **{'Met' if found <= goal else 'Missed'}** with {found:.2f}."


def report(
    frames: dict[str, list[float]], creates: dict[str, dict[str, list[float]]] | None, calls: int, before: Machine
) -> str:
    """Write the section of the benchmarks page."""
    rows, ratio = rows_of(frames, STOCK)
    text = [
        "## A warm request, beside stock Powertools (P2) and bare boto3 (P3)",
        before.text(),
        (
            f"**The frame around an action**, {len(next(iter(frames.values())))} shuffled rounds of {calls} calls, "
            "the same event: parse, validate, one log line, one metric, answer. Ours also checks the caller's right; "
            "it writes the metric in the log line, stock Powertools in a line of its own. The action itself does "
            "nothing on either side."
        ),
        table(["side", "p50 µs (quartiles of rounds)", "ratio"], rows),
        verdict(ratio.median, GOAL_WARM),
    ]
    for name, samples in (creates or {}).items():
        rows, ratio = rows_of(samples, BARE)
        text += [
            (
                f"**Filing a ticket for {name}**, processor time of the whole call with its calls to the store, "
                "against the bare transaction of the same items. The store is a stub in another process."
            ),
            table(["side", "CPU µs per ticket (quartiles of rounds)", "ratio"], rows),
            verdict(ratio.median, GOAL_CREATE),
        ]
    return "\n\n".join(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(description="Measure a warm request.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--frame-only", action="store_true", help="leave P3 out")
    parser.add_argument("--publish", action="store_true", help="write the section of docs/benchmarks.md")
    options = parser.parse_args(arguments)
    before = machine()
    sys.stderr.write(before.text() + "\n")
    if importlib.util.find_spec("tingjian") is None:
        sys.path.insert(0, str(LAYER))
    warnings.filterwarnings("ignore", "No application metrics")  # a refused ticket counts nothing
    sink = Sink()
    with stub_store() as address:
        os.environ.update(environment(address))
        with contextlib.redirect_stdout(sink):
            prepare(address)
            frames = compare_frames(sink, options.rounds, options.calls)
            calls = max(1, options.calls // options.rounds)
            creates = None if options.frame_only else compare_creates(address, options.rounds, calls)
    text = report(frames, creates, options.calls, before)
    sys.stdout.write(text + "\n")
    save("warm", before, {"frame_us": frames, "create_cpu_us": creates})
    if options.publish:
        publish("warm", text)
    return 0


def environment(address: str) -> dict[str, str]:
    """Give the variables of the door, with the stub as AWS."""
    return {
        **TABLES,
        "AWS_ENDPOINT_URL": address,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "Bench",
        "CENTRE_TIME_ZONE": "Asia/Shanghai",
        "FILES_BUCKET": "files",
        "IMPORT_QUEUE_URL": f"{address}/000000000000/imports",
        "REPORT_QUEUE_URL": f"{address}/000000000000/reports",
        "MAIL_SENDER": "service@example.com",
        "SIGNING_SECRET_ID": "bench",
        "PUBLIC_ORIGIN": "https://service.example.com",
    }


if __name__ == "__main__":
    raise SystemExit(main())
