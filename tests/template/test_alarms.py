import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from tests.template.templates import doors, events, resources, template
from tingjian.platform.security import SecurityFact

ALARMS = resources("AWS::CloudWatch::Alarm", "infra/alarms.yaml")
FAILURES = {"ImportDeadLetters", "ReportDeadLetters", "StreamFailures", "ScheduleFailures"}


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
    for parameter in FAILURES:
        queue = given[parameter]["Fn::GetAtt"][0]
        assert queue.startswith(parameter.removesuffix("s"))
    assert set(given) == set(template("infra/alarms.yaml")["Parameters"])


def test_a_dashboard_shows_each_metric_that_an_alarm_watches_or_a_call_costs() -> None:
    [dashboard] = resources("AWS::CloudWatch::Dashboard", "infra/dashboard.yaml").values()
    widgets = json.loads(dashboard["DashboardBody"]["Fn::Sub"])["widgets"]
    shown = set(
        re.findall(r"\b[A-Z]\w+\b|\b[45]xx\b", json.dumps([widget["properties"]["metrics"] for widget in widgets]))
    )

    watched = {alarm["MetricName"] for alarm in ALARMS.values()}
    assert watched - shown <= {"Invocations", "Throttles"}, "an alarm is enough for what is 0 on a good day"
    assert {"Latency", "5xx", "ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"} <= shown
    assert set(re.findall(r"\${(\w+)}", json.dumps(widgets))) == set(template("infra/dashboard.yaml")["Parameters"])


@pytest.mark.parametrize("fact", get_args(SecurityFact))
def test_each_fact_of_the_security_log_is_alarmed(fact: str) -> None:
    [alarm] = (one for one in ALARMS.values() if one["MetricName"] == fact)

    assert (alarm["Namespace"], alarm["Statistic"]) == ("Tingjian", "Sum")
    assert alarm["Dimensions"] == [{"Name": "kind", "Value": "security"}]
