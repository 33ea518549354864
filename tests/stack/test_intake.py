"""Requests over HTTP: what customers and staff do, and what is refused."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import requests

from tests.stack.conftest import Ask
from tests.stack.people import Contact, Stack, Visitor, eventually

PHOTO = b"\xff\xd8\xff" + b"x" * 500


def test_customer_gets_a_speakable_number_and_a_link(ask: Ask, customer: Visitor) -> None:
    asked = ask()

    seen = customer.get(asked.public).expect(200)

    assert re.fullmatch(r"\d{4}-\d{4}-\d{4}", asked.number)
    assert (seen["number"], seen["status"], seen["messages"][0]["text"]) == (asked.number, "new", "三天了还没收到。")
    assert asked.contact.phone not in asked.link


def test_customer_without_the_link_is_recognised_by_number_and_phone(ask: Ask, customer: Visitor) -> None:
    asked = ask()

    body = {"number": asked.number, "phone_last_four": asked.contact.phone[-4:]}
    link = customer.post("/v1/public/tickets/lookup", body).expect(200)["url"]

    assert customer.get(f"/v1/public/tickets/{link.partition('#')[2]}").expect(200)["number"] == asked.number


def test_guessing_the_phone_locks_the_number(ask: Ask, customer: Visitor) -> None:
    asked = ask()
    wrong = f"{(int(asked.contact.phone[-4:]) + 1) % 10000:04d}"

    tries = [
        customer.post("/v1/public/tickets/lookup", {"number": asked.number, "phone_last_four": wrong}) for _ in range(6)
    ]
    right = customer.post(
        "/v1/public/tickets/lookup", {"number": asked.number, "phone_last_four": asked.contact.phone[-4:]}
    )

    assert [one.status for one in tries] == [404] * 5 + [429]
    assert right.problem == "locked_out"


def test_photo_goes_to_the_bucket_and_only_its_link_comes_back(ask: Ask, customer: Visitor, agent: Visitor) -> None:
    asked = ask()
    wanted = {"name": "照片 1.jpg", "media_type": "image/jpeg", "size_bytes": len(PHOTO)}
    slot = customer.post("/v1/public/attachments", wanted).expect(201)
    sent = requests.post(slot["url"], data=slot["fields"], files={"file": PHOTO}, timeout=30)

    customer.post(f"{asked.public}/messages", {"text": "见照片", "attachments": [slot["id"]]}).expect(201)

    message = agent.get(asked.path).expect(200)["messages"][0]
    [attached] = message["attachments"]
    link = agent.get(f"{asked.path}/messages/{message['id']}/attachments/{attached['id']}").expect(200)["url"]
    assert sent.status_code < 300
    assert (attached["name"], attached["size_bytes"]) == ("照片 1.jpg", len(PHOTO))
    assert requests.get(link, timeout=30).content == PHOTO


def test_photo_larger_than_was_said_is_refused_by_the_bucket(customer: Visitor) -> None:
    wanted = {"name": "a.jpg", "media_type": "image/jpeg", "size_bytes": 100}
    slot = customer.post("/v1/public/attachments", wanted).expect(201)

    sent = requests.post(slot["url"], data=slot["fields"], files={"file": PHOTO}, timeout=30)

    assert sent.status_code == 400
    assert "EntityTooLarge" in sent.text


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"name": "a.exe", "media_type": "application/x-msdownload", "size_bytes": 1}, "media_type"),
        ({"name": "a.jpg", "media_type": "image/jpeg", "size_bytes": 20 * 1024 * 1024 + 1}, "size_bytes"),
        ({"name": "a.jpg", "media_type": "image/jpeg", "size_bytes": 0}, "size_bytes"),
    ],
)
def test_file_of_the_wrong_kind_or_size_gets_no_slot(customer: Visitor, wanted: dict[str, object], field: str) -> None:
    answer = customer.post("/v1/public/attachments", wanted)

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("channel", ["phone", "visit", "letter", "chat", "email", "app", "wechat"])
def test_staff_file_for_a_customer_on_every_channel(agent: Visitor, contact: Contact, channel: str) -> None:
    body = {"type": "feedback", "subject": "来电", "text": "记录", "channel": channel, "contact": contact.body}

    receipt = agent.post("/v1/tickets", body).expect(201)

    seen = agent.get(f"/v1/tickets/{receipt['id']}").expect(200)
    assert (seen["channel"], seen["customer"]["name"]) == (channel, "王芳")


def test_phone_is_masked_for_everybody_until_somebody_says_why(ask: Ask, agent: Visitor, manager: Visitor) -> None:
    asked = ask()
    shown = agent.get(asked.path).expect(200)["customer"]

    body = {"field": "phones", "reason": "callback", "text": "回电核实"}
    revealed = manager.post(f"/v1/customers/{shown['id']}/reveal", body).expect(200)

    assert asked.contact.phone not in str(shown)
    assert shown["phones"] == [f"+86 139****{asked.contact.phone[-4:]}"]
    assert revealed["values"] == [asked.contact.phone]


def test_customer_is_found_by_the_full_phone(ask: Ask, agent: Visitor) -> None:
    asked = ask()

    found = agent.post("/v1/customers/search", {"phone": asked.contact.phone}).expect(200)["items"]

    assert [one["id"] for one in found] == [agent.get(asked.path).json["customer"]["id"]]


def test_queue_is_filtered_sorted_by_due_time_and_paged(ask: Ask, agent: Visitor, contact: Contact) -> None:
    order = f"SF{contact.phone[-8:]}"
    numbers = {ask(contact, order_number=order).id for _ in range(3)} | {ask(contact, type="complaint").id}
    customer = agent.get(f"/v1/tickets/{next(iter(numbers))}").json["customer"]["id"]

    of_customer = agent.get("/v1/tickets", customer_id=customer).expect(200)["items"]
    of_order = agent.get("/v1/tickets", order_number=order).expect(200)["items"]
    pages, cursor = [], None
    while True:
        page = agent.get(
            "/v1/tickets", team="aftersales", status="new", limit=2, **({"cursor": cursor} if cursor else {})
        )
        pages += page.expect(200)["items"]
        cursor = page.json.get("cursor")
        if cursor is None:
            break

    due = [row["due_at"] for row in pages]
    assert {row["id"] for row in of_customer} == numbers
    assert len(of_order) == 3
    assert due == sorted(due)
    assert numbers <= {row["id"] for row in pages}
    assert len(pages) == len({row["id"] for row in pages})


def test_one_gets_the_ticket_and_the_other_is_told_who(ask: Ask, agent: Visitor, colleague: Visitor) -> None:
    asked = ask()
    agent.post(f"{asked.path}/claim").expect(200)

    answer = colleague.post(f"{asked.path}/claim")

    assert (answer.status, answer.problem, answer.json["assignee"]) == (409, "already_claimed", "chenyu")


def test_second_editor_learns_who_was_first_and_which_fields(ask: Ask, agent: Visitor, colleague: Visitor) -> None:
    asked = ask()
    version = agent.get(asked.path).json["version"]
    edited = agent.patch(asked.path, {"priority": "urgent"}, version=version)

    answer = colleague.patch(asked.path, {"priority": "low", "subject": "别的"}, version=version)

    [conflict] = answer.json["conflicts"]
    assert edited.headers["etag"] == f'"{version + 1}"'
    assert (answer.status, answer.problem) == (409, "stale")
    assert (conflict["by"], conflict["fields"], conflict["version"]) == ("staff#chenyu", ["priority"], version + 1)
    assert agent.get(asked.path).json["priority"] == "urgent"


def test_edit_without_a_version_is_refused(ask: Ask, agent: Visitor) -> None:
    assert agent.patch(ask().path, {"priority": "urgent"}).status == 428


def test_ticket_of_another_team_is_out_of_reach(ask: Ask, stranger: Visitor, department: Visitor) -> None:
    asked = ask()

    answers = [
        stranger.get(asked.path),
        stranger.post(f"{asked.path}/replies", {"text": "您好"}),
        stranger.get(f"{asked.path}/history"),
        department.get(asked.path),
        stranger.get("/v1/tickets", team="aftersales"),
    ]

    assert [answer.status for answer in answers] == [403] * 5
    assert all("包裹没到" not in answer.text for answer in answers)


def test_nobody_comes_in_without_a_token(customer: Visitor) -> None:
    forged = Visitor(customer.origin, token="e30.e30.e30")

    assert [who.get("/v1/tickets").status for who in (customer, forged)] == [401, 401]


def test_resolving_waits_for_the_department_and_says_so(ask: Ask, agent: Visitor) -> None:
    asked = ask()
    agent.post(f"{asked.path}/handoffs", {"department": "warehouse", "request": "请核对库存"}).expect(201)

    answer = agent.post(f"{asked.path}/resolve", {})

    assert (answer.status, answer.problem, answer.json["blockers"]) == (409, "blocked", ["handoff:1"])


def test_complaint_is_not_resolved_without_cause_and_remedy_nor_closed_unverified(ask: Ask, agent: Visitor) -> None:
    asked = ask(type="complaint")
    fields = {"cause": "物流延误", "remedy": "补偿", "responsible_unit": "warehouse"}

    unresolved = agent.post(f"{asked.path}/resolve", {})
    agent.post(f"{asked.path}/resolve", {"fields": fields, "reply": "已补偿"}).expect(200)
    unclosed = agent.post(f"{asked.path}/close", {})
    agent.post(f"{asked.path}/close", {"fields": {"verified": True}}).expect(200)

    assert [error["field"] for error in unresolved.json["errors"]] == [f"fields.{name}" for name in fields]
    assert [error["field"] for error in unclosed.json["errors"]] == ["fields.verified"]


def test_illegal_move_is_refused_with_the_reason(ask: Ask, agent: Visitor) -> None:
    asked = ask()
    agent.post(f"{asked.path}/close", {"reason": "spam"}).expect(200)

    answer = agent.speaking("zh-CN").post(f"{asked.path}/wait", {})

    assert answer.problem == "illegal_move"
    assert "已关闭" in answer.json["title"]


def test_history_is_a_chain_that_names_everybody(ask: Ask, agent: Visitor, lead: Visitor) -> None:
    asked = ask()
    agent.post(f"{asked.path}/claim").expect(200)
    lead.post(f"{asked.path}/assign", {"assignee": "linhao"}).expect(200)

    history = agent.get(f"{asked.path}/history").expect(200)

    assert history["unbroken"]
    assert [(entry["event"], entry["by"]) for entry in history["items"]] == [
        ("TicketOpened", "customer"),
        ("TicketAssigned", "staff#chenyu"),
        ("TicketAssigned", "staff#zhaomin"),
    ]


def test_journal_holds_no_personal_data(ask: Ask, agent: Visitor) -> None:
    asked = ask()
    agent.post(f"{asked.path}/replies", {"text": "王芳您好"}).expect(201)

    told = agent.get(f"{asked.path}/history").text

    assert [word for word in ("王芳", asked.contact.phone[3:], asked.contact.email, "包裹") if word in told] == []


def test_reply_is_mailed_to_the_customer_once(stack: Stack, ask: Ask, agent: Visitor, contact: Contact) -> None:
    asked = ask(contact)

    agent.post(f"{asked.path}/replies", {"text": "正在为您查询"}, key=contact.phone).expect(201)
    agent.post(f"{asked.path}/replies", {"text": "正在为您查询"}, key=contact.phone).expect(201)
    agent.post(f"{asked.path}/replies", {"text": "查到了"}).expect(201)
    eventually(lambda: [mail for mail in stack.mail_to(contact.email) if "查到了" in str(mail)])

    told = [mail for mail in stack.mail_to(contact.email) if "正在为您查询" in str(mail)]
    assert len(told) == 1


def test_types_are_data_that_a_manager_edits(manager: Visitor, agent: Visitor, contact: Contact) -> None:
    key = f"t{contact.phone[-8:]}"
    size = {"key": "size", "kind": "line", "labels": {"en": "Size"}, "required_at": "resolve"}
    body = {"labels": {"zh-CN": "试"}, "team": "presales", "fields": [size]}

    refused = agent.put(f"/v1/ticket-types/{key}", body)
    manager.put(f"/v1/ticket-types/{key}", body).expect(200)

    def filed() -> bool:
        answer = agent.post("/v1/tickets", {"type": key, "subject": "一", "text": "二", "channel": "phone",
                                            "contact": contact.body})  # fmt: skip
        return answer.status == 201

    assert refused.status == 403
    assert eventually(filed)


def test_promise_in_the_future_is_kept_with_the_complaint(agent: Visitor, contact: Contact) -> None:
    promised = (datetime.now(UTC) + timedelta(hours=5)).isoformat(timespec="seconds")
    body = {"type": "complaint", "subject": "开胶", "text": "三天", "channel": "phone", "contact": contact.body}

    opened = agent.post("/v1/tickets", {**body, "fields": {"promised_at": promised, "level": "严重"}}).expect(201)

    fields = agent.get(f"/v1/tickets/{opened['id']}").json["fields"]
    assert datetime.fromisoformat(fields["promised_at"]) == datetime.fromisoformat(promised)
    assert fields["level"] == "严重"
