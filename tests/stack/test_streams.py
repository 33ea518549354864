"""What is poisoned in a stream or for a listener delays nobody, ends in its failure queue and can be redriven (R3)."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.cli.deployment import Deployment
from infra.cli.redrive import Streams, redrive_entity, redrive_failures, redrive_listeners
from tests.stack.conftest import Ask
from tests.stack.people import Stack, Visitor, eventually
from tingjian.intake.tickets import moves
from tingjian.intake.tickets.actions import type_of
from tingjian.intake.tickets.changes import Decision, Request, ticket_with_event
from tingjian.intake.tickets.storage import load_ticket, ticket_write
from tingjian.platform.events import Actor, event_write
from tingjian.platform.places import ticket_key
from tingjian.platform.store import Write
from tingjian.sla.policies.plans import hours_of

ISSUE = "tingjian.survey.surveys.listeners:issue"


@pytest.fixture
def streams(deployment: Deployment) -> Streams:
    return Streams(deployment)


@pytest.fixture(autouse=True)
def _empty_queues(stack: Stack) -> None:
    for name in ("StreamFailureQueueUrl", "ListenerDeadLetterQueueUrl"):
        stack.aws("sqs").purge_queue(QueueUrl=stack.outputs[name])


@pytest.fixture
def _quick_returns(stack: Stack) -> Iterator[None]:
    """What a listener failed at comes back after seconds instead of minutes."""
    sqs, queue = stack.aws("sqs"), stack.outputs["ListenerQueueUrl"]
    before = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "5"})
    yield
    sqs.set_queue_attributes(QueueUrl=queue, Attributes=before)


def failures(stack: Stack, queue: str = "StreamFailureQueueUrl") -> list[dict[str, Any]]:
    """What a failure queue holds, left where it is."""
    answer = stack.aws("sqs").receive_message(
        QueueUrl=stack.outputs[queue], MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def unheard(stack: Stack) -> list[dict[str, Any]]:
    """What listeners failed at for good."""
    return failures(stack, "ListenerDeadLetterQueueUrl")


def all_heard(stack: Stack) -> bool:
    """Whether no event is on its way to a listener."""
    counts = stack.aws("sqs").get_queue_attributes(
        QueueUrl=stack.outputs["ListenerQueueUrl"],
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )["Attributes"]
    return set(counts.values()) == {"0"}


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
    agent.post(f"{before.path}/resolve", {"reply": "已补发"}).expect(200)
    poison(deployment)
    agent.post(f"{after.path}/resolve", {"reply": "已补发"}).expect(200)

    asked = eventually(lambda: surveys(lead, before.id) and surveys(lead, after.id))
    readers = {stack.function("SurveyStreamFunction"), stack.function("ReportStreamFunction")}
    eventually(lambda: failed_functions(stack) >= readers)
    result = redrive_failures(streams)

    assert len(asked) == 1
    assert len(result.left) == 2
    assert failed_functions(stack) == readers


@pytest.mark.usefixtures("_quick_returns")
def test_poisoned_message_of_a_listener_delays_no_survey_and_stays_until_it_is_mended(
    stack: Stack, streams: Streams, ask: Ask, agent: Visitor, lead: Visitor
) -> None:
    before, after = ask(), ask()
    agent.post(f"{before.path}/resolve", {"reply": "已补发"}).expect(200)
    poisoned = {"listener": "tingjian.nowhere:nothing", "entity": f"ticket#{before.id}", "version": 1}
    stack.aws("sqs").send_message(QueueUrl=stack.outputs["ListenerQueueUrl"], MessageBody=json.dumps(poisoned))
    agent.post(f"{after.path}/resolve", {"reply": "已补发"}).expect(200)

    eventually(lambda: surveys(lead, before.id) and surveys(lead, after.id), 30)
    eventually(lambda: unheard(stack) == [poisoned], 90)
    result = redrive_listeners(streams)

    (left,) = result.left
    assert result.taken == 0
    assert json.loads(left.partition(": ")[2]) == poisoned
    assert unheard(stack) == [poisoned]


@pytest.mark.usefixtures("_quick_returns")
def test_redrive_restores_what_a_listener_failed_at_and_leaves_nothing_behind(
    stack: Stack, deployment: Deployment, streams: Streams, ask: Ask, lead: Visitor
) -> None:
    asked, store = ask(), deployment.store
    ticket = load_ticket(store, asked.id)
    now = datetime.now(UTC).replace(microsecond=0)
    request = Request(number=ticket.id, actor=Actor(kind="staff", id="chenyu"), now=now)
    change = moves.resolve(ticket, type_of(store, ticket), {}, by="chenyu", hours=hours_of(store), now=now)
    resolved, event = ticket_with_event(
        ticket, Decision(change, data={"seconds": 1.0, "working_seconds": 0, "kept": {}, "message_id": "m1"}), request
    )
    gone = Write("desk", {"pk": ticket_key(ticket.id).pk, "sk": ticket_key(ticket.id).sk}, kind="delete")
    store.transact([gone, event_write(event)])
    (failure,) = eventually(lambda: unheard(stack))
    store.transact([Write("desk", ticket_write(resolved).item, expect=0)])

    result = redrive_listeners(streams)

    assert failure == {"listener": ISSUE, "entity": f"ticket#{asked.id}", "version": event.version}
    assert (result.left, result.taken) == ([], 1)
    assert unheard(stack) == []
    assert len(surveys(lead, asked.id)) == 1
    assert eventually(lambda: [one for one in stack.mail_to(asked.contact.email) if "/v1/public/surveys/" in str(one)])


def test_redrive_of_an_entity_repeats_no_effect(
    stack: Stack, streams: Streams, ask: Ask, agent: Visitor, lead: Visitor
) -> None:
    asked = ask()
    agent.post(f"{asked.path}/resolve", {"reply": "已补发"}).expect(200)
    eventually(lambda: [mail for mail in stack.mail_to(asked.contact.email) if "/v1/public/surveys/" in str(mail)])
    eventually(lambda: [mail for mail in stack.mail_to(asked.contact.email) if "已补发" in str(mail)])
    mails = len(stack.mail_to(asked.contact.email))

    result = redrive_entity(streams, f"ticket#{asked.id}")
    eventually(lambda: all_heard(stack))

    assert result.left == []
    assert result.taken >= 3
    assert len(surveys(lead, asked.id)) == 1
    assert len(stack.mail_to(asked.contact.email)) == mails
