"""The same request several times at the same moment: one effect, one answer. One after another is tested on moto."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.stack.conftest import Ask, new_contact
from tests.stack.people import UNSAID, Answer, Asked, Visitor

TWINS = 6


@pytest.fixture(scope="module")
def crowd() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(TWINS) as pool:
        yield pool


def at_once(crowd: ThreadPoolExecutor, send: Callable[[], Answer]) -> list[Answer]:
    return [sent.result() for sent in [crowd.submit(send) for _ in range(TWINS)]]


def history(agent: Visitor, asked: Asked) -> list[str]:
    told = agent.get(f"{asked.path}/history").expect(200)
    assert told["unbroken"]
    return [entry["event"] for entry in told["items"]]


def test_twins_file_one_request(crowd: ThreadPoolExecutor, customer: Visitor, agent: Visitor) -> None:
    contact, key = new_contact(), str(uuid.uuid4())
    body = {"type": "feedback", "subject": "一", "text": "二", "contact": contact.body}

    answers = at_once(crowd, lambda: customer.post("/v1/public/tickets", body, key=key))

    [(status, text)] = {answer.said for answer in answers}
    found = agent.get(f"/v1/tickets/{answers[0].json['number'].replace('-', '')}").expect(200)
    of_customer = agent.get("/v1/tickets", customer_id=found["customer"]["id"]).expect(200)["items"]
    assert status == 201, text
    assert len(of_customer) == 1


def test_different_keys_of_one_new_customer_file_each_their_own(
    crowd: ThreadPoolExecutor, customer: Visitor, agent: Visitor
) -> None:
    body = {"type": "feedback", "subject": "一", "text": "二", "contact": new_contact().body}
    keys = [str(uuid.uuid4()) for _ in range(TWINS)]

    first = list(crowd.map(lambda key: customer.post("/v1/public/tickets", body, key=key), keys))
    again = list(crowd.map(lambda key: customer.post("/v1/public/tickets", body, key=key), keys))

    numbers = {answer.expect(201)["number"].replace("-", "") for answer in first}
    customers = {agent.get(f"/v1/tickets/{number}").expect(200)["customer"]["id"] for number in numbers}
    assert len(numbers) == TWINS
    assert len(customers) == 1
    assert [answer.said for answer in again] == [answer.said for answer in first]


MOVES: dict[str, tuple[str, dict[str, str], str]] = {
    "claim": ("claim", {}, "TicketAssigned"),
    "wait": ("wait", {"note": "等照片"}, "TicketWaiting"),
    "first reply": ("replies", {"text": "您好"}, "TicketAssigned"),
    "hand-off": ("handoffs", {"department": "warehouse", "request": "请核对"}, "HandoffAsked"),
    "resolve": ("resolve", {"reply": "已补发"}, "TicketResolved"),
    "close": ("close", {"reason": "spam"}, "TicketClosed"),
}


@pytest.mark.parametrize("versioned", [False, True])
@pytest.mark.parametrize("move", MOVES)
def test_twins_move_a_ticket_once(
    crowd: ThreadPoolExecutor,
    ask: Ask,
    agent: Visitor,
    move: str,
    versioned: bool,  # noqa: FBT001
) -> None:
    asked, key = ask(), str(uuid.uuid4())
    path, body, event = MOVES[move]

    answers = at_once(
        crowd, lambda: agent.post(f"{asked.path}/{path}", body, key=key, version=1 if versioned else None)
    )

    [(status, text)] = {answer.said for answer in answers}
    assert status in {200, 201}, text
    assert history(agent, asked) == ["TicketOpened", event]


def test_one_key_on_many_tickets_moves_one(crowd: ThreadPoolExecutor, ask: Ask, agent: Visitor) -> None:
    tickets, key = [ask() for _ in range(TWINS)], str(uuid.uuid4())

    answers = list(crowd.map(lambda asked: agent.post(f"{asked.path}/claim", {}, key=key), tickets))

    moved = [asked for asked in tickets if history(agent, asked) == ["TicketOpened", "TicketAssigned"]]
    assert sorted(answer.status for answer in answers) == [200, *[422] * (TWINS - 1)]
    assert {answer.problem for answer in answers if answer.status != 200} == {"idempotency_mismatch"}
    assert len(moved) == 1


def test_twins_write_one_note(crowd: ThreadPoolExecutor, ask: Ask, agent: Visitor) -> None:
    asked, key = ask(), str(uuid.uuid4())

    answers = at_once(crowd, lambda: agent.post(f"{asked.path}/notes", {"text": "已电话"}, key=key))

    assert {answer.status for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert len(agent.get(asked.path).json["messages"]) == 2


def test_twins_add_one_customer(crowd: ThreadPoolExecutor, agent: Visitor) -> None:
    contact, key = new_contact(), str(uuid.uuid4())

    answers = at_once(crowd, lambda: agent.post("/v1/customers", {"name": "李强", "phones": [contact.phone]}, key=key))

    assert {answer.status for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.text for answer in answers}) == 1


def test_twins_get_one_slot_and_one_link(crowd: ThreadPoolExecutor, ask: Ask, agent: Visitor) -> None:
    asked, key = ask(), str(uuid.uuid4())
    wanted = {"name": "a.jpg", "media_type": "image/jpeg", "size_bytes": 9}

    slots = at_once(crowd, lambda: agent.post("/v1/attachments", wanted, key=key))
    links = at_once(crowd, lambda: agent.post(f"{asked.path}/follow-link", key=key))

    assert len({slot.said for slot in slots}) == len({link.said for link in links}) == 1


def test_of_many_who_claim_at_once_one_gets_it(
    crowd: ThreadPoolExecutor, ask: Ask, agent: Visitor, colleague: Visitor
) -> None:
    asked = ask()

    answers = list(crowd.map(lambda who: who.post(f"{asked.path}/claim"), [agent, colleague] * (TWINS // 2)))

    winner = agent.get(asked.path).json["assignee"]
    by = {"chenyu": answers[0::2], "linhao": answers[1::2]}
    loser = next(name for name in by if name != winner)
    assert {answer.status for answer in by[winner]} == {200}
    assert {answer.problem for answer in by[loser]} == {"already_claimed"}


def test_many_different_changes_at_once_are_all_made(crowd: ThreadPoolExecutor, ask: Ask, agent: Visitor) -> None:
    asked, others = ask(), [ask().number for _ in range(3)]

    answers = list(crowd.map(lambda other: agent.post(f"{asked.path}/links", {"ticket": other}), others))

    assert {answer.status for answer in answers} == {201}, [answer.text for answer in answers]
    assert len(agent.get(asked.path).json["links"]) == 3
    assert history(agent, asked) == ["TicketOpened", *["TicketLinked"] * 3]


def test_same_key_with_another_body_at_once_does_one_and_refuses_the_other(
    crowd: ThreadPoolExecutor, customer: Visitor
) -> None:
    key, contact = str(uuid.uuid4()), new_contact().body
    bodies = [{"type": "feedback", "subject": f"{n}", "text": "二", "contact": contact} for n in range(TWINS)]

    answers = list(crowd.map(lambda body: customer.post("/v1/public/tickets", body, key=key), bodies))

    assert sorted(answer.status for answer in answers) == [201, *[422] * (TWINS - 1)]
    assert {answer.problem for answer in answers if answer.status == 422} == {"idempotency_mismatch"}


MAPPING = {
    "source": "twins",
    "time": {"column": "at", "format": "%Y-%m-%d %H:%M:%S", "zone": "UTC"},
    "case": "case",
    "activity": "what",
    "type": "feedback",
    "activities": {"closed": "close"},
}
POSTS: dict[str, tuple[str, object]] = {
    "report": ("/v1/reports", {"from": "2026-01-01", "to": "2026-01-02"}),
    "import": ("/v1/imports", {"name": "log.csv", "size_bytes": 10, "mapping": MAPPING}),
    "notices": ("/v1/notices/read-all", UNSAID),
    "policy": ("/v1/sla-policies/default/apply", {}),
    "calendar": ("/v1/calendars/centre/apply", UNSAID),
    "holidays": ("/v1/calendars/centre/china-holidays", {"year": 2026}),
    "webhook": ("/v1/webhooks", {"name": "试", "url": "http://127.0.0.1:9/hook", "active": False}),
}


@pytest.mark.parametrize("what", POSTS)
def test_twins_of_the_other_doors_get_one_answer(crowd: ThreadPoolExecutor, operator: Visitor, what: str) -> None:
    path, body = POSTS[what]
    key = str(uuid.uuid4())

    first = at_once(crowd, lambda: operator.post(path, body, key=key))
    later = operator.post(path, body, key=key)

    [(status, text)] = {answer.said for answer in [*first, later]}
    assert 200 <= status < 300, text


def test_twins_rotate_a_secret_once(crowd: ThreadPoolExecutor, operator: Visitor) -> None:
    made = operator.post("/v1/webhooks", {"name": "试", "url": "http://127.0.0.1:9/hook", "active": False}).expect(201)
    path, one, two = f"/v1/webhooks/{made['id']}", str(uuid.uuid4()), str(uuid.uuid4())

    rotated = at_once(crowd, lambda: operator.post(f"{path}/rotate-secret", key=one))
    pings = at_once(crowd, lambda: operator.post(f"{path}/test", key=two))

    [(status, text)] = {answer.said for answer in rotated}
    assert status == 200, text
    assert rotated[0].json["version"] == operator.get(path).json["version"] == 2
    assert {answer.said for answer in pings} == {(204, "")}
