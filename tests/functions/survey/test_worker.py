"""The worker door: one listener hears one event; what fails is that message's own failure."""

import json
from typing import Any

import pytest

from functions.survey import worker
from tests.functions.survey.listening import ListenerQueue
from tests.functions.survey.scene import Scene
from tests.functions.survey.test_stream import message

pytestmark = pytest.mark.usefixtures("queue")


def call(*bodies: str | dict[str, Any]) -> list[str]:
    """Hand messages to the door; the numbers of those that failed."""
    records = [
        {"messageId": str(number), "body": body if isinstance(body, str) else json.dumps(body)}
        for number, body in enumerate(bodies)
    ]
    answer = worker.handler({"Records": records}, None)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_resolution_that_is_heard_issues_a_survey(scene: Scene) -> None:
    failed = call(message(scene.resolutions()[0]))

    assert (failed, len(scene.surveys)) == ([], 1)


def test_message_that_comes_twice_changes_nothing(scene: Scene) -> None:
    call(message(scene.resolutions()[0]))
    before = scene.surveys

    failed = call(message(scene.resolutions()[0]))

    assert (failed, scene.surveys) == ([], before)


def test_message_that_cannot_be_heard_fails_alone(scene: Scene) -> None:
    good = message(scene.resolutions()[0])

    failed = call("no json", {"listener": good["listener"]}, good | {"entity": "ticket#482739510664"}, good)

    assert (failed, len(scene.surveys)) == (["0", "1", "2"], 1)


@pytest.mark.parametrize("listener", ["tingjian.nowhere:nothing", "os:abort", "tests.functions.survey.ears:quick"])
def test_nobody_is_called_who_does_not_listen(scene: Scene, listener: str) -> None:
    failed = call(message(scene.resolutions()[0], listener))

    assert (failed, scene.surveys) == (["0"], [])


def test_failure_is_logged_with_listener_and_event_and_without_words(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    asked = message(scene.resolutions()[0], "tingjian.nowhere:nothing")

    call(asked)

    (logged,) = (vars(line) for line in caplog.records if line.message == "ListenersFailed")
    assert json.loads(logged["message_body"]) == asked
    assert logged["error"].startswith("ListenerNotFoundError listeners.py:")


def test_queue_brings_the_message_and_it_leaves(scene: Scene, queue: ListenerQueue) -> None:
    queue.sqs.send_message(QueueUrl=queue.url, MessageBody=json.dumps(message(scene.resolutions()[0])))

    queue.work_until(queue.is_empty)

    assert (len(scene.surveys), queue.dead_letters()) == (1, [])
