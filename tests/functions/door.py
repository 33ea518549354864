"""Knocks at an HTTP door as API Gateway does, in this process."""

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter

from tests.builders import DESK, JOURNAL
from tests.process import forget_process
from tingjian.platform import resources
from tingjian.platform.rights import Caller

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BUCKET, LAKE = "files", "lake"
ADDRESS = "203.0.113.7"
"""Where requests come from."""
EDGE = "the mark of the distribution"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def said(self) -> tuple[int, str]:
        """What a repeat must say again."""
        return self.status, self.text


@dataclass(frozen=True)
class Knocker:
    """Calls a door's handler; `caller` is signed in, None is a customer."""

    handler: Any

    @property
    def dynamodb(self) -> "DynamoDBClient":
        """The client that the door works with, to put faults into."""
        return resources.dynamodb()

    def post(
        self, path: str, body: object = None, *, key: str | None = None, caller: Caller | None = None, **headers: str
    ) -> Answer:
        sent = {"idempotency-key": key} if key is not None else {}
        return self.knock("POST", path, body, caller=caller, headers=sent | _named(headers))

    def get(self, path: str, *, caller: Caller | None = None, **headers: str) -> Answer:
        return self.knock("GET", path, None, caller=caller, headers=_named(headers))

    def send(self, method: str, path: str, body: object, *, caller: Caller | None = None, **headers: str) -> Answer:
        return self.knock(method, path, body, caller=caller, headers=_named(headers))

    def knock(self, method: str, path: str, body: object, *, caller: Caller | None, headers: dict[str, str]) -> Answer:
        """What the door answers. A PUT is of a thing that is not there yet, unless `if-match` says another version."""
        if method == "PUT":
            headers = {"if-match": '"0"'} | headers
        headers = {name: value for name, value in headers.items() if value or name != "if-match"}
        event = request_event(method, path, body, caller=caller, headers=headers)
        with another_process():
            answered = self.handler(event, None)
        return Answer(answered["statusCode"], answered["body"], answered["headers"])

    def knock_raw(
        self,
        method: str,
        path: str,
        query: dict[str, str],
        body: str | None,
        *,
        caller: Caller | None,
        headers: dict[str, str],
    ) -> Answer:
        """What the door answers to a path, a query string that was read and a body as it is."""
        event = request_event(method, path, body, caller=caller, headers=headers)
        event |= {"rawPath": path, "queryStringParameters": query}
        with another_process():
            answered = self.handler(event, None)
        return Answer(answered["statusCode"], answered["body"], answered["headers"])


def request_event(
    method: str, path: str, body: object, *, caller: Caller | None, headers: dict[str, str]
) -> dict[str, Any]:
    """A request as API Gateway hands it to a door; it has checked the caller's token."""
    event: dict[str, Any] = {
        "rawPath": path.partition("?")[0],
        "queryStringParameters": dict(part.split("=") for part in path.partition("?")[2].split("&") if part),
        "headers": headers,
        "requestContext": {
            "http": {"method": method, "path": path.partition("?")[0], "sourceIp": ADDRESS},
            "requestId": "test",
            "stage": "$default",
        },
    }
    if body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    if caller is not None:
        claims = {"sub": f"sub-{caller.id}", "cognito:groups": f"[{' '.join(sorted(caller.roles))}]"}
        event["requestContext"]["authorizer"] = {"jwt": {"claims": claims}}
    return event


@contextmanager
def opened(wing: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Knocker]:
    """The HTTP door of a wing in this test's AWS, with everything that a process keeps made anew."""
    secret = boto3.client("secretsmanager").create_secret(Name="signing", SecretString="s" * 64)
    s3, sqs = boto3.client("s3"), boto3.client("sqs")
    for bucket in (BUCKET, LAKE):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    for name, value in {
        "DESK_TABLE": DESK,
        "JOURNAL_TABLE": JOURNAL,
        "FILES_BUCKET": BUCKET,
        "LAKE_BUCKET": LAKE,
        "SIGNING_SECRET_ID": secret["ARN"],
        "PUBLIC_ORIGIN": "https://desk.example",
        "EDGE_MARK": EDGE,
        "CENTRE_TIME_ZONE": "Asia/Shanghai",
        "IMPORT_QUEUE_URL": sqs.create_queue(QueueName="imports")["QueueUrl"],
        "REPORT_QUEUE_URL": sqs.create_queue(QueueName="reports")["QueueUrl"],
    }.items():
        monkeypatch.setenv(name, value)
    forget_process()
    yield Knocker(importlib.import_module(f"functions.{wing}.api").handler)
    forget_process()


@contextmanager
def another_process() -> Iterator[None]:
    """Keep what a resolver knows of the request it is at, so that another one can come meanwhile."""
    modules = [
        module for name, module in list(sys.modules.items()) if name.endswith(".routes") and hasattr(module, "app")
    ]
    contexts = [(module.app, dict(module.app.context)) for module in modules]
    event = vars(BaseRouter).get("current_event")
    yield
    if event is not None:
        BaseRouter.current_event = event
    for app, context in contexts:
        app.context.clear()
        app.context.update(context)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
