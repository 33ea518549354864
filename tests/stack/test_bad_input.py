"""Bad input: a clear problem in the caller's language that names the field, and nothing half written."""

from datetime import datetime
from typing import Any

import pytest

from tests.stack.conftest import Ask, new_contact
from tests.stack.outage import sweep_until_nothing_is_due, unscheduled
from tests.stack.people import Answer, Stack, Visitor
from tingjian.platform.signing import Signer

LANGUAGES = ("zh-CN", "zh-TW", "en")
RARE = "𠮷野家 👨‍👩‍👧‍👦 𝄞 ﷺ Å é\u0301 🇨🇳 龘"


def body(**given: object) -> dict[str, Any]:
    return {"type": "feedback", "subject": "一", "text": "文字", "contact": new_contact().body, **given}


def things(stack: Stack) -> int:
    """How many items both tables hold, but for deliveries and reports, which go on by themselves."""
    client = stack.aws("dynamodb")
    return sum(
        not item["pk"]["S"].startswith(("delivery#", "outcome#", "report"))
        for table in ("DeskTable", "JournalTable")
        for page in client.get_paginator("scan").paginate(TableName=stack.outputs[table], ProjectionExpression="pk")
        for item in page["Items"]
    )


WRONG_FIELDS: dict[str, dict[str, Any]] = {
    "subject": {"subject": ""},
    "subject#long": {"subject": "长" * 201},
    "subject#line": {"subject": "一\n二"},
    "text": {"text": "长" * 10_001},
    "text#control": {"text": "a\x00b"},
    "text#escape": {"text": "\x1b[31mred"},
    "text#blank": {"text": "   "},
    "text#type": {"text": 5},
    "type": {"type": "no-such-type"},
    "type#case": {"type": "Feedback"},
    "contact.phone": {"contact": {"phone": "12345"}},
    "contact.phone#words": {"contact": {"phone": "打我电话"}},
    "contact.phone#long": {"contact": {"phone": "1" * 40}},
    "contact.email": {"contact": {"email": "wang@"}},
    "contact.email#long": {"contact": {"email": "w" * 300 + "@example.com"}},
    "contact": {"contact": {"name": "王"}},
    "colour": {"colour": "red"},
    "contact.wechat": {"contact": {"phone": "13912345678", "wechat": "x"}},
    "order_number": {"order_number": "no spaces"},
    "fields.promised_at": {"type": "complaint", "fields": {"promised_at": "2020-01-01T00:00:00+08:00"}},
    "fields.promised_at#naive": {"type": "complaint", "fields": {"promised_at": "2090-01-01T00:00:00"}},
    "fields.level": {"type": "complaint", "fields": {"level": "9"}},
    "fields.no_such": {"type": "complaint", "fields": {"no_such": 1}},
    "channel": {"channel": "phone"},
    "attachments": {"attachments": ["x"] * 11},
    "attachments.0": {"attachments": ["never-uploaded"]},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", WRONG_FIELDS)
def test_wrong_field_is_named_in_the_callers_language(customer: Visitor, case: str, language: str) -> None:
    field = case.partition("#")[0]

    answer = customer.speaking(language).post("/v1/public/tickets", body(**WRONG_FIELDS[case]))

    assert (answer.status, answer.headers["content-language"]) == (422, language)
    assert field in [error["field"] for error in answer.json["errors"]], answer.text
    assert all(error["message"] for error in answer.json["errors"])
    assert answer.json["instance"] == "/v1/public/tickets"


def test_each_language_says_it_in_its_own_words(customer: Visitor) -> None:
    said = {
        language: customer.speaking(language).post("/v1/public/tickets", body(subject="")).json
        for language in LANGUAGES
    }

    assert len({problem["title"] for problem in said.values()}) == 3
    assert len({problem["errors"][0]["message"] for problem in said.values()}) == 3
    assert len({problem["type"] for problem in said.values()}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '"text"',
        "{'type': 1}",
        b"\xff\xfe",
        '{"text": "\\ud842"}',
        '{"type": "feedback"',
        "[" * 100_000,
    ],
)
def test_body_that_is_no_json_object_is_refused(customer: Visitor, text: str) -> None:
    answer = customer.post("/v1/public/tickets", text)

    assert answer.status in {400, 422}
    assert answer.problem in {"malformed_request", "invalid_input"}


def test_body_larger_than_any_request_is_refused(customer: Visitor) -> None:
    answer = customer.post("/v1/public/tickets", body(text="x" * 300_000))

    assert (answer.status, answer.problem) == (413, "payload_too_large")


def test_refused_requests_write_nothing(
    stack: Stack, customer: Visitor, agent: Visitor, lead: Visitor, ask: Ask
) -> None:
    asked = ask()
    with unscheduled(stack):
        sweep_until_nothing_is_due(stack)
        before = things(stack)

        answers = [customer.post("/v1/public/tickets", body(**wrong)) for wrong in WRONG_FIELDS.values()]
        answers.append(agent.post(f"{asked.path}/handoffs", {"department": "none", "request": "x"}))
        answers.append(lead.post(f"{asked.path}/assign", {"assignee": "nobody"}))
        answers.append(agent.patch(asked.path, {"colour": "red"}, version=1))
        after = things(stack)

    assert {answer.status for answer in answers} == {422}
    assert after == before


def test_rare_characters_come_back_as_they_went_in(ask: Ask, customer: Visitor, agent: Visitor) -> None:
    asked = ask(subject=RARE, text=f"{RARE}\n\t第二行\r\n第三行")

    seen, told = agent.get(asked.path).json, customer.get(asked.public).json

    assert seen["subject"] == told["subject"] == RARE
    assert told["messages"][0]["text"] == f"{RARE}\n\t第二行\n第三行"


def altered(token: str) -> list[str]:
    payload, _, signature = token.partition(".")
    flipped = "A" if payload[5] != "A" else "B"
    return [
        payload[:5] + flipped + payload[6:] + "." + signature,
        payload + "." + signature[:-1] + ("A" if signature[-1] != "A" else "B"),
        payload,
        payload + ".",
        "x",
        token + "x",
        token[:-1],
    ]


def test_altered_link_opens_nothing(ask: Ask, customer: Visitor) -> None:
    token = ask().token

    answers = [customer.get(f"/v1/public/tickets/{wrong}") for wrong in altered(token)]

    assert {(answer.status, answer.problem) for answer in answers} == {(404, "link_invalid")}


def test_link_of_another_use_opens_nothing(ask: Ask, customer: Visitor, signer: Signer, later: datetime) -> None:
    asked = ask()

    foreign = signer.token("survey", asked.id, expires_at=later)

    assert customer.get(f"/v1/public/tickets/{foreign}").problem == "link_invalid"


def test_expired_link_says_so(ask: Ask, customer: Visitor, signer: Signer, earlier: datetime) -> None:
    asked = ask()

    token = signer.token("follow", asked.id, expires_at=earlier)
    answers: list[Answer] = [
        customer.get(f"/v1/public/tickets/{token}"),
        customer.post(f"/v1/public/tickets/{token}/messages", {"text": "x"}),
    ]

    assert {(answer.status, answer.problem) for answer in answers} == {(410, "link_expired")}


@pytest.mark.parametrize("number", ["1", "123456789012", "4827-3951-0664", "x" * 12, "../../etc"])
def test_number_that_is_none_is_not_found(agent: Visitor, number: str) -> None:
    assert agent.get(f"/v1/tickets/{number}").status in {403, 404}


@pytest.mark.parametrize("cursor", ["x", "e30", "eyJwayI6IngifQ", "%00", "龘", "9" * 999])
def test_cursor_of_nowhere_is_refused(agent: Visitor, cursor: str) -> None:
    answer = agent.get("/v1/tickets", team="aftersales", cursor=cursor)

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "cursor")


@pytest.mark.parametrize("version", ["x", '"x"', "-1", "1.5", "9" * 20])
def test_version_that_is_none_is_refused(ask: Ask, agent: Visitor, version: str) -> None:
    answer = agent.send("PATCH", ask().path, {"priority": "low"}, headers={"If-Match": version})

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "If-Match")


def test_unknown_path_and_method_are_told_apart(customer: Visitor) -> None:
    assert customer.get("/v1/public/tickets/a/b/c").status == 404
    assert customer.send("DELETE", "/v1/public/ticket-types").status == 405
