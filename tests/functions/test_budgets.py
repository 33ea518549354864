"""What each action costs: calls, write and read units by AWS's rules, whatever the table holds (goal P4).

The figures are exact, so that a change of any of them is a decision. docs/data-model.md explains them.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.builders import AGENT, CUSTOMER, DESK, JOURNAL, NOW, SIGNER, WAREHOUSE, key
from tests.meter import Meter, meter, tables_from_template
from tingjian.intake.customers.models import Contact
from tingjian.intake.handoffs.actions import answer, ask_department
from tingjian.intake.handoffs.bodies import AskDepartment
from tingjian.intake.messages.actions import write_message
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Ask, Closing, Receipt, Resolution, Waiting, Written
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.listing import list_tickets
from tingjian.intake.tickets.opening import Opening, open_ticket
from tingjian.intake.tickets.views import ListQuery, view_ticket
from tingjian.platform.rights import Caller
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


def asked(store: Store, name: str, phone: str = "13900000000") -> Receipt:
    body = Ask(
        type="complaint",
        subject="收到的鞋开胶了",
        text="穿了三天左脚鞋底就开胶，要求退货并承担来回运费。",
        contact=Contact(phone=phone, name="王芳"),
    )
    return open_ticket(store, SIGNER, body, Opening(CUSTOMER, NOW, "zh-CN", key(name)))


def life(store: Store, number: str) -> dict[str, Callable[[], object]]:
    """A ticket's life, action by action, each under an idempotency key of its own."""
    minutes = iter(range(10, 1000, 5))

    def by(caller: Caller = AGENT, right: str | None = "tickets.work") -> Request:
        at = next(minutes)
        return Request(number, caller.actor, NOW + timedelta(minutes=at), caller, right, key(f"{number}-{at}"))

    def customer() -> Request:
        at = next(minutes)
        return Request(number, CUSTOMER, NOW + timedelta(minutes=at), idempotency=key(f"{number}-{at}"))

    said = Written(text="您好，正在为您查询，请稍等。")
    return {
        "claim": lambda: actions.claim(store, by()),
        "first reply": lambda: write_message(store, None, by(), "reply", said),
        "reply": lambda: write_message(store, None, by(), "reply", said),
        "note": lambda: write_message(store, None, by(), "note", said),
        "wait": lambda: actions.wait(store, by(), Waiting()),
        "customer ends the wait": lambda: write_message(store, None, customer(), "customer", said),
        "customer adds": lambda: write_message(store, None, customer(), "customer", said),
        "hand off": lambda: ask_department(
            store, by(), AskDepartment(department="warehouse", request="请核对此单的出库记录。")
        ),
        "accept": lambda: answer(store, by(WAREHOUSE, None), "1", "accepted"),
        "report done": lambda: answer(store, by(WAREHOUSE, None), "1", "done", "已补发"),
        "resolve": lambda: actions.resolve(store, by(), Resolution(fields={"cause": "物流延误"})),
        "close": lambda: actions.close(store, by(), Closing(fields={"verified": True})),
        "view": lambda: view_ticket(store, number, caller=AGENT),
        "queue page": lambda: list_tickets(store, ListQuery(team="aftersales"), caller=AGENT),
    }


@pytest.fixture
def warm(centre: Store) -> Store:
    """A store whose process has served before: types, teams, people, policies are at hand."""
    asked(centre, "warm", phone="13911111111")
    actions.resolve(
        centre,
        Request(asked(centre, "warm-2").id, AGENT.actor, NOW, AGENT),
        Resolution(fields={"cause": "物流延误"}),
    )
    return centre


def measured(store: Store, work: Callable[[], object]) -> Cost:
    tables = tables_from_template(TEMPLATE, {"DeskTable": DESK, "JournalTable": JOURNAL})
    measure: Meter
    with meter(store.client, tables) as measure:
        work()
    return Cost(measure.calls, measure.write_units, measure.read_units)


BUDGET = {
    "open, customer known": Cost(2, 9, 1),
    "open, customer new": Cost(2, 15, 1),
    "claim": Cost(2, 6, 2),
    "first reply": Cost(3, 8, 3),
    "reply": Cost(2, 4, 2),
    "note": Cost(2, 4, 2),
    "wait": Cost(2, 7, 2),
    "customer ends the wait": Cost(3, 11, 3),
    "customer adds": Cost(2, 4, 2),
    "hand off": Cost(2, 10, 2),
    "accept": Cost(3, 6, 3),
    "report done": Cost(3, 11, 3),
    "resolve": Cost(2, 9, 2),
    "close": Cost(2, 8, 2),
    "view": Cost(2, 0, 1),
    "queue page": Cost(1, 0, 0.5),
}


def test_each_action_costs_exactly_its_budget(warm: Store) -> None:
    costs = {"open, customer new": measured(warm, partial(asked, warm, "new", phone="13922222222"))}
    costs["open, customer known"] = measured(warm, partial(asked, warm, "known"))

    for name, work in life(warm, asked(warm, "life").id).items():
        costs[name] = measured(warm, work)

    assert costs == BUDGET


@pytest.mark.parametrize("stored", [3, 40])
def test_reads_cost_the_same_whatever_is_stored(warm: Store, stored: int) -> None:
    receipts = [asked(warm, f"stored-{n}") for n in range(stored)]

    page = measured(warm, lambda: list_tickets(warm, ListQuery(team="aftersales"), caller=AGENT))
    view = measured(warm, lambda: view_ticket(warm, receipts[0].id, caller=AGENT))

    assert page.calls == 1
    assert page.reads <= 2
    assert view.calls == 2
    assert view.reads <= 3


def test_a_thousand_ticket_lives_cost_less_than_ten_cents() -> None:
    """The model: one opening, six messages, four changes, twelve views, fifteen list pages, 38 calls."""
    messages = ["first reply", "customer adds", "reply", "reply", "reply", "note"]
    acts = ["open, customer known", *messages, "claim", "wait", "resolve", "close", *["view"] * 12]
    pages = 15 * Cost(1, 0, 1.0).reads

    writes = sum(BUDGET[act].writes for act in acts)
    reads = sum(BUDGET[act].reads for act in acts) + pages

    dollars = 1000 * (writes * WRITE_PRICE + reads * READ_PRICE + 38 * (CALL_PRICE + COMPUTE_PRICE))
    assert writes == 67
    assert dollars < 0.10
