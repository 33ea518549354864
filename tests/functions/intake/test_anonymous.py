"""What somebody without an account may set, and what strangers get of it."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from functions.escalation.assembled import MAILS
from tests.builders import AGENT, DESK, NOW
from tests.functions import door
from tests.functions.door import ADDRESS, Knocker
from tingjian.intake.challenges import actions
from tingjian.intake.challenges.actions import CONTACT, FREE, MESSAGES, UPLOADS
from tingjian.intake.challenges.models import is_solved
from tingjian.notifications.deliveries.actions import PostOffice, deliver
from tingjian.notifications.deliveries.composition import RenderContext
from tingjian.notifications.deliveries.models import Outgoing
from tingjian.platform import resources
from tingjian.platform.contacts import is_phone_of
from tingjian.platform.late import LateTable
from tingjian.platform.limits import counted
from tingjian.platform.store import Store, from_wire
from tingjian.platform.times import cut_to_milliseconds

PUBLIC = "/v1/public/tickets"
PLAIN = {"type": "feedback", "subject": "包裹", "text": "没到", "contact": {"phone": "13812345678"}}
ASK = {"type": "complaint", "subject": "开胶", "text": "三天", "contact": {"phone": "13812345678"}}
HIDDEN = {"level": "1", "cause": "物流", "verified": True, "detail": "楼下", "promised_at": "2090-01-01T00:00:00+08:00"}


@pytest.mark.parametrize("name", HIDDEN)
def test_customer_sets_no_field_that_the_catalogue_does_not_show(intake: Knocker, name: str) -> None:
    shown = {field["key"] for kind in intake.get("/v1/public/ticket-types").json["items"] for field in kind["fields"]}

    answer = intake.post(PUBLIC, {**ASK, "fields": {name: HIDDEN[name]}})

    assert name not in shown
    assert (answer.status, [error["field"] for error in answer.json["errors"]]) == (422, [f"fields.{name}"])


def test_staff_set_them_for_the_customer(intake: Knocker) -> None:
    body = {**ASK, "channel": "phone", "fields": {"level": "1", "cause": "物流", "verified": True}}

    assert intake.post("/v1/tickets", body, caller=AGENT).status == 201


def test_lines_that_somebody_wrote_stay_out_of_the_journal(intake: Knocker) -> None:
    fields = {"cause": "标记甲", "detail": "标记乙", "level": "1"}
    number = intake.post("/v1/tickets", {**ASK, "channel": "phone", "fields": fields}, caller=AGENT).json["id"]
    intake.post(f"/v1/tickets/{number}/resolve", {"fields": {"cause": "标记丙"}}, caller=AGENT)

    history = intake.get(f"/v1/tickets/{number}/history", caller=AGENT)

    assert "标记" not in history.text
    assert history.json["items"][0]["data"]["fields"] == {"level": "1"}


def solved(problem: dict[str, str]) -> str:
    challenge, bits = problem["challenge"], int(problem["bits"])
    counter = next(n for n in range(2**26) if is_solved(challenge, str(n), bits))
    return f"{challenge}:{counter}"


@pytest.fixture
def busy(intake: Knocker, monkeypatch: pytest.MonkeyPatch) -> Knocker:
    """A door at which a network has filed what it may without a proof of work; proofs are quick."""
    monkeypatch.setattr(actions, "BITS", 8)
    signer, store = resources.signer(), resources.store()
    for _ in range(FREE.most):
        counted(store, FREE, signer.lookup("origin", ADDRESS), datetime.now(UTC))
    return intake


def test_many_requests_of_one_network_need_a_proof_of_work_each(busy: Knocker) -> None:
    refused = busy.post(PUBLIC, PLAIN, key="one")
    work = solved(refused.json)

    assert (refused.status, refused.json["type"]) == (429, "urn:tingjian:problem:work_required")
    assert busy.post(PUBLIC, PLAIN, key="one", tingjian_work=work).status == 201
    assert busy.post(PUBLIC, PLAIN, key="two", tingjian_work=work).status == 429


@pytest.mark.parametrize(
    "work", ["", "x", "x:1", "a.b:5", "{challenge}:", "{challenge}:-1", "{challenge}:1e3", "{follow}:7"]
)
def test_work_that_is_none_is_refused(busy: Knocker, work: str) -> None:
    signer, later = resources.signer(), datetime.now(UTC) + timedelta(minutes=5)
    parts = {
        "challenge": busy.post("/v1/public/challenges").json["challenge"],
        "follow": signer.token("follow", "482739510664", expires_at=later),
    }

    assert busy.post(PUBLIC, PLAIN, tingjian_work=work.format(**parts)).status == 429


def test_an_expired_challenge_is_refused(busy: Knocker) -> None:
    old = resources.signer().token("work", "1-x", expires_at=datetime.now(UTC) - timedelta(seconds=1))

    assert busy.post(PUBLIC, PLAIN, tingjian_work=solved({"challenge": old, "bits": "1"})).status == 429


def test_other_networks_and_this_machine_are_not_held_back(busy: Knocker, monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("198.51.100.9", "127.0.0.1", "::1", ""):
        monkeypatch.setattr(door, "ADDRESS", address)

        assert busy.post(PUBLIC, PLAIN).status == 201


def test_files_and_messages_of_one_network_are_limited(intake: Knocker) -> None:
    signer, store = resources.signer(), resources.store()
    path = f"{PUBLIC}/{intake.post(PUBLIC, PLAIN).json['follow_url'].partition('#')[2]}/messages"
    file = {"name": "a.png", "media_type": "image/png", "size_bytes": 3}
    first = [intake.post(path, {"text": "好"}).status, intake.post("/v1/public/attachments", file).status]
    for limit in (MESSAGES, UPLOADS):
        for _ in range(limit.most):
            counted(store, limit, signer.lookup("origin", ADDRESS), datetime.now(UTC))

    refused = [intake.post(path, {"text": "好"}), intake.post("/v1/public/attachments", file)]

    assert first == [201, 201]
    assert [(answer.status, answer.json["type"]) for answer in refused] == [
        (429, "urn:tingjian:problem:retry_later")
    ] * 2
    assert all(0 < int(answer.headers["Retry-After"]) <= 3600 for answer in refused)


@dataclass
class Mailbox:
    """What went out."""

    sent: list[Outgoing] = field(default_factory=list)

    def __call__(self, outgoing: Outgoing, _now: datetime) -> str:
        self.sent.append(outgoing)
        return ""


def delivered(store: Store, *, countries: str = "CN") -> list[Outgoing]:
    """All mail that items of Desk ask for, delivered now."""
    box = Mailbox()
    context = RenderContext(store, resources.signer, "https://desk.example", sms=True, countries=frozenset({countries}))
    post = PostOffice(context, LateTable(MAILS), box)
    items = [from_wire(item) for item in store.client.scan(TableName=DESK)["Items"]]
    for item in items:
        if "deliver" in item:
            deliver(post, item, now=NOW)
    return box.sent


def filed(door: Knocker, times: int, **contact: str) -> None:
    for _ in range(times):
        body = {**PLAIN, "subject": "标记题", "text": "标记文", "contact": {"name": "标记名", **contact}}
        assert door.post(PUBLIC, body).status == 201


@pytest.mark.parametrize("contact", [{"email": "stranger@example.com"}, {"phone": "13912345678"}])
def test_a_stranger_gets_three_acknowledgements_a_day_in_our_words(intake: Knocker, contact: dict[str, str]) -> None:
    filed(intake, 12, **contact)

    sent = delivered(resources.store())

    assert len(sent) == 3
    assert "标记" not in repr(sent)
    assert all("https://desk.example/app/follow.html#" in one.text for one in sent)


def test_a_repeated_delivery_counts_once(intake: Knocker) -> None:
    filed(intake, 3, email="stranger@example.com")

    assert [len(delivered(resources.store())) for _ in range(2)] == [3, 0]


def test_what_staff_file_is_acknowledged_with_its_subject(intake: Knocker) -> None:
    body = {**PLAIN, "channel": "phone", "subject": "标记题", "contact": {"email": "known@example.com"}}
    assert intake.post("/v1/tickets", body, caller=AGENT).status == 201

    [sent] = delivered(resources.store())

    assert "标记题" in sent.text


@pytest.mark.parametrize(("countries", "ways"), [("CN", []), ("US", ["sms"])])
def test_text_messages_go_to_listed_countries_only(intake: Knocker, countries: str, ways: list[str]) -> None:
    filed(intake, 1, phone="+12025550123")

    assert [one.way for one in delivered(resources.store(), countries=countries)] == ways


@pytest.mark.parametrize(
    ("phone", "country"),
    [("+8613812345678", "CN"), ("+8619112345678", "CN"), ("+85251234567", "HK"), ("+886912345678", "TW")],
)
def test_phones_belong_to_their_country(phone: str, country: str) -> None:
    assert is_phone_of(phone, {country})
    assert not is_phone_of(phone, {"US"})


def test_a_contact_that_a_hundred_requests_named_today_gets_no_more(intake: Knocker) -> None:
    signer, store = resources.signer(), resources.store()
    for _ in range(CONTACT.most):
        counted(store, CONTACT, signer.lookup("recipient", "stranger@example.com"), datetime.now(UTC))

    refused = intake.post(PUBLIC, {**PLAIN, "contact": {"email": "Stranger@example.com"}})

    assert (refused.status, refused.json["type"]) == (429, "urn:tingjian:problem:retry_later")


def test_a_code_goes_by_mail_and_opens_the_request(intake: Knocker) -> None:
    asked = intake.post(PUBLIC, {**PLAIN, "contact": {"email": "known@example.com"}}).json
    assert intake.post(f"{PUBLIC}/codes", {"number": asked["number"]}).status == 202

    code = next(re.findall(r"\d{6}", one.subject)[0] for one in delivered_today(resources.store()) if one.subject)
    link = intake.post(f"{PUBLIC}/codes/redeem", {"number": asked["number"], "code": code}).json["url"]

    assert intake.get(f"{PUBLIC}/{link.partition('#')[2]}").json["number"] == asked["number"]


def delivered_today(store: Store) -> list[Outgoing]:
    box = Mailbox()
    post = PostOffice(RenderContext(store, resources.signer, "https://desk.example", sms=True), LateTable(MAILS), box)
    for item in map(from_wire, store.client.scan(TableName=DESK)["Items"]):
        if item.get("deliver") == "code":
            deliver(post, item, now=cut_to_milliseconds(datetime.now(UTC)))
    return box.sent
