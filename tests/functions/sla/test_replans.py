"""Deadlines that move when a calendar's dates change or a policy is applied: by pages, killed, and beside others."""

import json
from datetime import datetime

import pytest

from functions.escalation.schedule import TIMERS
from tests.builders import AGENT, MANAGER
from tests.faults import Crash, count_calls, crash_points, dealt, inject
from tests.functions.door import Knocker
from tests.functions.sla.scene import TARGETS, at, by, clock, events, file, save
from tingjian.escalation.policies.actions import edit_dates
from tingjian.escalation.replans import actions as replans
from tingjian.escalation.replans.models import EditedCalendar, Replan
from tingjian.escalation.replans.storage import load_replan
from tingjian.intake.handoffs.actions import ask_department
from tingjian.intake.handoffs.bodies import AskDepartment
from tingjian.intake.handoffs.storage import load_handoffs
from tingjian.intake.ticket_views.actions import view_ticket
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Assignment, Waiting
from tingjian.intake.tickets.rights import ASSIGN_TICKETS
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.store import Store
from tingjian.platform.sweep import Sweep
from tingjian.sla.calendars.actions import import_china
from tingjian.sla.calendars.models import with_date
from tingjian.sla.calendars.storage import load_calendar

TUESDAY = "2026-03-03"


def close_day(store: Store, day: str = TUESDAY) -> EditedCalendar:
    return edit_dates(
        store, "office", lambda before: with_date(before, day, ()), expected=None, actor=MANAGER.actor, now=at(2)
    )


def ask(store: Store) -> Replan:
    """A replan of the default policy that is stored and not begun."""
    replan = replans.new_replan("policy", "default", "policy", actor=MANAGER.actor, now=at(2), idempotency=None)
    store.transact(replans.new_replan_writes(replan, actor=MANAGER.actor, idempotency=None))
    return replan


def sweep(store: Store, now: datetime) -> None:
    Sweep(store, {"replan": TIMERS["replan"], "ticket": lambda *_, **__: None}, now, lambda: True).run()


def test_a_closed_date_moves_the_deadlines_that_lie_behind_it(office: Store) -> None:
    save(office, calendar="office", targets=[{"clock": "resolution", "minutes": 600}])
    number = file(office)
    elsewhere = file(office, kind="complaint")

    edited = close_day(office)

    moved = clock(office, number, "resolution")
    assert moved.due_at == at(48 + 2)
    assert (moved.calendar_version, moved.policy_version) == (2, 2)
    assert [(event.name, event.data.get("reason")) for event in events(office, number)[1:]] == [
        ("ClockMoved", "holidays")
    ]
    assert load_ticket(office, elsewhere).version == 1
    assert edited.replan is not None
    assert edited.replan.moved == 1


def test_a_date_that_touches_no_deadline_still_names_the_version_that_holds(office: Store) -> None:
    save(office, calendar="office", targets=[{"clock": "resolution", "minutes": 60}])
    number = file(office)

    close_day(office)

    assert events(office, number)[-1].name == "ClocksReplanned"
    assert clock(office, number, "resolution").due_at == at(1)


def test_an_announced_year_moves_deadlines_and_takes_the_mark_of_the_estimate(office: Store) -> None:
    def guess(calendar: object) -> dict[str, object]:
        body = dict(calendar.body)  # type: ignore[attr-defined]
        return body | {"estimated_years": (2026,), "imported_dates": ()}

    edit_dates(office, "office", guess, expected=None, actor=MANAGER.actor, now=at(0))
    save(office, calendar="office", targets=[{"clock": "resolution", "minutes": 30 * 480}])
    number = file(office)
    guessed = clock(office, number, "resolution").due_at
    shown_before = view_ticket(office, number, caller=MANAGER, now=at(2)).clocks[0].estimated

    edit_dates(office, "office", import_china(2026, None), expected=None, actor=MANAGER.actor, now=at(2))

    moved = clock(office, number, "resolution").due_at
    assert guessed is not None
    assert moved is not None
    assert moved > guessed
    assert shown_before is True
    assert view_ticket(office, number, caller=MANAGER, now=at(2)).clocks[0].estimated is False


def test_a_paused_clock_moves_too_and_runs_on_from_there(office: Store) -> None:
    save(office, calendar="office", targets=[{"clock": "resolution", "minutes": 600}])
    number = file(office)
    actions.wait(office, by(number, 1), Waiting())

    close_day(office)
    actions.resume(office, by(number, 2))

    assert clock(office, number, "resolution").due_at == at(48 + 3)


def test_a_handoff_moves_with_its_ticket(office: Store) -> None:
    targets = [{"clock": "resolution", "minutes": 6000}, {"clock": "handoff", "minutes": 600}]
    save(office, calendar="office", targets=targets)
    number = file(office)
    ask_department(office, by(number, 0), AskDepartment(department="warehouse", request="请核对库存"))

    close_day(office)

    [handoff] = load_handoffs(office, number)
    assert handoff.due_at == at(48 + 2)
    told = events(office, number)[-1]
    assert (told.name, told.data["clock"], told.data["handoff"]) == ("ClockMoved", "handoff", 1)


def test_the_sweep_ends_what_was_begun(office: Store) -> None:
    save(office)
    numbers = [file(office, hours=n / 10) for n in range(3)]
    save(office, targets=[{**target, "minutes": 30} for target in TARGETS])
    replan = ask(office)

    sweep(office, at(3))

    assert load_replan(office, replan.id).finished_at == at(3)
    assert {clock(office, number, "resolution").target_minutes for number in numbers} == {30}


def test_a_replan_goes_on_page_by_page(office: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replans, "PAGE", 2)
    save(office)
    numbers = [file(office, hours=n / 10) for n in range(5)]
    save(office, targets=[{**target, "minutes": 30} for target in TARGETS])
    replan = ask(office)

    first = replans.advance_replan(office, replan, limit=2, now=at(3))
    last = replans.advance_replan(office, first, limit=100, now=at(4))

    assert (first.looked_at, first.moved, first.finished_at) == (2, 2, None)
    assert (last.looked_at, last.moved, last.finished_at) == (5, 5, at(4))
    assert {clock(office, number, "resolution").target_minutes for number in numbers} == {30}


def test_a_ticket_that_changes_teams_meanwhile_is_found_by_the_next_pass(office: Store) -> None:
    save(office)
    early, late = file(office), file(office, hours=0.1)
    save(office, targets=[{**target, "minutes": 30} for target in TARGETS])
    actions.assign(office, by(late, 1, MANAGER, right=ASSIGN_TICKETS), Assignment(team="presales"))
    replan = ask(office).model_copy(update={"team": "presales"})
    actions.assign(office, by(late, 1.5, MANAGER, right=ASSIGN_TICKETS), Assignment(team="aftersales"))
    actions.assign(office, by(early, 1.5, MANAGER, right=ASSIGN_TICKETS), Assignment(team="presales"))

    replans.advance_replan(office, replan, limit=100, now=at(3))

    assert {clock(office, number, "resolution").target_minutes for number in (early, late)} == {30}


@pytest.mark.parametrize("share", range(4))
def test_a_replan_killed_at_any_call_is_ended_by_the_next_run_with_one_event_a_deadline(
    office: Store, share: int
) -> None:
    save(office, targets=TARGETS[2:])
    number = file(office)

    def begun(minutes: int) -> Replan:
        save(office, targets=[{**TARGETS[2], "minutes": minutes}])
        office._copies.clear()
        return ask(office)

    counted = begun(100)
    calls = count_calls(office.client, lambda: replans.advance_replan(office, counted, limit=100, now=at(3)))

    for times, point in enumerate(dealt(crash_points(calls), share, 4), start=2):
        replan = begun(100 + times)
        with pytest.raises(Crash), inject(office.client, point):
            replans.advance_replan(office, replan, limit=100, now=at(3))
        sweep(office, at(4))
        assert [event.name for event in events(office, number)] == ["TicketOpened", *["ClockMoved"] * times], point
        assert load_replan(office, replan.id).finished_at, point


def test_two_runs_at_once_move_each_deadline_once(office: Store) -> None:
    save(office, targets=TARGETS[2:])
    number = file(office)
    save(office, targets=[{**TARGETS[2], "minutes": 30}])
    replan = ask(office)

    replans.advance_replan(office, replan, limit=100, now=at(3))
    stale = replans.advance_replan(office, replan, limit=100, now=at(3))

    assert stale == load_replan(office, replan.id)
    assert [event.name for event in events(office, number)] == ["TicketOpened", "ClockMoved"]


def test_what_is_changed_between_reading_and_writing_is_decided_again(
    office: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(office, targets=TARGETS[2:])
    number = file(office)
    save(office, targets=[{**TARGETS[2], "minutes": 600}])
    replan = ask(office)
    honest = replans._writes
    calls: list[str] = []

    def overtaken(replanner: object, change: object, actor: object) -> object:
        calls.append("write")
        written = honest(replanner, change, actor)  # type: ignore[arg-type]
        if len(calls) == 1:
            actions.wait(office, by(number, 2), Waiting())
        return written

    monkeypatch.setattr(replans, "_writes", overtaken)
    replans.advance_replan(office, replan, limit=100, now=at(3))

    found = load_ticket(office, number)
    assert found.status == "waiting"
    assert clock(office, number, "resolution").target_minutes == 600
    assert clock(office, number, "resolution").due_at is None


def test_a_ticket_costs_no_call_of_its_own_unless_it_must_be_planned_by_its_history(office: Store) -> None:
    save(office, calendar="office", targets=[{"clock": "resolution", "minutes": 600}])
    for n in range(6):
        file(office, hours=n / 10)

    few = count_calls(office.client, lambda: close_day(office, TUESDAY))
    for n in range(6):
        file(office, hours=n / 10)

    more = count_calls(office.client, lambda: close_day(office, "2026-03-04"))

    assert more <= few


def test_a_preview_of_a_calendar_says_what_would_move_and_writes_nothing(door: Knocker, office: Store) -> None:
    save(office, calendar="office", targets=[{"clock": "resolution", "minutes": 600}])
    number = file(office)
    file(office, kind="complaint")
    calendar = load_calendar(office, "office")
    closed = {"body": with_date(calendar, TUESDAY, ())}
    before = [item for pk in (f"ticket#{number}", "calendars") for item in office.query_all(pk)]

    shown = door.post("/v1/calendars/office/preview", closed, caller=MANAGER)
    after = [item for pk in (f"ticket#{number}", "calendars") for item in office.query_all(pk)]
    close_day(office)

    moved = clock(office, number, "resolution").due_at
    assert moved is not None
    assert (shown.json["looked_at"], shown.json["touched"]) == (2, 1)
    assert shown.json["items"][0]["ticket"] == number
    assert shown.json["items"][0]["moves"] == [
        {"clock": "resolution", "from_at": "2026-03-03T03:00:00Z", "to_at": moved.isoformat().replace("+00:00", "Z")}
    ]
    assert after == before
    assert door.post("/v1/calendars/office/preview", closed, caller=AGENT).status == 403


@pytest.mark.parametrize(
    ("calendar", "body", "status"),
    [
        ("none", {}, 404),
        ("always", {}, 422),
        ("office", {"hours": {}}, 422),
        ("office", {"timezone": "Mars/Olympus"}, 422),
    ],
)
def test_a_preview_of_a_calendar_refuses_what_saving_would_refuse(
    door: Knocker, office: Store, calendar: str, body: dict[str, object], status: int
) -> None:
    given = json.loads(load_calendar(office, "office").model_dump_json(exclude={"id", "version"})) | body

    answer = door.post(f"/v1/calendars/{calendar}/preview", {"body": given}, caller=MANAGER)

    assert answer.status == status, answer.text
