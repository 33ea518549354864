"""Everybody concerned is told, nobody of what they did themselves, and nobody twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.builders import AGENT, COLLEAGUE, LEAD, NOW, WAREHOUSE
from tests.functions.escalation.scene import Scene, notices_of, open_one
from tingjian.escalation.audiences.listeners import tell
from tingjian.escalation.audiences.models import HEARD, TABLE
from tingjian.intake.conversations.actions import write_message
from tingjian.intake.handoffs.actions import answer, ask_department
from tingjian.intake.handoffs.bodies import AskDepartment
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Assignment, Written
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.storage import ticket_item
from tingjian.notifications.deliveries.events import MessageFailed
from tingjian.platform.chains import ChainEnd
from tingjian.platform.events import SYSTEM, Actor, Event, event_from_item
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store, Write
from tingjian.platform.texts import LANGUAGES

PEOPLE = ("chen", "lin", "sun", "zhao", "wu", "cang")


class Desk:
    """A ticket on which people act, a minute after one another."""

    def __init__(self, store: Store) -> None:
        self.scene = Scene(store, open_one(store, email="wang@example.com"))
        self.store = store
        self.minutes = 0

    def by(self, caller: Caller | Actor, *, right: bool = True) -> Request:
        self.minutes += 1
        actor = caller if isinstance(caller, Actor) else caller.actor
        asking = None if isinstance(caller, Actor) or not right else caller
        return Request(self.scene.number, actor, NOW + timedelta(minutes=self.minutes), asking)

    def assign(self, by: Caller, to: str | None, team: str | None = None) -> None:
        actions.assign(self.store, self.by(by), Assignment(team=team, assignee=to))

    def ask_warehouse(self, by: Caller) -> None:
        ask_department(self.store, self.by(by), AskDepartment(department="warehouse", request="请查"))

    def answer_as_warehouse(self, state: str) -> None:
        request = self.by(WAREHOUSE, right=False)
        answer(self.store, request, "1", state, "好")  # type: ignore[arg-type]

    def journal(self) -> list[Event]:
        """All events of the ticket, in order."""
        return [event_from_item(item) for item in self.store.query_all(f"ticket#{self.scene.number}", table="journal")]

    def told(self) -> list[tuple[str, str]]:
        """Who was told what, once everybody who listens has heard everything, twice."""
        names = {fact.__name__ for fact in HEARD}
        for _ in range(2):
            for event in self.journal():
                if event.name in names:
                    tell(self.store, event, NOW)
        return [(person, notice.kind) for person in PEOPLE for notice in notices_of(self.store, person)]


@pytest.fixture
def desk(centre: Store) -> Desk:
    return Desk(centre)


def assigned(desk: Desk) -> None:
    desk.assign(LEAD, AGENT.id)


def taken_over(desk: Desk) -> None:
    desk.assign(LEAD, AGENT.id)
    desk.assign(AGENT, COLLEAGUE.id)


def claimed(desk: Desk) -> None:
    actions.claim(desk.store, desk.by(AGENT))


def handed_off(desk: Desk) -> None:
    desk.ask_warehouse(AGENT)


def declined(desk: Desk) -> None:
    desk.assign(COLLEAGUE, COLLEAGUE.id)
    desk.ask_warehouse(AGENT)
    desk.answer_as_warehouse("declined")


def done(desk: Desk) -> None:
    desk.ask_warehouse(AGENT)
    desk.answer_as_warehouse("accepted")
    desk.answer_as_warehouse("done")


def colleague_replied(desk: Desk) -> None:
    claimed(desk)
    write_message(desk.store, None, desk.by(COLLEAGUE), "note", Written(text="记一下"))


@pytest.mark.parametrize(
    ("happening", "expected"),
    [
        (assigned, [("chen", "ticket_assigned")]),
        (taken_over, [("chen", "ticket_assigned"), ("lin", "ticket_assigned")]),
        (claimed, []),
        (handed_off, [("cang", "handoff_asked")]),
        (declined, [("chen", "handoff_declined"), ("lin", "handoff_declined"), ("cang", "handoff_asked")]),
        (
            done,
            [
                ("chen", "handoff_accepted"),
                ("chen", "handoff_done"),
                ("zhao", "handoff_done"),
                ("cang", "handoff_asked"),
            ],
        ),
        (colleague_replied, []),
    ],
)
def test_whoever_is_concerned_is_told_once_and_nobody_of_what_they_did(
    desk: Desk, happening: Callable[[Desk], None], expected: list[tuple[str, str]]
) -> None:
    happening(desk)

    assert desk.told() == expected


def test_whoever_loses_a_ticket_to_somebody_else_is_told(desk: Desk) -> None:
    desk.assign(LEAD, AGENT.id)
    desk.assign(LEAD, COLLEAGUE.id)

    assert ("chen", "ticket_taken") in desk.told()


def test_owner_is_told_of_a_message_that_did_not_reach_the_customer(desk: Desk) -> None:
    claimed(desk)
    data = {
        "ticket": desk.scene.number, "message_id": "m", "template": "reply", "delivery": "d", "way": "email",
        "why": "bounced",
    }  # fmt: skip
    event = ChainEnd("outcome#d").next_event(MessageFailed, now=NOW, actor=SYSTEM, data=data)

    tell(desk.store, event, NOW)
    tell(desk.store, event, NOW + timedelta(hours=1))

    [notice] = notices_of(desk.store, AGENT.id)
    assert (notice.kind, notice.data["why"]) == ("message_failed", "bounced")


def test_nobody_is_told_of_a_closed_ticket(desk: Desk) -> None:
    desk.assign(LEAD, AGENT.id)
    closed = desk.scene.ticket.model_copy(update={"status": "closed"})
    desk.store.transact([Write("desk", ticket_item(closed))])

    assert desk.told() == []


def test_every_kind_of_the_table_says_its_name_in_three_languages(desk: Desk) -> None:
    desk.assign(LEAD, AGENT.id)
    desk.told()
    [notice] = notices_of(desk.store, AGENT.id)

    for row in TABLE:
        told = notice.model_copy(update={"kind": row.kind, "data": {"department": "warehouse"}})
        assert all(map(told.title, LANGUAGES))
