"""The lake: filled by the stream, compacted, and right whatever is repeated, reordered, poisoned or killed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.client import BaseClient

from functions.report import stream
from tests.lakes import Story, question
from tingjian.platform import resources
from tingjian.platform.events import Event, event_item
from tingjian.platform.store import to_wire
from tingjian.report.figures.actions import count_figures
from tingjian.report.lake.actions import compact_lake
from tingjian.report.lake.database import open_lake
from tingjian.report.lake.models import PARQUET, RAW
from tingjian.report.lake.storage import Lake, list_manifests, load_manifest, put_manifest

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Killed(BaseException):
    """The function dies here; nothing catches it."""


def story(ticket: str = "100") -> Story:
    return (
        Story(ticket)
        .tell("TicketOpened", 0)
        .tell("TicketAnswered", 30, "open", assignee="chen", first=True)
        .tell("TicketResolved", 90, "resolved")
    )


def batch(events: list[Event], first: int = 1) -> dict[str, Any]:
    records = [
        {"eventName": "INSERT", "dynamodb": {"SequenceNumber": str(number), "NewImage": to_wire(event_item(event))}}
        for number, event in enumerate(events, start=first)
    ]
    return {"Records": records}


def fill(*batches: dict[str, Any]) -> list[dict[str, Any]]:
    return [stream.handler(each, None) for each in batches]


def figures(lake: Lake) -> tuple[int, ...]:
    opened = open_lake(lake)
    with opened.database:
        found = count_figures(opened, question())
    return found.opened, found.answered, found.resolved, found.open_at_end


def keys(doors: SimpleNamespace, prefix: str) -> list[str]:
    listed = doors.s3.list_objects_v2(Bucket=doors.lake.bucket, Prefix=prefix)
    return [entry["Key"] for entry in listed.get("Contents", [])]


@contextmanager
def killed_at(call: int) -> Iterator[list[str]]:
    """Let the function die before its n-th call of S3, counted from 1."""
    client: BaseClient = resources.s3()
    calls: list[str] = []

    def strike(model: Any, **_: object) -> None:
        calls.append(model.name)
        if len(calls) == call:
            raise Killed

    client.meta.events.register_first("before-call.s3", strike)
    try:
        yield calls
    finally:
        client.meta.events.unregister("before-call.s3", strike)


def test_stream_keeps_events_so_that_reports_see_them_at_once(doors: SimpleNamespace) -> None:
    assert fill(batch(story().all)) == [{"batchItemFailures": []}]

    assert figures(doors.lake) == (1, 1, 1, 1)


def test_the_same_batch_again_writes_the_same_object(doors: SimpleNamespace) -> None:
    fill(batch(story().all), batch(story().all))

    assert len(keys(doors, RAW)) == 1


def test_batches_cut_otherwise_and_out_of_order_count_once(doors: SimpleNamespace) -> None:
    events = story().all
    fill(batch(events[1:], 2), batch(events), batch(events[:1]), batch(events[2:], 3))

    assert len(keys(doors, RAW)) == 4
    assert figures(doors.lake) == (1, 1, 1, 1)


def test_a_poison_record_is_named_and_all_others_are_kept(doors: SimpleNamespace) -> None:
    poisoned = batch(story().all)
    poisoned["Records"].insert(
        1, {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "99", "NewImage": {"pk": {"S": "ticket#1"}}}}
    )

    assert fill(poisoned) == [{"batchItemFailures": [{"itemIdentifier": "99"}]}]
    assert figures(doors.lake) == (1, 1, 1, 1)


def test_a_batch_of_poison_alone_writes_nothing(doors: SimpleNamespace) -> None:
    record = {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "7", "NewImage": {"at": {"S": "yesterday"}}}}

    assert fill({"Records": [record]}) == [{"batchItemFailures": [{"itemIdentifier": "7"}]}]
    assert keys(doors, RAW) == []


def test_compaction_keeps_the_figures_and_takes_the_raw_objects_away(doors: SimpleNamespace) -> None:
    fill(batch(story().all))

    compact_lake(doors.lake, now=NOW)

    assert keys(doors, RAW) == []
    assert load_manifest(doors.lake).generation == 1
    assert figures(doors.lake) == (1, 1, 1, 1)


def test_compaction_twice_makes_one_generation(doors: SimpleNamespace) -> None:
    fill(batch(story().all))

    compact_lake(doors.lake, now=NOW)
    compact_lake(doors.lake, now=NOW)
    fill(batch(story().all))
    compact_lake(doors.lake, now=NOW)

    assert load_manifest(doors.lake).generation == 1
    assert keys(doors, RAW) == []


def test_events_that_come_after_a_compaction_change_their_ticket(doors: SimpleNamespace) -> None:
    events = story().all
    fill(batch(events[:1]))
    compact_lake(doors.lake, now=NOW)
    fill(batch(events[1:], 2), batch(story("200").all, 10))

    before = figures(doors.lake)
    compact_lake(doors.lake, now=NOW)

    assert before == figures(doors.lake) == (2, 2, 2, 2)


def test_what_is_not_needed_goes_after_an_hour(doors: SimpleNamespace) -> None:
    for number in range(6):
        fill(batch(story(str(number)).all, number * 10 + 1))
        compact_lake(doors.lake, now=datetime.now(UTC) + timedelta(hours=2))

    assert [generation for generation, _ in list_manifests(doors.lake)] == [
        f"manifest/{number:010d}.json" for number in (4, 5, 6)
    ]
    assert len(keys(doors, PARQUET)) == 9
    assert figures(doors.lake) == (6, 6, 6, 6)


def test_of_two_compactions_at_once_one_counts(doors: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(batch(story().all))
    put, name = put_manifest, "tingjian.report.lake.actions.put_manifest"

    def overtaken(lake: Lake, manifest: Any) -> bool:
        monkeypatch.setattr(name, put)
        fill(batch(story("200").all, 10))
        compact_lake(lake, now=NOW)
        return put(lake, manifest)

    monkeypatch.setattr(name, overtaken)

    again = compact_lake(doors.lake, now=NOW)

    assert again
    assert figures(doors.lake) == (2, 2, 2, 2)
    assert load_manifest(doors.lake).generation == 1


def test_a_report_begun_before_a_compaction_sees_everything(
    doors: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(batch(story().all))
    load, name = load_manifest, "tingjian.report.lake.database.load_manifest"

    def overtaken(lake: Lake) -> Any:
        manifest = load(lake)
        monkeypatch.setattr(name, load)
        compact_lake(lake, now=NOW)
        return manifest

    monkeypatch.setattr(name, overtaken)

    assert figures(doors.lake) == (1, 1, 1, 1)


def test_compaction_killed_at_any_call_loses_and_doubles_nothing(doors: SimpleNamespace) -> None:
    fill(batch(story("1").all), batch(story("2").all, 10))
    compact_lake(doors.lake, now=NOW)
    fill(batch(story("3").all, 20), batch(story("4").all, 30))
    call = 0
    while True:
        call += 1
        try:
            with killed_at(call):
                compact_lake(doors.lake, now=NOW)
        except Killed:
            assert figures(doors.lake) == (4, 4, 4, 4), f"killed at call {call}"
            fill(batch(story(str(call % 4 + 1)).all, 100 + call))
            continue
        break

    assert call > 8
    assert figures(doors.lake) == (4, 4, 4, 4)
    assert keys(doors, RAW) == []
