"""Retiring teams, people and types; and the walk over all tickets: each is in one list that somebody sees."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from tests.builders import AGENT, COLLEAGUE, LEAD, MANAGER, NOW, STRANGER
from tests.functions.escalation.scene import sweep
from tests.functions.sla.scene import at, by, file, save, say
from tingjian.escalation.retirements.actions import retire_person, retire_team, retire_type, uses_of
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Assignment, Closing, ListQuery, Resolution, Waiting
from tingjian.intake.tickets.lists import list_tickets
from tingjian.intake.tickets.storage import load_ticket
from tingjian.intake.transfers.actions import escalate, release, transfer
from tingjian.intake.transfers.models import Escalation, Release, Transfer
from tingjian.intake.types.storage import require_type
from tingjian.people.staff.actions import put_staff, put_team
from tingjian.people.staff.models import StaffBody, TeamBody
from tingjian.people.staff.storage import current_staff, current_team, list_staff, list_teams
from tingjian.people.staff.uses import StillUsedError
from tingjian.platform.errors import InvalidInputError, TingjianError
from tingjian.platform.events import is_unbroken, load_events
from tingjian.platform.places import ticket_entity
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store

BY: dict[str, Any] = {"actor": MANAGER.actor, "now": NOW}


def team_body(store: Store, team: str, **changes: object) -> TeamBody:
    found = current_team(store, team)
    assert found is not None
    return TeamBody.model_validate(found.model_dump(include=set(TeamBody.model_fields)) | changes)


def test_what_points_at_a_team_is_shown_before(centre: Store) -> None:
    save(centre, "after", match={"teams": ["aftersales"], "types": ["feedback"]})
    for _ in range(3):
        file(centre)

    uses = uses_of(centre, "team", "aftersales")

    assert (uses.tickets, uses.more, uses.types, uses.policies) == (3, False, ("complaint", "feedback"), ("after",))


@pytest.mark.parametrize("change", [{"active": False}, {"kind": "department"}])
def test_team_that_has_work_is_not_switched_off_or_made_a_department_by_an_edit(
    centre: Store, change: dict[str, object]
) -> None:
    file(centre)

    with pytest.raises(StillUsedError):
        put_team(centre, "aftersales", team_body(centre, "aftersales", **change), expected=1, **BY)


def test_person_who_has_work_is_not_switched_off_by_an_edit(centre: Store) -> None:
    actions.claim(centre, by(file(centre), 1))
    person = current_staff(centre, "chen")
    assert person is not None
    body = StaffBody.model_validate(person.model_dump(include=set(StaffBody.model_fields)) | {"active": False})

    with pytest.raises(StillUsedError):
        put_staff(centre, "chen", body, expected=1, **BY)


def test_retired_team_gives_its_types_and_tickets_to_another_in_the_same_step(centre: Store) -> None:
    numbers = [file(centre) for _ in range(3)]
    actions.claim(centre, by(numbers[0], 0.1))

    view = retire_team(centre, "aftersales", "presales", **BY)

    team = current_team(centre, "aftersales")
    assert team is not None
    assert (team.active, team.successor, view.moved) == (False, "presales", 3)
    assert {(load_ticket(centre, number).team, load_ticket(centre, number).assignee) for number in numbers} == {
        ("presales", None)
    }
    assert {require_type(centre, key).team for key in ("complaint", "feedback")} == {"presales"}
    assert all(is_unbroken(load_events(centre, ticket_entity(number))) for number in numbers)


def test_team_with_work_needs_a_successor_that_takes_tickets(centre: Store) -> None:
    file(centre)

    for to in (None, "warehouse", "aftersales", "nowhere"):
        with pytest.raises(InvalidInputError) as refused:
            retire_team(centre, "aftersales", to, **BY)
        assert refused.value.errors[0].field == "to"
    team = current_team(centre, "aftersales")
    assert team is not None
    assert team.active


def test_more_tickets_than_one_request_moves_are_moved_by_the_sweep_and_late_ones_too(
    centre: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tingjian.escalation.retirements.actions.AT_ONCE", 1)
    monkeypatch.setattr("tingjian.escalation.retirements.moving.PAGE", 2)
    numbers = [file(centre) for _ in range(5)]

    view = retire_team(centre, "aftersales", "presales", **BY)
    for minute in range(1, 4):
        sweep(centre, NOW + timedelta(minutes=minute))

    assert (view.state, view.moved) == ("running", 2)
    assert {load_ticket(centre, number).team for number in numbers} == {"presales"}
    again = retire_team(centre, "aftersales", "presales", actor=MANAGER.actor, now=at(1))
    assert again.moved == 0


@pytest.mark.parametrize(("to", "owner"), [("lin", "lin"), (None, None), ("sun", None)])
def test_retired_person_gives_tickets_to_who_may_have_them_else_to_the_queue(
    centre: Store, to: str | None, owner: str | None
) -> None:
    number = file(centre)
    actions.claim(centre, by(number, 1))

    retire_person(centre, "chen", to, **BY)

    assert load_ticket(centre, number).assignee == owner
    person = current_staff(centre, "chen")
    assert person is not None
    assert not person.active


def test_retired_lead_gives_the_post_to_the_successor(centre: Store) -> None:
    retire_person(centre, "zhao", "wu", **BY)

    team = current_team(centre, "aftersales")
    assert team is not None
    assert team.lead == "wu"


def test_open_tickets_of_a_retired_type_become_those_of_another(centre: Store) -> None:
    kept, moved = file(centre), file(centre, kind="complaint")

    view = retire_type(centre, "complaint", "feedback", **BY)

    assert (view.uses.tickets, view.moved) == (1, 1)
    assert {load_ticket(centre, number).type for number in (kept, moved)} == {"feedback"}
    assert not require_type(centre, "complaint").active


def everybody(store: Store) -> list[Caller]:
    """Everybody who can sign in."""
    return [
        Caller(id=one.id, name=one.name, roles=frozenset(one.roles), teams=frozenset(one.teams))
        for one in list_staff(store)
        if one.active
    ]


def seen_in_lists(store: Store) -> Counter[str]:
    """How many lists of teams show each open ticket to somebody who may act on it."""
    seen: Counter[str] = Counter()
    for team in list_teams(store):
        readers = [one for one in everybody(store) if team.id in one.teams or one.roles & {"manager", "director"}]
        working = [one for one in readers if one.roles & {"agent", "lead", "manager", "director"}]
        if working and team.active and team.kind == "team":
            page = list_tickets(store, ListQuery(team=team.id, limit=100), caller=working[0])
            assert page.cursor is None
            seen.update(row.id for row in page.items)
    return seen


def act(store: Store, random: Random, number: str, hour: float) -> None:
    """Something that somebody may try with a ticket, or with the centre."""
    who = random.choice([AGENT, COLLEAGUE, STRANGER, LEAD, MANAGER])
    team, person = random.choice(["aftersales", "presales", "warehouse"]), random.choice(["chen", "lin", "sun", "cang"])
    steps: list[Any] = [
        lambda: actions.claim(store, by(number, hour, who)),
        lambda: actions.assign(store, by(number, hour, MANAGER), Assignment(team=team, assignee=person)),
        lambda: actions.assign(store, by(number, hour, MANAGER), Assignment(team=team)),
        lambda: transfer(store, by(number, hour, who), Transfer(team=team, reason="转")),
        lambda: escalate(store, by(number, hour, who), Escalation(reason="升级")),
        lambda: release(store, by(number, hour, who), Release()),
        lambda: actions.wait(store, by(number, hour, who), Waiting(until=at(hour + 1))),
        lambda: actions.resolve(store, by(number, hour, who), Resolution()),
        lambda: actions.close(store, by(number, hour, LEAD), Closing(reason="invalid")),
        lambda: actions.reopen(store, by(number, hour, None), "没好"),
        lambda: say(store, number, hour, "customer"),
        lambda: retire_person(store, person, random.choice([None, "lin"]), actor=MANAGER.actor, now=at(hour)),
        lambda: put_team(store, team, team_body(store, team, active=False), expected=None, **BY),
        lambda: put_team(store, team, team_body(store, team, kind="department"), expected=None, **BY),
    ]
    try:
        random.choice(steps)()
    except (TingjianError, PermissionError):
        return


@pytest.mark.parametrize("seed", range(4))
def test_every_open_ticket_is_in_exactly_one_list_that_somebody_sees(centre: Store, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - a repeatable walk
    numbers = [file(centre, kind=random.choice(["feedback", "complaint"])) for _ in range(6)]
    for step in range(60):
        act(centre, random, random.choice(numbers), 1 + step)
        if step in {20, 45}:
            given, taken = ("aftersales", "presales") if seed % 2 else ("presales", "aftersales")
            try:
                retire_team(centre, given, taken, actor=MANAGER.actor, now=at(1 + step))
            except TingjianError:
                continue
    sweep(centre, at(100))

    tickets = [load_ticket(centre, number) for number in numbers]
    expected = {ticket.id for ticket in tickets if ticket.queue_sort.startswith("0#")}
    assert seen_in_lists(centre) == Counter(dict.fromkeys(expected, 1))
    active = {one.id for one in list_staff(centre) if one.active}
    assert all(ticket.assignee is None or ticket.assignee in active for ticket in tickets if ticket.id in expected)
