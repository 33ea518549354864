"""Hand-offs at the door: what a department sees and gives back, and what frees a ticket (scope row 14)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from tests.builders import AGENT, COLLEAGUE, LEAD, MANAGER, STRANGER, WAREHOUSE
from tests.functions.door import BUCKET, Answer, Knocker
from tingjian.people.staff.models import Team
from tingjian.people.staff.storage import team_write
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store

ADDRESS, PHONE = "上海市徐汇区漕溪北路 88 号", "13812345678"
FORM = {
    "fields": [
        {"key": "sku", "labels": {"zh-CN": "货号"}, "kind": "line", "required_at": "open"},
        {"key": "carrier", "labels": {"zh-CN": "承运"}, "kind": "choice", "choices": ["SF", "YTO"]}
        | {"required_at": "resolve"},
    ]
}


@pytest.fixture
def ticket(intake: Knocker, centre: Store) -> str:
    """A ticket of a customer with an address, with a photo and an order; there is a second department."""
    centre.transact([team_write(Team(id="kitchen", version=1, name="厨房", kind="department"))])
    upload("photo")
    customer = do(intake, "/v1/customers", {"name": "王芳", "phones": [PHONE], "address": ADDRESS})["id"]
    body = {"type": "feedback", "subject": "鞋开胶了", "text": "刚穿一天", "channel": "phone", "order_number": "A-1"}
    return str(do(intake, "/v1/tickets", body | {"customer_id": customer, "attachments": ["photo"]})["id"])


def upload(name: str) -> None:
    boto3.client("s3").put_object(Bucket=BUCKET, Key=f"uploads/{name}", Body=b"x", ContentType="image/png")


def do(door: Knocker, path: str, body: object = None, *, caller: Caller = AGENT) -> Any:
    answer = door.post(path, body if body is not None else {}, caller=caller)
    assert answer.status < 300, answer.text
    return answer.json


def hand_off(door: Knocker, ticket: str, **more: object) -> Any:
    body = {"department": "warehouse", "request": "请补发一双"} | more
    return do(door, f"/v1/tickets/{ticket}/handoffs", body)


def answered(door: Knocker, ticket: str, *moves: str, number: int = 1, caller: Caller = WAREHOUSE) -> None:
    for move in moves:
        do(
            door,
            f"/v1/tickets/{ticket}/handoffs/{number}/{move}",
            {"text": "好"} if move != "accept" else {},
            caller=caller,
        )


def blockers(door: Knocker, ticket: str) -> list[str]:
    return list(door.get(f"/v1/tickets/{ticket}", caller=AGENT).json["blockers"])


def problem(answer: Answer) -> tuple[int, str]:
    [error] = answer.json["errors"]
    return answer.status, f"{error['field']}: {error['code']}"


def test_department_sees_what_it_is_shown_and_nothing_else_of_the_ticket(intake: Knocker, ticket: str) -> None:
    hand_off(intake, ticket, shows=["order", "address"], attachments=["photo"])

    seen = intake.get(f"/v1/handoffs/{ticket}/1", caller=WAREHOUSE)

    assert seen.json["order_number"] == "A-1"
    assert seen.json["recipient"] == {"phones": [], "address": ADDRESS}
    assert [file["id"] for file in seen.json["attachments"]] == ["photo"]
    assert PHONE not in seen.text
    assert "鞋开胶了" not in seen.text
    for path in ("", "/messages", "/history"):
        assert intake.get(f"/v1/tickets/{ticket}{path}", caller=WAREHOUSE).status == 403
    files = f"/v1/handoffs/{ticket}/1/attachments"
    assert intake.get(f"{files}/photo", caller=WAREHOUSE).status == 200
    assert intake.get(f"{files}/other", caller=WAREHOUSE).status == 404


def test_address_is_shown_only_while_there_is_something_to_do(intake: Knocker, ticket: str) -> None:
    hand_off(intake, ticket, shows=["address", "name", "phone"])
    path = f"/v1/handoffs/{ticket}/1"
    assert intake.get(path, caller=WAREHOUSE).json["recipient"]["phones"] == [f"+86{PHONE}"]

    answered(intake, ticket, "accept", "complete")

    assert "recipient" not in intake.get(path, caller=WAREHOUSE).json
    assert "recipient" not in intake.get("/v1/handoffs?department=warehouse&finished=true", caller=WAREHOUSE).text


def test_what_nobody_knows_cannot_be_shown(intake: Knocker) -> None:
    body = {"type": "feedback", "subject": "一", "text": "二", "channel": "phone", "contact": {"phone": "13900000001"}}
    ticket = do(intake, "/v1/tickets", body)["id"]

    refused = intake.post(
        f"/v1/tickets/{ticket}/handoffs",
        {"department": "warehouse", "request": "请寄", "shows": ["order", "address"]},
        caller=AGENT,
    )

    assert problem(refused) == (422, "shows.1: not_on_file")


def test_evidence_comes_back_as_files_that_the_asker_opens(intake: Knocker, ticket: str) -> None:
    hand_off(intake, ticket)
    answered(intake, ticket, "accept")
    slot = do(
        intake,
        "/v1/handoffs/attachments",
        {"name": "运单.jpg", "media_type": "image/jpeg", "size_bytes": 3},
        caller=WAREHOUSE,
    )
    upload(slot["id"])

    done = {"text": "已补发", "attachments": [slot["id"]]}
    do(intake, f"/v1/tickets/{ticket}/handoffs/1/complete", done, caller=WAREHOUSE)

    [handoff] = intake.get(f"/v1/tickets/{ticket}", caller=AGENT).json["handoffs"]
    assert ([file["id"] for file in handoff["evidence"]], handoff["result"]) == ([slot["id"]], "已补发")
    path = f"/v1/tickets/{ticket}/handoffs/1/attachments/{slot['id']}"
    assert intake.get(path, caller=COLLEAGUE).status == 200
    assert intake.get(path, caller=STRANGER).status == 403


def test_form_of_a_department_is_asked_at_both_ends(intake: Knocker, ticket: str) -> None:
    put = intake.send("PUT", "/v1/handoff-forms/warehouse", FORM, caller=MANAGER)
    assert put.status == 200, put.text
    path = f"/v1/tickets/{ticket}/handoffs"
    body = {"department": "warehouse", "request": "请补发"}

    assert problem(intake.post(path, body, caller=AGENT)) == (422, "fields.sku: required")
    assert problem(intake.post(path, body | {"fields": {"colour": "红"}}, caller=AGENT)) == (
        422,
        "fields.colour: extra_forbidden",
    )
    hand_off(intake, ticket, fields={"sku": "38-R"})
    answered(intake, ticket, "accept")
    bare = intake.post(f"{path}/1/complete", {"text": "已发"}, caller=WAREHOUSE)
    wrong = intake.post(f"{path}/1/complete", {"text": "已发", "fields": {"carrier": "马车"}}, caller=WAREHOUSE)
    assert (problem(bare), problem(wrong)) == ((422, "fields.carrier: required"), (422, "fields.carrier: choice"))
    do(intake, f"{path}/1/complete", {"text": "已发", "fields": {"carrier": "SF"}}, caller=WAREHOUSE)
    assert intake.get(f"/v1/handoffs/{ticket}/1", caller=WAREHOUSE).json["fields"] == {"sku": "38-R", "carrier": "SF"}


def test_form_is_a_departments_and_its_fields_have_one_key_each(intake: Knocker) -> None:
    team = intake.send("PUT", "/v1/handoff-forms/aftersales", FORM, caller=MANAGER)
    twice = intake.send("PUT", "/v1/handoff-forms/warehouse", {"fields": FORM["fields"][:1] * 2}, caller=MANAGER)

    assert (problem(team), problem(twice)) == ((422, "department: unknown"), (422, "fields.1.key: duplicate"))
    assert intake.get("/v1/handoff-forms", caller=WAREHOUSE).json == {"items": []}


def test_declined_handoff_blocks_until_somebody_withdraws_it_with_a_reason(intake: Knocker, ticket: str) -> None:
    hand_off(intake, ticket)
    answered(intake, ticket, "decline")

    assert blockers(intake, ticket) == ["handoff_declined:1"]
    assert intake.post(f"/v1/tickets/{ticket}/resolve", {}, caller=AGENT).status == 409
    assert intake.post(f"/v1/tickets/{ticket}/handoffs/1/withdraw", {}, caller=AGENT).status == 422
    answered(intake, ticket, "withdraw", caller=AGENT)

    assert blockers(intake, ticket) == []
    assert intake.post(f"/v1/tickets/{ticket}/resolve", {}, caller=AGENT).status == 200


def test_declined_handoff_goes_on_at_another_department(intake: Knocker, ticket: str) -> None:
    hand_off(intake, ticket, attachments=["photo"], shows=["address"])
    answered(intake, ticket, "decline")

    body = {"department": "kitchen", "reason": "不归仓库管"}
    receipt = do(intake, f"/v1/tickets/{ticket}/handoffs/1/reroute", body)

    assert (receipt["handoff"], receipt["event"]) == (2, "HandoffRerouted")
    assert blockers(intake, ticket) == ["handoff:2"]
    old, new = intake.get(f"/v1/tickets/{ticket}", caller=AGENT).json["handoffs"]
    assert (old["state"], old["reason"], old["rerouted_to"]) == ("rerouted", "不归仓库管", 2)
    assert (new["department"], new["request"], new["state"]) == ("kitchen", "请补发一双", "asked")
    assert (new["shows"], [file["id"] for file in new["attachments"]]) == (["address"], ["photo"])
    assert intake.post(f"/v1/tickets/{ticket}/handoffs/1/withdraw", {"text": "晚了"}, caller=AGENT).status == 409


def test_work_to_be_verified_blocks_until_a_supervisor_agrees(intake: Knocker, ticket: str) -> None:
    hand_off(intake, ticket, verify=True)
    answered(intake, ticket, "accept", "complete")
    path = f"/v1/tickets/{ticket}/handoffs/1"

    assert blockers(intake, ticket) == ["handoff_unverified:1"]
    assert intake.post(f"{path}/verify", {"text": "好"}, caller=AGENT).status == 403
    assert intake.post(f"{path}/verify", {"text": "好"}, caller=WAREHOUSE).status == 403
    answered(intake, ticket, "return", caller=LEAD)
    [returned] = intake.get("/v1/handoffs", caller=WAREHOUSE).json["items"]
    assert (returned["state"], returned["reason"], returned["returned"]) == ("returned", "好", 1)
    answered(intake, ticket, "complete")
    answered(intake, ticket, "verify", caller=LEAD)

    assert blockers(intake, ticket) == []


def test_work_is_sent_back_also_where_nobody_asked_to_verify_it(intake: Knocker, ticket: str) -> None:
    hand_off(intake, ticket)
    answered(intake, ticket, "accept", "complete")
    assert blockers(intake, ticket) == []

    answered(intake, ticket, "return", caller=LEAD)

    assert blockers(intake, ticket) == ["handoff:1"]
    assert intake.post(f"/v1/tickets/{ticket}/handoffs/1/verify", {"text": "好"}, caller=LEAD).status == 409


def test_finished_ticket_is_reopened_before_work_is_sent_back(intake: Knocker, ticket: str) -> None:
    hand_off(intake, ticket)
    answered(intake, ticket, "accept", "complete")
    do(intake, f"/v1/tickets/{ticket}/resolve")

    refused = intake.post(f"/v1/tickets/{ticket}/handoffs/1/return", {"text": "缺运单"}, caller=LEAD)

    assert refused.json["type"].endswith("illegal_move")


def test_form_can_ask_that_all_work_is_verified(intake: Knocker, ticket: str) -> None:
    intake.send("PUT", "/v1/handoff-forms/warehouse", {"verify": True}, caller=MANAGER)
    hand_off(intake, ticket)
    answered(intake, ticket, "accept", "complete")

    assert blockers(intake, ticket) == ["handoff_unverified:1"]


def test_handoff_is_due_within_the_tickets_own_target(intake: Knocker, ticket: str) -> None:
    own = datetime.fromisoformat(intake.get(f"/v1/tickets/{ticket}", caller=AGENT).json["due_at"])
    path, body = f"/v1/tickets/{ticket}/handoffs", {"department": "warehouse", "request": "请查"}
    resolution = datetime.now(UTC) + timedelta(hours=72)
    late = {"due_at": (resolution + timedelta(minutes=5)).isoformat()}

    refused = intake.post(path, body | late, caller=AGENT)
    taken = intake.post(path, body | {"due_at": (resolution - timedelta(minutes=5)).isoformat()}, caller=AGENT)

    assert own < resolution
    assert (problem(refused), taken.status) == ((422, "due_at: after_ticket"), 201)


def test_manager_lists_all_handoffs_and_a_department_its_own(intake: Knocker, ticket: str) -> None:
    hand_off(intake, ticket)
    hand_off(intake, ticket, department="kitchen")
    answered(intake, ticket, "decline")

    def listed(caller: Caller, query: str = "") -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        cursor = ""
        while True:
            page = intake.get(f"/v1/handoffs?limit=1{query}{cursor}", caller=caller).json
            found += [(item["department"], item["number"]) for item in page["items"]]
            if "cursor" not in page:
                return found
            cursor = f"&cursor={page['cursor']}"

    assert sorted(listed(MANAGER)) == [("kitchen", 2), ("warehouse", 1)]
    assert listed(WAREHOUSE) == [("warehouse", 1)]
    assert listed(AGENT) == []
    assert listed(MANAGER, "&finished=true") == []
    assert intake.get("/v1/handoffs?cursor=0%23altered", caller=MANAGER).status == 422
    assert intake.get("/v1/handoffs?department=kitchen", caller=WAREHOUSE).status == 403
