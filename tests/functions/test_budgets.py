"""What each action costs: calls, write and read units by AWS's rules, whatever the table holds (goal P4).

The figures are exact, so that a change of any of them is a decision. docs/data-model.md explains them.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.builders import AGENT, CUSTOMER, DESK, JOURNAL, NOW, SIGNER, WAREHOUSE
from tests.builders import key as key_of
from tests.meter import Meter, meter, tables_from_template
from tingjian.intake.conversations.actions import write_message
from tingjian.intake.conversations.answers import hear_reached
from tingjian.intake.customers.models import Contact
from tingjian.intake.handoffs.actions import answer, ask_department, complete
from tingjian.intake.handoffs.bodies import AskDepartment, HandoffResult
from tingjian.intake.ticket_views.actions import view_ticket
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Ask, Closing, ListQuery, Receipt, Resolution, Waiting, Written
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.lists import list_tickets
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.intake.tickets.rights import WORK_TICKETS
from tingjian.notifications.deliveries.events import MessageReached
from tingjian.platform.chains import ChainEnd
from tingjian.platform.events import SYSTEM
from tingjian.platform.rights import Caller, Right
from tingjian.platform.store import Store

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
WRITE_PRICE, READ_PRICE = 0.625 / 1_000_000, 0.125 / 1_000_000
CALL_PRICE = (1.00 + 0.20) / 1_000_000
COMPUTE_PRICE = 0.008 * 0.5 * 0.0000133334
"""Dollars: a write unit, a read unit, a call of HTTP API and function, 8 ms of half a gigabyte on arm64 (us-east-1)."""


class Cost(NamedTuple):
    """What a piece of work costs."""

    calls: int
    writes: float
    reads: float


def asked(store: Store, phone: str = "13900000000", key: str | None = None) -> Receipt:
    body = Ask(
        type="complaint",
        subject="收到的鞋开胶了",
        text="穿了三天左脚鞋底就开胶，要求退货并承担来回运费。",
        contact=Contact(phone=phone, name="王芳"),
    )
    return open_ticket(store, SIGNER, body, Opening(CUSTOMER, NOW, "zh-CN", key_of(key) if key else None))


def life(store: Store, number: str, *, keyed: bool) -> dict[str, Callable[[], object]]:
    """A ticket's life, action by action, each under an idempotency key of its own or all without."""
    minutes = iter(range(10, 1000, 5))

    def by(caller: Caller = AGENT, right: Right | None = WORK_TICKETS) -> Request:
        at = next(minutes)
        key = key_of(f"{number}-{at}") if keyed else None
        return Request(number, caller.actor, NOW + timedelta(minutes=at), caller, right, key)

    def customer() -> Request:
        at = next(minutes)
        return Request(
            number, CUSTOMER, NOW + timedelta(minutes=at), idempotency=key_of(f"{number}-{at}") if keyed else None
        )

    sent: list[str | None] = []

    def arrives() -> None:
        told = {"ticket": number, "message_id": sent[0], "template": "reply"}
        at = NOW + timedelta(minutes=next(minutes))
        hear_reached(store, ChainEnd("outcome#1").next_event(MessageReached, now=at, actor=SYSTEM, data=told), at)

    said = Written(text="您好，正在为您查询，请稍等。")
    return {
        "claim": lambda: actions.claim(store, by()),
        "first reply": lambda: sent.append(write_message(store, None, by(), "reply", said).message_id),
        "first reply arrives": arrives,
        "reply": lambda: write_message(store, None, by(), "reply", said),
        "note": lambda: write_message(store, None, by(), "note", said),
        "wait": lambda: actions.wait(store, by(), Waiting()),
        "customer ends the wait": lambda: write_message(store, None, customer(), "customer", said),
        "customer adds": lambda: write_message(store, None, customer(), "customer", said),
        "hand off": lambda: ask_department(
            store, by(), AskDepartment(department="warehouse", request="请核对此单的出库记录。")
        ),
        "accept": lambda: answer(store, by(WAREHOUSE, None), "1", "accepted"),
        "report done": lambda: complete(store, by(WAREHOUSE, None), "1", HandoffResult(text="已补发")),
        "resolve": lambda: actions.resolve(store, by(), Resolution(fields={"cause": "物流延误"})),
        "close": lambda: actions.close(store, by(), Closing(fields={"verified": True})),
        "view": lambda: view_ticket(store, number, caller=AGENT, now=NOW),
        "queue page": lambda: list_tickets(store, ListQuery(team="aftersales"), caller=AGENT),
    }


@pytest.fixture
def warm(centre: Store) -> Store:
    """A store whose process has served before: types, teams, people, policies are at hand."""
    asked(centre, "13911111111")
    actions.resolve(
        centre,
        Request(asked(centre).id, AGENT.actor, NOW, AGENT),
        Resolution(fields={"cause": "物流延误"}),
    )
    for name in ("teams", "staff", "handoff-forms"):
        centre.collection(name)
    return centre


def measured(store: Store, work: Callable[[], object]) -> Cost:
    tables = tables_from_template(TEMPLATE, {"DeskTable": DESK, "JournalTable": JOURNAL})
    measure: Meter
    with meter(store.client, tables) as measure:
        work()
    return Cost(measure.calls, measure.write_units, measure.read_units)


# A reply reads whether it would reach anybody, and a view how messages fared: a call and half a read unit each.
BUDGET = {
    "open, customer known": Cost(2, 9, 1),
    "open, customer new": Cost(2, 15, 1),
    "claim": Cost(2, 6, 1),
    "first reply": Cost(3, 4, 1.5),
    "first reply arrives": Cost(4, 6, 2.5),
    "reply": Cost(3, 4, 1.5),
    "note": Cost(2, 4, 1),
    "wait": Cost(2, 7, 1),
    "customer ends the wait": Cost(2, 11, 1),
    "customer adds": Cost(2, 4, 1),
    "hand off": Cost(2, 10, 1),
    "accept": Cost(3, 6, 2),
    "report done": Cost(3, 11, 2),
    "resolve": Cost(2, 9, 1),
    "close": Cost(2, 6, 1),
    "view": Cost(3, 0, 1.5),
    "queue page": Cost(1, 0, 0.5),
}
READS = {"view", "queue page", "first reply arrives"}
OPENINGS = {"open, customer known", "open, customer new"}


def with_a_key(act: str) -> Cost:
    """A key is one more member of the transaction; what is changed is read together with it."""
    plain = BUDGET[act]
    return plain if act in READS else Cost(plain.calls, plain.writes + 2, plain.reads + (act not in OPENINGS))


@pytest.mark.parametrize("keyed", [False, True])
def test_each_action_costs_exactly_its_budget(warm: Store, *, keyed: bool) -> None:
    costs = {"open, customer new": measured(warm, partial(asked, warm, "13922222222", "new" if keyed else None))}
    costs["open, customer known"] = measured(warm, partial(asked, warm, key="known" if keyed else None))

    for name, work in life(warm, asked(warm).id, keyed=keyed).items():
        costs[name] = measured(warm, work)

    assert costs == ({act: with_a_key(act) for act in BUDGET} if keyed else BUDGET)


def test_reads_cost_the_same_whatever_is_stored(warm: Store) -> None:
    number = asked(warm).id
    found = []

    for _ in range(2):
        for _ in range(40):
            asked(warm)
        page = measured(warm, lambda: list_tickets(warm, ListQuery(team="aftersales"), caller=AGENT))
        found.append((page, measured(warm, lambda: view_ticket(warm, number, caller=AGENT, now=NOW))))

    assert found == [(Cost(1, 0, 1), BUDGET["view"])] * 2


LIFE = [
    "open, customer known", "first reply", "first reply arrives", "customer adds", "reply", "reply", "reply", "note",
    "claim", "wait", "resolve", "close", *["view"] * 12, *["queue page"] * 15,
]  # fmt: skip
"""The model: one opening, six messages, four changes, twelve views, fifteen list pages, 38 calls."""


def dollars(costs: list[Cost]) -> float:
    units = sum(cost.writes for cost in costs) * WRITE_PRICE + sum(cost.reads for cost in costs) * READ_PRICE
    return 1000 * (units + len(costs) * (CALL_PRICE + COMPUTE_PRICE))


def test_a_thousand_ticket_lives_cost_under_ten_cents_and_with_keys_eleven() -> None:
    plain = [BUDGET[act] for act in LIFE]
    keyed = [with_a_key(act) for act in LIFE]

    assert (sum(cost.writes for cost in plain), sum(cost.writes for cost in keyed)) == (67, 89)
    assert round(dollars(plain), 3) == 0.096
    assert round(dollars(keyed), 3) == 0.111
