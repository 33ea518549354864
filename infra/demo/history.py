"""Thirty days of the demo centre: 60 customers, 200 requests, worked on by the same actions that the API uses.

What was asked before today is finished, its follow-ups too. Today's requests stand in every state (`today.py`).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random

from infra.demo.centre import GIVEN, PEOPLE, REPLIES, REQUESTS, SURNAMES
from infra.demo.steps import (
    CUSTOMER,
    Step,
    close,
    customer_writes,
    department_answers,
    follow_up,
    hand_off,
    rate,
    reply,
    resolve,
)
from infra.demo.today import TODAY
from tingjian.intake.customers.models import Contact
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import OpenTicket, Receipt, Waiting
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.models import Channel
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.events import Actor
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store

LOW = {1, 2, 3}
CUSTOMERS, REQUEST_COUNT, DAYS = 60, 200, 30
LATEST_HISTORY = timedelta(hours=30)
AGENTS = [person.id for person in PEOPLE if "agent" in person.roles and "aftersales" in person.teams]
CHANNELS: tuple[Channel, ...] = ("chat", "chat", "chat", "phone", "phone", "wechat", "web", "email", "app", "visit")
KINDS = ("enquiry", "enquiry", "late_order", "late_order", "return", "return", "complaint", "feedback", "repair")


def contacts(random: Random) -> list[Contact]:
    """The customers, with numbers of a range that no carrier has given out to anybody in this order."""
    return [
        Contact(
            name=random.choice(SURNAMES) + random.choice(GIVEN),
            phone=f"+86139{10000000 + 137 * n:08d}",
            email=f"customer{n}@example.com" if n % 3 else None,
        )
        for n in range(CUSTOMERS)
    ]


def live(store: Store, signer: Signer, *, now: datetime, requests: int = REQUEST_COUNT) -> Iterator[int]:
    """Live the thirty days before `now`; yields after each request. The same seed makes the same requests once."""
    random = Random(20_26)
    people = contacts(random)
    finished = requests - len(TODAY)
    for n in range(finished):
        opened_at = _opening_time(random, n / finished, now)
        _request(store, signer, random, people, n=n, at=opened_at, now=now)
        yield n
    for n, (minutes_ago, kind, channel, steps) in enumerate(TODAY, finished):
        at = now.replace(microsecond=0) - timedelta(minutes=minutes_ago)
        receipt, agent = _opened(store, signer, random, people, n=n, at=at, kind=kind, channel=channel)
        if receipt.at == at and _is_untouched(store, receipt):
            _work(store, receipt.id, agent, at, steps(random, signer, kind), now)
        yield n


def _opening_time(random: Random, share: float, now: datetime) -> datetime:
    day = now - timedelta(days=DAYS * (1 - share))
    moment = day.replace(
        hour=1 + random.randrange(10), minute=random.randrange(60), second=random.randrange(60), microsecond=0
    )
    return min(moment, now.replace(microsecond=0) - LATEST_HISTORY - timedelta(minutes=random.randrange(90)))


def _request(
    store: Store, signer: Signer, random: Random, people: list[Contact], *, n: int, at: datetime, now: datetime
) -> None:
    kind, channel = random.choice(KINDS), random.choice(CHANNELS)
    receipt, agent = _opened(store, signer, random, people, n=n, at=at, kind=kind, channel=channel)
    if receipt.at == at and _is_untouched(store, receipt):
        _work(store, receipt.id, agent, at, _steps(random, signer, kind), now)


def _opened(
    store: Store,
    signer: Signer,
    random: Random,
    people: list[Contact],
    *,
    n: int,
    at: datetime,
    kind: str,
    channel: Channel,
) -> tuple[Receipt, str]:
    """The receipt of a request, and the agent whose it is or will be."""
    subject, text = random.choice(REQUESTS[kind])
    agent = random.choice(AGENTS)
    by_customer = channel in {"web", "app", "wechat"}
    actor = CUSTOMER if by_customer else Actor(kind="staff", id=agent)
    body = OpenTicket(
        type=kind,
        subject=subject,
        text=text,
        channel=channel,
        contact=random.choice(people),
        order_number=f"E{20260000 + n}" if random.random() < 0.7 else None,  # noqa: PLR2004 - a share
        assign_to_me=not by_customer,
        fields={"level": random.choice(("一般", "一般", "严重"))} if kind == "complaint" else {},
    )
    once = Idempotency.of(caller="demo", key=f"request-{n}", request=["demo"])
    return open_ticket(store, signer, body, Opening(actor, at, "zh-CN", once)), agent


def _is_untouched(store: Store, receipt: Receipt) -> bool:
    """Whether no earlier seeding worked on it."""
    return load_ticket(store, receipt.id).version == 1


def _work(  # noqa: PLR0917 - what a request is worked on with
    store: Store, number: str, agent: str, at: datetime, steps: Iterable[tuple[float, Step]], now: datetime
) -> None:
    for minutes, step in steps:
        # A third of the time that is left at most, so that every step has happened by now.
        at += min(timedelta(minutes=minutes), (now - at) / 3)
        step(store, Request(number, Actor(kind="staff", id=agent), at))


def _steps(random: Random, signer: Signer, kind: str) -> Iterator[tuple[float, Step]]:
    """What happens to a request, each with the minutes since what came before."""
    yield random.lognormvariate(2.6, 0.9), reply(random.choice(REPLIES))
    if random.random() < 0.25:  # noqa: PLR2004 - shares of what happens
        department = random.choice(("warehouse", "technology"))
        yield random.uniform(5, 60), hand_off(department)
        yield random.uniform(30, 600), department_answers(department)
    if random.random() < 0.2:  # noqa: PLR2004
        yield random.uniform(5, 60), lambda store, request: actions.wait(store, request, Waiting())
        yield random.uniform(60, 900), customer_writes
    yield random.lognormvariate(5.4 if kind != "complaint" else 6.4, 1.0), resolve(random, kind)
    if random.random() < 0.06:  # noqa: PLR2004
        yield (
            random.uniform(60, 900),
            lambda store, request: actions.reopen(store, request, "客户来电表示问题没有解决。"),
        )
        yield random.uniform(60, 600), resolve(random, kind)
    score = random.choice((5, 5, 5, 5, 4, 4, 4, 3, 2, 1)) if random.random() < 0.55 else None  # noqa: PLR2004
    if score is not None:
        yield random.uniform(30, 500), rate(signer, score)
    if score in LOW:
        yield random.uniform(20, 400), follow_up
    yield random.uniform(600, 4000), close(kind, random)
