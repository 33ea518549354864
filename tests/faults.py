"""Faults between our code and DynamoDB, put into a boto3 client through the SDK's own event hooks.

Works on any engine, moto in this process included. Two layers:

* What the **SDK** meets: `RESET` (the connection breaks before the request arrives) and `REPLY_LOST` (the store has
  committed, the reply never comes). The SDK sends the same request again, with the same ClientRequestToken.
* What **our code** meets, after the SDK has given up: `THROTTLED`, `CONFLICT`, `SERVER_ERROR`, `UNREACHABLE`,
  `TIMED_OUT` (committed, and nobody knows), `UNPROCESSED` (a batch that was not written), and the function's own death
  before or after the store has committed: `CRASH_BEFORE`, `CRASH_AFTER`.
"""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class Fault(StrEnum):
    """What goes wrong with a call."""

    RESET = "reset"
    REPLY_LOST = "reply lost"
    THROTTLED = "throttled"
    CONFLICT = "conflict"
    SERVER_ERROR = "server error"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed out"
    UNPROCESSED = "unprocessed"
    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"


class Crash(BaseException):
    """The function dies here. No `except Exception` survives it, as none survives a killed process."""


class FaultNotStruckError(Exception):
    """A planned fault never happened: the test that planned it has shown nothing."""


@dataclass(frozen=True)
class Strike:
    """`fault` strikes the `at`-th call (from 1) and the `times - 1` after it; of one `operation` only, when named."""

    fault: Fault
    at: int = 1
    operation: str | None = None
    times: int = 1

    def __post_init__(self) -> None:
        """Refuse a strike that can never come. Raises ValueError."""
        if self.at < 1 or self.times < 1:
            message = f"calls are counted from 1: {self}"
            raise ValueError(message)


@dataclass
class Log:
    """What happened: every call's operation in order, and each fault that struck with the number of its call."""

    calls: list[str] = field(default_factory=list)
    struck: list[tuple[int, str, Fault]] = field(default_factory=list)


@contextlib.contextmanager
def inject(client: "DynamoDBClient", *strikes: Strike) -> Iterator[Log]:
    """Let `strikes` hit the calls that `client` makes while the block runs.

    A call meets at most one fault: the first strike that fits. Raises FaultNotStruckError at the end of a block that
    ended well though a strike never happened.
    """
    injector = _Injector(strikes)
    hooks: dict[str, Callable[..., Any]] = {
        "before-call.dynamodb": injector.before_call,
        "before-send.dynamodb": injector.before_send,
        "needs-retry.dynamodb": injector.needs_retry,
        "after-call.dynamodb": injector.after_call,
    }
    for event, hook in hooks.items():
        client.meta.events.register_first(event, hook)
    try:
        yield injector.log
    finally:
        for event, hook in hooks.items():
            client.meta.events.unregister(event, hook)
    injector.assert_struck()


def count_calls(client: "DynamoDBClient", work: Callable[[], object]) -> int:
    """Run `work()` and say how many calls it made: the points at which it can die."""
    with inject(client) as log:
        work()
    return len(log.calls)


def crash_points(calls: int) -> list[Strike]:
    """A strike for each moment at which work of so many calls can die: before and after each of them."""
    return [Strike(fault, at) for at in range(1, calls + 1) for fault in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER)]


def dealt(strikes: list[Strike], share: int, shares: int) -> list[Strike]:
    """One of so many equal shares of the strikes: long tests are split, and run side by side, without losing any.

    Raises FaultNotStruckError for an empty share.
    """
    hand = strikes[share::shares]
    if not hand:
        message = f"{len(strikes)} strikes are too few for {shares} shares"
        raise FaultNotStruckError(message)
    return hand


@dataclass(frozen=True)
class _Answer:
    """As much of an HTTP answer as the SDK looks at."""

    status_code: int


class _Injector:
    def __init__(self, strikes: tuple[Strike, ...]) -> None:
        self.log = Log()
        self._strikes = strikes
        self._seen = [0] * len(strikes)
        self._hits = [0] * len(strikes)
        self._lock = threading.Lock()
        self._local = threading.local()

    def assert_struck(self) -> None:
        """Raise FaultNotStruckError for the strikes that did not come, or not as often as planned."""
        missing = [str(strike) for strike, hits in zip(self._strikes, self._hits, strict=True) if hits < strike.times]
        if missing:
            message = f"never struck in {len(self.log.calls)} calls: {'; '.join(missing)}"
            raise FaultNotStruckError(message)

    def _draw(self, operation: str) -> Fault | None:
        """Count a call, and say what strikes it."""
        with self._lock:
            self.log.calls.append(operation)
            drawn: Fault | None = None
            for place, strike in enumerate(self._strikes):
                if strike.operation not in {None, operation}:
                    continue
                self._seen[place] += 1
                if drawn is None and strike.at <= self._seen[place] < strike.at + strike.times:
                    self._hits[place] += 1
                    drawn = strike.fault
                    self.log.struck.append((len(self.log.calls), operation, drawn))
            return drawn

    def before_call(self, model: Any, params: dict[str, Any], **_: object) -> tuple[_Answer, dict[str, Any]] | None:
        """Decide the call's fate; answer in the store's place, or die, where the fault says so."""
        fault = self._local.fault = self._draw(model.name)
        if fault is Fault.CRASH_BEFORE:
            message = f"before {model.name}, call {len(self.log.calls)}"
            raise Crash(message)
        if fault is Fault.UNREACHABLE:
            raise EndpointConnectionError(endpoint_url=params["url"])
        if fault in {Fault.THROTTLED, Fault.CONFLICT, Fault.SERVER_ERROR, Fault.UNPROCESSED}:
            return _answer(fault, model.name, json.loads(params["body"]))
        return None

    def before_send(self, request: Any, **_: object) -> None:
        """Break the connection once."""
        if self._local.fault is Fault.RESET:
            self._local.fault = None
            raise ConnectionClosedError(endpoint_url=request.url)

    def needs_retry(self, **_: object) -> float | None:
        """Throw the reply away once: 0 seconds until the SDK sends the request again."""
        if self._local.fault is Fault.REPLY_LOST:
            self._local.fault = None
            return 0.0
        return None

    def after_call(self, model: Any, **_: object) -> None:
        """Lose the outcome of what is committed, or die with it."""
        fault, self._local.fault = self._local.fault, None
        if fault is Fault.CRASH_AFTER:
            message = f"after {model.name}, call {len(self.log.calls)}"
            raise Crash(message)
        if fault is Fault.TIMED_OUT:
            raise ReadTimeoutError(endpoint_url="dynamodb")


def _answer(fault: Fault, operation: str, body: dict[str, Any]) -> tuple[_Answer, dict[str, Any]]:
    if fault is Fault.UNPROCESSED:
        return _unprocessed(operation, body)
    if operation == "TransactWriteItems" and fault is not Fault.SERVER_ERROR:
        return _cancelled({Fault.THROTTLED: "ThrottlingError", Fault.CONFLICT: "TransactionConflict"}[fault], body)
    code, status = {
        Fault.THROTTLED: ("ThrottlingException", HTTPStatus.BAD_REQUEST),
        Fault.CONFLICT: ("TransactionConflictException", HTTPStatus.BAD_REQUEST),
        Fault.SERVER_ERROR: ("InternalServerError", HTTPStatus.INTERNAL_SERVER_ERROR),
    }[fault]
    return _Answer(status), {"Error": {"Code": code, "Message": f"injected: {fault}"}, **_metadata(status)}


def _cancelled(reason: str, body: dict[str, Any]) -> tuple[_Answer, dict[str, Any]]:
    """A transaction cancelled for its first item, with a reason for each, as DynamoDB words it."""
    codes = [reason] + ["None"] * (len(body["TransactItems"]) - 1)
    text = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{', '.join(codes)}]"
    reasons = [{"Code": code} if code == "None" else {"Code": code, "Message": "injected"} for code in codes]
    status = HTTPStatus.BAD_REQUEST
    error = {"Code": "TransactionCanceledException", "Message": text}
    return _Answer(status), {"Error": error, "Message": text, "CancellationReasons": reasons, **_metadata(status)}


def _unprocessed(operation: str, body: dict[str, Any]) -> tuple[_Answer, dict[str, Any]]:
    left = {"BatchWriteItem": "UnprocessedItems", "BatchGetItem": "UnprocessedKeys"}[operation]
    none: dict[str, Any] = {"Responses": {table: [] for table in body["RequestItems"]}}
    read = none if operation == "BatchGetItem" else {}
    return _Answer(HTTPStatus.OK), {left: body["RequestItems"], **read, **_metadata(HTTPStatus.OK)}


def _metadata(status: HTTPStatus) -> dict[str, Any]:
    return {"ResponseMetadata": {"HTTPStatusCode": int(status), "HTTPHeaders": {}, "RetryAttempts": 0}}
