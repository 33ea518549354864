"""The demo's callback plan: thirty customers of a list, shared out over two people, some of them called."""

from datetime import datetime
from random import Random

from tingjian.platform.http.call import Call
from tingjian.platform.ids import derived_id
from tingjian.platform.rights import Caller, Guard, Right
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store
from tingjian.survey.callback_plans.actions import create_plan, start_plan
from tingjian.survey.callback_plans.call_lists import CallList, Progress
from tingjian.survey.callback_plans.events import CallListCreated, CallListFinished
from tingjian.survey.callback_plans.files import ListFiles
from tingjian.survey.callback_plans.list_storage import load_list
from tingjian.survey.callback_plans.making import GROUP, Run, make_group
from tingjian.survey.callback_plans.members import keys_of, list_members
from tingjian.survey.callback_plans.models import PlanBody
from tingjian.survey.callback_plans.rights import EDIT_PLANS
from tingjian.survey.callback_plans.rows import ListRow
from tingjian.survey.callback_plans.storage import list_plans
from tingjian.survey.callbacks.actions import record_call
from tingjian.survey.callbacks.models import CallRecord
from tingjian.survey.callbacks.rights import WORK_CALLBACKS

COUNT = 30
LEAD = Caller(id="zhaomin", name="赵敏", roles=frozenset({"lead"}), teams=frozenset({"aftersales", "presales"}))
BODY = PlanBody.model_validate({
    "name": "老客户回访：新款跑鞋穿得怎么样",
    "kind": "aftersale",
    "team": "aftersales",
    "people": ["chenyu", "linhao"],
    "script": "您好，这里是客服中心。您上个月买的跑鞋穿着还合脚吗？有什么建议可以告诉我们。",
})  # fmt: skip
FAMILY, GIVEN = "王李张刘陈杨赵黄周吴", ("芳", "伟", "娜", "敏", "静", "磊", "洋", "艳", "杰", "婷")
CALLS = (
    *({"result": "satisfied", "note": "穿着很合脚，鞋底也软。"} for _ in range(5)),
    {"result": "neutral", "note": "还可以。", "suggestion": "希望多出几个颜色。"},
    {"result": "no_answer", "note": "响了八声没有人接。"},
    {"result": "busy", "note": "占线。"},
    {"result": "not_satisfied", "note": "左脚有点磨脚。", "suggestion": "后跟可以做软一点。"},
)


def plan_calls(store: Store, signer: Signer, *, now: datetime) -> None:
    """A running plan with its list; a second time adds nothing."""
    if list_plans(store, [BODY.team], finished=False, limit=1, after=None)[0]:
        return
    plan_id = create_plan(_call(store, EDIT_PLANS, now), BODY).id
    start_plan(_call(store, EDIT_PLANS, now), plan_id)
    listed = CallList(
        id=derived_id("demo", "list"),
        version=1,
        plan=plan_id,
        name="三月跑鞋客户.xlsx",
        size_bytes=1,
        by=LEAD.id,
        created_at=now,
    )
    run = Run(store, listed, ListFiles("", listed.id), signer, lambda: False, now)
    run.save(listed, CallListCreated)
    rows, progress = people(), Progress()
    for start in range(0, COUNT, GROUP):
        progress = make_group(run, rows[start : start + GROUP], progress) or progress
    done = {"state": "done", "rows": COUNT, "made": progress.made, "refused": progress.refused, "ended_at": now}
    _, stored = load_list(store, plan_id, listed.id)
    run.save(stored.next(**done), CallListFinished)
    first = list_members(store, plan_id, limit=len(CALLS))
    for callback, said in zip(keys_of(first), CALLS, strict=False):
        record_call(_call(store, WORK_CALLBACKS, now), callback, CallRecord.model_validate(said))


def people() -> list[ListRow]:
    """Whom the list names; the same each time."""
    random = Random("plans")
    return [
        ListRow(
            line=place + 2,
            name=random.choice(FAMILY) + random.choice(GIVEN),
            phone=f"+86137{random.randrange(10**8):08d}",
            order=f"P-{1000 + place}",
        )
        for place in range(COUNT)
    ]


def _call(store: Store, right: Right, now: datetime) -> Call:
    return Call(now, "zh-CN", store, "/v1/callback-plans", Guard(LEAD, right))
