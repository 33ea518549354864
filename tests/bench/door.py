"""What benches of warm requests share: events, a door's environment, a store that costs nothing, a sink for logs."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

from tests.bench.measure import ROOT, demand

TABLES = {"DESK_TABLE": "desk", "JOURNAL_TABLE": "journal"}

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
    return event("POST", number) | {"body": ticket_body(number)}


def list_event(number: int) -> Event:
    """Make the event of `GET /v1/tickets` for the first hundred tickets of a team."""
    wanted = {"rawQueryString": "team=service&limit=100", "queryStringParameters": {"team": "service", "limit": "100"}}
    return event("GET", number) | wanted


def event(method: str, number: int) -> Event:
    """Make an event of a signed-in agent for the tickets, without query and body."""
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
                "method": method,
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
    """Ask the stub for its calls."""
    asked = urllib.request.Request(address, b"{}", {"X-Amz-Target": "Stub.Counts"})  # noqa: S310 -- http to 127.0.0.1
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 -- http to 127.0.0.1
        found: dict[str, Any] = json.load(answer)
        return found


def prepare(address: str) -> None:
    """Put into the store what filing a ticket reads: the agent who is signed in, a team, a type, a policy."""
    from tingjian.intake.types.models import TicketType  # noqa: PLC0415
    from tingjian.intake.types.storage import type_write  # noqa: PLC0415
    from tingjian.people.staff.models import Staff, Team  # noqa: PLC0415 -- after the environment is set
    from tingjian.people.staff.storage import staff_write, team_write  # noqa: PLC0415
    from tingjian.platform import resources  # noqa: PLC0415
    from tingjian.sla.policies.models import Policy, Target  # noqa: PLC0415
    from tingjian.sla.policies.storage import policy_writes  # noqa: PLC0415

    labels = {"zh-CN": "Feedback", "zh-TW": "Feedback", "en": "Feedback"}
    targets = (Target(clock="first_response", minutes=60), Target(clock="resolution", minutes=4320))
    writes = [
        staff_write(
            Staff(id="agent-1", version=1, name="Agent", roles=("agent",), teams=("service",), subject="agent-1")
        ),
        team_write(Team(id="service", version=1, name="Service")),
        type_write(TicketType(key="feedback", version=1, labels=labels, team="service")),
        *policy_writes(Policy(id="standard", version=1, name="Standard", targets=targets)),
    ]
    resources.store().transact(writes)
    demand(len(counts(address)["newest"][-1][1]["TransactItems"]) == len(writes), "the store was not prepared")


@contextmanager
def at_work() -> Iterator[tuple[str, Sink, Handler]]:
    """Give the stub's address, the sink and the door of intake, with everything there that filing a ticket reads."""
    warnings.filterwarnings("ignore", "No application metrics")  # A refused ticket counts nothing.
    sink = Sink()
    with stub_store() as address:
        os.environ.update(environment(address))
        with redirect_stdout(sink):
            prepare(address)
            yield address, sink, importlib.import_module("functions.intake.api").handler


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
