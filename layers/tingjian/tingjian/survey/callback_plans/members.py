"""The callbacks of a plan, whose each is and how it stands, in lists of the plan and of each person's share."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from tingjian.platform.ids import derived_id
from tingjian.platform.items import Item, Key
from tingjian.platform.models import Frozen
from tingjian.platform.store import Page, Store, Write
from tingjian.platform.times import instant, stamp
from tingjian.survey.callback_plans.places import MEMBERS, members_place
from tingjian.survey.callback_plans.tallies import OPEN, MemberState

PLAIN = ("version", "customer", "person", "state", "position", "source", "line")
OPEN_FIRST = "0#"


class Member(Frozen):
    """A callback of a plan; `source` is the list that it came from, `line` the row there."""

    plan: str
    callback: str
    version: int = 1
    customer: str
    person: str | None = None
    state: MemberState = "not_called"
    position: int
    source: str = ""
    line: int = 0
    made_at: datetime

    @property
    def place(self) -> tuple[str | None, MemberState]:
        return self.person, self.state

    @property
    def queue_sort(self) -> str:
        return f"{state_prefix(self.state)}{self.position:07d}"

    def moved(self, person: str | None, state: MemberState) -> "Member":
        return self.model_copy(update={"person": person, "state": state, "version": self.version + 1})


def state_prefix(state: MemberState) -> str:
    """Where the callbacks in a state begin in a plan's list; the open ones stand before the others."""
    return f"{0 if state in OPEN else 1}#{state}#"


def callback_id(plan_id: str, customer: str, turn: str = "") -> str:
    """The id of a customer's callback in a plan; of each turn of a cycle, and of each event, there is one."""
    return derived_id("callback", plan_id, customer, turn)


def member_key(plan_id: str, callback: str) -> Key:
    return Key(members_place(plan_id), callback)


def load_members(store: Store, plan_id: str, callbacks: Iterable[str]) -> dict[str, Member]:
    """Those of the callbacks that the plan has, by id. One call per 100."""
    found = store.get_many([member_key(plan_id, callback) for callback in callbacks])
    return {member.callback: member for member in map(member_from_item, found.values())}


def list_members(
    store: Store,
    plan_id: str,
    *,
    person: str | None = None,
    state: MemberState | Literal["open"] | None = None,
    limit: int,
    cursor: str | None = None,
) -> Page:
    """Callbacks of a plan, or of somebody's share, in the order of their making within a state. One call."""
    index, partition = ("owner", _share(plan_id, person)) if person else ("queue", MEMBERS + plan_id)
    prefix = OPEN_FIRST if state == "open" else state_prefix(state) if state else ""
    return store.query(partition, index=index, prefix=prefix, limit=limit, cursor=cursor)


def keys_of(page: Page) -> list[str]:
    """The callbacks on a page of an index."""
    return [item["sk"] for item in page.items]


def member_write(member: Member) -> Write:
    """The member of a transaction that stores it over the version before it."""
    key = member_key(member.plan, member.callback)
    item: Item = {"pk": key.pk, "sk": key.sk, "team": MEMBERS + member.plan, "queue_sort": member.queue_sort}
    item |= {name: value for name in PLAIN if (value := getattr(member, name)) not in {None, ""}}
    item["made_at"] = stamp(member.made_at)
    if member.person:
        item["assignee"] = _share(member.plan, member.person)
    return Write("desk", item, expect=member.version - 1)


def member_from_item(item: Item) -> Member:
    values = {name: item[name] for name in PLAIN if name in item}
    plan = item["pk"].removeprefix(members_place(""))
    return Member(plan=plan, callback=item["sk"], made_at=instant(item["made_at"]), **values)


def _share(plan_id: str, person: str | None) -> str:
    return f"{MEMBERS}{plan_id}@{person}"
