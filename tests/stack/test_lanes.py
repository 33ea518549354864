"""Customers' mail, notices and webhooks do not wait for one another, on the deployed stack."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.stack.conftest import Ask, new_contact
from tests.stack.people import Stack, Visitor, eventually

RECEIVERS, CALLS = 4, 10
BAR_S = 5.0
"""A mail to a customer leaves within this, whatever the receivers of webhooks do."""


class Drippers:
    """Receivers that send a byte of their answer now and then, for as long as they are asked."""

    def __init__(self) -> None:
        self.calls = 0
        self.ended = threading.Event()
        self.servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(RECEIVERS)]
        for server in self.servers:
            threading.Thread(target=self._serve, args=(server,), daemon=True).start()

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{server.getsockname()[1]}/" for server in self.servers]

    def _serve(self, server: socket.socket) -> None:
        while not self.ended.is_set():
            try:
                peer, _ = server.accept()
            except OSError:
                return
            self.calls += 1
            threading.Thread(target=self._drip, args=(peer,), daemon=True).start()

    def _drip(self, peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError):
            peer.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not self.ended.wait(1):
                peer.sendall(b"a")

    def close(self) -> None:
        self.ended.set()
        for server in self.servers:
            server.close()


@pytest.fixture
def drippers() -> Iterator[Drippers]:
    made = Drippers()
    yield made
    made.close()


def test_mail_to_customers_leaves_in_time_while_receivers_drip(
    stack: Stack, operator: Visitor, agent: Visitor, ask: Ask, drippers: Drippers
) -> None:
    warm = ask()
    eventually(lambda: stack.mail_to(warm.contact.email))
    webhooks = [
        operator.post("/v1/webhooks", {"name": f"slow {place}", "url": url}).expect(201)
        for place, url in enumerate(drippers.urls)
    ]
    probed = drippers.calls
    for webhook in webhooks:
        for _ in range(CALLS):
            operator.post(f"/v1/webhooks/{webhook['id']}/test", {}).expect(204)
    eventually(lambda: drippers.calls > probed, 30)

    waited = []
    for _ in range(5):
        contact = new_contact()
        filed = ask(contact)
        began = time.monotonic()
        eventually(lambda mails=contact.email: stack.mail_to(mails), 60)  # type: ignore[misc]
        agent.post(f"{filed.path}/replies", {"text": "已补发"}).expect(201)
        answered = time.monotonic()
        eventually(lambda mails=contact.email: len(stack.mail_to(mails)) == 2, 60)  # type: ignore[misc]
        waited += [answered - began, time.monotonic() - answered]

    assert max(waited) < BAR_S
    assert drippers.calls - probed < RECEIVERS * CALLS, "a receiver that drips is left alone for a while"
    for webhook in webhooks:
        operator.send("DELETE", f"/v1/webhooks/{webhook['id']}").expect(204)


def test_reply_shows_on_the_ticket_that_it_was_sent_and_where_to(agent: Visitor, ask: Ask) -> None:
    asked = ask()
    agent.post(f"{asked.path}/replies", {"text": "已补发"}).expect(201)

    def outcome() -> dict[str, str]:
        shown = agent.get(asked.path).expect(200)["messages"]
        found: dict[str, str] = next(message["outcome"] for message in shown if message["kind"] == "reply")
        return found if found["state"] != "queued" else {}

    fared = eventually(outcome)

    assert (fared["state"], fared["way"]) == ("sent", "email")
    assert fared["to"].endswith("***@example.com")
    assert asked.contact.email not in str(fared)


def test_reply_that_would_reach_nobody_is_refused_and_one_that_was_spoken_recorded(
    agent: Visitor, customer: Visitor
) -> None:
    body = {"type": "feedback", "subject": "只有电话", "text": "请回电。", "contact": {"phone": new_contact().phone}}
    filed = customer.post("/v1/public/tickets", body).expect(201)
    path = f"/v1/tickets/{filed['number'].replace('-', '')}"

    refused = agent.post(f"{path}/replies", {"text": "已补发"})
    said = agent.post(f"{path}/replies", {"text": "电话里说了", "spoken": "phone"})

    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "spoken")
    assert said.status == 201


def test_mail_that_comes_back_shows_on_the_ticket_as_bounced(stack: Stack, agent: Visitor, ask: Ask) -> None:
    asked = ask()
    agent.post(f"{asked.path}/replies", {"text": "已补发"}).expect(201)
    eventually(lambda: len(stack.mail_to(asked.contact.email)) == 2)
    place = stack.aws("dynamodb").query(
        TableName=stack.outputs["DeskTable"],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"delivery#{asked.id}"}},
    )["Items"]
    [delivery] = [item["id"]["S"] for item in place if item.get("template", {}).get("S") == "reply"]
    # The bus takes events of AWS from AWS only; this is what the rule makes of one (tests/functions/escalation).
    returned = {"mail_event": "Bounce", "delivery": [delivery], "reason": "Permanent", "detail": "General"}
    stack.aws("sqs").send_message(QueueUrl=stack.outputs["MailReturnsQueueUrl"], MessageBody=json.dumps(returned))

    def outcome() -> str:
        shown = agent.get(asked.path).expect(200)["messages"]
        return str(next(message["outcome"]["state"] for message in shown if message["kind"] == "reply"))

    eventually(lambda: outcome() == "bounced")
