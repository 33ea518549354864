"""Passing tickets on: up the line, to another team, back into the queue; and never to where nobody sees them."""

from typing import Any

import pytest

from tests.builders import COLLEAGUE, LEAD, MANAGER, NOW, STRANGER
from tests.functions.sla.scene import at, by, file, save
from tingjian.intake.messages.storage import load_messages
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Assignment, Closing
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import load_ticket
from tingjian.intake.transfers.actions import escalate, release, transfer
from tingjian.intake.transfers.models import Escalation, NobodyAboveError, NotYoursError, Release, Transfer
from tingjian.intake.types.actions import put_type
from tingjian.intake.types.models import TypeBody
from tingjian.notifications.notices.storage import list_notices
from tingjian.people.staff.storage import current_staff, current_team, staff_write, team_write
from tingjian.platform.errors import InvalidInputError
from tingjian.platform.events import load_events
from tingjian.platform.places import ticket_entity
from tingjian.platform.store import Store


def claimed(store: Store) -> str:
    number = file(store)
    actions.claim(store, by(number, 0.1))
    return number


def last_fact(store: Store, number: str) -> tuple[str, dict[str, Any]]:
    event = load_events(store, ticket_entity(number))[-1]
    return event.name, event.data


def notices(store: Store, person: str) -> list[str]:
    return [item["kind"] for item in list_notices(store, person, limit=20, cursor=None).items]


def switch_off(store: Store, *, team: str = "", person: str = "") -> None:
    """Switch a team or a person off behind the back of every rule, as data of before may be."""
    if team and (found := current_team(store, team)):
        store.transact([team_write(found.model_copy(update={"active": False, "version": found.version + 1}))])
    if person and (there := current_staff(store, person)):
        store.transact([staff_write(there.model_copy(update={"active": False, "version": there.version + 1}))])
    store.forget("teams")
    store.forget("staff")


def test_agent_escalates_to_the_lead_the_lead_to_the_manager_and_each_reason_is_a_note(centre: Store) -> None:
    number = claimed(centre)

    escalate(centre, by(number, 1), Escalation(reason="客户要找主管"))
    first = load_ticket(centre, number).assignee
    escalate(centre, by(number, 2, LEAD), Escalation(reason="需要经理拍板"))

    name, data = last_fact(centre, number)
    messages, _ = load_messages(centre, number)
    assert (first, load_ticket(centre, number).assignee) == ("zhao", "wu")
    assert (name, data["post"], data["from_assignee"]) == ("TicketEscalated", "manager", "zhao")
    assert [message.text for message in messages][:2] == ["需要经理拍板", "客户要找主管"]
    assert (notices(centre, "zhao"), notices(centre, "wu")) == (["ticket_escalated"], ["ticket_escalated"])


def test_escalation_names_a_level_and_ends_where_nobody_is_above(centre: Store) -> None:
    number = claimed(centre)

    escalate(centre, by(number, 1), Escalation(reason="客户要找经理", to="manager"))

    assert load_ticket(centre, number).assignee == "wu"
    for to in ("lead", "director", None):
        with pytest.raises(NobodyAboveError):
            escalate(centre, by(number, 2, MANAGER), Escalation.model_validate({"reason": "再上一级", "to": to}))


def test_transfer_puts_the_ticket_into_the_queue_of_the_other_team_with_its_clocks(centre: Store) -> None:
    save(
        centre,
        "presales",
        match={"teams": ["presales"], "types": ["feedback"]},
        targets=[{"clock": "resolution", "minutes": 60}],
    )
    number = claimed(centre)

    transfer(centre, by(number, 1), Transfer(team="presales", reason="售前问题"))

    ticket = load_ticket(centre, number)
    clock = ticket.clock("resolution")
    assert clock is not None
    assert (ticket.team, ticket.assignee, clock.due_at) == ("presales", None, at(1))
    name, data = last_fact(centre, number)
    assert (name, data["from_team"], data["moved"][-1]["clock"]) == ("TicketTransferred", "aftersales", "resolution")
    actions.claim(centre, by(number, 2, STRANGER))


def test_who_has_a_ticket_puts_it_back_and_a_colleague_may_not(centre: Store) -> None:
    number = claimed(centre)

    with pytest.raises(NotYoursError):
        release(centre, by(number, 1, COLLEAGUE), Release())
    release(centre, by(number, 2), Release(reason="下班"))

    assert load_ticket(centre, number).assignee is None
    actions.claim(centre, by(number, 3, COLLEAGUE))
    release(centre, by(number, 4, LEAD), Release())
    assert last_fact(centre, number)[1]["from_assignee"] == "lin"


@pytest.mark.parametrize("team", ["warehouse", "presales", "no-such-team"])
@pytest.mark.parametrize("way", ["assign", "transfer", "type"])
def test_no_ticket_comes_into_a_department_an_inactive_or_an_unknown_team(centre: Store, way: str, team: str) -> None:
    number = file(centre)
    switch_off(centre, team="presales")
    kind = TypeBody(labels={"zh-CN": "新"}, team=team)
    ways: dict[str, Any] = {
        "assign": lambda: actions.assign(centre, by(number, 1, MANAGER), Assignment(team=team)),
        "transfer": lambda: transfer(centre, by(number, 1), Transfer(team=team, reason="不归我们")),
        "type": lambda: put_type(centre, "fresh", kind, expected=None, actor=MANAGER.actor, now=NOW),
    }

    with pytest.raises(InvalidInputError) as refused:
        ways[way]()

    [error] = refused.value.errors
    names = {"warehouse": "仓库部", "presales": "售前组"}
    assert error.field == "team"
    assert error.parameters == ({"name": names[team]} if team in names else {"value": team})


@pytest.mark.parametrize("person", ["lin", "sun", "cang"])
def test_no_ticket_comes_to_who_has_left_or_works_elsewhere_and_the_error_has_the_name(
    centre: Store, person: str
) -> None:
    number = file(centre)
    switch_off(centre, person="lin")

    with pytest.raises(InvalidInputError) as refused:
        actions.assign(centre, by(number, 1, LEAD), Assignment(assignee=person))

    assert refused.value.errors[0].parameters["name"] in {"林浩", "孙倩", "仓库"}


def test_request_of_a_type_whose_team_is_off_goes_where_somebody_is(centre: Store) -> None:
    switch_off(centre, team="aftersales")

    assert load_ticket(centre, file(centre)).team == "presales"


def test_ticket_that_is_taken_up_again_leaves_who_is_gone(centre: Store) -> None:
    number = claimed(centre)
    actions.close(centre, by(number, 1, LEAD), Closing(reason="invalid"))
    switch_off(centre, team="aftersales", person="chen")

    actions.reopen(centre, by(number, 2, None), "还没好")

    after: Ticket = load_ticket(centre, number)
    assert (after.team, after.assignee) == ("presales", None)
