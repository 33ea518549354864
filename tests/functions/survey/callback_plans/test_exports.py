"""Callbacks of a plan on the screen and as a file."""

import io

import boto3
import pytest
from openpyxl import load_workbook

from tests.builders import AGENT, COLLEAGUE, JOURNAL, LEAD, MANAGER, STRANGER
from tests.functions.door import BUCKET, Knocker
from tests.functions.facts import journal_events
from tests.functions.survey.callback_plans.desk import PLANS, running_with, sheet
from tests.functions.survey.callback_plans.hearing import Stream
from tingjian.platform.store import Store
from tingjian.survey.callback_plans import exporting, listeners

CONTENT = "姓名,电话,备注,订单号\n=cmd(),13800000001,+1,a-7\n李四,13800000002,,\n".encode()


def file_of(export: str, form: str) -> bytes:
    return boto3.client("s3").get_object(Bucket=BUCKET, Key=f"exports/{export}/callbacks.{form}")["Body"].read()


def exported(door: Knocker, stream: Stream, plan: str, **body: str) -> str:
    answer = door.post(f"{PLANS}/{plan}/exports", body, caller=LEAD)
    assert answer.status == 202, answer.text
    stream.run()
    assert door.get(f"{PLANS}/{plan}/exports/{answer.json['id']}", caller=LEAD).json["state"] == "made"
    return str(answer.json["id"])


def test_file_has_a_row_a_callback_masked_and_without_formulas(door: Knocker, stream: Stream) -> None:
    plan, _ = running_with(door, CONTENT)
    stream.run()

    rows = file_of(exported(door, stream, plan, form="csv"), "csv").decode("utf-8-sig").splitlines()

    assert rows[0].startswith("序号,姓名,电话,邮箱,订单号,备注,回访人,状态,拨打次数")
    assert rows[1].split(",")[:6] == ["1", "'=cmd()", "'+86 138****0001", "", "A-7", "'+1"]
    assert rows[1].split(",")[7] == "未拨打"
    assert len(rows) == 3


def test_workbook_holds_texts_only_where_they_look_like_formulas(door: Knocker, stream: Stream) -> None:
    plan, _ = running_with(door, CONTENT)
    stream.run()

    book = load_workbook(io.BytesIO(file_of(exported(door, stream, plan), "xlsx")))

    assert book.active is not None
    cell = book.active["B2"]
    assert (cell.value, cell.data_type) == ("=cmd()", "s")


def test_full_phones_need_the_right_and_a_reason_and_are_told(
    door: Knocker, stream: Stream, centre: Store, caplog: pytest.LogCaptureFixture
) -> None:
    plan, _ = running_with(door, CONTENT)
    stream.run()
    path = f"{PLANS}/{plan}/exports"

    without = door.post(path, {"contacts": "full"}, caller=LEAD)
    agent = door.post(path, {}, caller=AGENT)
    export = exported(door, stream, plan, form="csv", contacts="full", reason="callback", text="外呼系统")
    fetched = door.get(f"{path}/{export}/file", caller=LEAD)

    assert (without.status, without.json["errors"][0]["field"], agent.status) == (422, "reason", 403)
    assert "+8613800000001" in file_of(export, "csv").decode("utf-8-sig")
    assert fetched.status == 200
    assert "DataExported" in caplog.messages
    [event] = [one for one in journal_events(centre.client, JOURNAL) if one.name == "CallbackExportFetched"]
    assert (event.actor.id, event.data["full"], event.data["rows"]) == ("zhao", True, 2)
    assert "外呼系统" not in str(journal_events(centre.client, JOURNAL))


def test_export_is_made_in_pages_and_each_row_is_in_it_once(
    door: Knocker, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, _ = running_with(door, sheet(25))
    stream.run()
    monkeypatch.setattr(exporting, "PAGE", 4)
    monkeypatch.setattr(listeners, "RUN_SECONDS", 0)

    rows = file_of(exported(door, stream, plan, form="csv"), "csv").decode("utf-8-sig").splitlines()

    assert [row.split(",")[0] for row in rows[1:]] == [str(number) for number in range(1, 26)]


def test_export_that_is_not_made_cannot_be_fetched(door: Knocker) -> None:
    plan, _ = running_with(door, CONTENT)
    export = door.post(f"{PLANS}/{plan}/exports", {}, caller=LEAD).json["id"]

    assert door.get(f"{PLANS}/{plan}/exports/{export}/file", caller=LEAD).status == 409
    assert door.get(f"{PLANS}/{plan}/exports/nothing", caller=LEAD).status == 404


def test_agents_list_their_own_share_and_leads_everybodys(door: Knocker, stream: Stream) -> None:
    plan, _ = running_with(door, sheet(9))
    stream.run()
    path = f"{PLANS}/{plan}/callbacks"

    own = door.get(path, caller=AGENT).json["items"]
    everybody = door.get(f"{path}?state=not_called&limit=5", caller=LEAD).json
    rest = door.get(f"{path}?state=not_called&limit=5&cursor={everybody['cursor']}", caller=MANAGER).json

    assert {one["person_name"] for one in own} == {"陈雨"}
    assert len(own) in {4, 5}
    numbers = [one["number"] for one in everybody["items"] + rest["items"]]
    assert numbers == list(range(1, 10))
    assert door.get(f"{path}?person=lin", caller=AGENT).status == 403
    assert door.get(path, caller=COLLEAGUE).status == 200
    assert door.get(path, caller=STRANGER).status == 403
    assert door.get(f"{path}?state=satisfied", caller=LEAD).json["items"] == []
