"""The moves of a ticket: pure. Every rule returns the ticket after it and the fact that it became.

A move that the status does not allow is refused with the reason. A ticket with blockers cannot be closed and does not
know who set them (scope rows 8, 9, 14, 16).
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from tingjian.intake.tickets.events import (
    TicketAssigned,
    TicketClosed,
    TicketConfirmed,
    TicketEdited,
    TicketLinked,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketUnlinked,
    TicketWaiting,
)
from tingjian.intake.tickets.field_values import merged_fields, require_fields
from tingjian.intake.tickets.models import (
    ANSWER_OWED,
    ANSWERED_BY_REPLY,
    CATEGORIES,
    WITHOUT_RESULT,
    AlreadyClaimedError,
    BlockedError,
    CloseReason,
    ConfirmedBy,
    IllegalMoveError,
    Status,
    Ticket,
)
from tingjian.intake.types.models import TicketType
from tingjian.platform.facts import Fact
from tingjian.platform.texts import Phrase
from tingjian.sla.clocks import Clock, Hours

BY_CUSTOMER = frozenset({"customer", "survey"})
"""The reasons of a reopening that come from the customer, who waits for an answer then."""


class Change(NamedTuple):
    """What a rule decided: the ticket after it, the event's fact, and what the event says beyond the context."""

    ticket: Ticket
    event: type[Fact]
    data: Mapping[str, Any]


def claim(ticket: Ticket, *, by: str) -> Change:
    """Take an unowned ticket. Raises AlreadyClaimedError when somebody else has it."""
    ticket.require("claim")
    if ticket.assignee not in {None, by}:
        raise AlreadyClaimedError(by=ticket.assignee, members={"assignee": ticket.assignee})
    return assign(ticket, team=ticket.team, assignee=by)


def assign(ticket: Ticket, *, team: str, assignee: str | None) -> Change:
    """Give the ticket to a team, and to a person of it or nobody."""
    ticket.require("assign")
    status: Status = "open" if ticket.status == "new" and assignee else ticket.status
    after = ticket.model_copy(update={"team": team, "assignee": assignee, "status": status})
    return Change(after, TicketAssigned, {"from_team": ticket.team, "from_assignee": ticket.assignee})


def wait(
    ticket: Ticket, *, hours: Hours, now: datetime, wake_at: datetime | None = None, reminds: bool = False
) -> Change:
    """Wait for the customer or a date; the clocks that pause stand still."""
    ticket.require("wait")
    after = _enter(ticket, "waiting", hours, now).model_copy(update={"wake_at": wake_at, "reminds": reminds})
    return Change(after, TicketWaiting, {"until": wake_at, "reminds": reminds or None})


def resume(ticket: Ticket, *, hours: Hours, now: datetime) -> Change:
    """Go on working; the clocks that stood still run on."""
    ticket.require("resume")
    return Change(_enter(ticket, "open", hours, now), TicketResumed, {})


def _enter(ticket: Ticket, status: Status, hours: Hours, now: datetime) -> Ticket:
    clocks = tuple(clock.enter(CATEGORIES[status], hours, now) for clock in ticket.clocks)
    stays = {"wake_at": None, "reminds": False, "reminded": 0}
    return ticket.model_copy(update={"status": status, "clocks": clocks, **stays})


def resolve(
    ticket: Ticket, kind: TicketType, fields: Mapping[str, Any], *, by: str, hours: Hours, now: datetime
) -> Change:
    """Resolve with the fields that the type requires.

    Nobody was answered by that: the clocks of answers run on until an answer reaches the customer. Raises BlockedError
    that names the blockers, MissingFieldsError that lists the fields that are missing.
    """
    ticket.require("resolve")
    # A follow-up asks the customer about a solution; what is still owed for one holds it back.
    _require_unblocked([blocker for blocker in ticket.blockers if blocker.startswith("handoff")])
    values = merged_fields(ticket.fields, fields)
    require_fields(kind, values, stage="resolve")
    clocks = tuple(
        clock.enter("resolved", hours, now) if clock.name in ANSWERED_BY_REPLY else clock.meet(now)
        for clock in ticket.clocks
    )
    after = ticket.model_copy(
        update={
            "status": "resolved",
            "fields": values,
            "resolved_at": now,
            "resolved_by": by,
            "assignee": ticket.assignee or by,
            "clocks": clocks,
        }
    )
    return Change(after, TicketResolved, resolution_facts(kind, values, by=by))


def resolution_facts(kind: TicketType, values: Mapping[str, Any], *, by: str) -> dict[str, Any]:
    """What the event of a resolution says: who, and which causes; whether it was the first response, `answer` says."""
    return {"resolved_by": by, "fields": kind.reportable(values), "first": False}


def close(
    ticket: Ticket,
    kind: TicketType,
    *,
    reason: CloseReason,
    fields: Mapping[str, Any],
    now: datetime,
    answering: Collection[str] = (),
) -> Change:
    """Close for good. Without a resolution only for a reason that says there is none.

    `answering` are the clocks for which an answer is on its way: they run on, and what becomes of it decides.

    Raises BlockedError that names the blockers, MissingFieldsError that lists what the type requires.
    """
    ticket.require("close")
    if ticket.status != "resolved" and reason not in WITHOUT_RESULT:
        raise IllegalMoveError(status=Phrase(f"status.{ticket.status}"), move=Phrase("move.close"))
    _require_unblocked(ticket.blockers)
    values = merged_fields(ticket.fields, fields)
    if reason not in WITHOUT_RESULT:
        require_fields(kind, values, stage="close")
    clocks = tuple(clock if clock.name in answering else _ended_clock(clock, reason, now) for clock in ticket.clocks)
    after = ticket.model_copy(
        update={
            "status": "closed",
            "closed_at": now,
            "close_reason": reason,
            "fields": values,
            "clocks": clocks,
            "unanswered_since": None,
        }
    )
    ended = [clock for clock, before in zip(clocks, ticket.clocks, strict=True) if before.live and not clock.live]
    kept = {clock.name: clock.was_kept() for clock in ended}
    return Change(after, TicketClosed, {"reason": reason, "fields": kind.reportable(values), "kept": kept})


def _require_unblocked(blockers: Collection[str]) -> None:
    if blockers:
        named = [(kind, identifier) for kind, _, identifier in (blocker.partition(":") for blocker in blockers)]
        phrases = [Phrase(f"blocker.{kind}", id=identifier) for kind, identifier in named]
        raise BlockedError(blockers=phrases, members={"blockers": list(blockers)})


def _ended_clock(clock: Clock, reason: CloseReason, now: datetime) -> Clock:
    """The clock as a close leaves it, kept or missed. Silence is no answer: where one was owed, it was missed."""
    owed = clock.name in ANSWERED_BY_REPLY and reason in ANSWER_OWED
    return clock.miss(now) if owed else clock.meet(now)


def confirm(ticket: Ticket, kind: TicketType, *, now: datetime, by: ConfirmedBy = "link") -> Change:
    """The customer says that it is solved: closed, unless something is still open or missing on our side."""
    ticket.require("confirm")
    told = without_callbacks(ticket).model_copy(update={"confirmed_at": now})
    if told.blockers or kind.missing(ticket.fields, stage="close"):
        return Change(told.model_copy(update={"unanswered_since": None}), TicketConfirmed, {"by": by})
    closed = close(told, kind, reason="confirmed", fields={}, now=now)
    return closed._replace(data={**closed.data, "confirmed_by": by})


def reopen(ticket: Ticket, *, clocks: tuple[Clock, ...], reason: str, hours: Hours, now: datetime) -> Change:
    """Take up a finished ticket again, with a new resolution clock. Spam is not its sender's to take up."""
    ticket.require("reopen")
    if ticket.close_reason == "spam" and reason in BY_CUSTOMER:
        raise IllegalMoveError(status=Phrase(f"status.{ticket.status}"), move=Phrase("move.reopen"))
    opened = _enter(ticket, "open", hours, now)
    kept = tuple(clock for clock in opened.clocks if clock.name not in {fresh.name for fresh in clocks})
    written_at = now if reason in BY_CUSTOMER else None
    after = opened.model_copy(
        update={
            "unanswered_since": ticket.unanswered_since or written_at,
            "resolved_at": None,
            "resolved_by": None,
            "closed_at": None,
            "close_reason": None,
            "confirmed_at": None,
            "duplicate_of": None,
            "wake_at": None,
            "reopened": ticket.reopened + 1,
            "clocks": (*kept, *clocks),
        }
    )
    return Change(after, TicketReopened, {"from_status": ticket.status, "reason": reason})


def edit(ticket: Ticket, changes: Mapping[str, Any]) -> Change:
    """Change facts about the ticket; the event names which, never personal values."""
    ticket.require("edit")
    changed = sorted(name for name, value in changes.items() if getattr(ticket, name) != value)
    return Change(ticket.model_copy(update=dict(changes)), TicketEdited, {"changed": changed})


def link(ticket: Ticket, other: str) -> Change:
    """Link to another ticket; linking twice changes nothing more."""
    ticket.require("link")
    links = tuple(dict.fromkeys((*ticket.links, other)))
    return Change(ticket.model_copy(update={"links": links}), TicketLinked, {"other": other})


def unlink(ticket: Ticket, other: str) -> Change:
    """Take a link away; that to the ticket in which a duplicate goes on stays."""
    ticket.require("link")
    if other == ticket.duplicate_of:
        raise IllegalMoveError(status=Phrase(f"status.{ticket.status}"), move=Phrase("move.link"))
    links = tuple(number for number in ticket.links if number != other)
    return Change(ticket.model_copy(update={"links": links}), TicketUnlinked, {"other": other})


def with_blocker(ticket: Ticket, blocker: str) -> Ticket:
    """The ticket that cannot be closed until the blocker is gone."""
    return ticket.model_copy(update={"blockers": tuple(dict.fromkeys((*ticket.blockers, blocker)))})


def without_blocker(ticket: Ticket, blocker: str) -> Ticket:
    return ticket.model_copy(update={"blockers": tuple(entry for entry in ticket.blockers if entry != blocker)})


def without_callbacks(ticket: Ticket) -> Ticket:
    """The ticket of whose customer we know by now: nobody has to call in order to ask."""
    kept = tuple(entry for entry in ticket.blockers if not entry.startswith("callback:"))
    return ticket.model_copy(update={"blockers": kept})
