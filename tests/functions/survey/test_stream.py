"""The stream door: each record for itself."""

from typing import Any

import pytest

from functions.survey import stream
from tests.builders import DESK, JOURNAL
from tests.functions.survey.conftest import make_scene
from tests.functions.survey.scene import Scene
from tingjian.platform import resources
from tingjian.platform.events import Event, to_item
from tingjian.platform.store import Store, to_wire


@pytest.fixture(autouse=True)
def door(monkeypatch: pytest.MonkeyPatch, centre: Store) -> None:
    monkeypatch.setenv("DESK_TABLE", DESK)
    monkeypatch.setenv("JOURNAL_TABLE", JOURNAL)
    monkeypatch.setattr(resources, "store", lambda: centre)


def record(event: Event, sequence: str, **change: Any) -> dict[str, Any]:
    image = to_wire(to_item(event) | change)
    return {
        "eventID": sequence,
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "dynamodb": {"NewImage": image, "SequenceNumber": sequence, "StreamViewType": "NEW_IMAGE"},
    }


def test_batch_issues_a_survey_for_each_resolution(centre: Store) -> None:
    scenes = [make_scene(centre, phone=f"1381234567{n}") for n in range(3)]

    answer = stream.handler({"Records": [record(s.resolutions()[0], str(n)) for n, s in enumerate(scenes)]}, None)

    assert answer == {"batchItemFailures": []}
    assert [len(scene.surveys) for scene in scenes] == [1, 1, 1]


def test_poison_record_is_named_and_the_others_go_on(centre: Store) -> None:
    scenes = [make_scene(centre, phone=f"1381234567{n}") for n in range(3)]
    records = [record(scene.resolutions()[0], f"10{n}") for n, scene in enumerate(scenes)]
    records[1]["dynamodb"]["NewImage"].pop("data")
    records.insert(2, record(scenes[0].resolutions()[0], "109", pk="ticket#482739510664"))

    answer = stream.handler({"Records": records}, None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "101"}, {"itemIdentifier": "109"}]}
    assert [len(scene.surveys) for scene in scenes] == [1, 0, 1]


def test_whole_batch_again_changes_nothing(scene: Scene) -> None:
    batch = {"Records": [record(scene.resolutions()[0], "1")]}
    stream.handler(batch, None)
    before = scene.surveys

    stream.handler(batch, None)

    assert scene.surveys == before


def test_imported_and_other_events_are_passed_over(scene: Scene) -> None:
    resolution = scene.resolutions()[0]
    others = [record(event, str(event.version)) for event in scene.events() if event.name != "TicketResolved"]

    answer = stream.handler({"Records": [*others, record(resolution, "9", imported=True)]}, None)

    assert (answer, scene.surveys) == ({"batchItemFailures": []}, [])
