"""The rules on a ticket, one by one. Sequences of moves are in test_ticket_life.py."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, get_args

import pytest

from tests.builders import NOW, complaint_type, feedback_type
from tingjian.intake.tickets import answers, models, moves, turns
from tingjian.intake.tickets.field_values import merged_fields
from tingjian.intake.tickets.models import (
    AlreadyClaimedError,
    BlockedError,
    CloseReason,
    IllegalMoveError,
    MissingFieldsError,
    Move,
    Status,
    Ticket,
)
from tingjian.intake.tickets.moves import Change
from tingjian.platform.texts import LANGUAGES, Phrase
from tingjian.sla import WorkCalendar
from tingjian.sla.clocks import Clock, ClockName, Standstill, start_clock

STATUSES: tuple[Status, ...] = get_args(Status)
LATER = NOW + timedelta(hours=1)
KIND = feedback_type()
ALLOWED: dict[Move, str] = {
    "claim": "new open waiting",
    "assign": "new open waiting",
    "wait": "new open",
    "resume": "waiting",
    "resolve": "new open waiting",
    "close": "new open waiting resolved",
    "reopen": "resolved closed",
    "reply": "new open waiting resolved",
    "write": "new open waiting resolved closed",
    "hand_off": "new open waiting",
    "confirm": "resolved",
    "edit": "new open waiting resolved",
    "link": "new open waiting resolved closed",
}
"""What a member of staff may do in which status, as docs and console say it."""
RULES: dict[Move, Callable[[Ticket], Change | None]] = {
    "claim": lambda ticket: moves.claim(ticket, by="chen"),
    "assign": lambda ticket: moves.assign(ticket, team="presales", assignee=None),
    "wait": lambda ticket: moves.wait(ticket, hours=always, now=LATER),
    "resume": lambda ticket: moves.resume(ticket, hours=always, now=LATER),
    "resolve": lambda ticket: moves.resolve(ticket, KIND, {}, by="chen", hours=always, now=LATER),
    "close": lambda ticket: moves.close(ticket, KIND, reason="spam", fields={}, now=LATER),
    "reopen": lambda ticket: moves.reopen(ticket, clocks=(), reason="staff", hours=always, now=LATER),
    "reply": lambda ticket: answers.reply(ticket, by="chen"),
    "confirm": lambda ticket: moves.confirm(ticket, KIND, now=LATER),
    "edit": lambda ticket: moves.edit(ticket, {"subject": "另一件事"}),
    "link": lambda ticket: moves.link(ticket, "482739510664"),
}


def always(_: Clock) -> WorkCalendar:
    return WorkCalendar.always()


def clock(name: ClockName, minutes: int, *, pauses_in: tuple[Standstill, ...] = (), now: datetime = NOW) -> Clock:
    return start_clock(
        name=name,
        policy=("default", 1),
        calendar=("always", 0, WorkCalendar.always()),
        target_minutes=minutes,
        shares=(80,),
        pauses_in=pauses_in,
        now=now,
    )


def a_ticket(status: Status = "new", **facts: Any) -> Ticket:
    """A ticket that came to this status as tickets do."""
    finished = {"resolved_at": NOW, "resolved_by": "chen"} if status in {"resolved", "closed"} else {}
    closed = {"closed_at": NOW, "close_reason": "done"} if status == "closed" else {}
    made = {
        "id": "482739510664",
        "version": 3,
        "type": "feedback",
        "subject": "包裹没到",
        "status": status,
        "priority": "normal",
        "channel": "web",
        "team": "aftersales",
        "customer_id": "c" * 20,
        "opened_at": NOW,
        "assignee": None if status == "new" else "chen",
    }
    return Ticket(**(made | finished | closed | facts))


def running(*, status: Status = "open") -> Ticket:
    """A ticket with a first response in an hour, and a resolution in two that stands still while it waits."""
    clocks = (clock("first_response", 60), clock("resolution", 120, pauses_in=("waiting",)))
    return a_ticket(status, clocks=clocks)


def said(phrase: object) -> str:
    """The key of a text that an error names, which every language has."""
    assert isinstance(phrase, Phrase)
    assert all(phrase.text(language) for language in LANGUAGES)
    return phrase.key


@pytest.mark.parametrize("move", ALLOWED)
@pytest.mark.parametrize("status", STATUSES)
def test_status_allows_exactly_the_moves_of_the_table(status: Status, move: Move) -> None:
    ticket = a_ticket(status)

    if status in ALLOWED[move].split():
        ticket.require(move)
    else:
        with pytest.raises(IllegalMoveError) as refused:
            ticket.require(move)
        assert said(refused.value.parameters["status"]) == f"status.{status}"
        assert said(refused.value.parameters["move"]) == f"move.{move}"


def test_table_names_every_move_and_every_rule_asks_it() -> None:
    assert set(ALLOWED) == set(get_args(Move))
    assert set(RULES) == set(ALLOWED) - {"hand_off", "write"}, "a hand-off is asked for in its own feature"


@pytest.mark.parametrize(("status", "move"), [(s, m) for m in RULES for s in STATUSES if s not in ALLOWED[m].split()])
def test_rule_refuses_a_status_that_does_not_allow_it(status: Status, move: Move) -> None:
    with pytest.raises(IllegalMoveError):
        RULES[move](a_ticket(status))


@pytest.mark.parametrize(
    ("status", "category"),
    [("new", "open"), ("open", "open"), ("waiting", "waiting"), ("resolved", "resolved"), ("closed", "closed")],
)
def test_status_has_its_category(status: Status, category: str) -> None:
    assert a_ticket(status).category == category


def test_claim_gives_an_unowned_ticket_to_the_caller_and_opens_it() -> None:
    change = moves.claim(a_ticket(), by="chen")

    assert (change.ticket.assignee, change.ticket.status, change.event.__name__) == ("chen", "open", "TicketAssigned")
    assert change.data == {"from_team": "aftersales", "from_assignee": None}


def test_claim_of_ones_own_ticket_changes_nothing() -> None:
    mine = a_ticket("waiting")

    assert moves.claim(mine, by="chen").ticket == mine


def test_claim_of_somebody_elses_ticket_is_refused_by_name() -> None:
    with pytest.raises(AlreadyClaimedError) as refused:
        moves.claim(a_ticket("open"), by="lin")

    assert refused.value.members == {"assignee": "chen"}


@pytest.mark.parametrize(
    ("before", "assignee", "after"),
    [("new", "lin", "open"), ("new", None, "new"), ("open", None, "open"), ("waiting", "lin", "waiting")],
)
def test_assigning_opens_a_new_ticket_only_for_a_person(before: Status, assignee: str | None, after: Status) -> None:
    change = moves.assign(a_ticket(before), team="presales", assignee=assignee)

    assert (change.ticket.status, change.ticket.team, change.ticket.assignee) == (after, "presales", assignee)
    assert change.data["from_team"] == "aftersales"


def test_first_reply_opens_answers_and_gives_the_ticket_to_its_author() -> None:
    change = answers.answer(
        running(status="new").model_copy(update={"assignee": None}), by="lin", written_at=LATER, now=LATER
    )

    assert change is not None
    after = change.ticket
    assert (after.status, after.assignee, after.first_responded_at) == ("open", "lin", LATER)
    assert [(one.name, one.met_at) for one in after.clocks] == [("first_response", LATER), ("resolution", None)]
    assert (change.event.__name__, change.data) == ("TicketAnswered", {"first": True})


def test_reply_that_is_written_gives_the_ticket_to_its_writer_and_meets_nothing() -> None:
    change = answers.reply(running(status="new").model_copy(update={"assignee": None}), by="lin")

    assert change is not None
    after = change.ticket
    assert (after.status, after.assignee, after.first_responded_at) == ("open", "lin", None)
    assert (after.clocks, change.event.__name__) == (running().clocks, "TicketAssigned")
    assert answers.reply(after, by="chen") is None


def test_answer_meets_no_clock_that_started_after_it_was_written() -> None:
    asked_again = a_ticket("open", first_responded_at=NOW, clocks=(clock("next_response", 60, now=LATER),))

    assert answers.answer(asked_again, by="chen", written_at=NOW, now=LATER) is None


def test_answer_that_came_back_met_nothing_and_its_clock_runs_on_with_its_deadline() -> None:
    before = running()
    change = answers.answer(before, by="chen", written_at=LATER, now=LATER)
    assert change is not None

    revoked = answers.revoke_answer(change.ticket, answered_at=LATER, hours=always, now=LATER + timedelta(hours=1))

    assert revoked is not None
    assert (revoked.ticket.clocks, revoked.ticket.first_responded_at) == (before.clocks, None)
    assert revoked.data == {"clocks": ("first_response",)}
    again = answers.revoke_answer(revoked.ticket, answered_at=LATER, hours=always, now=LATER)
    assert again is None, "the same news a second time"


def test_answer_on_its_way_at_the_close_decides_about_its_clock() -> None:
    resolved = moves.resolve(running(), KIND, {}, by="chen", hours=always, now=LATER).ticket
    change = moves.close(resolved, KIND, reason="done", fields={}, now=LATER, answering={"first_response"})

    failed = answers.revoke_answer(change.ticket, answered_at=None, hours=always, now=LATER)
    arrived = answers.answer(change.ticket, by="chen", written_at=LATER, now=LATER)

    assert change.data["kept"] == {}
    assert failed is not None
    assert arrived is not None
    assert (failed.data["kept"], arrived.ticket.clocks[0].was_kept()) == ({"first_response": False}, True)


def test_reply_on_a_ticket_assigned_before_leaves_its_owner() -> None:
    change = answers.answer(a_ticket("new", assignee="chen"), by="lin", written_at=LATER, now=LATER)

    assert change is not None
    assert change.ticket.assignee == "chen"


def test_second_reply_changes_nothing_unless_an_answer_is_owed() -> None:
    answered = a_ticket("open", first_responded_at=NOW)
    asked_again = answered.model_copy(update={"clocks": (clock("next_response", 60),)})

    assert answers.answer(answered, by="chen", written_at=LATER, now=LATER) is None
    change = answers.answer(asked_again, by="chen", written_at=LATER, now=LATER)

    assert change is not None
    assert (change.ticket.first_responded_at, change.ticket.clocks[0].met_at) == (NOW, LATER)
    assert change.data == {"first": False}


@pytest.mark.parametrize(
    ("name", "met"),
    [("first_response", True), ("next_response", True), ("feedback_answer", True), ("resolution", False)],
)
def test_reply_meets_the_clocks_that_promise_an_answer(name: ClockName, *, met: bool) -> None:
    change = answers.answer(a_ticket("open", clocks=(clock(name, 60),)), by="chen", written_at=LATER, now=LATER)

    assert change is not None
    assert (change.ticket.clocks[0].met_at == LATER) is met


def test_message_of_the_customer_who_waits_already_changes_nothing_and_the_first_one_is_marked() -> None:
    resumed = turns.receive_message(running(status="waiting"), hours=always, now=LATER)
    marked = turns.receive_message(running(), hours=always, now=LATER)

    assert marked is not None
    assert (marked.event.__name__, marked.ticket.unanswered_since) == ("CustomerWrote", LATER)
    assert turns.receive_message(marked.ticket, hours=always, now=LATER) is None
    assert resumed is not None
    assert (resumed.ticket.status, resumed.event.__name__) == ("open", "TicketResumed")


@pytest.mark.parametrize(
    ("status", "event", "after"),
    [
        ("waiting", "TicketResumed", "open"),
        ("open", "CustomerWrote", "open"),
        ("resolved", "CustomerWrote", "resolved"),
    ],
)
def test_message_of_the_customer_starts_the_clock_of_its_turn(status: Status, event: str, after: str) -> None:
    earlier = clock("next_response", 60).meet(NOW)
    turn = clock("next_response", 60, now=LATER)

    change = turns.receive_message(a_ticket(status, clocks=(earlier,)), hours=always, now=LATER, turn=turn)

    assert change is not None
    assert (change.ticket.status, change.event.__name__, change.ticket.clocks) == (after, event, (turn,))
    assert change.data == {"clock": "next_response", "due_at": LATER + timedelta(hours=1)}
    assert change.ticket.owes_answer


def test_waiting_pauses_the_clocks_that_pause_and_resuming_moves_their_deadlines() -> None:
    waiting = moves.wait(running(), hours=always, now=NOW + timedelta(minutes=30)).ticket
    resumed = moves.resume(waiting, hours=always, now=NOW + timedelta(minutes=50)).ticket

    assert [one.due_at for one in waiting.clocks] == [NOW + timedelta(minutes=60), None]
    assert [one.due_at for one in resumed.clocks] == [NOW + timedelta(minutes=60), NOW + timedelta(minutes=140)]
    assert (waiting.status, resumed.status) == ("waiting", "open")


def test_resolving_meets_the_resolution_says_who_and_is_no_answer() -> None:
    change = moves.resolve(
        running(status="new").model_copy(update={"assignee": None}), KIND, {}, by="lin", hours=always, now=LATER
    )

    after = change.ticket
    assert (after.status, after.resolved_at, after.resolved_by, after.assignee) == ("resolved", LATER, "lin", "lin")
    assert after.first_responded_at is None, "a customer who hears nothing has had no answer"
    assert [(one.name, one.met_at) for one in after.clocks] == [("first_response", None), ("resolution", LATER)]
    assert change.data == {"resolved_by": "lin", "fields": {}, "first": False}


def test_resolving_an_answered_ticket_keeps_its_first_response_and_its_owner() -> None:
    change = moves.resolve(a_ticket("open", first_responded_at=NOW), KIND, {}, by="lin", hours=always, now=LATER)

    assert (change.ticket.first_responded_at, change.ticket.assignee, change.data["first"]) == (NOW, "chen", False)


def test_resolving_without_what_the_type_requires_is_refused_with_the_fields() -> None:
    with pytest.raises(MissingFieldsError) as refused:
        moves.resolve(a_ticket("open"), complaint_type(), {"level": "1"}, by="chen", hours=always, now=LATER)

    assert [error.field for error in refused.value.errors] == ["fields.cause"]
    names = refused.value.parameters["fields"]
    assert isinstance(names, list)
    assert [name.text("zh-CN") for name in names] == ["原因"]


def test_event_of_a_resolution_holds_neither_personal_fields_nor_free_text() -> None:
    given = {"cause": "物流延误", "detail": "王芳的电话是…", "level": "1"}

    change = moves.resolve(a_ticket("open"), complaint_type(), given, by="chen", hours=always, now=LATER)

    assert change.ticket.fields == given
    assert change.data["fields"] == {"level": "1"}


def test_closing_says_why_and_which_promises_were_kept() -> None:
    change = moves.close(running(), KIND, reason="duplicate", fields={}, now=LATER)

    after, kept = change.ticket, {"first_response": True, "resolution": True}
    assert (after.status, after.closed_at, after.close_reason) == ("closed", LATER, "duplicate")
    assert [one.was_kept() for one in after.clocks] == [True, True]
    assert (change.event.__name__, change.data) == ("TicketClosed", {"reason": "duplicate", "fields": {}, "kept": kept})


@pytest.mark.parametrize(
    ("reason", "minutes", "kept"),
    [
        ("spam", 59, {"first_response": True, "resolution": True}),
        ("withdrawn", 61, {"first_response": False, "resolution": True}),
        ("duplicate", 121, {"first_response": False, "resolution": False}),
        ("invalid", 5, {"first_response": False, "resolution": True}),
    ],
)
def test_a_clock_that_ran_is_kept_or_missed_at_the_close_and_silence_is_no_answer(
    reason: CloseReason, minutes: float, kept: dict[str, bool]
) -> None:
    change = moves.close(running(), KIND, reason=reason, fields={}, now=NOW + timedelta(minutes=minutes))

    assert change.data["kept"] == kept
    assert {one.name: one.was_kept() for one in change.ticket.clocks} == kept
    assert not any(one.live for one in change.ticket.clocks)


@pytest.mark.parametrize("reason", ["customer", "survey"])
def test_spam_is_not_its_senders_to_take_up_again(reason: str) -> None:
    spam = moves.close(running(), KIND, reason="spam", fields={}, now=LATER).ticket

    with pytest.raises(IllegalMoveError):
        moves.reopen(spam, clocks=(), reason=reason, hours=always, now=LATER)
    assert spam.reopenable_until is None
    assert moves.reopen(spam, clocks=(), reason="staff", hours=always, now=LATER).ticket.status == "open"


def test_link_of_a_duplicate_to_where_it_goes_on_stays() -> None:
    duplicate = a_ticket("closed", duplicate_of="482739510664", links=("482739510664", "482739510665"))

    with pytest.raises(IllegalMoveError):
        moves.unlink(duplicate, "482739510664")
    assert moves.unlink(duplicate, "482739510665").ticket.links == ("482739510664",)


@pytest.mark.parametrize("status", ["new", "open", "waiting"])
@pytest.mark.parametrize("reason", get_args(CloseReason))
def test_unresolved_ticket_is_closed_only_for_a_reason_that_says_there_is_no_result(
    status: Status, reason: CloseReason
) -> None:
    ticket = a_ticket(status)

    if reason in {"done", "confirmed"}:
        with pytest.raises(IllegalMoveError):
            moves.close(ticket, KIND, reason=reason, fields={}, now=LATER)
    else:
        assert moves.close(ticket, KIND, reason=reason, fields={}, now=LATER).ticket.status == "closed"


def test_blocked_ticket_is_not_closed_whatever_the_reason_and_the_blockers_are_named() -> None:
    blocked = a_ticket("resolved", blockers=("handoff:1", "followup:x"))

    for reason in get_args(CloseReason):
        with pytest.raises(BlockedError) as refused:
            moves.close(blocked, KIND, reason=reason, fields={}, now=LATER)
        assert refused.value.members == {"blockers": ["handoff:1", "followup:x"]}
        told = refused.value.parameters["blockers"]
        assert isinstance(told, list)
        assert [said(blocker) for blocker in told] == ["blocker.handoff", "blocker.followup"]


@pytest.mark.parametrize(("reason", "refused"), [("done", True), ("confirmed", True), ("spam", False)])
def test_closing_asks_for_what_the_type_requires_only_where_there_is_a_result(
    reason: CloseReason, *, refused: bool
) -> None:
    resolved = a_ticket("resolved", type="complaint", fields={"cause": "物流延误"})

    if refused:
        with pytest.raises(MissingFieldsError) as caught:
            moves.close(resolved, complaint_type(), reason=reason, fields={}, now=LATER)
        assert [error.field for error in caught.value.errors] == ["fields.verified"]
    else:
        assert moves.close(resolved, complaint_type(), reason=reason, fields={}, now=LATER).ticket.closed_at == LATER


def test_confirming_closes_as_confirmed() -> None:
    change = moves.confirm(a_ticket("resolved"), KIND, now=LATER)

    assert (change.ticket.close_reason, change.ticket.closed_at, change.event.__name__) == (
        "confirmed",
        LATER,
        "TicketClosed",
    )


@pytest.mark.parametrize(
    ("kind", "facts"),
    [(feedback_type(), {"blockers": ("handoff:1",)}), (complaint_type(), {"fields": {"cause": "物流延误"}})],
)
def test_confirming_leaves_open_what_is_not_finished_on_our_side(kind: Any, facts: dict[str, Any]) -> None:
    resolved = a_ticket("resolved", **facts)

    change = moves.confirm(resolved, kind, now=LATER)

    assert change.ticket == resolved.model_copy(update={"confirmed_at": LATER})
    assert (change.event.__name__, change.data) == ("TicketConfirmed", {"by": "link"})


@pytest.mark.parametrize("status", ["resolved", "closed"])
def test_reopening_forgets_the_end_and_counts(status: Status) -> None:
    finished = a_ticket(status, reopened=1, clocks=(clock("first_response", 60).meet(NOW), clock("resolution", 120)))
    fresh = clock("resolution", 480, now=LATER)

    change = moves.reopen(finished, clocks=(fresh,), reason="customer", hours=always, now=LATER)

    after = change.ticket
    assert (after.status, after.reopened, after.assignee) == ("open", 2, "chen")
    assert (after.resolved_at, after.resolved_by, after.closed_at, after.close_reason) == (None, None, None, None)
    assert after.clocks == (finished.clocks[0], fresh)
    assert change.data == {"from_status": status, "reason": "customer"}


@pytest.mark.parametrize("status", ["resolved", "closed"])
def test_customer_may_reopen_for_thirty_days(status: Status) -> None:
    assert a_ticket(status).reopenable_until == NOW + timedelta(days=30)


def test_window_of_reopening_counts_from_the_last_end() -> None:
    closed = a_ticket("closed", closed_at=LATER)
    closed_without_a_result = a_ticket("closed", resolved_at=None, closed_at=LATER)

    assert closed.reopenable_until == closed_without_a_result.reopenable_until == LATER + timedelta(days=30)


@pytest.mark.parametrize("status", ["new", "open", "waiting"])
def test_ticket_that_is_worked_on_has_no_window_of_reopening(status: Status) -> None:
    assert a_ticket(status).reopenable_until is None
    assert a_ticket(status, resolved_at=NOW).reopenable_until is None


def test_edit_names_what_changed_and_not_to_what() -> None:
    change = moves.edit(a_ticket("open"), {"subject": "另一件事", "priority": "normal", "order_number": "E1"})

    assert (change.ticket.subject, change.ticket.order_number) == ("另一件事", "E1")
    assert (change.event.__name__, change.data) == ("TicketEdited", {"changed": ["order_number", "subject"]})


def test_links_are_kept_once_in_their_order_and_can_be_taken_away() -> None:
    linked = moves.link(moves.link(moves.link(a_ticket(), "1").ticket, "2").ticket, "1").ticket

    assert linked.links == ("1", "2")
    assert moves.unlink(linked, "1").ticket.links == ("2",)
    assert moves.unlink(linked, "3").ticket == linked
    assert [moves.link(linked, "1").event.__name__, moves.unlink(linked, "1").event.__name__] == [
        "TicketLinked",
        "TicketUnlinked",
    ]


def test_blockers_are_kept_once_and_only_the_named_one_goes() -> None:
    blocked = moves.with_blocker(moves.with_blocker(a_ticket(blockers=("a",)), "b"), "a")

    assert blocked.blockers == ("a", "b")
    assert moves.without_blocker(blocked, "a").blockers == ("b",)
    assert moves.without_blocker(blocked, "c") == blocked


def test_values_of_fields_are_merged_and_none_takes_one_away() -> None:
    assert merged_fields({"a": 1, "b": 2}, {"b": None, "c": False}) == {"a": 1, "c": False}


def test_queue_sorts_the_active_by_due_time_and_the_finished_by_their_end() -> None:
    number = a_ticket().id

    assert running().queue_sort == f"0#2026-03-02T03:00:00.000Z#{number}"
    assert a_ticket().queue_sort == f"0#9999#{number}"
    assert a_ticket("resolved", resolved_at=LATER).queue_sort == f"1#2026-03-02T02:00:00.000Z#{number}"
    assert a_ticket("closed", resolved_at=None, closed_at=LATER).queue_sort == f"1#2026-03-02T02:00:00.000Z#{number}"


def test_paused_ticket_keeps_its_place_in_the_queue() -> None:
    waiting = moves.wait(running(), hours=always, now=LATER).ticket

    assert waiting.queue_sort == running().queue_sort
    assert waiting.due_at == NOW + timedelta(minutes=60), "the first response still runs"


def test_place_follows_the_first_deadline_where_no_resolution_is_promised() -> None:
    answer_only = a_ticket("open", clocks=(clock("first_response", 60),))

    assert answer_only.resolution_due_at == NOW + timedelta(minutes=60)


def test_sweep_looks_at_the_next_step_of_any_clock_and_at_a_closed_ticket_only_if_its_customer_is_owed() -> None:
    ticket = running()

    assert ticket.timer_at == NOW + timedelta(minutes=48)
    assert moves.close(ticket, KIND, reason="spam", fields={}, now=LATER).ticket.timer_at is None
    assert a_ticket("closed", clocks=(clock("next_response", 60),)).timer_at == NOW + timedelta(minutes=48)


def test_answer_is_owed_on_a_live_clock_of_a_response_only() -> None:
    assert a_ticket("open", clocks=(clock("first_response", 60),)).owes_answer
    assert a_ticket("resolved", clocks=(clock("next_response", 60),)).owes_answer
    assert not a_ticket("open", clocks=(clock("first_response", 60).meet(NOW), clock("resolution", 60))).owes_answer


@pytest.mark.parametrize(("fields", "level"), [({"level": "严重"}, "严重"), ({"level": 3}, None), ({}, None)])
def test_level_is_that_of_a_complaint_if_it_is_a_text(fields: dict[str, Any], level: str | None) -> None:
    assert a_ticket(fields=fields).level == level


def test_context_of_an_event_holds_codes_and_ids_only() -> None:
    told = models.event_context(
        a_ticket("open", subject="王芳的包裹", order_number="E1", fields={"level": "2", "x": "王芳"})
    )

    assert told == {
        "status": "open",
        "type": "feedback",
        "channel": "web",
        "priority": "normal",
        "team": "aftersales",
        "assignee": "chen",
        "customer": "c" * 20,
        "level": "2",
        "source": None,
    }
