"""What a lead does with callback plans, at the door."""

from typing import Any

import boto3

from tests.builders import LEAD
from tests.functions.door import BUCKET, Answer, Knocker
from tingjian.platform.store import Store
from tingjian.survey.callback_plans.members import Member, member_from_item

PLANS = "/v1/callback-plans"
BODY: dict[str, Any] = {"name": "三月老客户回访", "kind": "care", "team": "aftersales", "people": ["chen", "lin"]}


def plan_of(door: Knocker, **changed: Any) -> str:
    """A new plan; its id."""
    answer = door.post(PLANS, BODY | changed, caller=LEAD)
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


def list_of(door: Knocker, plan: str, content: bytes, **told: Any) -> str:
    """A new list of a plan with its file uploaded; its id."""
    body = {"name": "名单.csv", "size_bytes": max(len(content), 1)} | told
    answer = door.post(f"{PLANS}/{plan}/lists", body, caller=LEAD)
    assert answer.status == 201, answer.text
    upload(answer.json["id"], content)
    return str(answer.json["id"])


def upload(list_id: str, content: bytes) -> None:
    boto3.client("s3").put_object(Bucket=BUCKET, Key=f"imports/calls/{list_id}/source", Body=content)


def started(door: Knocker, plan: str, list_id: str, **headers: str) -> Answer:
    return door.post(f"{PLANS}/{plan}/lists/{list_id}/start", caller=LEAD, **headers)


def rejects(list_id: str) -> list[str]:
    """The lines of the file of refused rows."""
    answer = boto3.client("s3").get_object(Bucket=BUCKET, Key=f"imports/calls/{list_id}/rejects.csv")
    return answer["Body"].read().decode("utf-8-sig").splitlines()


def sheet(count: int, *, first: int = 0) -> bytes:
    """A file with so many people."""
    return "\n".join(["姓名,电话", *(f"客户{n},{13800000000 + n}" for n in range(first, first + count))]).encode()


def members(store: Store, plan: str) -> list[Member]:
    """The callbacks of a plan."""
    return [member_from_item(item) for item in store.query_all(f"callback-members#{plan}")]


def running_with(door: Knocker, content: bytes, **changed: Any) -> tuple[str, str]:
    """A running plan with a list that was read; their ids."""
    plan = plan_of(door, **changed)
    listed = list_of(door, plan, content)
    assert started(door, plan, listed).status == 200
    assert door.post(f"{PLANS}/{plan}/start", caller=LEAD).status == 200
    return plan, listed
