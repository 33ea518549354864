"""A mark in each field that people write: it is found where docs/data-model.md says, and nowhere else."""

import gzip
import io
import json
import re
import secrets
import uuid
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.stack.conftest import Ask, new_contact
from tests.stack.people import Stack, Visitor, eventually
from tests.stack.test_import import ended, make
from tingjian.platform.signing import Signer
from tingjian.platform.times import instant

ROOT = Path(__file__).parents[2]
MODEL, MAPPINGS = ROOT / "docs" / "data-model.md", ROOT / "infra" / "mappings"
ROW = re.compile(
    r"^\| ([a-z, ]+) \| (ticket|message|customer|handoff|survey|followup|reveals)\b[^|]*\| ([a-z, ]*) ?\|$",
    re.MULTILINE,
)
KINDS = {
    "subject",
    "order",
    "field",
    "text",
    "note",
    "reply",
    "reason",
    "name",
    "address",
    "email",
    "request",
    "result",
    "file",
    "answer",
    "call",
    "why",
    "row",
}
RUN = secrets.token_hex(6)


def mark(kind: str) -> str:
    return f"zq{kind}{RUN}"


def allowed() -> dict[str, set[str]]:
    """The places of each kind, as the table of the data model names them."""
    table = MODEL.read_text("utf-8").partition("What people write stands")[2]
    return {
        kind: {f"desk {item}"} | set(filter(None, map(str.strip, besides.split(","))))
        for kinds, item, besides in ROW.findall(table)
        for kind in kinds.split(", ")
    }


@dataclass(frozen=True)
class Found:
    """A place and all that stands there."""

    place: str
    text: str


@pytest.fixture(scope="module")
def places(  # noqa: PLR0917 - everybody writes
    stack: Stack,
    customer: Visitor,
    agent: Visitor,
    lead: Visitor,
    operator: Visitor,
    department: Visitor,
    signer: Signer,
) -> list[Found]:
    """Write a mark into every field, let everything run its course, and read all places."""
    key = f"zt{RUN}"
    fields = [{"key": name, "labels": {"zh-CN": name}, "kind": name} for name in ("line", "text")]
    kind = {"labels": {"zh-CN": "试"}, "team": "aftersales", "fields": fields}
    operator.put(f"/v1/ticket-types/{key}", kind, version=0).expect(200)
    contact = {"phone": new_contact().phone, "email": f"{mark('email')}@example.com", "name": mark("name")}
    wanted = {"name": f"{mark('file')}.jpg", "media_type": "image/jpeg", "size_bytes": 9}
    slot = customer.post("/v1/public/attachments", wanted).expect(201)
    requests.post(slot["url"], data=slot["fields"], files={"file": b"\xff\xd8\xff123456"}, timeout=30)
    body = {
        "type": "feedback",
        "subject": mark("subject"),
        "text": mark("text"),
        "contact": contact,
        "order_number": mark("order"),
        "attachments": [slot["id"]],
    }
    asked = customer.post("/v1/public/tickets", body).expect(201)
    number, token = asked["number"].replace("-", ""), asked["follow_url"].partition("#")[2]
    path, public = f"/v1/tickets/{number}", f"/v1/public/tickets/{token}"
    typed = {"type": key, "subject": mark("subject"), "text": mark("text"), "channel": "phone", "contact": contact}
    typed["fields"] = {"line": mark("field"), "text": mark("field")}
    agent.post("/v1/tickets", typed).expect(201)
    customer.post(f"{public}/messages", {"text": mark("text")}).expect(201)
    customer.post("/v1/public/tickets/codes", {"number": number}).expect(202)
    agent.post(f"{path}/claim").expect(200)
    agent.post(f"{path}/notes", {"text": mark("note")}).expect(201)
    agent.post(f"{path}/replies", {"text": mark("reply")}).expect(201)
    agent.post(f"{path}/handoffs", {"department": "warehouse", "request": mark("request")}).expect(201)
    department.post(f"{path}/handoffs/1/accept").expect(200)
    department.post(f"{path}/handoffs/1/complete", {"text": mark("result")}).expect(200)
    agent.post(f"{path}/resolve", {"reply": mark("reply")}).expect(200)
    customer.post(f"{public}/reopen", {"reason": mark("reason")}).expect(200)
    agent.post(f"{path}/follow-link").expect(200)
    agent.post(
        "/v1/customers", {"name": mark("name"), "phones": [new_contact().phone], "address": mark("address")}
    ).expect(201)
    customer.post(f"{public}/confirm").expect(409)  # A refusal, which is stored.
    asked_and_called(customer, agent, lead, contact, signer)
    taken_in(operator, mark("row"))
    counted(operator)
    eventually(lambda: [mail for mail in stack.mail_to(mark("email")) if mark("reply") in str(mail)])
    eventually(lambda: [found for found in objects(stack, "LakeBucket") if number in found.text])
    read = list(everything(stack))
    # The customer's own mails hold the link; that is what they are for.
    assert [found.place for found in read if token in found.text and found.place != "mail"] == []
    linked = [mail for mail in stack.mail_to("@") if token in str(mail)]
    assert [mail["To"] for mail in linked if not all(mark("email") in one.lower() for one in mail["To"])] == []
    return read


def asked_and_called(customer: Visitor, agent: Visitor, lead: Visitor, contact: dict[str, str], signer: Signer) -> None:
    """A request whose customer answers the survey with words, is called, and revealed for a reason in words."""
    body = {"type": "feedback", "subject": mark("subject"), "text": mark("text"), "contact": contact}
    number = customer.post("/v1/public/tickets", body).expect(201)["number"].replace("-", "")
    path = f"/v1/tickets/{number}"
    agent.post(f"{path}/resolve", {"reply": mark("reply")}).expect(200)
    query = {"ticket": number, "answered": "false"}
    [survey] = eventually(lambda: lead.get("/v1/surveys", **query).expect(200)["items"])
    link = signer.token("survey", survey["id"], expires_at=instant(survey["expires_at"]))
    customer.post(f"/v1/public/surveys/{link}/answer", {"score": 1, "text": mark("answer")}).expect(200)
    lead.post(f"/v1/follow-ups/{survey['id']}/claim").expect(200)
    outcome = {"result": "not_satisfied", "note": mark("call")}
    lead.post(f"/v1/follow-ups/{survey['id']}/complete", outcome).expect(200)
    known = agent.get(path).expect(200)["customer"]["id"]
    agent.post(f"/v1/customers/{known}/reveal", {"field": "phones", "reason": "callback", "text": mark("why")}).expect(
        200
    )


def taken_in(operator: Visitor, words: str) -> None:
    """A table whose rows say something; one of them is refused."""
    rows = f"工单编号,标题,问题描述,创建时间\nA1,旧工单,{words},2026-03-02 09:00\nA2,旧工单,{words},昨天\n".encode()
    mapping = json.loads((MAPPINGS / "chinese-sheet.json").read_text("utf-8"))
    columns = {"source": f"marks-{RUN}", "form": "tickets", "time": mapping["time"], "case": "工单编号"}
    columns |= {"subject": "标题", "text": "问题描述", "type": "feedback", "channel": "phone"}
    columns |= {"dates": {"opened": "创建时间"}}
    path = make(operator, rows, columns)
    operator.post(f"{path}/start").expect(202)
    done = ended(operator, path)
    assert (done["state"], done["rows_rejected"], done["cases_total"]) == ("done", 1, 1), done


def counted(operator: Visitor) -> None:
    """A report with all of its files."""
    today = datetime.now(UTC).date()
    period = {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=1)), "imported": "all"}
    report = operator.post("/v1/reports", period).expect(202)["id"]
    eventually(lambda: operator.get(f"/v1/reports/{report}").expect(200)["state"] == "made")


def everything(stack: Stack) -> Iterator[Found]:
    for item in scan(stack, "DeskTable"):
        yield Found(f"desk {kind_of(item)}", str(item))
    for item in scan(stack, "JournalTable"):
        yield Found("journal", str(item))
    for bucket, place in (("LakeBucket", "lake"), ("FilesBucket", "files"), ("WebBucket", "pages")):
        for found in objects(stack, bucket):
            yield Found(place, found.text)
    for name in stack.aws("sqs").list_queues().get("QueueUrls", []):
        for message in (
            stack.aws("sqs")
            .receive_message(QueueUrl=name, MaxNumberOfMessages=10, VisibilityTimeout=0, WaitTimeSeconds=0)
            .get("Messages", [])
        ):
            yield Found(f"queue {name}", message["Body"])
    for mail in stack.mail_to("@"):
        yield Found("mail", str(mail))
    logs = stack.aws("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        for event in logs.filter_log_events(logGroupName=group["logGroupName"]).get("events", []):
            yield Found("logs", event["message"])


def scan(stack: Stack, table: str) -> Iterator[dict[str, Any]]:
    for page in stack.aws("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs[table]):
        yield from page["Items"]


def kind_of(item: dict[str, Any]) -> str:
    whose, kind = item["pk"]["S"].partition("#")[0], item["sk"]["S"].partition("#")[0]
    return str(kind if whose in {"ticket", "customer"} else whose)


def readable(content: bytes) -> str:
    """What a file says; packed ones are opened."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "\n".join(readable(book.read(name)) for name in book.namelist())
    if content.startswith(b"\x1f\x8b"):
        return readable(gzip.decompress(content))
    return content.decode("utf-8", "ignore")


def objects(stack: Stack, bucket: str) -> Iterator[Found]:
    s3, name = stack.aws("s3"), stack.outputs[bucket]
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
        for entry in page.get("Contents", []):
            got = s3.get_object(Bucket=name, Key=entry["Key"])
            text = readable(got["Body"].read())
            yield Found(bucket, entry["Key"] + json.dumps(got["Metadata"]) + text)


def test_every_kind_of_mark_has_its_row() -> None:
    assert set(allowed()) == KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_mark_stands_where_the_data_model_says_and_nowhere_else(places: list[Found], kind: str) -> None:
    found = {one.place for one in places if mark(kind) in one.text.lower()}

    assert found - allowed()[kind] == set()
    assert any(place.startswith("desk") for place in found), found


def test_of_sixty_guesses_at_once_at_most_five_are_judged(ask: Ask, customer: Visitor) -> None:
    asked = ask()
    wrong = f"{(int(asked.contact.phone[-4:]) + 1) % 10000:04d}"
    body = {"number": asked.number, "phone_last_four": wrong}

    with ThreadPoolExecutor(20) as crowd:
        answers = list(
            crowd.map(lambda _: customer.post("/v1/public/tickets/lookup", body, key=str(uuid.uuid4())), range(60))
        )

    judged = [answer for answer in answers if answer.status == 404]
    refused = [answer for answer in answers if answer.status == 429]
    assert len(judged) <= 5
    assert len(judged) + len(refused) == 60
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
    assert customer.get(asked.public).status == 200


def test_a_stranger_who_files_forty_times_mails_somebody_three_times(stack: Stack, ask: Ask, customer: Visitor) -> None:
    victim = new_contact()
    numbers = [ask(victim).number for _ in range(40)]

    def ended() -> bool:
        deliveries = [str(item) for item in scan(stack, "DeskTable") if kind_of(item) == "delivery"]
        return (
            sum(any(number.replace("-", "") in one and "changed_at" in one for one in deliveries) for number in numbers)
            == 40
        )

    eventually(ended)
    eventually(lambda: len(stack.mail_to(victim.email)) >= 3)
    assert len(stack.mail_to(victim.email)) == 3
    assert "三天了" not in str(stack.mail_to(victim.email))
    assert customer.get("/v1/health").status == 200


def test_a_code_that_is_mailed_opens_the_request(stack: Stack, ask: Ask, customer: Visitor) -> None:
    asked = ask()

    customer.post("/v1/public/tickets/codes", {"number": asked.number}).expect(202)
    found = eventually(lambda: re.findall(r"Your code: (\d{6})", str(stack.mail_to(asked.contact.email))))
    body = {"number": asked.number, "code": found[0]}
    url = customer.post("/v1/public/tickets/codes/redeem", body).expect(200)["url"]

    assert customer.get(f"/v1/public/tickets/{url.partition('#')[2]}").expect(200)["number"] == asked.number
