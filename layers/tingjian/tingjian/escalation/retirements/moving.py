"""Moving the open tickets of what is retired, one transaction each; a run that is killed goes on where it was."""

from datetime import datetime

from tingjian.escalation.retirements.models import Retirement
from tingjian.escalation.retirements.storage import open_numbers, retirement_from_item, retirement_write
from tingjian.intake.tickets.changes import Decision, Request, change_ticket
from tingjian.intake.tickets.destinations import landing_team
from tingjian.intake.tickets.events import TicketAssigned, TicketEdited
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.moves import Change
from tingjian.intake.tickets.storage import TicketNotFoundError
from tingjian.intake.tickets.ticket_clocks import changed_clocks, clocks_in_team
from tingjian.intake.types.storage import require_type
from tingjian.people.staff.destinations import works_for
from tingjian.people.staff.storage import STAFF, TEAMS, find_staff, list_teams
from tingjian.platform.events import Actor
from tingjian.platform.items import Item
from tingjian.platform.places import ACTIVE
from tingjian.platform.store import ConditionFailedError, Store
from tingjian.platform.timers import Firing

PAGE = 25
A_RUN = 500


class NothingToMoveError(Exception):
    """The ticket went elsewhere meanwhile."""


def fire_retirement(store: Store, item: Item, *, now: datetime) -> Firing | None:
    """The timer of a retirement: the next tickets are moved here, and the Firing stores how far it is by then."""
    retirement = retirement_from_item(item)
    if retirement.finished_at is not None:
        return None
    return Firing((retirement_write(advanced(store, retirement, limit=A_RUN, now=now), now),))


def advance_retirement(store: Store, retirement: Retirement, *, limit: int, now: datetime) -> Retirement:
    """Move so many tickets while somebody waits, and store how far it is; the sweep does the rest."""
    after = advanced(store, retirement, limit=limit, now=now)
    try:
        store.transact([retirement_write(after, now)])
    except ConditionFailedError:
        return retirement
    return after


def advanced(store: Store, retirement: Retirement, *, limit: int, now: datetime) -> Retirement:
    """The retirement after at most so many tickets, or after one pass."""
    store.renew(TEAMS, STAFF)
    after, looked_at = retirement, 0
    while looked_at < limit:
        numbers, place = open_numbers(store, *_lists(store, retirement), (after.team, after.cursor), PAGE)
        moved = sum(_move(store, retirement, number, now) for number in numbers)
        after = after.advance(moved=moved, place=place, now=now)
        looked_at += max(len(numbers), 1)
        if place is None:
            break
    # One write stores all of it, so it is one version.
    return after.model_copy(update={"version": retirement.version + 1})


def _lists(store: Store, retirement: Retirement) -> tuple[str, list[str]]:
    if retirement.kind == "type":
        return "queue", [team.id for team in list_teams(store)]
    return ("queue" if retirement.kind == "team" else "owner"), [retirement.subject]


def _move(store: Store, retirement: Retirement, number: str, now: datetime) -> bool:
    actor = Actor.parse(retirement.by)
    request = Request(number=number, actor=actor, now=now, right=None)
    try:
        change_ticket(store, request, lambda ticket: _decision(store, retirement, ticket, now))
    except (NothingToMoveError, TicketNotFoundError):
        return False
    return True


def _decision(store: Store, retirement: Retirement, ticket: Ticket, now: datetime) -> Decision:
    if not ticket.queue_sort.startswith(ACTIVE):
        raise NothingToMoveError
    if retirement.kind == "type":
        return _to_type(store, retirement, ticket, now)
    update: dict[str, object] = {}
    if retirement.kind == "team" and ticket.team == retirement.subject:
        team = landing_team(store, retirement.to or ticket.team, kind=ticket.type)
        owner = find_staff(store, ticket.assignee) if ticket.assignee else None
        update = {"team": team, "assignee": owner.id if owner and works_for(owner, team) else None}
    elif retirement.kind == "person" and ticket.assignee == retirement.subject:
        heir = find_staff(store, retirement.to) if retirement.to else None
        update = {"assignee": heir.id if heir and works_for(heir, ticket.team) else None}
    if not update or update.get("team") == ticket.team:
        raise NothingToMoveError
    after = ticket.model_copy(update=update)
    clocks, moved = clocks_in_team(store, ticket, after, now=now)
    data = {
        "from_team": ticket.team,
        "from_assignee": ticket.assignee,
        "retired": retirement.kind,
        "moved": [move.model_dump(exclude_none=True) for move in moved] or None,
    }
    return Decision(Change(after.model_copy(update={"clocks": clocks}), TicketAssigned, data))


def _to_type(store: Store, retirement: Retirement, ticket: Ticket, now: datetime) -> Decision:
    if ticket.type != retirement.subject or retirement.to is None:
        raise NothingToMoveError
    kind = require_type(store, retirement.to)
    fields = {key: value for key, value in ticket.fields.items() if kind.definition(key)}
    after = ticket.model_copy(update={"type": kind.key, "fields": fields})
    clocks = changed_clocks(store, ticket, after, now=now)
    changed = ["type", *(["fields"] if fields != ticket.fields else [])]
    return Decision(Change(after.model_copy(update={"clocks": clocks}), TicketEdited, {"changed": changed}))
