"""What happens to requests of the demo, by the actions that the API uses."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from random import Random

from infra.demo.centre import PEOPLE, RESULTS
from tingjian.intake.conversations.actions import write_message
from tingjian.intake.handoffs.actions import answer, ask_department
from tingjian.intake.handoffs.actions import complete as complete_handoff
from tingjian.intake.handoffs.bodies import AskDepartment, HandoffResult
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Closing, Reply, Resolution, Written
from tingjian.intake.tickets.changes import Request
from tingjian.platform.events import Actor, last_event, load_events
from tingjian.platform.rights import Caller
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store
from tingjian.survey.followups.actions import complete
from tingjian.survey.followups.models import Completion
from tingjian.survey.surveys.actions import issue_survey
from tingjian.survey.surveys.answers import record_answer
from tingjian.survey.surveys.models import Answer, survey_id

Step = Callable[[Store, Request], object]
"""What happens to a request at a time."""
Steps = Callable[[Random, Signer, str], Iterable[tuple[float, Step]]]
"""The steps of a request of a type, each with the minutes since what came before."""
CUSTOMER = Actor(kind="customer")
LEAD = Caller(id="zhaomin", name="赵敏", roles=frozenset({"lead"}), teams=frozenset({"aftersales", "presales"}))
WRITTEN = {
    "cause": ("商品质量", "物流延误", "信息错误", "服务态度"),
    "remedy": ("重新发货", "补偿", "解释说明", "退款"),
}


def reply(text: str) -> Step:
    """The customer is answered by phone, so that no mail must arrive first for the response to count."""
    return lambda store, request: write_message(store, None, request, "reply", Reply(text=text, spoken="phone"))


def customer_writes(store: Store, request: Request) -> object:
    by_customer = Request(request.number, CUSTOMER, request.now)
    return write_message(store, None, by_customer, "customer", Written(text="照片已补充，请尽快处理。"))


def hand_off(department: str) -> Step:
    body = AskDepartment(department=department, request="请核实此订单情况并在到期前书面回复。")
    return lambda store, request: ask_department(store, request, body)


def department_answers(department: str) -> Step:
    who = Actor(kind="department", id=next(person.id for person in PEOPLE if department in person.teams))

    def step(store: Store, request: Request) -> object:
        answer(store, Request(request.number, who, request.now), "1", "accepted")
        later = request.now + timedelta(minutes=1)
        return complete_handoff(
            store, Request(request.number, who, later), "1", HandoffResult(text="已核实并处理，凭证已存档。")
        )

    return step


def resolve(random: Random, kind: str) -> Step:
    fields: dict[str, object] = {}
    if kind in {"complaint", "late_order", "return", "repair"}:
        fields = {name: random.choice(values) for name, values in WRITTEN.items()}
    if kind == "complaint":
        fields["responsible_unit"] = random.choice(("warehouse", "aftersales"))
    body = Resolution(fields=fields, reply=random.choice(RESULTS), spoken="phone")
    return lambda store, request: actions.resolve(store, request, body)


def rate(signer: Signer, score: int) -> Step:
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


def close(kind: str, random: Random) -> Step:
    fields: dict[str, object] = {"verified": random.random() < 0.6} if kind == "complaint" else {}  # noqa: PLR2004
    return lambda store, request: actions.close(store, request, Closing(fields=fields))


def claim(store: Store, request: Request) -> object:
    return actions.claim(store, request)


def follow_up(store: Store, request: Request) -> object:
    """The lead calls the customer back, who is satisfied then."""
    resolution = next(
        event for event in reversed(load_events(store, f"ticket#{request.number}")) if "Resolved" in event.name
    )
    return complete(
        store,
        survey_id(request.number, resolution.version),
        Completion(result="satisfied", note="已回访，客户认可处理结果。"),
        caller=LEAD,
        now=request.now,
        idempotency=None,
        seen=None,
    )
