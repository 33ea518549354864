"""The stream door: mail, text messages and webhook calls, once each in effect."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import SESBackend, ses_backends
from moto.sns.models import sns_backends
from standardwebhooks.webhooks import Webhook as Verifier

from functions.escalation import caller, stream, worker
from tests.builders import AGENT, DESK, JOURNAL, LEAD, NOW, SIGNER, key
from tests.faults import Crash, Fault, Strike, crash_points, inject
from tests.functions.escalation.scene import BREACHED_AT, WARNED_AT, Scene, notices_of, open_one, put_ladder, sweep
from tests.functions.escalation.test_door import Receiver
from tests.process import forget_process
from tingjian.escalation.ladders.models import Rung
from tingjian.intake.conversations.actions import write_message
from tingjian.intake.customers.storage import load_customer
from tingjian.intake.tickets.bodies import Written
from tingjian.intake.tickets.changes import Request
from tingjian.notifications.deliveries.actions import replay
from tingjian.notifications.deliveries.models import LEASE, MESSAGE_PAUSES, WEBHOOK_PAUSES, Delivery
from tingjian.notifications.deliveries.storage import (
    delivery_id_of,
    delivery_key,
    find_delivery,
    list_dead,
    load_delivery,
)
from tingjian.notifications.notices.models import Preferences
from tingjian.notifications.notices.storage import notice_item, notice_key, preferences_write
from tingjian.notifications.quiet import QuietHours
from tingjian.notifications.webhooks.models import Webhook, secret_text
from tingjian.notifications.webhooks.storage import WEBHOOKS, load_webhook, webhook_write
from tingjian.platform import resources
from tingjian.platform.events import Event, is_unbroken, load_events
from tingjian.platform.ids import spoken_number
from tingjian.platform.items import Item, Key
from tingjian.platform.settings import Settings
from tingjian.platform.store import Store, to_wire

LANES = ("customers", "notices", "webhooks")
SENDER = "service@tingjian.example"
SECRET = secret_text(b"0123456789abcdef0123456789abcdef")


@pytest.fixture(autouse=True)
def door(centre: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The door's environment, its clients made anew in this test's AWS."""
    for name, value in {
        "DESK_TABLE": DESK,
        "JOURNAL_TABLE": JOURNAL,
        "SIGNING_SECRET_ID": "signing",
        "PUBLIC_ORIGIN": "https://desk.example",
        "MAIL_SENDER": SENDER,
        "MAIL_REPLY_TO": "",
        "MAIL_CONFIGURATION_SET": "mail",
        "SEND_SMS": "on",
        "WEBHOOK_LOOPBACK": "on",
        **{f"{lane}_QUEUE_URL".upper(): boto3.client("sqs").create_queue(QueueName=lane)["QueueUrl"] for lane in LANES},
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(resources, "store", lambda: centre)
    monkeypatch.setattr(stream, "DELAYS", {})
    monkeypatch.setattr(resources, "signer", lambda: SIGNER)
    forget_process()
    made = [worker.mail, worker.sms]
    for one in made:
        one.cache_clear()
    boto3.client("sesv2").create_email_identity(EmailIdentity=SENDER)
    yield
    for one in made:
        one.cache_clear()


def record(item: Item, sequence: str = "1") -> dict[str, Any]:
    return {"eventName": "INSERT", "dynamodb": {"NewImage": to_wire(item), "SequenceNumber": sequence}}


def run(*items: Item) -> list[str]:
    """Hand the items to the stream door as one batch, and what it puts into the lanes to the worker.

    The sequence numbers (1, 2, …) that the stream door could not take, and the messages that the worker could not.
    """
    batch = [record(item, str(place)) for place, item in enumerate(items, start=1)]
    refused = [failure["itemIdentifier"] for failure in stream.handler({"Records": batch}, None)["batchItemFailures"]]
    left = [failure for lane in LANES for failure in work_off(lane)]
    digests = fresh_digests()
    if digests:
        stream.handler({"Records": [record(item) for item in digests]}, None)
        left += work_off("notices")
    return refused + left


def fresh_digests() -> list[Item]:
    """The digests that nobody has sent yet."""
    store = resources.store()
    items = [
        item for staff in ("zhao", "chen", "wu", "cang") for item in store.query_all(f"staff#{staff}", prefix="digest#")
    ]
    return [item for item in items if find_delivery(store, delivery_id_of(Key(item["pk"], item["sk"]))) is None]


def digest_of(store: Store) -> Item:
    """The only digest of the lead."""
    [item] = store.query_all("staff#zhao", prefix="digest#")
    return item


def waiting_in(lane: str) -> list[str]:
    """What stands in a lane, taken out of it."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=lane)["QueueUrl"]
    bodies = []
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            bodies.append(message["Body"])
    return bodies


def work_off(lane: str) -> list[str]:
    """Give the worker what stands in a lane; the bodies of the messages that it could not take."""
    bodies = waiting_in(lane)
    records = [{"messageId": str(place), "body": body} for place, body in enumerate(bodies)]
    door = caller if lane == "webhooks" else worker
    failures = door.handler({"Records": records}, None)["batchItemFailures"] if records else []
    return [bodies[int(failure["itemIdentifier"])] for failure in failures]


def mailbox() -> list[Any]:
    backend: SESBackend = ses_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"]
    return backend.sent_messages


def texted() -> list[Any]:
    return list(sns_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].sms_messages.values())


def to_whom() -> list[str]:
    return [address for message in mailbox() for address in message.destinations["ToAddresses"]]


def delivery_of(store: Store, item: Item) -> Delivery:
    return load_delivery(store, delivery_id_of(Key(item["pk"], item["sk"])))


def outcomes_of(store: Store, item: Item) -> list[Event]:
    """What the Journal tells of how the message of an item fared."""
    return load_events(store, f"outcome#{delivery_of(store, item).id}")


def forget_settings() -> None:
    Settings.read.__func__.cache_clear()  # type: ignore[attr-defined]


def notice(scene: Scene) -> Item:
    """The item of the notice by which the lead was warned."""
    sweep(scene.store, WARNED_AT)
    [found] = notices_of(scene.store, "zhao")
    return scene.store.get(notice_key("zhao", found.id)) or {}


def reply(scene: Scene, text: str = "已补发，明天到。") -> Item:
    """The item of a reply to the customer."""
    request = Request(scene.number, AGENT.actor, NOW + timedelta(minutes=20), AGENT, idempotency=key(text))
    write_message(scene.store, None, request, "reply", Written(text=text))
    return newest(scene, "reply")


def newest(scene: Scene, template: str) -> Item:
    """The last message of the ticket that is to be delivered by this template."""
    [*_, item] = [
        item
        for item in scene.store.query_all(f"ticket#{scene.number}", prefix="message#")
        if item.get("deliver") == template
    ]
    return item


def tries(store: Store, source: Item, now: datetime) -> list[Item]:
    """Let the sweep take up what is due, and give what the stream then sees."""
    place = delivery_key(delivery_of(store, source).id).pk
    before = {item["sk"] for item in store.query_all(place, prefix="try#")}
    sweep(store, now)
    after = store.query_all(place, prefix="try#")
    return [item for item in after if item["sk"] not in before]


def at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Set the door's clock."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            assert tz
            return now

    for door in (worker, caller):
        monkeypatch.setattr(door, "datetime", Clock)


def test_reply_goes_to_the_customer_in_their_language_with_the_link(centre: Store) -> None:
    scene = Scene(centre, open_one(centre, email="wang@example.com"))

    refused = run(reply(scene))

    [mail] = mailbox()
    assert (refused, to_whom()) == ([], ["wang@example.com"])
    assert mail.subject.startswith("关于您的请求")
    assert "已补发，明天到。" in mail.body
    assert "https://desk.example/app/follow.html#" in mail.body
    delivery = delivery_of(centre, newest(scene, "reply"))
    assert (delivery.state, delivery.way, delivery.to) == ("sent", "email", "w***@example.com")
    assert delivery.reference
    [reached] = outcomes_of(centre, newest(scene, "reply"))
    assert (reached.name, reached.data["ticket"], reached.data["way"]) == ("MessageReached", scene.number, "email")
    assert newest(scene, "reply")["sk"].endswith(reached.data["message_id"])


def test_new_request_is_acknowledged_with_its_number_and_the_link(centre: Store) -> None:
    scene = Scene(centre, open_one(centre, email="wang@example.com"))

    refused = run(newest(scene, "opened"), newest(scene, "opened"))

    [mail] = mailbox()
    assert (refused, to_whom()) == ([], ["wang@example.com"])
    assert spoken_number(scene.number) in mail.subject
    assert "https://desk.example/app/follow.html#" in mail.body


def test_reply_goes_by_text_message_to_who_has_no_mail(scene: Scene) -> None:
    run(reply(scene, "请问" + "很长" * 200))

    [(phone, text, *_)] = texted()
    assert phone == load_customer(scene.store, scene.ticket.customer_id).phones[0]
    assert "请问很长" in text
    assert "follow.html#" in text
    assert len(text) < 250


def test_nothing_is_sent_to_a_customer_who_cannot_be_reached(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    item = reply(scene)
    monkeypatch.setenv("SEND_SMS", "off")
    forget_settings()

    run(item)

    assert mailbox() == []
    assert (delivery_of(scene.store, item).state, delivery_of(scene.store, item).error) == (
        "dropped",
        "nobody_to_reach",
    )
    assert [(event.name, event.data["why"]) for event in outcomes_of(scene.store, item)] == [
        ("MessageFailed", "no_way")
    ]


def test_notice_goes_to_the_person_by_mail(scene: Scene) -> None:
    run(notice(scene))

    [mail] = mailbox()
    assert to_whom() == ["zhao@example.com"]
    assert "80%" in mail.subject
    assert f"https://desk.example/app/#/tickets/{scene.number}" in mail.body


def test_same_record_again_sends_nothing_more(scene: Scene) -> None:
    item = notice(scene)

    assert [run(item), run(item), run(item, item)] == [[], [], []]

    assert len(mailbox()) == 1


def test_record_that_nobody_can_render_is_reported_and_the_others_go(scene: Scene) -> None:
    poison = {"pk": "x", "sk": "y", "deliver": "carrier-pigeon"}

    refused = run(poison, notice(scene), {"pk": "x", "deliver": "notice"})

    assert refused == ["1", "3"]
    assert len(mailbox()) == 1


def test_record_of_another_kind_is_left_alone(scene: Scene) -> None:
    changed = record(notice(scene)) | {"eventName": "MODIFY"}

    answer = stream.handler({"Records": [changed, record({"pk": "x", "sk": "y"})]}, None)

    assert answer == {"batchItemFailures": []}
    assert mailbox() == []


def test_failing_mail_is_tried_again_and_dead_in_the_end_and_can_be_replayed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    boto3.client("sesv2").delete_email_identity(EmailIdentity=SENDER)
    item, now = notice(scene), WARNED_AT
    at(monkeypatch, now)
    monkeypatch.setattr("tingjian.notifications.deliveries.outbox.HOPELESS", frozenset())
    run(item)
    item = digest_of(scene.store)
    states = [delivery_of(scene.store, item).state]

    for pause in MESSAGE_PAUSES:
        now += pause
        at(monkeypatch, now)
        run(*tries(scene.store, item, now))
        states.append(delivery_of(scene.store, item).state)

    assert states == ["waiting"] * len(MESSAGE_PAUSES) + ["dead"]
    [dead], _ = list_dead(scene.store, "messages", limit=10, cursor=None)
    assert dead.error
    assert dead.error.startswith("MessageRejected")
    assert "zhao@" not in dead.model_dump_json()


def test_message_that_is_never_taken_is_dead_at_once(scene: Scene) -> None:
    boto3.client("sesv2").delete_email_identity(EmailIdentity=SENDER)
    item = notice(scene)

    run(item)

    digest = delivery_of(scene.store, digest_of(scene.store))
    assert (digest.state, digest.tries) == ("dead", 1)


def test_sender_killed_at_any_store_call_still_sends_and_twice_only_if_it_died_before_saying_so(
    centre: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, WARNED_AT)
    for place, strike in enumerate(crash_points(5)):
        scene = Scene(centre, open_one(centre, phone=f"138123456{place:02d}", email=f"w{place}@example.com"))
        item = reply(scene, f"答复{place}")
        with pytest.raises(Crash), inject(centre.client, strike):
            run(item)
        run(item)
        at(monkeypatch, WARNED_AT + LEASE)
        run(*tries(centre, item, WARNED_AT + LEASE))
        at(monkeypatch, WARNED_AT)

        sent = to_whom().count(f"w{place}@example.com")
        died_before_saying_so = strike == Strike(Fault.CRASH_BEFORE, 5)
        assert (strike, sent) == (strike, 2 if died_before_saying_so else 1)
        assert delivery_of(centre, item).state == "sent"


def test_quiet_hours_of_a_person_delay_the_message_and_not_the_clock(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = QuietHours(start="09:00", end="12:00", timezone="Asia/Shanghai")
    scene.store.transact([preferences_write("zhao", Preferences(version=1, quiet_hours=quiet))])
    item, noon = notice(scene), datetime.fromisoformat("2026-03-02T12:00:00+08:00")
    at(monkeypatch, WARNED_AT)

    run(item)
    before = (len(mailbox()), delivery_of(scene.store, item).state, delivery_of(scene.store, item).due_at)
    at(monkeypatch, noon)
    run(*tries(scene.store, item, noon))

    assert before == (0, "waiting", noon)
    assert to_whom() == ["zhao@example.com"]
    assert scene.steps()[0] == ("ClockWarned", "first_response", 80)


def test_quiet_hours_of_the_ladder_hold_for_who_has_none_of_their_own(
    centre: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_ladder(centre, Rung(share=80, tell=("lead",)), quiet_hours=QuietHours(start="09:00", end="12:00"))
    scene = Scene(centre, open_one(centre))
    at(monkeypatch, WARNED_AT)

    run(notice(scene))

    assert mailbox() == []


def test_notice_for_the_screen_alone_asks_for_no_delivery(centre: Store) -> None:
    put_ladder(centre, Rung(share=80, tell=("lead",), channels=("in_app",)))
    scene = Scene(centre, open_one(centre))
    sweep(centre, WARNED_AT)

    [found] = notices_of(centre, "zhao")

    assert "deliver" not in notice_item(found)
    assert scene.alerts()[0].channels == ("in_app",)


def test_text_message_follows_the_mail_where_both_are_asked_for(centre: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put_ladder(centre, Rung(share=80, tell=("lead",), channels=("in_app", "email", "sms")))
    centre.transact([preferences_write("zhao", Preferences(version=1, phone="+8613812340000"))])
    scene = Scene(centre, open_one(centre))
    at(monkeypatch, WARNED_AT)

    run(notice(scene))

    [(phone, *_)] = texted()
    assert (to_whom(), phone) == (["zhao@example.com"], "+8613812340000")


def hooked(store: Store, url: str) -> None:
    webhook = Webhook(id="erp", version=1, name="erp", url=url, secret=SECRET)
    store.transact([webhook_write(webhook)])
    store.forget(WEBHOOKS)
    put_ladder(store, Rung(share=80, channels=("webhook",)), Rung(share=100, channels=("webhook",)))


def call(store: Store, *, place: int = 0) -> Item:
    return store.query_all("webhook#erp", prefix="call#")[place]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    made = Receiver(204)
    yield made
    made.close()


def test_webhook_is_called_with_a_signature_that_the_reference_verifies(centre: Store, receiver: Receiver) -> None:
    hooked(centre, receiver.url)
    scene = Scene(centre, open_one(centre))
    sweep(centre, BREACHED_AT)

    run(call(centre), call(centre, place=1), call(centre))

    verified = [Verifier(SECRET).verify(body, headers) for headers, body in receiver.calls]
    assert sorted(said["data"]["share"] for said in verified) == [80, 100]
    assert {said["data"]["ticket"] for said in verified} == {scene.number}
    assert len({headers["webhook-id"] for headers, _ in receiver.calls}) == 2
    assert notices_of(centre, "zhao") == []


@pytest.mark.parametrize("status", [302, 404, 500])
def test_webhook_that_fails_is_tried_again_under_the_same_id_for_a_day(
    centre: Store, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    receiver = Receiver(status)
    hooked(centre, receiver.url)
    Scene(centre, open_one(centre))
    sweep(centre, WARNED_AT)
    item, now = call(centre), WARNED_AT
    at(monkeypatch, now)
    run(item)

    for pause in WEBHOOK_PAUSES:
        now += pause
        at(monkeypatch, now)
        run(*tries(centre, item, now))
    receiver.close()

    assert len(receiver.calls) == len(WEBHOOK_PAUSES) + 1
    assert len({headers["webhook-id"] for headers, _ in receiver.calls}) == 1
    [dead], _ = list_dead(centre, "webhook#erp", limit=10, cursor=None)
    assert dead.id == delivery_of(centre, item).id
    assert load_webhook(centre, "erp").active


def test_webhook_whose_receiver_is_gone_is_switched_off(centre: Store) -> None:
    receiver = Receiver(410)
    hooked(centre, receiver.url)
    Scene(centre, open_one(centre))
    sweep(centre, WARNED_AT)

    run(call(centre))
    sweep(centre, BREACHED_AT)
    receiver.close()

    assert (load_webhook(centre, "erp").active, load_webhook(centre, "erp").switched_off) == (False, "gone")
    assert delivery_of(centre, call(centre)).state == "dead"
    assert len(centre.query_all("webhook#erp", prefix="call#")) == 1


def test_webhook_whose_name_leads_inside_by_now_is_given_up(centre: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    hooked(centre, "https://10.0.0.7/hook")
    Scene(centre, open_one(centre))
    sweep(centre, WARNED_AT)
    at(monkeypatch, WARNED_AT)

    run(call(centre))

    delivery = delivery_of(centre, call(centre))
    assert (delivery.state, (delivery.error or "").split()[0]) == ("dead", "AddressRefusedError")


def test_reply_that_is_refused_for_good_is_told_as_failed_and_one_that_is_replayed_as_reached(centre: Store) -> None:
    scene = Scene(centre, open_one(centre, email="wang@example.com"))
    item = reply(scene)
    boto3.client("sesv2").delete_email_identity(EmailIdentity=SENDER)
    run(item)
    boto3.client("sesv2").create_email_identity(EmailIdentity=SENDER)

    replay(centre, delivery_of(centre, item).id, actor=LEAD.actor, now=WARNED_AT)
    [again] = centre.query_all(delivery_key(delivery_of(centre, item).id).pk, prefix="try#")
    run(again)

    told = outcomes_of(centre, item)
    assert [(event.name, event.data.get("why")) for event in told] == [
        ("MessageFailed", "refused"),
        ("MessageReached", None),
    ]
    assert is_unbroken(told)


def test_notice_to_staff_tells_the_journal_nothing(scene: Scene) -> None:
    item = notice(scene)

    run(item)

    assert outcomes_of(scene.store, item) == []


def test_logs_of_deliveries_hold_no_personal_data(centre: Store, caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene(centre, open_one(centre, email="wang@example.com"))
    item = reply(scene)

    with inject(centre.client, Strike(Fault.SERVER_ERROR, at=4)):
        run(item)

    said = json.dumps([{k: str(v) for k, v in vars(entry).items()} for entry in caplog.records], ensure_ascii=False)
    assert "Deliveries" in said
    assert not [word for word in ("wang", "example.com", "补发", "1381234") if word in said]
