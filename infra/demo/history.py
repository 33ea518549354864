"""Thirty days of the demo centre: 60 customers, 200 requests, worked on by the same actions that the API uses."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

from infra.demo.centre import GIVEN, PEOPLE, REPLIES, REQUESTS, RESULTS, SURNAMES
from tingjian.intake.conversations.actions import write_message
from tingjian.intake.customers.models import Contact
from tingjian.intake.handoffs.actions import answer, ask_department
from tingjian.intake.handoffs.bodies import AskDepartment
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Closing, OpenTicket, Reply, Resolution, Waiting, Written
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.models import Channel
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.intake.tickets.reach import CustomerUnreachableError
from tingjian.platform.events import Actor, last_event
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store
from tingjian.survey.surveys.actions import issue_survey
from tingjian.survey.surveys.answers import record_answer
from tingjian.survey.surveys.models import Answer, survey_id

Step = Callable[[Store, Request], object]
"""What happens to a request at a time."""

LOW = (1, 2)
CUSTOMERS, REQUEST_COUNT, DAYS = 60, 200, 30
AGENTS = [person.id for person in PEOPLE if "agent" in person.roles and "aftersales" in person.teams]
CHANNELS: tuple[Channel, ...] = ("chat", "chat", "chat", "phone", "phone", "wechat", "web", "email", "app", "visit")
KINDS = ("enquiry", "enquiry", "late_order", "late_order", "return", "return", "complaint", "feedback", "repair")
CUSTOMER = Actor(kind="customer")
WRITTEN = {
    "cause": ("商品质量", "物流延误", "信息错误", "服务态度"),
    "remedy": ("重新发货", "补偿", "解释说明", "退款"),
}


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


def live(store: Store, signer: Signer, *, now: datetime) -> Iterator[int]:
    """Live the thirty days before `now`; yields after each request. The same seed makes the same requests once."""
    random = Random(20_26)
    people = contacts(random)
    for n in range(REQUEST_COUNT):
        opened_at = _opening_time(random, n, now)
        _request(store, signer, random, people, n=n, at=opened_at, now=now)
        yield n


def _opening_time(random: Random, n: int, now: datetime) -> datetime:
    day = now - timedelta(days=DAYS * (1 - n / REQUEST_COUNT))
    moment = day.replace(
        hour=1 + random.randrange(10), minute=random.randrange(60), second=random.randrange(60), microsecond=0
    )
    return min(moment, now.replace(microsecond=0) - timedelta(minutes=5 + random.randrange(90)))


def _request(
    store: Store, signer: Signer, random: Random, people: list[Contact], *, n: int, at: datetime, now: datetime
) -> None:
    kind, channel = random.choice(KINDS), random.choice(CHANNELS)
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
    receipt = open_ticket(store, signer, body, Opening(actor, at, "zh-CN", once))
    if receipt.at != at:
        return  # An earlier seeding opened it, and worked on it.
    for minutes, step in _steps(random, signer, kind):
        at += timedelta(minutes=minutes)
        if at >= now:
            return
        step(store, Request(receipt.id, Actor(kind="staff", id=agent), at))


def _steps(random: Random, signer: Signer, kind: str) -> Iterator[tuple[float, Step]]:
    """What happens to a request, each with the minutes since what came before."""
    yield random.lognormvariate(2.6, 0.9), _reply(random.choice(REPLIES))
    if random.random() < 0.25:  # noqa: PLR2004 - shares of what happens
        department = random.choice(("warehouse", "technology"))
        yield random.uniform(5, 60), _hand_off(department)
        yield random.uniform(30, 600), _department_answers(department)
    if random.random() < 0.2:  # noqa: PLR2004
        yield random.uniform(5, 60), lambda store, request: actions.wait(store, request, Waiting())
        yield random.uniform(60, 900), _customer_writes
    yield random.lognormvariate(5.4 if kind != "complaint" else 6.4, 1.0), _resolve(random, kind)
    if random.random() < 0.06:  # noqa: PLR2004
        yield (
            random.uniform(60, 900),
            lambda store, request: actions.reopen(store, request, "客户来电表示问题没有解决。"),
        )
        yield random.uniform(60, 600), _resolve(random, kind)
    score = random.choice((5, 5, 5, 5, 4, 4, 4, 3, 2, 1)) if random.random() < 0.55 else None  # noqa: PLR2004
    if score is not None:
        yield random.uniform(30, 500), _rate(signer, score)
    if score not in LOW and random.random() < 0.8:  # noqa: PLR2004
        yield random.uniform(600, 4000), _close(kind, random)


def _reply(text: str) -> Step:
    def step(store: Store, request: Request) -> object:
        try:
            return write_message(store, None, request, "reply", Reply(text=text))
        except CustomerUnreachableError:  # Who has no address is called back.
            return write_message(store, None, request, "reply", Reply(text=text, spoken="phone"))

    return step


def _customer_writes(store: Store, request: Request) -> object:
    by_customer = Request(request.number, CUSTOMER, request.now)
    return write_message(store, None, by_customer, "customer", Written(text="照片已补充，请尽快处理。"))


def _hand_off(department: str) -> Step:
    body = AskDepartment(department=department, request="请核实此订单情况并在到期前书面回复。")
    return lambda store, request: ask_department(store, request, body)


def _department_answers(department: str) -> Step:
    who = Actor(kind="department", id=next(person.id for person in PEOPLE if department in person.teams))

    def step(store: Store, request: Request) -> object:
        answer(store, Request(request.number, who, request.now), "1", "accepted")
        later = request.now + timedelta(minutes=1)
        return answer(store, Request(request.number, who, later), "1", "done", "已核实并处理，凭证已存档。")

    return step


def _resolve(random: Random, kind: str) -> Step:
    fields: dict[str, object] = {}
    if kind in {"complaint", "late_order", "return", "repair"}:
        fields = {name: random.choice(values) for name, values in WRITTEN.items()}
    if kind == "complaint":
        fields["responsible_unit"] = random.choice(("warehouse", "aftersales"))
    body = Resolution(fields=fields, reply=random.choice(RESULTS))

    def step(store: Store, request: Request) -> object:
        try:
            return actions.resolve(store, request, body)
        except CustomerUnreachableError:
            return actions.resolve(store, request, body.model_copy(update={"spoken": "phone"}))

    return step


def _rate(signer: Signer, score: int) -> Step:
    def step(store: Store, request: Request) -> object:
        resolution = last_event(store, f"ticket#{request.number}")
        if resolution is None:
            return None
        issue_survey(store, resolution, now=request.now)
        identifier = survey_id(request.number, resolution.version)
        token = signer.token("survey", identifier, expires_at=request.now + timedelta(days=1))
        said = {5: "处理很及时，谢谢！", 1: "问题拖了很久，态度也不好。"}.get(score)
        return record_answer(store, signer, token, Answer(score=score, text=said), now=request.now)

    return step


def _close(kind: str, random: Random) -> Step:
    fields: dict[str, object] = {"verified": random.random() < 0.6} if kind == "complaint" else {}  # noqa: PLR2004
    return lambda store, request: actions.close(store, request, Closing(fields=fields))
