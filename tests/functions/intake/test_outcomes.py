"""An act is not its effect: what staff send shows how it fares, and what would reach nobody is refused."""

from datetime import timedelta

import pytest

from tests.builders import AGENT, NOW
from tests.functions.door import Knocker
from tingjian.intake.messages.models import Message
from tingjian.intake.messages.storage import message_from_item, message_key
from tingjian.notifications.deliveries.models import Delivery
from tingjian.notifications.deliveries.storage import delivery_id_of, delivery_write
from tingjian.platform.settings import Settings
from tingjian.platform.store import Store

ASKED = {"type": "feedback", "subject": "包裹没到", "text": "三天了。"}


def asked(door: Knocker, **contact: str) -> str:
    """File a request as somebody with this contact; the path of its ticket."""
    answer = door.post("/v1/public/tickets", ASKED | {"contact": contact})
    assert answer.status == 201, answer.text
    return f"/v1/tickets/{answer.json['number'].replace('-', '')}"


def without_text_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEND_SMS", "off")
    Settings.read.__func__.cache_clear()  # type: ignore[attr-defined]


def messages(door: Knocker, path: str, kind: str) -> list[dict[str, object]]:
    found = door.get(f"{path}/messages", caller=AGENT).json["items"]
    return [message for message in found if message["kind"] == kind]


def delivered(store: Store, path: str, kind: str, **how: object) -> None:
    """Store the delivery of the ticket's newest message of this kind."""
    ticket = "ticket#" + path.rpartition("/")[2]
    [*_, message] = [
        found for item in store.query_all(ticket, prefix="message#") if (found := message_from_item(item)).kind == kind
    ]
    key = message_key(message)
    delivery = Delivery(
        id=delivery_id_of(key), version=1, template=kind, source_pk=key.pk, source_sk=key.sk, tries=1, made_at=NOW,
        changed_at=NOW, way="email", to="w***@example.com", **how,
    )  # fmt: skip
    store.transact([delivery_write(delivery)])


def test_reply_to_who_has_a_phone_only_is_refused_while_no_text_messages_are_sent(
    intake: Knocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = asked(intake, phone="13812345678")
    without_text_messages(monkeypatch)

    refused = intake.post(f"{path}/replies", {"text": "已补发"}, caller=AGENT)

    assert refused.status == 422
    assert refused.json["type"] == "urn:tingjian:problem:customer_unreachable"
    assert [(error["field"], error["code"]) for error in refused.json["errors"]] == [
        ("spoken", "no_email_and_no_text_messages")
    ]
    shown = intake.get(path, caller=AGENT).json
    assert (shown.get("first_responded_at"), shown["status"]) == (None, "new")
    assert messages(intake, path, "reply") == []


def test_answer_that_was_spoken_is_recorded_and_sent_to_nobody(
    intake: Knocker, centre: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = asked(intake, phone="13812345678")
    without_text_messages(monkeypatch)

    said = intake.post(f"{path}/replies", {"text": "电话里已说明", "spoken": "phone"}, caller=AGENT)

    assert said.status == 201
    [shown] = messages(intake, path, "reply")
    assert (shown["spoken"], shown["outcome"]["state"]) == ("phone", "spoken")  # type: ignore[index]
    items = centre.query_all("ticket#" + path.rpartition("/")[2], prefix="message#")
    assert [item.get("deliver") for item in items] == ["opened", None]


def test_resolution_with_an_answer_that_would_reach_nobody_is_refused_and_resolves_nothing(
    intake: Knocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = asked(intake, phone="13812345678")
    without_text_messages(monkeypatch)

    refused = intake.post(f"{path}/resolve", {"reply": "已补发"}, caller=AGENT)
    silent = intake.post(f"{path}/resolve", {"reply": "已补发", "spoken": "visit"}, caller=AGENT)

    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "spoken")
    assert silent.status == 200


def test_outgoing_message_is_queued_until_somebody_sends_it(intake: Knocker) -> None:
    path = asked(intake, email="wang@example.com")
    intake.post(f"{path}/replies", {"text": "已补发"}, caller=AGENT)
    intake.post(f"{path}/notes", {"text": "查过仓库"}, caller=AGENT)

    assert messages(intake, path, "reply")[0]["outcome"]["state"] == "queued"  # type: ignore[index]
    assert messages(intake, path, "request")[0]["outcome"]["state"] == "queued"  # type: ignore[index]
    assert messages(intake, path, "note")[0].get("outcome") is None


@pytest.mark.parametrize(
    ("state", "error", "shown"),
    [
        ("sending", None, "queued"),
        ("sent", None, "sent"),
        ("bounced", "Permanent General", "bounced"),
        ("dead", "GiveUpError MessageRejected", "refused"),
        ("dropped", "nobody_to_reach", "no_way"),
    ],
)
def test_outgoing_message_shows_where_it_went_and_how_it_fared(
    intake: Knocker, centre: Store, state: str, error: str | None, shown: str
) -> None:
    path = asked(intake, email="wang@example.com")
    intake.post(f"{path}/replies", {"text": "已补发"}, caller=AGENT)
    delivered(centre, path, "reply", state=state, error=error)

    listed = messages(intake, path, "reply")[0]["outcome"]
    viewed = next(m for m in intake.get(path, caller=AGENT).json["messages"] if m["kind"] == "reply")["outcome"]

    assert listed == viewed
    assert (listed["state"], listed["way"], listed["to"]) == (shown, "email", "w***@example.com")  # type: ignore[index]


def test_customer_does_not_see_how_messages_fared(intake: Knocker) -> None:
    filed = intake.post("/v1/public/tickets", ASKED | {"contact": {"email": "wang@example.com"}}).json
    token = filed["follow_url"].partition("#")[2]

    [message] = intake.get(f"/v1/public/tickets/{token}").json["messages"]

    assert "outcome" not in message


def test_message_item_of_before_is_read_as_one_that_was_not_spoken() -> None:
    message = Message(id="1", ticket="482739510664", kind="reply", text="好", at=NOW + timedelta(minutes=1))
    stored = {"pk": message_key(message).pk, "sk": message_key(message).sk, "kind": "reply", "text": "好"}

    assert message_from_item(stored) == message
