from collections.abc import Iterator
from typing import Any

import pytest

from tests.template.templates import doors, events, resources, template

ALARMS = resources("AWS::CloudWatch::Alarm", "infra/alarms.yaml")
FAILURES = {"ImportDeadLetters", "ReportDeadLetters", "ListenerDeadLetters", "StreamFailures", "ScheduleFailures"}


def watching(metric: str, subject: str) -> Iterator[dict[str, Any]]:
    """The alarms on a metric of a function or queue, named by the template's parameter."""
    for alarm in ALARMS.values():
        [dimension] = alarm["Dimensions"]
        if alarm["MetricName"] == metric and dimension["Value"] == {"Ref": subject}:
            yield alarm


@pytest.mark.parametrize("door", doors())
@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_one_failure_of_a_door_is_enough(door: str, metric: str) -> None:
    [alarm] = watching(metric, door)

    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"


@pytest.mark.parametrize("door", dict(events("DynamoDB")))
def test_a_stream_that_lags_is_noticed(door: str) -> None:
    [alarm] = watching("IteratorAge", door)

    assert alarm["Statistic"] == "Maximum"
    assert alarm["Threshold"] <= 15 * 60 * 1000


def test_listeners_that_lag_are_noticed_but_not_a_message_on_its_way_to_the_dead_letters() -> None:
    [alarm] = watching("ApproximateAgeOfOldestMessage", "Listeners")
    queue = resources("AWS::SQS::Queue")["ListenerQueue"]

    assert alarm["Statistic"] == "Maximum"
    assert queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"] < alarm["Threshold"] <= 15 * 60


@pytest.mark.parametrize("queue", sorted(FAILURES))
def test_one_message_that_failed_for_good_is_enough(queue: str) -> None:
    [alarm] = watching("ApproximateNumberOfMessagesVisible", queue)

    assert (alarm["Statistic"], alarm["Threshold"]) == ("Maximum", 1)


@pytest.mark.parametrize("door", dict(events("ScheduleV2")))
def test_a_clock_that_stopped_is_noticed_by_its_silence(door: str) -> None:
    [alarm] = watching("Invocations", door)

    assert alarm["ComparisonOperator"] == "LessThanThreshold"
    assert alarm["TreatMissingData"] == "breaching"


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_says_what_it_means_and_tells_the_topic(name: str) -> None:
    assert len(ALARMS[name]["AlarmDescription"].split()) >= 2
    assert ALARMS[name]["AlarmActions"] == [{"Ref": "Topic"}]


def test_the_alarms_watch_the_functions_and_queues_that_they_are_named_for() -> None:
    given = template()["Resources"]["Alarms"]["Properties"]["Parameters"]

    assert {door: given[door] for door in doors()} == {door: {"Ref": f"{door}Function"} for door in doors()}
    assert given["Listeners"] == {"Fn::GetAtt": ["ListenerQueue", "QueueName"]}
    for parameter in FAILURES:
        queue = given[parameter]["Fn::GetAtt"][0]
        assert queue.startswith(parameter.removesuffix("s"))
    assert set(given) == set(template("infra/alarms.yaml")["Parameters"])


def test_a_dashboard_shows_the_house() -> None:
    [dashboard] = resources("AWS::CloudWatch::Dashboard", "infra/dashboard.yaml").values()
    body = dashboard["DashboardBody"]["Fn::Sub"]

    for metric in (
        "Latency",
        "5xx",
        "Errors",
        "IteratorAge",
        "ApproximateNumberOfMessagesVisible",
        "ApproximateAgeOfOldestMessage",
        "ConsumedReadCapacityUnits",
    ):
        assert metric in body
