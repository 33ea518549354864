"""Three listeners of one fact, one poisoned and one slow: neither delays the others, and each ends by itself."""

import io
import json
from typing import Any

import pytest

from functions.survey import stream, worker
from infra.cli.deployment import Deployment
from infra.cli.redrive import Streams, redrive_listeners
from tests.functions.survey import ears
from tests.functions.survey.conftest import make_scene
from tests.functions.survey.listening import ListenerQueue
from tests.functions.survey.test_stream import message, record
from tingjian.platform.events import Event
from tingjian.platform.store import Store

QUICK, POISONED, SLOW = (f"tests.functions.survey.ears:{name}" for name in ("quick", "poisoned", "slow"))


class Lambda:
    """AWS Lambda for a redrive: it knows which function the queue feeds, and calls it."""

    def get_paginator(self, _operation: str) -> "Lambda":
        return self

    def paginate(self, **_: object) -> list[dict[str, Any]]:
        return [{"EventSourceMappings": [{"FunctionArn": "arn:aws:lambda:eu-central-1:1:function:worker"}]}]

    def invoke(self, *, Payload: bytes, **_: object) -> dict[str, Any]:  # noqa: N803 - AWS's name
        return {"Payload": io.BytesIO(json.dumps(worker.handler(json.loads(Payload), None)).encode())}


@pytest.fixture(autouse=True)
def listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    ears.forget()
    for door in (stream, worker):
        monkeypatch.setattr(door, "LISTENERS", {"TicketResolved": (POISONED, SLOW, QUICK)})


@pytest.fixture
def events(centre: Store) -> list[Event]:
    """Three resolutions in the Journal."""
    return [make_scene(centre, phone=f"1381234567{n}").resolutions()[0] for n in range(3)]


@pytest.fixture
def streams(queue: ListenerQueue, monkeypatch: pytest.MonkeyPatch) -> Streams:
    monkeypatch.setenv("TINGJIAN_URL", "https://desk.example")
    made = Streams(Deployment({"ListenerQueueUrl": queue.url, "ListenerDeadLetterQueueUrl": queue.dead_letters_url}))
    made.__dict__["_lambda"] = Lambda()  # moto would start a container for it
    return made


def dispatch(events: list[Event]) -> None:
    stream.handler({"Records": [record(event, str(number)) for number, event in enumerate(events)]}, None)


def test_neither_the_poisoned_nor_the_slow_listener_delays_the_quick_one(
    events: list[Event], queue: ListenerQueue
) -> None:
    dispatch(events)

    queue.work_until(lambda: len(ears.heard["quick"]) == 3 and queue.dead() == 3)
    before = dict(ears.heard)
    ears.released.set()
    queue.work_until(queue.is_empty)

    entities = sorted(event.entity for event in events)
    assert {name: sorted(heard) for name, heard in before.items()} == {"quick": entities}
    assert {name: sorted(heard) for name, heard in ears.heard.items()} == {"quick": entities, "slow": entities}


def test_poisoned_listener_leaves_failure_records_of_its_own(events: list[Event], queue: ListenerQueue) -> None:
    ears.released.set()
    dispatch(events)

    queue.work_until(lambda: queue.is_empty() and queue.dead() == 3)

    assert sorted(queue.dead_letters(), key=str) == sorted((message(event, POISONED) for event in events), key=str)


def test_redrive_is_heard_by_the_mended_listener_alone(
    events: list[Event], queue: ListenerQueue, streams: Streams
) -> None:
    ears.released.set()
    dispatch(events)
    queue.work_until(lambda: queue.is_empty() and queue.dead() == 3)
    others = {name: list(ears.heard[name]) for name in ("quick", "slow")}
    ears.mended.set()

    result = redrive_listeners(streams)

    assert (result.taken, result.left, queue.dead()) == (3, [], 0)
    assert ears.heard == others | {"poisoned": ears.heard["poisoned"]}
    assert sorted(ears.heard["poisoned"]) == sorted(event.entity for event in events)


def test_redrive_of_what_is_not_mended_says_so_and_leaves_it(
    events: list[Event], queue: ListenerQueue, streams: Streams
) -> None:
    ears.released.set()
    dispatch(events[:1])
    queue.work_until(lambda: queue.is_empty() and queue.dead() == 1)

    result = redrive_listeners(streams)

    (left,) = result.left
    assert result.taken == 0
    assert json.loads(left.removeprefix("worker: ")) == message(events[0], POISONED)
    assert queue.dead_letters() == [message(events[0], POISONED)]
