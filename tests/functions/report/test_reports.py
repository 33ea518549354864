"""Reports through their doors: asked for, due, made, listed and fetched."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import openpyxl
import pytest

from functions.report import api, schedule, worker
from tests.builders import AGENT, LEAD, MANAGER
from tests.functions.door import Answer, Knocker
from tests.functions.report.test_lake import batch, fill, story
from tests.process import forget_process
from tingjian.platform.events import is_unbroken, load_events
from tingjian.report.figures.models import PeriodFigures
from tingjian.report.reports.actions import summarise_runs
from tingjian.report.reports.models import Report
from tingjian.report.reports.schedules import ask_due_reports
from tingjian.report.reports.storage import list_jobs, list_reports, list_runs

PERIOD = {"from": "2026-03-02", "to": "2026-03-03"}


@pytest.fixture
def door(doors: SimpleNamespace) -> Knocker:  # noqa: ARG001
    return Knocker(api.handler)


def messages(doors: SimpleNamespace) -> list[dict[str, Any]]:
    found = boto3.client("sqs").receive_message(QueueUrl=doors.queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return [dict(message) for message in found.get("Messages", [])]


def work_off(doors: SimpleNamespace) -> list[dict[str, Any]]:
    """Give the worker everything in the queue; what it answered."""
    sqs, answers = boto3.client("sqs"), []
    while found := sqs.receive_message(QueueUrl=doors.queue, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            record = {"messageId": message["MessageId"], "body": message["Body"]}
            answers.append(worker.handler({"Records": [record]}, None))
            sqs.delete_message(QueueUrl=doors.queue, ReceiptHandle=message["ReceiptHandle"])
    return answers


def asked(door: Knocker, body: dict[str, Any] | None = None, key: str | None = None) -> Answer:
    return door.post("/v1/reports", body or PERIOD, key=key, caller=MANAGER)


def fetched(doors: SimpleNamespace, report: str, form: str) -> bytes:
    content: bytes = doors.s3.get_object(Bucket="files", Key=f"reports/{report}/report.{form}")["Body"].read()
    return content


def test_a_report_is_asked_for_made_and_fetched(doors: SimpleNamespace, door: Knocker) -> None:
    fill(batch(story().all))

    answer = asked(door)
    queued = door.get(answer.headers["Location"], caller=MANAGER).json
    worked = work_off(doors)
    made = door.get(answer.headers["Location"], caller=MANAGER).json

    assert (answer.status, queued["state"], made["state"]) == (202, "queued", "made")
    assert worked == [{"batchItemFailures": []}]
    assert (made["figures"]["opened"], made["figures"]["first_response_minutes"]) == (1, {"median": 30.0, "p90": 30.0})
    assert made["figures"]["satisfaction"] == {"answers": 0, "average": None, "satisfied_share": None}
    assert [(part["key"], part["label"]) for part in made["figures"]["by_person"]] == [("chen", "陈雨"), ("", "（无）")]
    assert list_jobs(doors.store) == []


def test_all_files_say_the_same(doors: SimpleNamespace, door: Knocker) -> None:
    fill(batch(story("1").all), batch(story("2").all, 10))
    report = asked(door).json["id"]
    work_off(doors)

    figures = PeriodFigures.model_validate_json(fetched(doors, report, "json"))
    page = fetched(doors, report, "html").decode()
    book = openpyxl.load_workbook(io.BytesIO(fetched(doors, report, "xlsx")))
    table = list(csv.reader(io.StringIO(fetched(doors, report, "csv").decode("utf-8-sig"))))

    summary = {row[0]: row[1] for row in book["汇总"].iter_rows(min_row=7, values_only=True) if row[0]}
    shown = dict(re.findall(r'<div class="name">([^<]+)</div><div class="number">([^<]+)<', page))
    assert (summary["新受理"], summary["已解决"], shown["新受理"], shown["已解决"]) == (2, 2, "2", "2")
    assert summary["首次响应时间：中位数（分钟）"] == figures.first_response_minutes.median == 30.0
    assert shown["首次响应时间（中位数）"] == "30"
    assert len(table) - 1 == book["工单明细"].max_row - 1 == figures.opened == 2
    assert [cell.value for cell in book["按日"][2]][:2] == ["2026-03-02", 2]


def test_the_same_key_asks_for_one_report(doors: SimpleNamespace, door: Knocker) -> None:
    first = asked(door, key="k")
    work_off(doors)
    second = asked(door, key="k")
    other = asked(door, PERIOD | {"imported": True}, key="k")

    assert first.said == second.said
    assert other.status == 422
    assert len(list_reports(doors.store, limit=10, cursor=None)[0]) == 1


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"from": "2026-03-03", "to": "2026-03-02"}, "to", "period"),
        ({"from": "2026-03-02", "to": "2026-03-02"}, "to", "period"),
        ({"from": "2026-03-02", "to": "2026-03-03", "zone": "Mars/Base"}, "zone", "time_zone"),
        ({"from": "2026-03-02", "to": "2026-03-03", "zone": "../etc/passwd"}, "zone", "time_zone"),
        ({"from": "2020-03-02", "to": "2026-03-03"}, "to", "too_long_period"),
        ({"from": "2026-03-02", "to": "2999-03-03"}, "to", "future"),
        ({"from": "2999-03-02", "to": "2999-03-03"}, "from", "future"),
        ({"from": "yesterday", "to": "2026-03-03"}, "from", "bound"),
        ({"from": "2026-03-02T09:00:00", "to": "2026-03-03"}, "from", "datetime"),
        ({"from": "0001-01-01", "to": "0001-01-02", "zone": "Asia/Shanghai"}, "from", "bound"),
        ({"to": "2026-03-03"}, "from", "missing"),
        ({"from": "2026-03-02", "to": "2026-03-03", "colour": "red"}, "colour", "extra_forbidden"),
        ({"from": "2026-03-02", "to": "2026-03-03", "satisfied_from": 6}, "satisfied_from", "less_than_equal"),
    ],
)
def test_a_wrong_question_is_refused_with_the_field(door: Knocker, body: dict[str, Any], field: str, code: str) -> None:
    answer = door.post("/v1/reports", body, caller=MANAGER, accept_language="en")

    assert answer.status == 422
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [(field, code)]
    assert answer.json["errors"][0]["message"]


def test_instants_ask_for_any_period(doors: SimpleNamespace, door: Knocker) -> None:
    fill(batch(story().all))

    body = {"from": "2026-03-02T01:00:00Z", "to": "2026-03-02T10:00:00.5+08:00", "zone": "UTC"}
    report = asked(door, body).json["id"]
    work_off(doors)
    figures = door.get(f"/v1/reports/{report}", caller=MANAGER).json["figures"]

    assert (figures["opened"], figures["answered"], figures["resolved"], figures["unsolved_at_end"]) == (1, 1, 0, 1)


def test_agents_make_no_reports(door: Knocker) -> None:
    assert door.post("/v1/reports", PERIOD, caller=AGENT).status == 403
    assert door.get("/v1/reports", caller=AGENT).status == 403
    assert door.get("/v1/reports", caller=LEAD).status == 200


def test_a_file_is_fetched_by_a_link_and_that_is_an_event(doors: SimpleNamespace, door: Knocker) -> None:
    report = asked(door).json["id"]
    early = door.get(f"/v1/reports/{report}/file?format=xlsx", caller=MANAGER)
    work_off(doors)

    link = door.get(f"/v1/reports/{report}/file?format=xlsx", caller=MANAGER)
    unknown = door.get("/v1/reports/nothing/file", caller=MANAGER)

    assert (early.status, link.status, unknown.status) == (409, 200, 404)
    assert f"/reports/{report}/report.xlsx?" in link.json["url"]
    fetches = [item for item in journal(doors) if item["name"]["S"] == "ReportFetched"]
    assert [item["actor"]["S"] for item in fetches] == ["staff#wu"]


def journal(doors: SimpleNamespace) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = doors.store.client.scan(TableName="journal")["Items"]
    return items


def test_a_report_has_a_whole_chain_of_events(doors: SimpleNamespace, door: Knocker) -> None:
    report = asked(door).json["id"]
    work_off(doors)
    worker.handler({"Records": [{"messageId": "1", "body": json.dumps({"job": "report", "report": report})}]}, None)

    events = load_events(doors.store, f"report#{report}")

    assert [event.name for event in events] == ["ReportAsked", "ReportMade"]
    assert is_unbroken(events)


def test_a_list_goes_from_new_to_old_in_pages(door: Knocker) -> None:
    made = [asked(door).json["id"] for _ in range(3)]

    first = door.get("/v1/reports?limit=2", caller=MANAGER).json
    second = door.get(f"/v1/reports?limit=2&cursor={first['cursor']}", caller=MANAGER).json

    assert {item["id"] for item in (*first["items"], *second["items"])} == set(made)
    assert [item["requested_at"] for item in first["items"]] == sorted(
        (item["requested_at"] for item in first["items"]), reverse=True
    )


def test_a_report_that_fails_says_so_and_is_made_later(
    doors: SimpleNamespace, door: Knocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = asked(door).json["id"]
    record = {"messageId": "m", "body": json.dumps({"job": "report", "report": report})}
    with monkeypatch.context() as broken:
        broken.setenv("LAKE_BUCKET", "nowhere")
        forget_process()
        failed = worker.handler({"Records": [record]}, None)
        shown = door.get(f"/v1/reports/{report}", caller=MANAGER).json
    forget_process()

    worker.handler({"Records": [record]}, None)

    assert failed == {"batchItemFailures": [{"itemIdentifier": "m"}]}
    assert (shown["state"], shown["problem"]) == ("failed", "NoSuchBucket")
    assert door.get(f"/v1/reports/{report}", caller=MANAGER).json["state"] == "made"
    assert list_jobs(doors.store) == []


def ticks(doors: SimpleNamespace, start: datetime, end: datetime, *, minutes: int = 30, zone: str) -> list[str]:
    """Every tick of a span; the reports that were asked for, in order."""
    told: list[str] = []
    now = start
    while now < end:
        for _ in range(2):
            ask_due_reports(doors.store, told.append, now=now, zone=zone, language="zh-CN")
        now += timedelta(minutes=minutes)
    return told


def test_schedules_ask_once_for_each_day_week_and_month(doors: SimpleNamespace) -> None:
    start = datetime(2026, 2, 26, 12, tzinfo=UTC)

    told = ticks(doors, start, start + timedelta(days=6), zone="Asia/Shanghai")

    firsts = list(dict.fromkeys(told))
    days = [f"day-2026-02-{day}" for day in (26, 27, 28)] + [f"day-2026-03-0{day}" for day in (1, 2, 3)]
    assert sorted(firsts) == sorted([*days, "week-2026-02-23", "month-2026-02-01"])
    assert len(list_reports(doors.store, limit=50, cursor=None)[0]) == len(firsts)


@pytest.mark.parametrize(
    ("day", "hours", "begins"),
    [("2026-03-29", 23, "2026-03-30T00:00:00+00:00"), ("2026-10-25", 25, "2026-10-26T01:00:00+00:00")],
)
def test_a_day_of_23_or_25_hours_is_reported_once(doors: SimpleNamespace, day: str, hours: int, begins: str) -> None:
    zone, noon = "Europe/Rome", datetime.fromisoformat(f"{day}T12:00:00+00:00")

    ticks(doors, noon - timedelta(days=1), noon + timedelta(days=2), zone=zone)

    found = {report.id: report for report in runs(doors)}
    report = found[f"day-{day}"]
    assert report.ends_at - report.starts_at == timedelta(hours=hours)
    assert report.requested_at == datetime.fromisoformat(begins)
    assert len(found) == len(runs(doors))


def runs(doors: SimpleNamespace) -> list[Report]:
    return list_runs(doors.store, datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))


def test_what_an_outage_left_out_is_made_up_for_in_order_and_late(doors: SimpleNamespace) -> None:
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    ticks(doors, start, start + timedelta(minutes=1), zone="Asia/Shanghai")
    back = start + timedelta(days=5)

    told = ticks(doors, back, back + timedelta(minutes=1), zone="Asia/Shanghai")
    work = [{"messageId": report, "body": json.dumps({"job": "report", "report": report})} for report in told]
    worker.handler({"Records": work}, None)
    summary = summarise_runs(doors.store, "2026-03-01", "2026-03-08", now=back, zone="Asia/Shanghai")

    assert told == [f"day-2026-03-0{day}" for day in (2, 3, 4, 5, 6)]
    assert (summary.due, summary.on_time, summary.late, summary.missing) == (5, 0, 5, 0)


def test_a_report_there_by_eight_is_on_time(
    doors: SimpleNamespace, door: Knocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = datetime(2026, 3, 2, 18, tzinfo=UTC)
    monkeypatch.setattr(schedule, "COMPACTED_EVERY_MINUTES", 61)
    schedule.tick(two - timedelta(days=1))
    schedule.tick(two)
    monkeypatch.setattr(worker, "now", lambda: two + timedelta(minutes=2))

    work_off(doors)
    answer = door.get("/v1/reports/runs?from=2026-03-02&to=2026-03-04", caller=MANAGER).json

    assert [(run["id"], run["due_at"], run["on_time"]) for run in answer["items"]] == [
        ("day-2026-03-02", "2026-03-03T00:00:00Z", True)
    ]
    assert (answer["due"], answer["on_time_share"]) == (1, 1.0)


def test_a_lost_message_is_sent_again(doors: SimpleNamespace, door: Knocker) -> None:
    report = asked(door).json["id"]
    now = datetime.now(UTC)

    quiet: list[str] = []
    ask_due_reports(doors.store, quiet.append, now=now + timedelta(minutes=5), zone="UTC", language="en")
    told = ticks(doors, now + timedelta(minutes=11), now + timedelta(minutes=90), minutes=11, zone="UTC")

    assert quiet == []
    assert told == [report] * 5
    assert list_jobs(doors.store) == []


def test_an_idle_tick_makes_two_calls(doors: SimpleNamespace) -> None:
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    ask_due_reports(doors.store, print, now=now, zone="UTC", language="en")
    calls: list[str] = []
    doors.store.client.meta.events.register_first("before-call.dynamodb", lambda model, **_: calls.append(model.name))

    ask_due_reports(doors.store, print, now=now, zone="UTC", language="en")

    assert calls == ["Query", "Query"]


def test_the_tick_asks_for_a_compaction_each_half_hour(doors: SimpleNamespace) -> None:
    for minute in (0, 1, 29, 30):
        schedule.tick(datetime(2026, 3, 2, 12, minute, tzinfo=UTC))

    assert [json.loads(message["Body"]) for message in messages(doors)] == [{"job": "compact"}] * 2


def test_made_again_it_gives_the_same_files(doors: SimpleNamespace, door: Knocker) -> None:
    fill(batch(story().all))
    first, second = asked(door).json["id"], asked(door).json["id"]

    work_off(doors)

    for form in ("json", "xlsx", "csv"):
        assert fetched(doors, first, form) == fetched(doors, second, form)
    assert fetched(doors, first, "html").decode().replace(first, second) == fetched(doors, second, "html").decode()


def test_period_of_a_month_is_compared_with_the_month_before(doors: SimpleNamespace, door: Knocker) -> None:
    fill(batch(story().all))
    report = asked(door, {"from": "2026-04-01", "to": "2026-05-01"}).json["id"]

    work_off(doors)
    figures = door.get(f"/v1/reports/{report}", caller=MANAGER).json["figures"]

    assert (figures["opened"], figures["previous"]["opened"], len(figures["by_day"])) == (0, 1, 30)
    assert date.fromisoformat(figures["by_day"][0]["key"]) == date(2026, 4, 1)
