"""The dry run, the undo and the sources of imports, on moto."""

from typing import Any

import pytest

from tests.builders import AGENT, DESK, MANAGER, NOW
from tests.functions.intake.test_imports import BUCKET, ROWS, Desk, clients, desk, log
from tingjian.intake.imports import actions
from tingjian.intake.imports.jobs import do_job
from tingjian.intake.imports.sources import list_sources
from tingjian.intake.imports.storage import case_key
from tingjian.intake.ticket_views.actions import ticket_history
from tingjian.intake.tickets.actions import assign
from tingjian.intake.tickets.bodies import Assignment
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.rights import ASSIGN_TICKETS
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.events import load_events
from tingjian.platform.places import ticket_entity

__all__ = ["clients", "desk"]
KINDS = ("ticket#", "customer#", "staff", "case#")


def check(desk: Desk, import_id: str) -> None:
    actions.check_import(desk.store, desk.jobs, import_id, bucket=BUCKET, actor=MANAGER.actor, now=NOW)
    desk.work_off()


def undo(desk: Desk, import_id: str) -> None:
    actions.undo_import(desk.store, desk.jobs, import_id, actor=MANAGER.actor, now=NOW)
    desk.work_off()


def on_desk(desk: Desk) -> dict[tuple[str, str, str], Any]:
    """What stands of tickets, cases, customers and people."""
    return {place: item for place, item in desk.everything().items() if place[0] == DESK and place[1].startswith(KINDS)}


def test_dry_run_says_what_would_come_and_writes_nothing_of_it(desk: Desk) -> None:
    import_id = desk.upload(log(*ROWS, "C4,call,yesterday,Chen,,,?", "C4,dance,2012-05-03 09:00,陈晨,,,?"))
    before = on_desk(desk)

    check(desk, import_id)

    shown = desk.view(import_id)
    assert on_desk(desk) == before
    assert (shown.state, shown.rows_read, shown.rows_rejected, shown.cases_total) == ("checked", 10, 1, 4)
    assert (shown.events_written, shown.resolutions, shown.closes) == (9, 1, 1)
    assert shown.findings is not None
    assert shown.findings.unlisted_activities == {"call": 3, "dance": 1}
    assert [(bad.line, bad.reason) for bad in shown.findings.first_rejects] == [(10, "bad_time")]
    assert {found.name for found in shown.findings.people} >= {"Rossi", "Verdi"}
    assert desk.rejects(import_id)[1].startswith("10,C4,bad_time")


def test_import_goes_on_from_its_dry_run(desk: Desk) -> None:
    import_id = desk.upload(log(*ROWS))
    check(desk, import_id)

    desk.start(import_id)
    desk.work_off()

    assert (desk.view(import_id).state, desk.view(import_id).events_written) == ("done", 8)


def test_mostly_refused_import_fails_before_anything_is_written(desk: Desk) -> None:
    before = on_desk(desk)

    done = desk.run(log(ROWS[0], "C2,call,yesterday,,,,", "C3,call,,,,,"))

    assert (done.state, done.reason_code) == ("failed", "mostly_rejected")
    assert on_desk(desk) == before
    assert len(desk.rejects(done.id)) == 3


def test_undo_leaves_the_desk_as_it_was(desk: Desk) -> None:
    before = on_desk(desk)
    done = desk.run(log(*ROWS))

    undo(desk, done.id)

    shown = desk.view(done.id)
    assert on_desk(desk) == before
    assert (shown.state, shown.undo and shown.undo.removed, shown.undo and shown.undo.kept) == ("undone", 3, 0)
    assert list_sources(desk.store).items == ()


def test_undo_says_on_every_chain_which_events_count_no_more(desk: Desk) -> None:
    done = desk.run(log(*ROWS))
    number = desk.ticket_of("C1")

    undo(desk, done.id)

    events = load_events(desk.store, ticket_entity(number))
    last = events[-1]
    assert (last.name, last.data["first"], last.data["last"]) == ("TicketImportUndone", 1, len(events) - 1)
    assert last.actor == MANAGER.actor


def test_log_can_be_imported_again_after_its_undo(desk: Desk) -> None:
    undo(desk, desk.run(log(*ROWS)).id)

    again = desk.run(log(*ROWS), "key-2")

    assert (again.state, again.events_written, again.rows_rejected) == ("done", 8, 0)
    assert ticket_history(desk.store, load_ticket(desk.store, desk.ticket_of("C1"))).unbroken


@pytest.mark.parametrize("jobs", range(5))
def test_undo_of_a_half_done_import_takes_back_what_there_is(desk: Desk, jobs: int) -> None:
    before = on_desk(desk)
    import_id = desk.upload(log(*ROWS))
    desk.start(import_id)
    for _ in range(jobs):
        for job in desk.take()[:1]:
            desk_job(desk, *job)

    undo(desk, import_id)

    assert desk.view(import_id).state == "undone"
    assert on_desk(desk) == before


def desk_job(desk: Desk, import_id: str, part: int | None) -> None:
    do_job(desk.worker(), import_id, part)


def test_worker_that_was_late_writes_nothing_after_an_undo(desk: Desk) -> None:
    import_id = desk.upload(log(*ROWS))
    desk.start(import_id)
    desk_job(desk, *desk.take()[0])
    late = desk.take()
    before = on_desk(desk)

    undo(desk, import_id)
    for job in late:
        desk_job(desk, *job)

    assert on_desk(desk) == before


def test_undo_of_a_longer_export_leaves_what_the_first_one_told(desk: Desk) -> None:
    desk.run(log(*ROWS))
    first = on_desk(desk)
    number = desk.ticket_of("C3")
    more = desk.run(log(*ROWS, "C3,resolve,2012-05-04 08:00,Neri,Bolt,P1,B", "C9,call,2012-05-04 08:00,,,,"), "key-2")

    undo(desk, more.id)

    after = on_desk(desk)
    ticket = load_ticket(desk.store, number)
    assert {place for place in after if place[1] != "staff"} == {place for place in first if place[1] != "staff"}
    assert (ticket.status, ticket_history(desk.store, ticket).unbroken) == ("open", True)
    longer = desk.run(log(*ROWS, "C3,resolve,2012-05-04 08:00,Neri,Bolt,P1,B"), "key-3")
    assert (longer.events_written, longer.rows_rejected) == (1, 0)
    assert load_ticket(desk.store, number).status == "resolved"


def test_undo_leaves_a_ticket_that_somebody_works_on_and_what_a_later_import_added_to(desk: Desk) -> None:
    done = desk.run(log(*ROWS))
    desk.run(log(*ROWS, "C3,resolve,2012-05-04 08:00,Verdi,Bolt,P1,B"), "key-2")
    number = desk.ticket_of("C2")
    request = Request(number=number, actor=MANAGER.actor, now=NOW, caller=MANAGER, right=ASSIGN_TICKETS)
    assign(desk.store, request, Assignment(team="aftersales", assignee=AGENT.id))

    undo(desk, done.id)

    shown = desk.view(done.id)
    assert shown.undo is not None
    assert (shown.undo.removed, shown.undo.kept) == (1, 2)
    assert load_ticket(desk.store, number).assignee == AGENT.id
    assert desk.store.get(case_key("old-desk", "C1")) is None


def test_sources_are_listed_while_something_of_them_is_here(desk: Desk) -> None:
    first = desk.run(log(*ROWS))
    second = desk.run(log(*ROWS), "key-2", source="other")

    assert [(entry.source, entry.imports) for entry in list_sources(desk.store).items] == [
        ("old-desk", (first.id,)),
        ("other", (second.id,)),
    ]


def test_reject_file_runs_no_formula_of_a_spreadsheet(desk: Desk) -> None:
    done = desk.run(log(*ROWS, '"=cmd|\' /C calc\'!A0",call,"=1+1",,,,', "\uff1d1,call,+1,,,,"))

    lines = desk.rejects(done.id)[1:]
    assert [line.split(",")[1].startswith("'") for line in lines] == [True, True]
    assert [line.rpartition(",")[2].startswith("'") for line in lines] == [True, True]
