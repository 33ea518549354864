"""Lists of tickets: queues of teams, a person's own, a customer's, an order's. Each costs one page, at any size."""

from collections.abc import Mapping

from tingjian.intake.messages.models import PUBLIC
from tingjian.intake.messages.storage import load_messages
from tingjian.intake.tickets.bodies import ListQuery
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.rights import READ_TICKETS
from tingjian.intake.tickets.storage import WAITS, LastMessage, TicketRow, list_party, list_rows
from tingjian.people.staff.storage import list_teams
from tingjian.platform.cursors import open_cursor, seal_cursor
from tingjian.platform.errors import InvalidInputError
from tingjian.platform.folding import folded_order
from tingjian.platform.models import Frozen
from tingjian.platform.places import FINISHED
from tingjian.platform.rights import Caller, Scope
from tingjian.platform.store import Store

SHARED = [
    "team",
    "subject",
    "type",
    "priority",
    "status",
    "assignee",
    "customer_id",
    "channel",
    "order_number",
    "blockers",
    "opened_at",
]
"""What a row and a ticket call alike."""
LOOKED_AT = 5
"""Newest messages among which the last public one is looked for, since notes may stand above it."""
SHOWN_CHARACTERS = 120


class TicketList(Frozen):
    """A page of a list; `cursor` leads on, also from a page that a filter left short."""

    items: tuple[TicketRow, ...]
    cursor: str | None = None


def list_tickets(store: Store, query: ListQuery, *, caller: Caller) -> TicketList:
    """The tickets that the caller may see among those asked for. Raises AccessDeniedError for a foreign team."""
    if query.customer_id or query.order_number:
        return _list_of_party(store, query, caller)
    # A finished ticket whose customer wrote afterwards stands among the work, so it is looked for there.
    finished = not query.unanswered and (query.finished or query.status in {"resolved", "closed"})
    where = dict(row_filters(query))
    if query.assignee:
        index, partitions = "owner", [query.assignee]
        if query.team:
            where["team"] = query.team
    else:
        index, partitions = "queue", [query.team] if query.team else _readable_teams(store, caller)
    for team in partitions if index == "queue" else []:
        caller.require(READ_TICKETS, team=team)
    rows, cursor = list_rows(
        store,
        index,
        partitions,
        finished=finished,
        where=where,
        forward=(query.sort == "due") != finished,
        limit=query.limit,
        after=open_cursor(query.cursor, caller),
    )
    shown = caller.covered(READ_TICKETS, rows, lambda row: (row.team, row.assignee))
    if query.unanswered:
        shown = [row.model_copy(update={"last_message": last_message(store, row.id)}) for row in shown]
    leaves_out = index == "owner" and query.assignee != caller.id
    return TicketList(items=tuple(shown), cursor=_cursor_for(caller, cursor) if leaves_out else cursor)


def _list_of_party(store: Store, query: ListQuery, caller: Caller) -> TicketList:
    tickets, cursor = _tickets_of_party(store, query, open_cursor(query.cursor, caller))
    wanted = [ticket for ticket in tickets if _fits(ticket, query)]
    shown = caller.covered(READ_TICKETS, wanted, lambda ticket: (ticket.team, ticket.assignee))
    return TicketList(items=tuple(map(row_of_ticket, shown)), cursor=_cursor_for(caller, cursor))


def _tickets_of_party(store: Store, query: ListQuery, cursor: str | None) -> tuple[list[Ticket], str | None]:
    if query.customer_id:
        return list_party(store, "party", query.customer_id, limit=query.limit, cursor=cursor)
    typed = query.order_number or ""
    try:
        found, further = list_party(store, "reference", folded_order(typed), limit=query.limit, cursor=cursor)
    except InvalidInputError:  # The cursor may be one of the older tickets.
        if typed == folded_order(typed):
            raise
        return list_party(store, "reference", typed, limit=query.limit, cursor=cursor)
    if found or typed == folded_order(typed):
        return found, further
    # Before order numbers were folded they were stored as they were typed.
    return list_party(store, "reference", typed, limit=query.limit, cursor=None)


def _cursor_for(caller: Caller, cursor: str | None) -> str | None:
    """The cursor of a list from which a narrow right leaves tickets out."""
    return cursor if caller.scope(READ_TICKETS) is Scope.ALL else seal_cursor(cursor, caller)


def last_message(store: Store, number: str) -> LastMessage | None:
    """How the newest message of a ticket that its customer may read begins. One call."""
    newest, _ = load_messages(store, number, limit=LOOKED_AT)
    for message in newest:
        if message.kind in PUBLIC:
            return LastMessage(kind=message.kind, at=message.at, text=message.text[:SHOWN_CHARACTERS])
    return None


def row_of_ticket(ticket: Ticket) -> TicketRow:
    finished = ticket.queue_sort.startswith(FINISHED)
    return TicketRow(
        id=ticket.id,
        sort=ticket.queue_sort,
        category=ticket.category,
        level=ticket.level,
        due_at=None if finished else ticket.resolution_due_at,
        finished_at=(ticket.resolved_at or ticket.closed_at) if finished else None,
        unanswered_since=ticket.unanswered_since,
        **{name: getattr(ticket, name) for name in SHARED},
    )


def row_filters(query: ListQuery) -> Mapping[str, str | None]:
    """What the attributes of a row must be; None stands for any value."""
    named = {"status": query.status, "type": query.type, "priority": query.priority}
    asked: dict[str, str | None] = {name: value for name, value in named.items() if value}
    return asked | {WAITS: None} if query.unanswered else asked


def _fits(ticket: Ticket, query: ListQuery) -> bool:
    asked = {**row_filters(query), "team": query.team, "assignee": query.assignee}
    wanted = all(getattr(ticket, name) == value for name, value in asked.items() if value)
    return wanted and (ticket.unanswered_since is not None or not query.unanswered)


def _readable_teams(store: Store, caller: Caller) -> list[str]:
    teams = [team.id for team in list_teams(store) if team.kind == "team"]
    return teams if caller.scope(READ_TICKETS) is Scope.ALL else [team for team in teams if team in caller.teams]
