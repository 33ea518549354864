import json
from typing import Any

import pytest

from tests.template.templates import ROOT, doors, events, resources, template

STREAMS = dict(events("DynamoDB"))
QUEUES = [(door, source) for door, source in events("SQS")]
LANES = ("CustomersQueue", "NoticesQueue", "WebhooksQueue")


def pattern(door: str) -> dict[str, Any]:
    [filter_] = STREAMS[door]["FilterCriteria"]["Filters"]
    parsed: dict[str, Any] = json.loads(filter_["Pattern"])
    return parsed


def test_every_module_that_handles_events_is_deployed() -> None:
    kinds = ("api", "stream", "schedule", "worker", "caller")
    modules = {path for kind in kinds for path in ROOT.glob(f"functions/*/{kind}.py")}

    assert {f"functions.{path.parent.name}.{path.stem}.handler" for path in modules} == {
        one["Handler"] for one in doors().values()
    }


@pytest.mark.parametrize("door", doors())
def test_a_door_is_the_module_that_its_name_says(door: str) -> None:
    wing, kind = (word.lower() for word in _words(door))

    assert doors()[door]["Handler"] == f"functions.{wing}.{kind}.handler"


def _words(door: str) -> list[str]:
    start = next(place for place in range(1, len(door)) if door[place].isupper())
    return [door[:start], door[start:]]


def test_the_heavy_layer_is_carried_by_the_report_worker_only() -> None:
    carriers = {door for door, one in doors().items() if {"Ref": "AnalyticsLayer"} in one.get("Layers", [])}

    assert carriers == {"ReportWorker"}
    assert template()["Globals"]["Function"]["Layers"] == [{"Ref": "CodeLayer"}]


def test_no_stream_has_more_than_two_readers() -> None:
    sources = [source["Stream"]["Fn::GetAtt"][0] for source in STREAMS.values()]

    assert sorted(sources) == ["DeskTable", "JournalTable", "JournalTable"]


@pytest.mark.parametrize("door", STREAMS)
def test_a_poisoned_record_ends_in_the_failure_queue(door: str) -> None:
    source = STREAMS[door]

    assert source["DestinationConfig"]["OnFailure"] == {
        "Type": "SQS", "Destination": {"Fn::GetAtt": ["StreamFailureQueue", "Arn"]},
    }  # fmt: skip
    assert 1 <= source["MaximumRetryAttempts"] <= 10
    assert 60 <= source["MaximumRecordAgeInSeconds"] < 24 * 3600, "a stream keeps records for a day"


@pytest.mark.parametrize("door", STREAMS)
def test_a_poisoned_record_delays_no_other(door: str) -> None:
    assert STREAMS[door]["BisectBatchOnFunctionError"] is True
    assert STREAMS[door]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("door", STREAMS)
def test_a_stream_is_read_from_its_start(door: str) -> None:
    assert STREAMS[door]["StartingPosition"] == "TRIM_HORIZON"


@pytest.mark.parametrize("door", STREAMS)
def test_a_stream_door_hears_of_new_items_only(door: str) -> None:
    assert pattern(door)["eventName"] == ["INSERT"]


@pytest.mark.parametrize(
    ("door", "queue", "dead_letters"),
    [
        ("IntakeWorker", "ImportQueue", "ImportDeadLetterQueue"),
        ("SurveyWorker", "ListenerQueue", "ListenerDeadLetterQueue"),
        ("ReportWorker", "ReportQueue", "ReportDeadLetterQueue"),
        ("EscalationWorker", "CustomersQueue", "LaneDeadLetterQueue"),
        ("EscalationWorker", "NoticesQueue", "LaneDeadLetterQueue"),
        ("EscalationWorker", "MailReturnsQueue", "LaneDeadLetterQueue"),
        ("EscalationCaller", "WebhooksQueue", "LaneDeadLetterQueue"),
    ],
)
def test_a_worker_gives_up_to_a_dead_letter_queue(door: str, queue: str, dead_letters: str) -> None:
    redrive = resources("AWS::SQS::Queue")[queue]["RedrivePolicy"]
    [source] = [source for owner, source in QUEUES if source["Queue"] == {"Fn::GetAtt": [queue, "Arn"]}]

    assert (door, source) in QUEUES
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": [dead_letters, "Arn"]}
    assert 3 <= redrive["maxReceiveCount"] <= 5
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_each_lane_has_a_limit_of_its_own_so_that_none_takes_the_others_calls() -> None:
    limits = {
        source["Queue"]["Fn::GetAtt"][0]: source["ScalingConfig"]["MaximumConcurrency"]
        for door, source in QUEUES
        if door in {"EscalationWorker", "EscalationCaller"}
    }

    assert set(LANES) <= set(limits)
    assert all(limits[lane] >= 2 for lane in LANES)


@pytest.mark.parametrize(("door", "source"), QUEUES, ids=[str(source["Queue"]) for _, source in QUEUES])
def test_a_message_stays_hidden_for_six_timeouts(door: str, source: dict[str, Any]) -> None:
    queue = resources("AWS::SQS::Queue")[source["Queue"]["Fn::GetAtt"][0]]

    assert queue["VisibilityTimeout"] >= 6 * doors()[door]["Timeout"]


def test_the_two_clocks_tick_every_minute_and_end_before_the_next() -> None:
    schedules = dict(events("ScheduleV2"))

    assert set(schedules) == {"EscalationSchedule", "ReportSchedule"}
    for door, schedule in schedules.items():
        assert schedule["ScheduleExpression"] == "rate(1 minute)"
        assert schedule["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["ScheduleFailureQueue", "Arn"]}}
        assert doors()[door]["Timeout"] < 60


def test_an_api_door_answers_before_the_gateway_gives_up() -> None:
    timeouts = [
        one.get("Timeout", template()["Globals"]["Function"]["Timeout"])
        for name, one in doors().items()
        if name.endswith("Api")
    ]

    assert max(timeouts) < 30
