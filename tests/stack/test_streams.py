"""A poisoned stream record delays nobody, ends in the failure queue, and is restored by a redrive (R3)."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.cli.deployment import Deployment
from infra.cli.redrive import Streams, redrive_entity, redrive_failures
from tests.stack.conftest import Ask
from tests.stack.people import Stack, Visitor, eventually
from tingjian.intake.tickets import models
from tingjian.intake.tickets.actions import type_of
from tingjian.intake.tickets.changes import Decision, Request, linked
from tingjian.intake.tickets.storage import load_ticket, write_of
from tingjian.platform.events import Actor
from tingjian.platform.events import write_of as event_write
from tingjian.platform.places import ticket_key
from tingjian.platform.store import Write


@pytest.fixture
def streams(deployment: Deployment) -> Streams:
    return Streams(deployment)


@pytest.fixture(autouse=True)
def _empty_queue(stack: Stack) -> None:
    stack.aws("sqs").purge_queue(QueueUrl=stack.outputs["StreamFailureQueueUrl"])


def failures(stack: Stack) -> list[dict[str, Any]]:
    """What the failure queue holds, left where it is."""
    answer = stack.aws("sqs").receive_message(
        QueueUrl=stack.outputs["StreamFailureQueueUrl"], MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def failed_functions(stack: Stack) -> set[str]:
    return {failure["requestContext"]["functionArn"].rsplit(":", 1)[-1] for failure in failures(stack)}


def surveys(lead: Visitor, ticket: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = lead.get("/v1/surveys", ticket=ticket, answered="false").expect(200)["items"]
    return found


def poison(deployment: Deployment) -> str:
    """An item that the filters let through and nobody can read."""
    entity = f"ticket#{uuid.uuid4().hex}"
    item = {"pk": entity, "sk": "00000001", "name": "TicketResolved", "version": "not a number", "at": "never"}
    deployment.store.transact([Write("journal", item, expect=0)])
    return entity


def test_poisoned_record_delays_nobody_and_ends_in_the_failure_queue(  # noqa: PLR0917 - all who take part
    stack: Stack, deployment: Deployment, streams: Streams, ask: Ask, agent: Visitor, lead: Visitor
) -> None:
    before, after = ask(), ask()
    agent.post(f"{before.path}/resolve", {}).expect(200)
    poison(deployment)
    agent.post(f"{after.path}/resolve", {}).expect(200)

    asked = eventually(lambda: surveys(lead, before.id) and surveys(lead, after.id))
    readers = {stack.function("SurveyStreamFunction"), stack.function("ReportStreamFunction")}
    eventually(lambda: failed_functions(stack) >= readers)
    result = redrive_failures(streams)

    assert len(asked) == 1
    assert len(result.left) == 2
    assert failed_functions(stack) == readers


def test_redrive_restores_what_failed_and_leaves_nothing_behind(
    stack: Stack, deployment: Deployment, streams: Streams, ask: Ask, lead: Visitor
) -> None:
    asked, store = ask(), deployment.store
    ticket = load_ticket(store, asked.id)
    now = datetime.now(UTC).replace(microsecond=0)
    request = Request(number=ticket.id, actor=Actor(kind="staff", id="chenyu"), now=now)
    change = models.resolve(ticket, type_of(store, ticket), {}, by="chenyu", now=now)
    resolved, event = linked(ticket, Decision(change, data={"seconds": 1.0, "working_seconds": 0, "kept": {}}), request)
    gone = Write("desk", {"pk": ticket_key(ticket.id).pk, "sk": ticket_key(ticket.id).sk}, kind="delete")
    store.transact([gone, event_write(event)])
    eventually(lambda: stack.function("SurveyStreamFunction") in failed_functions(stack))
    store.transact([Write("desk", write_of(resolved).item, expect=0)])

    result = redrive_failures(streams)

    assert (result.left, result.taken) == ([], 1)
    assert failures(stack) == []
    assert len(surveys(lead, asked.id)) == 1
    assert eventually(lambda: [one for one in stack.mail_to(asked.contact.email) if "survey.html" in str(one)])


def test_redrive_of_an_entity_repeats_no_effect(
    stack: Stack, streams: Streams, ask: Ask, agent: Visitor, lead: Visitor
) -> None:
    asked = ask()
    agent.post(f"{asked.path}/resolve", {"reply": "已补发"}).expect(200)
    eventually(lambda: [mail for mail in stack.mail_to(asked.contact.email) if "survey.html" in str(mail)])
    eventually(lambda: [mail for mail in stack.mail_to(asked.contact.email) if "已补发" in str(mail)])
    mails = len(stack.mail_to(asked.contact.email))

    result = redrive_entity(streams, f"ticket#{asked.id}")

    assert result.left == []
    assert result.taken >= 3
    assert len(surveys(lead, asked.id)) == 1
    assert len(stack.mail_to(asked.contact.email)) == mails
