"""The stream door: a message for each listener, each record for itself."""

from typing import Any

import pytest

from functions.survey import stream
from functions.survey.assembled import LISTENERS
from tests.functions.survey.conftest import make_scene
from tests.functions.survey.listening import ListenerQueue
from tests.functions.survey.scene import Scene
from tingjian.platform import resources
from tingjian.platform.events import Event, event_item
from tingjian.platform.store import Store, to_wire

ISSUE = "tingjian.survey.surveys.listeners:issue"


def record(event: Event, sequence: str, **change: Any) -> dict[str, Any]:
    image = to_wire(event_item(event) | change)
    return {
        "eventID": sequence,
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "dynamodb": {"NewImage": image, "SequenceNumber": sequence, "StreamViewType": "NEW_IMAGE"},
    }


def message(event: Event, listener: str = ISSUE) -> dict[str, Any]:
    return {"listener": listener, "entity": event.entity, "version": event.version}


@pytest.fixture(autouse=True)
def _one_listener(monkeypatch: pytest.MonkeyPatch) -> None:
    """Surveys alone hear of resolutions, so that a record is a message."""
    monkeypatch.setitem(LISTENERS, "TicketResolved", (ISSUE,))


@pytest.fixture
def resolution(scene: Scene) -> Event:
    return scene.resolutions()[0]


@pytest.fixture
def calls(queue: ListenerQueue) -> list[str]:  # noqa: ARG001 - the client is this test's own
    """The operations that the door calls of SQS, as they come."""
    made: list[str] = []
    resources.sqs().meta.events.register("before-call.sqs", lambda model, **_: made.append(model.name))
    return made


def test_batch_queues_a_message_for_each_resolution(centre: Store, queue: ListenerQueue) -> None:
    events = [make_scene(centre, phone=f"1381234567{n}").resolutions()[0] for n in range(3)]

    answer = stream.handler({"Records": [record(event, str(n)) for n, event in enumerate(events)]}, None)

    assert answer == {"batchItemFailures": []}
    assert sorted(queue.waiting(), key=str) == sorted(map(message, events), key=str)


def test_messages_of_many_records_go_ten_a_call(resolution: Event, queue: ListenerQueue, calls: list[str]) -> None:
    answer = stream.handler({"Records": [record(resolution, str(n)) for n in range(25)]}, None)

    assert answer == {"batchItemFailures": []}
    assert calls == ["SendMessageBatch"] * 3
    assert len(queue.waiting()) == 25


def test_record_that_is_no_event_is_named_and_the_others_go_on(resolution: Event, queue: ListenerQueue) -> None:
    records = [record(resolution, f"10{n}") for n in range(3)]
    records[1]["dynamodb"]["NewImage"].pop("at")
    records[2]["dynamodb"]["NewImage"]["sk"] = {"S": "never"}

    answer = stream.handler({"Records": records}, None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "101"}, {"itemIdentifier": "102"}]}
    assert queue.waiting() == [message(resolution)]


def test_record_whose_message_the_queue_refused_comes_again(resolution: Event, queue: ListenerQueue) -> None:
    def refuse(parsed: dict[str, Any], **_: object) -> None:
        parsed["Failed"] = [{"Id": "1", "SenderFault": False, "Code": "InternalError"}]

    resources.sqs().meta.events.register("after-call.sqs.SendMessageBatch", refuse)

    answer = stream.handler({"Records": [record(resolution, f"10{n}") for n in range(3)]}, None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "101"}]}
    assert not queue.is_empty()


def test_events_that_nobody_hears_cost_no_call(scene: Scene, resolution: Event, calls: list[str]) -> None:
    others = [record(event, str(event.version)) for event in scene.events() if event.name not in LISTENERS]
    changed = record(resolution, "8") | {"eventName": "MODIFY"}

    answer = stream.handler({"Records": [*others, changed, record(resolution, "9", imported=True)]}, None)

    assert (answer, calls) == ({"batchItemFailures": []}, [])


def test_imported_history_is_for_those_alone_who_want_it(
    resolution: Event, queue: ListenerQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LISTENERS", {"TicketResolved": (ISSUE, "archive:keep")})
    monkeypatch.setattr(stream, "IMPORTED", frozenset({"archive:keep"}))

    stream.handler({"Records": [record(resolution, "1", imported=True)]}, None)

    assert queue.waiting() == [message(resolution, "archive:keep")]


def test_messages_of_a_listener_are_a_group_that_sqs_serves_fairly(resolution: Event, queue: ListenerQueue) -> None:
    stream.handler({"Records": [record(resolution, "1")]}, None)

    (received,) = queue.sqs.receive_message(QueueUrl=queue.url, MessageSystemAttributeNames=["All"])["Messages"]

    assert received["Attributes"]["MessageGroupId"] == ISSUE
