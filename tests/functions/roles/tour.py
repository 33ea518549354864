"""A tour of all doors: each operation, timer, mail, listener and job once, as in a process of its own for each door."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from functions.escalation import caller as call_door
from functions.escalation import schedule as sweep_door
from functions.escalation import stream as sorting_door
from functions.escalation import worker as mail_door
from functions.intake import worker as import_door
from functions.report import schedule as report_schedule
from functions.report import stream as lake_door
from functions.report import worker as report_door
from functions.survey import stream as journal_door
from functions.survey import worker as listener_door
from tests import iam
from tests.builders import DESK, JOURNAL, MANAGER
from tests.functions.door import BUCKET
from tests.functions.escalation.test_door import Receiver
from tests.functions.rights.asking import ASKS, POLICY
from tests.functions.rights.centre import IMPORT, REPORT, WINGS, Centre, made_centre
from tests.functions.rights.lists import LISTINGS, asked_queries, pages
from tests.functions.rights.matrix import Cell, cells, faults, operations
from tests.functions.rights.people import ADMIN, COLLEAGUE
from tests.functions.rights.scopes import WIDTH
from tests.process import forget_process
from tingjian.escalation.replans.actions import new_replan, new_replan_writes
from tingjian.notifications.webhooks.models import Webhook
from tingjian.notifications.webhooks.storage import webhook_write
from tingjian.platform.events import SYSTEM
from tingjian.report.lake.actions import GRACE
from tingjian.report.lake.storage import copies_folder
from tingjian.report.reports.schedules import MOST_TRIES

SENDER = "service@tingjian.example"
LANES = ("customers", "notices", "webhooks")
LOGS = (
    "case,activity,person,at\nC1,done,Rossi,2012-05-01 09:00:00\nC2,dance,Rossi,2012-05-01 10:00:00\n",
    "case,activity,person,at\nC1,done,Rossi,2012-05-01 09:30:00\n",
)
CALL_LIST = "姓名,电话,客户编号\n张三,13900000011,\n李四,13800000000,\n王五,13900000012,nobody\n"
QUESTIONNAIRE = "/v1/surveys/questionnaires/feedback"
BATCH = 10
ALL_OVER = timedelta(days=60)
"""After this time no timer of the centre waits any more."""


def toured(template: Mapping[str, Any], patch: pytest.MonkeyPatch, folder: Path) -> frozenset[iam.Made]:
    """What the doors called on the tour."""
    patch.setattr("tempfile.tempdir", str(folder))
    with made_centre(template) as centre:
        queue = boto3.client("sqs").create_queue(QueueName="listeners")["QueueUrl"]
        for lane in LANES:
            url = boto3.client("sqs").create_queue(QueueName=lane)["QueueUrl"]
            patch.setenv(f"{lane}_queue_url".upper(), url)
        boto3.client("sesv2").create_email_identity(EmailIdentity=SENDER)
        for name, value in {
            "LISTENER_QUEUE_URL": queue,
            "MAIL_SENDER": SENDER,
            "MAIL_REPLY_TO": "",
            "MAIL_CONFIGURATION_SET": "mail",
            "SEND_SMS": "on",
            "WEBHOOK_LOOPBACK": "on",
        }.items():
            patch.setenv(name, value)
        iam.made.clear()
        patch.setattr(sorting_door, "DELAYS", {})
        patch.setattr(report_door, "now", lambda: datetime.now(UTC) + GRACE * 2)
        patch.setattr("tingjian.report.lake.actions.AT_ONCE", 1)  # So that work is left, and the queue is told so.
        parts = (
            ask_everything,
            file_history,
            make_reports,
            call_back,
            hear_the_journal,
            send_everything,
            sweep_everything,
        )
        for part in parts:
            part(centre)
        forget()
        calls = frozenset(iam.made)
        iam.made.clear()
    return calls


def forget() -> None:
    """Make everything anew that a process keeps."""
    forget_process()
    shutil.rmtree(copies_folder(), ignore_errors=True)
    for kept in (mail_door.mail, mail_door.sms, copies_folder):
        kept.cache_clear()


def ask_everything(centre: Centre) -> None:
    """Each operation, and each list in every way. All of it is put back, so what it asks of workers is left out."""
    for wing in WINGS:
        forget()
        for name, operation in operations().items():
            if operation.wing == wing:
                assert list(faults(centre, allowed(centre, name))) == []
        for listing in LISTINGS:
            if listing.wing == wing:
                for query in asked_queries(centre, listing):
                    next(pages(centre, listing, query, MANAGER))
    for queue in ("imports", "reports"):
        sqs = boto3.client("sqs")
        sqs.purge_queue(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"])


def allowed(centre: Centre, operation: str) -> list[Cell]:
    """Two cells of people who may, the first with the narrowest right to it and the second with the widest."""
    found = [cell for cell in cells(centre, operation) if cell.allowed and cell.expected == cell.ask.done]
    return [min(found, key=_width), max(found, key=_width)]


def _width(cell: Cell) -> int:
    return WIDTH.index(cell.scope)


def file_history(centre: Centre) -> None:
    """Two imports from their files to the links to their rejects; the second contradicts the first."""
    for log in LOGS:
        forget()
        path = f"/v1/imports/{centre.do('intake', 'POST', '/v1/imports', IMPORT | {'size_bytes': len(log)})['id']}"
        key = f"imports/{path.rpartition('/')[2]}/source"
        boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=log.encode())
        centre.do("intake", "POST", f"{path}/start")
        work_off("imports", import_door.handler)
        centre.do("intake", "GET", f"{path}/rejects")
    take_back(centre)


def take_back(centre: Centre) -> None:
    """An import of a customer with a phone, which is tried, done and undone."""
    forget()
    log = "case,activity,at,person,phone\nU1,done,2026-01-02 09:00:00,Neri,13812340000\n"
    mapping = {**IMPORT["mapping"], "source": "undone", "customer": {"phone": "phone"}}  # type: ignore[dict-item]
    asked = IMPORT | {"size_bytes": len(log), "mapping": mapping}
    path = f"/v1/imports/{centre.do('intake', 'POST', '/v1/imports', asked)['id']}"
    key = f"imports/{path.rpartition('/')[2]}/source"
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=log.encode())
    for step in ("check", "start", "undo"):
        centre.do("intake", "POST", f"{path}/{step}")
        work_off("imports", import_door.handler)


def make_reports(centre: Centre) -> None:
    """The lake is filled and compacted; a report is asked for, made and fetched; the schedule asks for its own."""
    forget()
    records = list(inserted(JOURNAL))
    for start in range(0, len(records), BATCH):
        assert lake_door.handler({"Records": records[start : start + BATCH]}, None) == {"batchItemFailures": []}
    on_the_hour = datetime.now(UTC).replace(minute=0)
    for days in (0, 40):
        report_schedule.tick(on_the_hour + timedelta(days=days))
    work_off("reports", report_door.handler)
    report = centre.do("report", "POST", "/v1/reports", REPORT)["id"]
    work_off("reports", report_door.handler)
    centre.do("report", "GET", f"/v1/reports/{report}/file?format=xlsx")
    centre.do("report", "POST", "/v1/reports", REPORT)
    for days in range(50, 52 + MOST_TRIES):
        report_schedule.tick(on_the_hour + timedelta(days=days))


def call_back(centre: Centre) -> None:
    """Callback plans: of a list with rows of every kind, of events, and of a cycle; one is stopped, one exported."""
    people = {"team": "aftersales", "kind": "care", "share": "owner"}
    cycle = {"kind": "cycle", "days": {"normal": 20}}
    for body in (
        {"name": "名单", "people": [COLLEAGUE.id], **people},
        {"name": "反馈", "source": {"kind": "event", "event": "ticket_resolved"}, **people},
        {"name": "老客户", "source": cycle, **people},
    ):
        plan = f"/v1/callback-plans/{centre.do('survey', 'POST', '/v1/callback-plans', body)['id']}"
        made = centre.do("survey", "POST", f"{plan}/lists", {"name": "名单.csv", "size_bytes": len(CALL_LIST)})["id"]
        boto3.client("s3").put_object(Bucket=BUCKET, Key=f"imports/calls/{made}/source", Body=CALL_LIST.encode())
        centre.do("survey", "POST", f"{plan}/lists/{made}/start")
        centre.do("survey", "POST", f"{plan}/start")
        centre.do("survey", "GET", f"{plan}/lists/{made}/rejects")
        export = centre.do("survey", "POST", f"{plan}/exports", {"form": "csv"})["id"]
        hear_all()
        centre.do("survey", "GET", f"{plan}/callbacks?person={COLLEAGUE.id}")
        centre.do("survey", "GET", f"{plan}/exports/{export}/file")
        if "people" in body:
            centre.do("survey", "POST", f"{plan}/hand-over", {"person": COLLEAGUE.id})
            centre.do("survey", "POST", f"{plan}/pause")
            hear_all()
        if body.get("source") != cycle:
            centre.do("survey", "POST", f"{plan}/stop")


def hear_all() -> None:
    """Every event in the Journal is heard, again and again until nothing is new."""
    heard = -1
    while heard != (written := len(records := list(inserted(JOURNAL)))):
        heard = written
        forget()
        journal_door.handler({"Records": records}, None)
        work_off("listeners", listener_door.handler)


def hear_the_journal(centre: Centre) -> None:
    """Every fact that somebody listens to is heard, where customers are left alone for a while too."""
    for version, hours in enumerate((24, 48)):
        headers = {"if-match": f'"{version}"'}
        assert centre.knock("survey", "PUT", QUESTIONNAIRE, {"quiet_hours": hours}, headers=headers).status == 200
    assert centre.knock("survey", "PUT", QUESTIONNAIRE, {}, headers={"if-match": '"1"'}).status == 409
    number = centre.things["ticket"][0].parts["ticket"]
    centre.do("intake", "POST", f"/v1/tickets/{number}/resolve", {})
    forget()
    journal_door.handler({"Records": list(inserted(JOURNAL))}, None)
    work_off("listeners", listener_door.handler)


def send_everything(centre: Centre) -> None:
    """Every message goes its way: by mail, by text message, to a webhook that answers and to one that is gone."""
    gone = Receiver(410)
    webhook = Webhook(id="gone", version=1, name="gone", url=gone.url, secret="whsec_c2VjcmV0c2VjcmV0c2VjcmV0")
    centre.store.transact([webhook_write(webhook)])
    assert centre.knock("escalation", "POST", "/v1/webhooks/gone/test", caller=ADMIN).status == 204
    centre.do("intake", "POST", "/v1/public/tickets", ASKS["POST /v1/public/tickets"].body, caller=None)
    centre.with_other_file(centre.things["ticket"][1])
    forget()
    try:
        for lanes in (LANES, ("notices",)):  # Notices make digests, which go out in the second round.
            assert sorting_door.handler({"Records": list(inserted(DESK))}, None) == {"batchItemFailures": []}
            for lane in lanes:
                work_off(lane, call_door.handler if lane == "webhooks" else mail_door.handler)
    finally:
        gone.close()


def sweep_everything(centre: Centre) -> None:
    """Every timer fires, that of a replan too which was begun by nobody."""
    path, headers = "/v1/sla-policies/default", {"if-match": '"1"'}
    assert centre.knock("escalation", "PUT", path, POLICY, headers=headers).status == 200
    replan = new_replan("policy", "default", "policy", actor=SYSTEM, now=datetime.now(UTC), idempotency=None)
    centre.store.transact(new_replan_writes(replan, actor=SYSTEM, idempotency=None))
    forget()
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 55_000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep_door, "datetime", SimpleNamespace(now=lambda zone: datetime.now(zone) + ALL_OVER))
        while sweep_door.handler({}, context)["fired"]:
            pass


def inserted(table: str) -> Iterator[dict[str, Any]]:
    """The records of a stream that brings all items of a table as new."""
    items = boto3.client("dynamodb").scan(TableName=table)["Items"]
    for number, item in enumerate(items, 1):
        yield {"eventName": "INSERT", "dynamodb": {"NewImage": item, "SequenceNumber": str(number)}}


def work_off(queue: str, handler: Callable[[dict[str, Any], None], dict[str, Any]]) -> None:
    """Give a worker all messages of its queue, those too that it sends itself."""
    forget()
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    worked = 0
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            record = {
                "messageId": message["MessageId"],
                "body": message["Body"],
                "attributes": {"ApproximateReceiveCount": "1"},
            }
            assert handler({"Records": [record]}, None) == {"batchItemFailures": []}, json.loads(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            worked += 1
    assert worked
