"""Mails that come back: what SES sends, by the rules of the template, to the worker."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from functions.escalation import worker
from tests.builders import AGENT, NOW
from tests.functions.door import Knocker, opened
from tests.functions.escalation.scene import Scene, open_one
from tests.functions.escalation.test_stream import SENDER, delivery_of, newest, outcomes_of, reply, run
from tests.functions.escalation.test_stream import door as door  # noqa: PLC0414 - a fixture
from tests.template.templates import resources
from tingjian.notifications.deliveries.composition import email
from tingjian.notifications.deliveries.outbox import Outbox, mail_headers, reply_address
from tingjian.platform.settings import MailSettings
from tingjian.platform.store import Store


def bounce(delivery: str, **more: str) -> dict[str, Any]:
    """What SES says on the bus of a mail that came back, from its documentation."""
    return {
        "source": "aws.ses",
        "detail-type": "Email Bounced",
        "detail": {
            "eventType": "Bounce",
            "bounce": {
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [
                    {
                        "emailAddress": "wang@example.com",
                        "action": "failed",
                        "status": "5.1.1",
                        "diagnosticCode": "smtp; 550 5.1.1 user unknown",
                    }
                ],
                "timestamp": "2026-03-02T01:30:05.000Z",
                "feedbackId": "0100-1",
                "reportingMTA": "dsn; mta.example",
            }
            | more,
            "mail": {
                "timestamp": "2026-03-02T01:30:00.000Z",
                "source": SENDER,
                "messageId": "0100",
                "destination": ["wang@example.com"],
                "tags": {"ses:configuration-set": ["mail"], "delivery": [delivery]},
            },
        },
    }


def transformed(event: dict[str, Any], rule: str) -> str:
    """What the rule puts into the queue of an event."""
    [target] = resources("AWS::Events::Rule")[rule]["Targets"]
    text: str = target["InputTransformer"]["InputTemplate"]
    for name, path in target["InputTransformer"]["InputPathsMap"].items():
        value: Any = event
        for part in path.removeprefix("$.").split("."):
            value = value[part]
        text = text.replace(f"<{name}>", value if isinstance(value, str) else json.dumps(value))
    return text


def come_back(body: str) -> list[dict[str, str]]:
    records = [{"messageId": "1", "body": body}]
    failures: list[dict[str, str]] = worker.handler({"Records": records}, None)["batchItemFailures"]
    return failures


@pytest.fixture
def sent(centre: Store) -> Scene:
    """A ticket whose customer was answered by mail."""
    scene = Scene(centre, open_one(centre, email="wang@example.com"))
    run(reply(scene))
    return scene


def test_mail_that_came_back_shows_as_bounced_and_is_told_to_the_journal_once(sent: Scene) -> None:
    item = newest(sent, "reply")
    body = transformed(bounce(delivery_of(sent.store, item).id), "MailBounced")

    assert [come_back(body), come_back(body)] == [[], []]

    delivery = delivery_of(sent.store, item)
    assert (delivery.state, delivery.error) == ("bounced", "Bounce Permanent General")
    assert [(event.name, event.data.get("why")) for event in outcomes_of(sent.store, item)] == [
        ("MessageReached", None),
        ("MessageFailed", "bounced"),
    ]


def test_what_the_rules_let_through_names_no_address(sent: Scene) -> None:
    event = bounce(delivery_of(sent.store, newest(sent, "reply")).id)

    assert "wang" not in transformed(event, "MailBounced")
    assert "wang" not in transformed(event, "MailRefused")


def test_complaint_leaves_the_mail_as_sent_and_says_so(sent: Scene) -> None:
    item = newest(sent, "reply")
    event = bounce(delivery_of(sent.store, item).id)
    event["detail"]["eventType"] = "Complaint"

    come_back(transformed(event, "MailRefused"))

    assert (delivery_of(sent.store, item).state, delivery_of(sent.store, item).error) == ("sent", "complaint")
    assert len(outcomes_of(sent.store, item)) == 1


def test_return_of_an_unknown_mail_changes_nothing_and_one_that_nobody_can_read_comes_again(door: None) -> None:  # noqa: ARG001
    assert come_back(transformed(bounce("482739510664-0123456789abcdef0123"), "MailBounced")) == []
    assert come_back(json.dumps({"mail_event": "Poem"})) == [{"itemIdentifier": "1"}]


def test_bounced_reply_shows_on_the_ticket(sent: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    come_back(transformed(bounce(delivery_of(sent.store, newest(sent, "reply")).id), "MailBounced"))

    with opened("intake", monkeypatch) as intake:
        shown = _replies(intake, sent.number)

    assert [(one["state"], one["to"]) for one in shown] == [("bounced", "w***@example.com")]


def _replies(intake: Knocker, number: str) -> list[dict[str, str]]:
    messages = intake.get(f"/v1/tickets/{number}", caller=AGENT).json["messages"]
    return [message["outcome"] for message in messages if message["kind"] == "reply"]


MAIL = MailSettings(
    mail_sender=SENDER, mail_reply_to="service+{ticket}@tingjian.example", mail_configuration_set="mail"
)


@pytest.mark.parametrize(
    ("pattern", "ticket", "address"),
    [
        ("service+{ticket}@tingjian.example", "482739510664", "service+482739510664@tingjian.example"),
        ("service+{ticket}@tingjian.example", "", "service@tingjian.example"),
        ("desk@tingjian.example", "482739510664", "desk@tingjian.example"),
        ("", "482739510664", SENDER),
    ],
)
def test_answers_to_a_mail_lead_back(pattern: str, ticket: str, address: str) -> None:
    settings = MAIL.model_copy(update={"mail_reply_to": pattern})

    assert reply_address(settings, ticket) == address


@pytest.mark.parametrize(
    ("writer", "mark"), [("machine", "auto-generated"), ("machine in answer", "auto-replied"), ("person", None)]
)
def test_mail_that_a_machine_wrote_is_marked_so_that_no_machine_answers_it(writer: Any, mark: str | None) -> None:
    mail = replace(email("a@example.com", "opened", "en", _words()), written_by=writer)

    headers = {header["Name"]: header["Value"] for header in mail_headers(mail)}

    assert headers.get("Auto-Submitted") == mark
    assert headers["X-Auto-Response-Suppress"]


def test_mail_goes_with_its_marks_its_tag_and_the_address_of_answers() -> None:
    client = boto3.client("sesv2", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
    mail = replace(email("a@example.com", "opened", "en", _words(), ticket="482739510664"), id="482739510664-ab")

    with Stubber(client) as stub:
        stub.add_response(
            "send_email",
            {"MessageId": "0100"},
            {
                "FromEmailAddress": SENDER,
                "ReplyToAddresses": ["service+482739510664@tingjian.example"],
                "Destination": {"ToAddresses": ["a@example.com"]},
                "ConfigurationSetName": "mail",
                "EmailTags": [{"Name": "delivery", "Value": "482739510664-ab"}],
                "Content": {"Simple": {"Subject": ANY, "Body": ANY, "Headers": mail_headers(mail)}},
            },
        )
        reference = Outbox(lambda: client, _no_client, MAIL)(mail, NOW + timedelta(minutes=1))

    assert reference == "0100"


def _words() -> dict[str, object]:
    return {"ticket": "1", "subject": "s", "link": "l"}


def _no_client() -> Any:
    raise AssertionError
