"""A day in which nothing was swept: tickets whose targets ran out all along it, and what the sweep made of them.

Everything is counted from the tables' streams, which hold each change once, in the order of the transactions.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from tests.stack.people import eventually
from tingjian.escalation.ladders.actions import put_ladder
from tingjian.escalation.ladders.models import LadderBody
from tingjian.intake.tickets.models import Ticket, event_context
from tingjian.intake.tickets.storage import ticket_item
from tingjian.people.staff.actions import put_staff, put_team
from tingjian.people.staff.models import StaffBody, TeamBody
from tingjian.people.staff.storage import find_team
from tingjian.platform.copies import COPY_SECONDS
from tingjian.platform.events import SYSTEM, Event, event_from_item, event_item, is_unbroken
from tingjian.platform.ids import number_from, random_id
from tingjian.platform.rights import Role
from tingjian.platform.store import Store, from_wire, to_wire
from tingjian.platform.sweep import MEMBERS, WRITERS
from tingjian.sla.policies.actions import put_policy
from tingjian.sla.policies.models import Facts, PolicyBody
from tingjian.sla.policies.plans import clocks_for

if TYPE_CHECKING:
    from infra.cli.deployment import Deployment
    from tests.stack.people import Stack

TEAM = "outage"
MINUTES = 10
DAY = timedelta(days=1)
AGENTS, LEAD = ("outage-one", "outage-two"), "outage-lead"
"""People of their own, whose queue no other test looks at."""
TIMERS = 2
"""Of each ticket: the warning and the breach."""
MEMBERS_OF_ONE = 8
"""The ticket; twice an event and an alert; the warning's notice, and the two of the breach."""
PUTS = 25


@contextmanager
def unscheduled(stack: Stack) -> Iterator[None]:
    """Nobody sweeps by schedule while the block runs, but for a run that has begun."""
    scheduler = stack.aws("scheduler")
    function = stack.function("EscalationScheduleFunction")
    found = [
        scheduler.get_schedule(Name=listed["Name"], GroupName=listed["GroupName"])
        for listed in scheduler.list_schedules()["Schedules"]
    ]
    [schedule] = [one for one in found if one["Target"]["Arn"].endswith(f":{function}")]
    kept = ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    given = {name: schedule[name] for name in kept}
    scheduler.update_schedule(**given, State="DISABLED")
    try:
        yield
    finally:
        scheduler.update_schedule(**given, State="ENABLED")


def promise(deployment: Deployment) -> None:
    """The team, its people, its policy, and its ladder that tells them on the screen only; unless they are there."""
    store = deployment.store
    made: dict[str, Any] = {"expected": None, "actor": SYSTEM, "now": datetime.now(UTC)}
    if find_team(store, TEAM) is not None:
        return
    put_team(store, TEAM, TeamBody(name="停摆组"), **made)
    for person in (*AGENTS, LEAD):
        role: Role = "lead" if person == LEAD else "agent"
        put_staff(store, person, StaffBody(name=person, roles=(role,), teams=(TEAM,)), **made)
    target = {"clock": "resolution", "minutes": MINUTES, "shares": [80, 100]}
    policy = {"name": "停摆", "match": {"types": ["feedback"], "teams": [TEAM]}, "targets": [target]}
    put_policy(store, TEAM, PolicyBody.model_validate(policy), **made)
    rungs = [
        {"share": 80, "tell": ["assignee"], "channels": ["in_app"]},
        {"share": 100, "tell": ["assignee", "lead"], "channels": ["in_app"]},
    ]
    ladder = {"name": "停摆", "reach": {"teams": [TEAM]}, "rungs": rungs}
    put_ladder(store, TEAM, LadderBody.model_validate(ladder), **made)


def missed(deployment: Deployment, count: int) -> list[str]:
    """The numbers of so many tickets that came due, one after the other, during the last day; in that order."""
    promise(deployment)
    time.sleep(COPY_SECONDS)  # Until then a function may go by the people of before, or a run go on.
    store, mark = deployment.store, random_id()
    first = datetime.now(UTC).replace(microsecond=0) - DAY
    apart = (DAY - timedelta(minutes=MINUTES + 1)) / count
    numbers = [number_from(f"{mark}-{place}") for place in range(count)]
    opened = (_opened(store, number, place, first + apart * place) for place, number in enumerate(numbers))
    while batch := list(islice(opened, PUTS)):
        _put(store, store.desk, [ticket_item(ticket) for ticket, _ in batch])
        _put(store, store.journal, [event_item(event) for _, event in batch])
    return numbers


def _opened(store: Store, number: str, place: int, at: datetime) -> tuple[Ticket, Event]:
    """A ticket and the event that opened it."""
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    facts = Facts(type="feedback", priority="normal", channel="phone", team=TEAM)
    ticket = Ticket(
        id=number,
        version=1,
        type="feedback",
        subject="停摆",
        status="open",
        priority="normal",
        channel="phone",
        team=TEAM,
        customer_id="outage",
        assignee=AGENTS[place % len(AGENTS)],
        opened_at=at,
        clocks=clocks_for(store, facts, {"resolution"}, now=at),
    )
    event = Event(
        entity=f"ticket#{number}",
        version=1,
        name="TicketOpened",
        at=at,
        recorded_at=at,
        actor=SYSTEM,
        data=event_context(ticket),
    ).with_previous("")
    return ticket.model_copy(update={"hash": event.hash}), event


def _put(store: Store, table: str, items: Sequence[Mapping[str, Any]]) -> None:
    store.client.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": to_wire(item)}} for item in items]})


@dataclass
class Tail:
    """What is written to a table from now on."""

    stack: Stack
    table: str
    _iterators: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Remember where the stream ends now."""
        streams = self.stack.aws("dynamodbstreams")
        [listed] = streams.list_streams(TableName=self.stack.outputs[self.table])["Streams"]
        for shard in streams.describe_stream(StreamArn=listed["StreamArn"])["StreamDescription"]["Shards"]:
            place = {"StreamArn": listed["StreamArn"], "ShardId": shard["ShardId"], "ShardIteratorType": "LATEST"}
            self._iterators.append(streams.get_shard_iterator(**place)["ShardIterator"])

    def items(self) -> Iterator[dict[str, Any]]:
        """The items as they were written, in order."""
        streams = self.stack.aws("dynamodbstreams")
        for iterator in self._iterators:
            following: str | None = iterator
            while following:
                answer = streams.get_records(ShardIterator=following, Limit=1000)
                yield from (from_wire(record["dynamodb"]["NewImage"]) for record in answer["Records"])
                following = answer.get("NextShardIterator") if answer["Records"] else None


def swept(stack: Stack, *, runs: int = 100) -> list[dict[str, Any]]:
    """The answers of as many runs as it takes until one sees the end."""
    answers: list[dict[str, Any]] = []
    while not (answers and answers[-1]["finished"]):
        assert len(answers) < runs, answers
        answers.append(stack.invoke("EscalationScheduleFunction"))
    return answers


def sweep_until_nothing_is_due(stack: Stack) -> dict[str, Any]:
    """The answer of the first run that finds nothing due: what other tests left behind may come due at any time."""

    def answer() -> dict[str, Any] | None:
        found: dict[str, Any] = stack.invoke("EscalationScheduleFunction")
        return None if found["due"] else found

    return eventually(answer) or {}


def check(numbers: Sequence[str], desk: Tail, journal: Tail) -> None:
    """Assert that each timer fired exactly once and in order, from what was written since the tails began.

    The order: of one ticket, as its steps came due, in one unbroken chain. Among tickets, as the first step of each
    came due: a run takes up where the one before it stopped, and within a run no ticket is further from its place than
    the transactions that are under way at a time.
    """
    ours = set(numbers)
    told, alerts = Counter[tuple[str, str, int]](), Counter[tuple[str, int]]()
    for item in desk.items():
        if item["sk"].startswith("notice#") and item["ticket"] in ours:
            told[item["ticket"], item["pk"].removeprefix("staff#"), item["data"]["share"]] += 1
        elif item["sk"].startswith("alert#") and item["ticket"] in ours:
            alerts[item["ticket"], item["share"]] += 1
    events = [event_from_item(item) for item in journal.items() if item["pk"].removeprefix("ticket#") in ours]
    chains: dict[str, list[Event]] = {f"ticket#{number}": [] for number in numbers}
    for event in events:
        chains[event.entity].append(event)

    assert alerts == Counter((number, share) for number in numbers for share in (80, 100))
    assert told == Counter(
        (number, person, share)
        for number, agent in zip(numbers, cycle(AGENTS), strict=False)
        for person, share in ((agent, 80), (agent, 100), (LEAD, 100))
    )
    for chain in chains.values():
        assert [event.name for event in chain] == ["TicketOpened", "ClockWarned", "ClockBreached"]
        assert is_unbroken(chain)
        assert chain[1].data["reached_at"] < chain[2].data["reached_at"]
    swept_at = [chain[1].at for chain in chains.values()]
    assert swept_at == sorted(swept_at)
    places = {entity: place for place, entity in enumerate(chains)}
    fired = [places[event.entity] for event in events if event.name == "ClockWarned"]
    assert max(abs(place - due) for place, due in enumerate(fired)) <= WRITERS * (MEMBERS // MEMBERS_OF_ONE)
