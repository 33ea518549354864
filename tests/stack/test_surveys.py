"""One decision on a survey for each resolution, and one message for each that is sent, whatever fails on the way."""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from infra.cli.deployment import Deployment
from infra.cli.redrive import Streams
from tests.stack.conftest import new_contact
from tests.stack.holds import held, kill_held
from tests.stack.people import Stack, Visitor, eventually
from tingjian.intake.customers.models import Contact
from tingjian.intake.tickets.actions import reopen, resolve
from tingjian.intake.tickets.bodies import OpenTicket, Resolution
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.intake.types.actions import put_type
from tingjian.intake.types.models import TypeBody
from tingjian.platform.copies import COPY_SECONDS
from tingjian.platform.events import SYSTEM, Actor, load_events
from tingjian.survey.surveys.storage import load_surveys

RESOLUTIONS = int(os.environ.get("TINGJIAN_SURVEYS", "150"))
WITHIN_S = 600.0
AGENT = Actor(kind="staff", id="chenyu")
TYPE = "asked_later"


def solved(deployment: Deployment, kind: str = "feedback") -> tuple[str, str]:
    """The number of a ticket that Chen Yu has just resolved in a call, and the customer's address."""
    store, contact = deployment.store, new_contact()
    now = datetime.now(UTC).replace(microsecond=0)
    body = OpenTicket(
        type=kind,
        subject="包裹没到",
        text="三天了还没收到。",
        channel="phone",
        contact=Contact(phone=contact.phone, name=contact.name, email=contact.email),
        assign_to_me=True,
    )
    number = open_ticket(store, deployment.signer, body, Opening(AGENT, now, "zh-CN")).id
    request = Request(number, AGENT, datetime.now(UTC).replace(microsecond=0), right=None)
    resolve(store, request, Resolution(reply="今天送到。", spoken="phone"))
    return number, contact.email


def decisions(deployment: Deployment, number: str) -> list[str]:
    """The states of a ticket's surveys."""
    return [survey.state for survey in load_surveys(deployment.store, number)[1]]


@contextmanager
def returning_quickly(stack: Stack) -> Iterator[None]:
    """What a killed worker had comes back after seconds instead of minutes."""
    sqs, queue = stack.aws("sqs"), stack.outputs["ListenerQueueUrl"]
    before = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "10"})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=before)


def repeat_out_of_order(stack: Stack, streams: Streams, numbers: list[str]) -> None:
    """The events of these tickets come to the stream's reader again, mixed."""
    records = [
        record for number in numbers for record in streams.items(stack.outputs["JournalTable"], f"ticket#{number}")
    ]
    records.sort(key=lambda record: sha256(json.dumps(record).encode()).digest())
    for start in range(0, len(records), 100):
        answer = stack.invoke("SurveyStreamFunction", {"Records": records[start : start + 100]})
        assert answer == {"batchItemFailures": []}


def test_each_resolution_has_one_decision_though_the_worker_is_killed_twice_and_records_come_again(
    stack: Stack, deployment: Deployment
) -> None:
    began = time.monotonic()
    with returning_quickly(stack), ThreadPoolExecutor(4) as crowd:
        with held(stack, "TransactWriteItems", "SurveyIssued", passes=RESOLUTIONS // 10):
            first = [crowd.submit(solved, deployment) for _ in range(RESOLUTIONS // 2)]
            kill_held(stack, "SurveyWorkerFunction")
        with held(stack, "TransactWriteItems", "SurveyIssued", passes=RESOLUTIONS // 10, answered=False):
            second = [crowd.submit(solved, deployment) for _ in range(RESOLUTIONS - RESOLUTIONS // 2)]
            kill_held(stack, "SurveyWorkerFunction")
        asked = dict(one.result() for one in [*first, *second])
        repeat_out_of_order(stack, Streams(deployment), list(asked))

        def all_decided() -> bool:
            return all(decisions(deployment, number) for number in asked)

        eventually(all_decided, WITHIN_S)
        took = time.monotonic() - began
        eventually(lambda: set(asked.values()) <= set(_invited(stack)), WITHIN_S)
        repeat_out_of_order(stack, Streams(deployment), list(asked)[:50])
        eventually(lambda: _nothing_under_way(stack))

    assert len(asked) == RESOLUTIONS
    assert Counter(tuple(decisions(deployment, number)) for number in asked) == {("issued",): RESOLUTIONS}
    assert Counter(_survey_events(deployment, number) for number in asked) == {("SurveyIssued",): RESOLUTIONS}
    invited = _invited(stack)
    assert Counter(invited[address] for address in asked.values()) == {1: RESOLUTIONS}
    print(json.dumps({"resolutions": RESOLUTIONS, "decided_s": round(took, 1)}))  # noqa: T201 - the bench reads it
    assert took < WITHIN_S


@pytest.fixture(scope="module")
def _later(deployment: Deployment, operator: Visitor) -> None:
    kind = {"labels": {"zh-CN": "稍后询问"}, "team": "aftersales"}
    body = TypeBody.model_validate(kind)
    put_type(deployment.store, TYPE, body, expected=None, actor=SYSTEM, now=datetime.now(UTC))
    rules = {"sending": {"delay_minutes": 1}}
    eventually(lambda: operator.put(f"/v1/surveys/questionnaires/{TYPE}", rules).status == 200, 60)
    time.sleep(COPY_SECONDS + 1)  # So old may be what a process knows of questionnaires.


@pytest.mark.usefixtures("_later")
def test_planned_survey_is_sent_by_the_schedule_and_one_taken_back_is_not(stack: Stack, deployment: Deployment) -> None:
    (kept, address), (taken_back, other) = solved(deployment, TYPE), solved(deployment, TYPE)
    eventually(lambda: all(decisions(deployment, number) == ["planned"] for number in (kept, taken_back)), 60)
    request = Request(taken_back, AGENT, datetime.now(UTC).replace(microsecond=0), right=None)
    reopen(deployment.store, request, "还没好")

    eventually(lambda: _invited(stack)[address], 240)

    assert decisions(deployment, kept) == ["issued"]
    assert _survey_events(deployment, kept) == ("SurveyPlanned", "SurveyIssued")
    assert eventually(lambda: decisions(deployment, taken_back) == ["withdrawn"], 60)
    assert _survey_events(deployment, taken_back) == ("SurveyPlanned", "SurveyWithdrawn")
    assert (_invited(stack)[address], _invited(stack)[other]) == (1, 0)


def _survey_events(deployment: Deployment, number: str) -> tuple[str, ...]:
    [survey] = load_surveys(deployment.store, number)[1]
    return tuple(event.name for event in load_events(deployment.store, f"survey#{survey.id}"))


def _invited(stack: Stack) -> Counter[str]:
    """How many invitations each address got."""
    mails = stack.mail_to("@")
    return Counter(address for mail in mails if "/v1/public/surveys/" in str(mail) for address in mail["To"])


def _nothing_under_way(stack: Stack) -> bool:
    counts: dict[str, Any] = stack.aws("sqs").get_queue_attributes(
        QueueUrl=stack.outputs["ListenerQueueUrl"],
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )["Attributes"]
    return set(counts.values()) == {"0"}
