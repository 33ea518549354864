"""Idempotency keys at the door: Stripe's rules, for every POST, one by one.

What needs two requests at the same moment is in tests/stack/test_idempotency.py.
"""

import importlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from functions.intake.assembled import ROUTES
from tests.builders import AGENT, COLLEAGUE, DESK, JOURNAL, LEAD, MANAGER, WAREHOUSE
from tests.faults import Crash, Fault, Strike, inject
from tests.functions.door import BUCKET, Answer, Knocker
from tests.functions.survey.scene import meanwhile
from tingjian.platform.idempotency import ANSWERS_KEPT
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store
from tingjian.platform.times import epoch_seconds

KEY = "b3c0f1f2-one"
PHONE = "13812345678"


@dataclass(frozen=True)
class Post:
    """A POST: what must be there before, the path, two bodies that differ if it takes one, who sends it."""

    prepare: Callable[[Knocker], dict[str, str]]
    path: str
    body: dict[str, Any]
    other: dict[str, Any] | None
    caller: Caller | None
    repeat: str = "same"
    """`same`: status and body to the letter. `read`: nothing is kept, the repeat is one more look."""

    def send(self, door: Knocker, made: dict[str, str], *, key: str | None = KEY, other: bool = False) -> Answer:
        given = (self.other or {}) if other else self.body
        body = {name: made.get(value, value) if isinstance(value, str) else value for name, value in given.items()}
        return door.post(self.path.format(**made), body, key=key, caller=self.caller)


def ask(door: Knocker, *, kind: str = "feedback", phone: str = PHONE, key: str | None = None) -> Answer:
    body = {"type": kind, "subject": "包裹没到", "text": "三天了", "contact": {"phone": phone, "name": "王芳"}}
    answer = door.post("/v1/public/tickets", body, key=key)
    assert answer.status == 201, answer.text
    return answer


def nothing(_door: Knocker) -> dict[str, str]:
    return {}


def a_ticket(door: Knocker) -> dict[str, str]:
    asked = ask(door).json
    token = asked["follow_url"].partition("#")[2]
    return {"ticket": asked["number"].replace("-", ""), "token": token, "spoken": asked["number"]}


def a_waiting_ticket(door: Knocker) -> dict[str, str]:
    return after(door, a_ticket(door), "wait", {})


def a_resolved_ticket(door: Knocker) -> dict[str, str]:
    return after(door, a_ticket(door), "resolve", {"reply": "已补发"})


def a_claimed_ticket(door: Knocker) -> dict[str, str]:
    return after(door, a_ticket(door), "claim", {})


def an_answered_ticket(door: Knocker) -> dict[str, str]:
    """A ticket whose customer wrote again after our answer."""
    made = after(door, a_ticket(door), "replies", {"text": "已收到", "spoken": "phone"})
    assert door.post(f"/v1/public/tickets/{made['token']}/messages", {"text": "谢谢"}).status < 300
    return made


def three_tickets(door: Knocker) -> dict[str, str]:
    return a_ticket(door) | {name: ask(door).json["number"] for name in ("second", "third")}


def a_handoff(door: Knocker) -> dict[str, str]:
    return after(door, a_ticket(door), "handoffs", {"department": "warehouse", "request": "请核对库存"})


def an_accepted_handoff(door: Knocker) -> dict[str, str]:
    made = a_handoff(door)
    assert door.post(f"/v1/tickets/{made['ticket']}/handoffs/1/accept", caller=WAREHOUSE).status == 200
    return made


def a_finished_handoff(door: Knocker) -> dict[str, str]:
    made = an_accepted_handoff(door)
    assert door.post(f"/v1/tickets/{made['ticket']}/handoffs/1/complete", NOTE, caller=WAREHOUSE).status == 200
    return made


def a_customer(door: Knocker) -> dict[str, str]:
    answer = door.post("/v1/customers", {"name": "王芳", "phones": ["13912345678"]}, caller=AGENT)
    return {"customer": answer.json["id"]}


def after(door: Knocker, made: dict[str, str], move: str, body: dict[str, Any]) -> dict[str, str]:
    answer = door.post(f"/v1/tickets/{made['ticket']}/{move}", body, caller=AGENT)
    assert answer.status < 300, answer.text
    return made


TICKET = "/v1/tickets/{ticket}"
PUBLIC = "/v1/public/tickets/{token}"
ASK = {"type": "feedback", "subject": "一", "text": "文字", "contact": {"phone": PHONE}}
FILE = {"name": "照片.jpg", "media_type": "image/jpeg", "size_bytes": 100}
HANDOFF = {"department": "warehouse", "request": "请核对库存"}
NOTE, OTHER_NOTE = {"text": "甲"}, {"text": "乙"}
POSTS = {
    "/v1/public/tickets": Post(nothing, "/v1/public/tickets", ASK, {**ASK, "subject": "二"}, None),
    "/v1/public/tickets/{token}/messages": Post(a_ticket, PUBLIC + "/messages", NOTE, OTHER_NOTE, None),
    "/v1/public/tickets/{token}/confirm": Post(a_resolved_ticket, PUBLIC + "/confirm", {}, None, None),
    "/v1/public/tickets/{token}/reopen": Post(
        a_resolved_ticket, PUBLIC + "/reopen", {"reason": "没好"}, {"reason": "还没好"}, None
    ),
    "/v1/public/attachments": Post(nothing, "/v1/public/attachments", FILE, {**FILE, "size_bytes": 101}, None),
    "/v1/attachments": Post(nothing, "/v1/attachments", FILE, {**FILE, "size_bytes": 101}, AGENT),
    "/v1/tickets": Post(nothing, "/v1/tickets", {**ASK, "channel": "phone"}, {**ASK, "channel": "visit"}, AGENT),
    "/v1/tickets/{ticket}/claim": Post(a_ticket, TICKET + "/claim", {}, None, AGENT),
    "/v1/tickets/{ticket}/assign": Post(a_ticket, TICKET + "/assign", {"assignee": "lin"}, {"assignee": "chen"}, LEAD),
    "/v1/tickets/{ticket}/replies": Post(a_ticket, TICKET + "/replies", NOTE, OTHER_NOTE, AGENT),
    "/v1/tickets/{ticket}/notes": Post(a_ticket, TICKET + "/notes", NOTE, OTHER_NOTE, AGENT),
    "/v1/tickets/{ticket}/wait": Post(a_ticket, TICKET + "/wait", {}, {"note": "等照片"}, AGENT),
    "/v1/tickets/{ticket}/resume": Post(a_waiting_ticket, TICKET + "/resume", {}, None, AGENT),
    "/v1/tickets/{ticket}/resolve": Post(a_ticket, TICKET + "/resolve", {"reply": "好"}, {}, AGENT),
    "/v1/tickets/{ticket}/close": Post(a_ticket, TICKET + "/close", {"reason": "spam"}, {"reason": "invalid"}, AGENT),
    "/v1/tickets/{ticket}/reopen": Post(
        a_resolved_ticket, TICKET + "/reopen", {"reason": "没好"}, {"reason": "还没好"}, AGENT
    ),
    "/v1/tickets/{ticket}/links": Post(
        three_tickets, TICKET + "/links", {"ticket": "second"}, {"ticket": "third"}, AGENT
    ),
    "/v1/tickets/{ticket}/escalate": Post(a_ticket, TICKET + "/escalate", {"reason": "甲"}, {"reason": "乙"}, AGENT),
    "/v1/tickets/{ticket}/transfer": Post(
        a_ticket,
        TICKET + "/transfer",
        {"team": "presales", "reason": "甲"},
        {"team": "presales", "reason": "乙"},
        AGENT,
    ),
    "/v1/tickets/{ticket}/release": Post(a_claimed_ticket, TICKET + "/release", {}, {"reason": "乙"}, AGENT),
    "/v1/tickets/{ticket}/no-answer": Post(
        an_answered_ticket, TICKET + "/no-answer", {"reason": "甲"}, {"reason": "乙"}, AGENT
    ),
    "/v1/tickets/{ticket}/follow-link": Post(a_ticket, TICKET + "/follow-link", {}, None, AGENT),
    "/v1/tickets/{ticket}/handoffs": Post(
        a_ticket, TICKET + "/handoffs", HANDOFF, {**HANDOFF, "request": "别的"}, AGENT
    ),
    "/v1/tickets/{ticket}/handoffs/{number}/accept": Post(
        a_handoff, TICKET + "/handoffs/1/accept", {}, None, WAREHOUSE
    ),
    "/v1/tickets/{ticket}/handoffs/{number}/decline": Post(
        a_handoff, TICKET + "/handoffs/1/decline", NOTE, OTHER_NOTE, WAREHOUSE
    ),
    "/v1/tickets/{ticket}/handoffs/{number}/complete": Post(
        an_accepted_handoff, TICKET + "/handoffs/1/complete", NOTE, OTHER_NOTE, WAREHOUSE
    ),
    "/v1/tickets/{ticket}/handoffs/{number}/withdraw": Post(
        a_handoff, TICKET + "/handoffs/1/withdraw", NOTE, OTHER_NOTE, AGENT
    ),
    "/v1/tickets/{ticket}/handoffs/{number}/reroute": Post(
        a_handoff,
        TICKET + "/handoffs/1/reroute",
        {"department": "warehouse", "reason": "甲"},
        {"department": "warehouse", "reason": "乙"},
        AGENT,
    ),
    "/v1/tickets/{ticket}/handoffs/{number}/verify": Post(
        a_finished_handoff, TICKET + "/handoffs/1/verify", NOTE, OTHER_NOTE, LEAD
    ),
    "/v1/tickets/{ticket}/handoffs/{number}/return": Post(
        a_finished_handoff, TICKET + "/handoffs/1/return", NOTE, OTHER_NOTE, LEAD
    ),
    "/v1/handoffs/attachments": Post(nothing, "/v1/handoffs/attachments", FILE, {**FILE, "size_bytes": 101}, WAREHOUSE),
    "/v1/customers": Post(
        nothing,
        "/v1/customers",
        {"name": "李强", "phones": ["13712345678"]},
        {"name": "李强", "phones": ["13712345679"]},
        AGENT,
    ),
    "/v1/customers/search": Post(
        a_customer, "/v1/customers/search", {"phone": "13912345678"}, {"phone": PHONE}, AGENT, repeat="read"
    ),
    "/v1/customers/{customer}/reveal": Post(
        a_customer,
        "/v1/customers/{customer}/reveal",
        {"field": "phones", "reason": "callback", "text": "回电"},
        {"field": "phones", "reason": "identity", "text": "核对"},
        MANAGER,
    ),
}
LOOKING = {
    "/v1/public/challenges",
    "/v1/public/tickets/codes",
    "/v1/public/tickets/codes/redeem",
    "/v1/public/tickets/lookup",
}
"""Tries, which a repeat is another of: nothing is stored of them, and no link lies anywhere."""
FORMS = {"/v1/public/consents/{token}"}
"""What a page's form sets, which again sets nothing new; `test_consents.py` sends it again."""
KEPT_POSTS = {path: post for path, post in POSTS.items() if post.repeat == "same"}
ONE_OF_A_KIND = (
    "/v1/public/tickets",
    "/v1/tickets/{ticket}/wait",
    "/v1/tickets/{ticket}/replies",
    "/v1/tickets/{ticket}/notes",
    "/v1/customers",
    "/v1/customers/{customer}/reveal",
    "/v1/attachments",
)
"""What is made, what is changed, a message with and without a change, what is only read, what the door keeps."""
every_post = pytest.mark.parametrize("path", POSTS)
every_kept_post = pytest.mark.parametrize("path", KEPT_POSTS)


BESIDE = ("idempotency#", "limit#")


def everything(store: Store) -> list[str]:
    """All that both tables hold but what idempotency itself keeps, and counts: a repeat is one more request."""
    kept = []
    for table in (DESK, JOURNAL):
        items = store.client.scan(TableName=table)["Items"]
        kept += [
            repr(sorted(item.items())) for item in items if not item["pk"]["S"].startswith(("idempotency#", "limit#"))
        ]
    return sorted(kept)


def stored_answers(store: Store) -> list[dict[str, Any]]:
    return [item for item in store.client.scan(TableName=DESK)["Items"] if item["pk"]["S"].startswith("idempotency#")]


def test_table_covers_every_post_of_the_door() -> None:
    declared = {path for path, methods in ROUTES.items() if "POST" in methods}

    assert {path for path in declared if not path.startswith("/v1/imports")} == {*POSTS, *LOOKING, *FORMS}


@every_post
def test_same_key_gives_the_same_answer_and_one_effect(intake: Knocker, centre: Store, path: str) -> None:
    post = POSTS[path]
    made = post.prepare(intake)
    first = post.send(intake, made)
    afterwards = everything(centre)

    second = post.send(intake, made)

    assert first.status < 300, first.text
    assert second.said == first.said
    assert everything(centre) == afterwards


@pytest.mark.parametrize("path", ["/v1/public/attachments", "/v1/tickets/{ticket}/claim"])
def test_without_a_key_nothing_is_kept(intake: Knocker, centre: Store, path: str) -> None:
    post = POSTS[path]

    answer = post.send(intake, post.prepare(intake), key=None)

    assert answer.status < 300
    assert stored_answers(centre) == []


@pytest.mark.parametrize("path", [path for path, post in KEPT_POSTS.items() if post.other is not None])
def test_same_key_with_another_body_is_refused(intake: Knocker, centre: Store, path: str) -> None:
    post = POSTS[path]
    made = post.prepare(intake)
    post.send(intake, made)
    before = everything(centre)

    answer = post.send(intake, made, other=True)

    assert (answer.status, answer.json["type"]) == (422, "urn:tingjian:problem:idempotency_mismatch"), answer.text
    assert everything(centre) == before


def use(door: Knocker, caller: Caller | None) -> None:
    """Use the key for something else."""
    if caller is WAREHOUSE:
        made = a_handoff(door)
        path, body = f"/v1/tickets/{made['ticket']}/handoffs/1/accept", None
    elif caller is None:
        path, body = "/v1/public/tickets", {**ASK, "subject": "另一件事"}
    else:
        path, body = f"/v1/tickets/{a_ticket(door)['ticket']}/claim", None
    answer = door.post(path, body, key=KEY, caller=caller)
    assert answer.status < 300, answer.text


@every_kept_post
def test_key_of_another_thing_is_refused(intake: Knocker, centre: Store, path: str) -> None:
    post = POSTS[path]
    made = post.prepare(intake)
    use(intake, post.caller)
    before = everything(centre)

    answer = post.send(intake, made)

    assert (answer.status, answer.json["type"]) == (422, "urn:tingjian:problem:idempotency_mismatch"), answer.text
    assert everything(centre) == before


@every_kept_post
def test_key_is_known_for_more_than_a_day(intake: Knocker, centre: Store, path: str) -> None:
    post = POSTS[path]
    made = post.prepare(intake)

    post.send(intake, made)

    [stored] = stored_answers(centre)
    left = int(stored["expires_at"]["N"]) - epoch_seconds(datetime.now().astimezone())
    assert timedelta(hours=25) < timedelta(seconds=left) <= ANSWERS_KEPT


@every_kept_post
def test_reply_lost_after_the_commit_is_given_to_the_repeat(intake: Knocker, centre: Store, path: str) -> None:
    post = POSTS[path]
    made = post.prepare(intake)
    with pytest.raises(Crash), inject(intake.dynamodb, Strike(Fault.CRASH_AFTER, operation=_writes_by(path))):
        post.send(intake, made)
    afterwards = everything(centre)

    second, third = post.send(intake, made), post.send(intake, made)

    assert second.status < 300, second.text
    assert third.said == second.said
    assert everything(centre) == afterwards


@pytest.mark.parametrize("path", ONE_OF_A_KIND)
def test_crash_before_the_commit_leaves_nothing_and_the_repeat_does_it(
    intake: Knocker, centre: Store, path: str
) -> None:
    post = POSTS[path]
    made = post.prepare(intake)
    before = everything(centre)
    with pytest.raises(Crash), inject(intake.dynamodb, Strike(Fault.CRASH_BEFORE, operation=_writes_by(path))):
        post.send(intake, made)
    half = everything(centre)

    second = post.send(intake, made)

    assert half == before
    assert second.status < 300


@pytest.mark.parametrize("path", ONE_OF_A_KIND)
def test_commit_that_the_sdk_sends_again_counts_once(intake: Knocker, centre: Store, path: str) -> None:
    post = POSTS[path]
    made = post.prepare(intake)

    with inject(intake.dynamodb, Strike(Fault.REPLY_LOST, operation=_writes_by(path))):
        first = post.send(intake, made)
    afterwards = everything(centre)

    assert first.status < 300, first.text
    assert post.send(intake, made).said == first.said
    assert everything(centre) == afterwards


def _writes_by(path: str) -> str:
    alone = {"/v1/public/attachments", "/v1/attachments", "/v1/handoffs/attachments"}
    return "PutItem" if path in alone or path.endswith("/follow-link") else "TransactWriteItems"


@every_post
def test_wrong_body_keeps_nothing_so_the_key_is_free(intake: Knocker, centre: Store, path: str) -> None:
    post = POSTS[path]
    made = post.prepare(intake)
    before = everything(centre)

    wrong = intake.post(post.path.format(**made), "{", key=KEY, caller=post.caller)

    if _takes_a_body(path):
        assert wrong.status == 400
        assert everything(centre) == before
        assert post.send(intake, made).status < 300
    else:
        assert wrong.status < 300


def _takes_a_body(path: str) -> bool:
    app = importlib.import_module(ROUTES[path]["POST"]).app
    document = json.loads(
        app.get_openapi_json_schema(title="one", version="1", security_schemes={"staff": HTTPBearer()})
    )
    return "requestBody" in document["paths"][path]["post"]


@pytest.mark.parametrize(
    ("path", "wrong", "field"),
    [
        ("/v1/public/tickets", {**ASK, "contact": {"phone": "123"}}, "contact.phone"),
        ("/v1/public/tickets", {**ASK, "type": "none"}, "type"),
        ("/v1/public/tickets", {**ASK, "attachments": ["never-sent"]}, "attachments.0"),
        ("/v1/public/tickets", {**ASK, "type": "complaint", "fields": {"promised_at": "2020-01-01T00:00:00Z"}},
         "fields.promised_at"),
        ("/v1/tickets/{ticket}/handoffs", {**HANDOFF, "due_at": "2020-01-01T00:00:00Z"}, "due_at"),
        ("/v1/tickets/{ticket}/handoffs", {**HANDOFF, "department": "presales"}, "department"),
        ("/v1/tickets/{ticket}/assign", {"assignee": "nobody"}, "assignee"),
        ("/v1/tickets/{ticket}/links", {"ticket": "1"}, "ticket"),
        ("/v1/customers", {"name": "李", "phones": ["1"]}, "phones.0"),
    ],
)  # fmt: skip
def test_field_that_fails_a_check_keeps_nothing_so_the_key_is_free(
    intake: Knocker, centre: Store, path: str, wrong: dict[str, Any], field: str
) -> None:
    post = POSTS[path]
    made = post.prepare(intake)

    refused = intake.post(post.path.format(**made), wrong, key=KEY, caller=post.caller)
    mended = post.send(intake, made)

    assert (refused.status, refused.json["errors"][0]["field"]) == (422, field)
    assert mended.status < 300, mended.text
    assert not [item for item in stored_answers(centre) if "answer" in item]


@dataclass(frozen=True)
class Refusal:
    """A POST that the state refuses, and the change of state after which it would be done."""

    prepare: Callable[[Knocker], dict[str, str]]
    path: str
    body: dict[str, Any]
    caller: Caller
    status: int
    undo: Callable[[Knocker, dict[str, str]], Answer]


REFUSALS = {
    "somebody has it": Refusal(
        a_claimed_ticket,
        TICKET + "/claim",
        {},
        COLLEAGUE,
        409,
        lambda door, made: door.post(f"/v1/tickets/{made['ticket']}/assign", {"team": "aftersales"}, caller=LEAD),
    ),
    "illegal move": Refusal(
        a_ticket,
        TICKET + "/resume",
        {},
        AGENT,
        409,
        lambda door, made: door.post(f"/v1/tickets/{made['ticket']}/wait", {}, caller=AGENT),
    ),
    "blocked": Refusal(
        a_handoff,
        TICKET + "/resolve",
        {},
        AGENT,
        409,
        lambda door, made: door.post(f"/v1/tickets/{made['ticket']}/handoffs/1/withdraw", NOTE, caller=AGENT),
    ),
    "closed to replies": Refusal(
        lambda door: after(door, a_ticket(door), "close", {"reason": "spam"}),
        TICKET + "/replies",
        NOTE,
        AGENT,
        409,
        lambda door, made: door.post(f"/v1/tickets/{made['ticket']}/reopen", {"reason": "误判"}, caller=AGENT),
    ),
    "no such hand-off yet": Refusal(
        a_ticket,
        TICKET + "/handoffs/1/accept",
        {},
        WAREHOUSE,
        404,
        lambda door, made: door.post(f"/v1/tickets/{made['ticket']}/handoffs", HANDOFF, caller=AGENT),
    ),
    "contact is taken": Refusal(
        a_customer,
        "/v1/customers",
        {"name": "李强", "phones": ["13912345678"]},
        AGENT,
        409,
        lambda door, made: door.send(
            "PATCH",
            f"/v1/customers/{made['customer']}",
            {"contacts": {"remove": ["c1"]}, "reason": "correction", "text": "更正"},
            caller=MANAGER,
            if_match='"1"',
        ),
    ),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_refusal_by_the_state_is_repeated_when_the_state_has_changed(intake: Knocker, why: str) -> None:
    case = REFUSALS[why]
    made = case.prepare(intake)
    path = case.path.format(**made)
    first = intake.post(path, case.body, key=KEY, caller=case.caller)
    assert case.undo(intake, made).status < 300

    second = intake.post(path, case.body, key=KEY, caller=case.caller)
    afresh = intake.post(path, case.body, key="another", caller=case.caller)

    assert first.status == case.status, first.text
    assert second.said == first.said
    assert second.headers["Content-Type"] == "application/problem+json"
    assert afresh.status < 300, afresh.text


@pytest.mark.parametrize("why", [why for why, case in REFUSALS.items() if case.body])
def test_refused_key_with_another_body_is_refused_as_such(intake: Knocker, why: str) -> None:
    case = REFUSALS[why]
    path = case.path.format(**case.prepare(intake))
    intake.post(path, case.body, key=KEY, caller=case.caller)

    changed = {name: f"{value}!" if name in {"text", "name"} else value for name, value in case.body.items()}
    answer = intake.post(path, changed, key=KEY, caller=case.caller)

    assert (answer.status, answer.json["type"]) == (422, "urn:tingjian:problem:idempotency_mismatch")


@dataclass(frozen=True)
class Later:
    """A POST that succeeded, and a change after which the same POST would be refused."""

    post: str
    change: Callable[[Knocker, dict[str, str]], Answer]


def close(door: Knocker, made: dict[str, str]) -> Answer:
    return door.post(f"/v1/tickets/{made['ticket']}/close", {"reason": "spam"}, caller=AGENT)


def hand_to_presales(door: Knocker, made: dict[str, str]) -> Answer:
    return door.post(f"/v1/tickets/{made['ticket']}/assign", {"team": "presales"}, caller=LEAD)


LATER = {
    "a reply, the ticket closed": Later("/v1/tickets/{ticket}/replies", close),
    "a note, the ticket another team's": Later("/v1/tickets/{ticket}/notes", hand_to_presales),
    "a claim, the ticket another team's": Later("/v1/tickets/{ticket}/claim", hand_to_presales),
    "a customer's message, the ticket closed": Later("/v1/public/tickets/{token}/messages", close),
    "waiting, the ticket closed": Later("/v1/tickets/{ticket}/wait", close),
    "a hand-off, the ticket another team's": Later("/v1/tickets/{ticket}/handoffs", hand_to_presales),
}


@pytest.mark.parametrize("what", LATER)
def test_first_answer_stands_when_the_state_has_changed(intake: Knocker, centre: Store, what: str) -> None:
    post = POSTS[LATER[what].post]
    made = post.prepare(intake)
    first = post.send(intake, made)
    assert LATER[what].change(intake, made).status < 300
    centre.forget("staff")
    before = everything(centre)

    second = post.send(intake, made)

    assert first.status < 300, first.text
    assert second.said == first.said
    assert everything(centre) == before


def test_second_reply_is_repeated_when_the_ticket_is_closed(intake: Knocker) -> None:
    made = a_ticket(intake)
    after(intake, made, "replies", NOTE)
    first = POSTS["/v1/tickets/{ticket}/replies"].send(intake, made)
    close(intake, made)

    second = POSTS["/v1/tickets/{ticket}/replies"].send(intake, made)

    assert first.json["event"] == "MessageAdded"
    assert second.said == first.said


def test_edit_on_a_version_gives_its_receipt_to_its_twin(intake: Knocker, centre: Store) -> None:
    """The reply of the first is lost and the client repeats it with the If-Match that is old by now."""
    made = a_ticket(intake)
    path = TICKET.format(**made) + "/claim"

    with meanwhile(
        Store(intake.dynamodb, DESK, JOURNAL), lambda: intake.post(path, key=KEY, caller=AGENT, if_match="1")
    ):
        second = intake.post(path, key=KEY, caller=AGENT, if_match="1")
    third = intake.post(path, key=KEY, caller=AGENT, if_match="1")

    assert (second.status, second.json["version"]) == (200, 2), second.text
    assert third.said == second.said
    assert len(stored_answers(centre)) == 1


def test_two_openings_of_one_new_customer_at_once_are_each_repeatable(intake: Knocker, centre: Store) -> None:
    with meanwhile(Store(intake.dynamodb, DESK, JOURNAL), lambda: ask(intake, key="first")):
        second = ask(intake, key="second")

    assert ask(intake, key="second").said == second.said
    assert ask(intake, key="first").json["number"] != second.json["number"]
    opened = centre.client.scan(TableName=JOURNAL, FilterExpression="#n = :n", ExpressionAttributeNames={"#n": "name"},
                                ExpressionAttributeValues={":n": {"S": "TicketOpened"}})  # fmt: skip
    assert opened["Count"] == 2


def test_two_new_customers_of_one_phone_at_once_name_the_one_that_is_there(intake: Knocker) -> None:
    body = {"name": "李强", "phones": ["13712345678"]}
    found: list[Answer] = []

    with meanwhile(
        Store(intake.dynamodb, DESK, JOURNAL),
        lambda: found.append(intake.post("/v1/customers", body, key="a", caller=AGENT)),
    ):
        second = intake.post("/v1/customers", body, key="b", caller=AGENT)

    assert (second.status, second.json["customer_id"]) == (409, found[0].json["id"])


def test_twin_that_loses_against_itself_gets_the_first_answer(intake: Knocker) -> None:
    body = {"name": "李强", "phones": ["13712345678"]}
    found: list[Answer] = []

    with meanwhile(
        Store(intake.dynamodb, DESK, JOURNAL),
        lambda: found.append(intake.post("/v1/customers", body, key=KEY, caller=AGENT)),
    ):
        second = intake.post("/v1/customers", body, key=KEY, caller=AGENT)

    assert second.said == found[0].said


def test_loss_against_others_at_the_same_moment_keeps_nothing(intake: Knocker, centre: Store) -> None:
    path = TICKET.format(**a_ticket(intake)) + "/wait"

    with _others_write_first(intake, path):
        first = intake.post(path, key=KEY, caller=AGENT)
    kept = stored_answers(centre)
    second = intake.post(path, {}, key=KEY, caller=AGENT)

    assert (first.status, first.json["type"]) == (409, "urn:tingjian:problem:stale")
    assert kept == []
    assert second.status == 200


@contextmanager
def _others_write_first(door: Knocker, path: str) -> Iterator[None]:
    """Before every transaction of the block, somebody else changes the ticket."""
    event = "before-call.dynamodb.TransactWriteItems"
    busy: list[str] = []

    def interfere(**_: object) -> None:
        if not busy:
            busy.append("changing")
            moved = door.post(path.replace("/wait", "/links"), {"ticket": ask(door).json["number"]}, caller=COLLEAGUE)
            assert moved.status == 201
            busy.clear()

    door.dynamodb.meta.events.register_first(event, interfere)
    try:
        yield
    finally:
        door.dynamodb.meta.events.unregister(event, interfere)


@pytest.mark.parametrize("other", [AGENT, COLLEAGUE, None])
def test_key_belongs_to_its_caller(intake: Knocker, other: Caller | None) -> None:
    body = {**ASK, "channel": "web"}
    first = intake.post("/v1/tickets", body, key=KEY, caller=AGENT)

    second = intake.post("/v1/public/tickets" if other is None else "/v1/tickets", body, key=KEY, caller=other)

    assert (second.json["number"] == first.json["number"]) is (other is AGENT)


@pytest.mark.parametrize("bad", ["", "x" * 256, "line\nbreak", "\x00"])
def test_key_that_is_none_is_refused_by_name(intake: Knocker, bad: str) -> None:
    answer = intake.post("/v1/public/tickets", ASK, key=bad)

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "Idempotency-Key")


@pytest.mark.parametrize("good", ["x", "x" * 255, "订单 42", "'\"{}#/"])
def test_key_may_be_anything_printable(intake: Knocker, good: str) -> None:
    assert (
        intake.post("/v1/public/tickets", ASK, key=good).said == intake.post("/v1/public/tickets", ASK, key=good).said
    )


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_key_has_no_meaning_but_for_posts(intake: Knocker, method: str) -> None:
    path = TICKET.format(**a_ticket(intake))
    body = {"priority": "urgent"} if method == "PATCH" else None

    first = intake.knock(method, path, body, caller=AGENT, headers={"idempotency-key": KEY, "if-match": '"1"'})
    second = intake.knock(method, path, body, caller=AGENT, headers={"idempotency-key": KEY, "if-match": '"1"'})

    assert first.status == 200
    assert second.status == (200 if method == "GET" else 409)


def test_refusal_is_known_for_more_than_a_day(intake: Knocker, centre: Store) -> None:
    path = TICKET.format(**a_ticket(intake)) + "/resume"
    intake.post(path, key=KEY, caller=AGENT)

    [stored] = stored_answers(centre)

    left = int(stored["expires_at"]["N"]) - epoch_seconds(datetime.now().astimezone())
    assert timedelta(hours=25) < timedelta(seconds=left) <= ANSWERS_KEPT


def test_upload_is_taken_once_by_a_repeated_message(intake: Knocker) -> None:
    made = a_ticket(intake)
    slot = intake.post("/v1/attachments", FILE, caller=AGENT).json
    s3 = boto3.client("s3")
    s3.put_object(Bucket=BUCKET, Key=f"uploads/{slot['id']}", Body=b"x" * 100, ContentType="image/jpeg")
    body = {"text": "见附件", "attachments": [slot["id"]]}
    first = intake.post(f"/v1/tickets/{made['ticket']}/notes", body, key=KEY, caller=AGENT)
    s3.delete_object(Bucket=BUCKET, Key=f"uploads/{slot['id']}")

    second = intake.post(f"/v1/tickets/{made['ticket']}/notes", body, key=KEY, caller=AGENT)

    assert first.status == 201
    assert second.said == first.said


@pytest.mark.parametrize("path", ["/v1/tickets/{ticket}/follow-link", "/v1/public/attachments", "/v1/attachments"])
def test_stored_answers_that_open_something_are_sealed(intake: Knocker, centre: Store, path: str) -> None:
    post = POSTS[path]
    answer = post.send(intake, post.prepare(intake))

    [stored] = stored_answers(centre)

    assert answer.status < 300
    assert stored["answer"]["S"].startswith("~")
    assert [part for part in ("follow.html", "signature", "uploads/", "照片") if part in repr(stored)] == []


def test_stored_answers_of_before_are_read(intake: Knocker, centre: Store) -> None:
    post = POSTS["/v1/attachments"]
    post.send(intake, {})
    centre.client.update_item(
        TableName=DESK,
        Key={name: stored_answers(centre)[0][name] for name in ("pk", "sk")},
        UpdateExpression="SET answer = :plain",
        ExpressionAttributeValues={":plain": {"S": "{}"}},
    )

    assert post.send(intake, {}).said == (201, "{}")


def test_stored_refusals_hold_no_link(intake: Knocker, centre: Store) -> None:
    made = a_ticket(intake)

    answer = intake.post(PUBLIC.format(**made) + "/confirm", {}, key=KEY)

    [stored] = stored_answers(centre)
    assert (answer.status, answer.json["instance"]) == (409, "/v1/public/tickets/{token}/confirm")
    assert made["token"] not in repr(stored)
