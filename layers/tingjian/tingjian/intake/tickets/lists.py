"""Lists of tickets: queues of teams, a person's own, a customer's, an order's. Each costs one page, at any size."""

from collections.abc import Mapping

from tingjian.intake.tickets.bodies import ListQuery
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.rights import READ_TICKETS
from tingjian.intake.tickets.storage import TicketRow, list_party, list_rows
from tingjian.people.staff.storage import list_teams
from tingjian.platform.cursors import open_cursor, seal_cursor
from tingjian.platform.models import Frozen
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


class TicketList(Frozen):
    """A page of a list; `cursor` leads on, also from a page that a filter left short."""

    items: tuple[TicketRow, ...]
    cursor: str | None = None


def list_tickets(store: Store, query: ListQuery, *, caller: Caller) -> TicketList:
    """The tickets that the caller may see among those asked for. Raises AccessDeniedError for a foreign team."""
    if query.customer_id or query.order_number:
        return _list_of_party(store, query, caller)
    finished = query.finished or query.status in {"resolved", "closed"}
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
    leaves_out = index == "owner" and query.assignee != caller.id
    return TicketList(items=tuple(shown), cursor=_cursor_for(caller, cursor) if leaves_out else cursor)


def _list_of_party(store: Store, query: ListQuery, caller: Caller) -> TicketList:
    index, value = ("party", query.customer_id) if query.customer_id else ("reference", query.order_number)
    tickets, cursor = list_party(store, index, value or "", limit=query.limit, cursor=open_cursor(query.cursor, caller))
    wanted = [ticket for ticket in tickets if _fits(ticket, query)]
    shown = caller.covered(READ_TICKETS, wanted, lambda ticket: (ticket.team, ticket.assignee))
    return TicketList(items=tuple(map(row_of_ticket, shown)), cursor=_cursor_for(caller, cursor))


def _cursor_for(caller: Caller, cursor: str | None) -> str | None:
    """The cursor of a list from which a narrow right leaves tickets out."""
    return cursor if caller.scope(READ_TICKETS) is Scope.ALL else seal_cursor(cursor, caller)


def row_of_ticket(ticket: Ticket) -> TicketRow:
    finished = ticket.category in {"resolved", "closed"}
    return TicketRow(
        id=ticket.id,
        sort=ticket.queue_sort,
        category=ticket.category,
        level=ticket.level,
        due_at=None if finished else ticket.resolution_due_at,
        finished_at=(ticket.resolved_at or ticket.closed_at) if finished else None,
        **{name: getattr(ticket, name) for name in SHARED},
    )


def row_filters(query: ListQuery) -> Mapping[str, str]:
    named = {"status": query.status, "type": query.type, "priority": query.priority}
    return {name: value for name, value in named.items() if value}


def _fits(ticket: Ticket, query: ListQuery) -> bool:
    asked = {**row_filters(query), "team": query.team, "assignee": query.assignee}
    return all(getattr(ticket, name) == value for name, value in asked.items() if value)


def _readable_teams(store: Store, caller: Caller) -> list[str]:
    teams = [team.id for team in list_teams(store) if team.kind == "team"]
    return teams if caller.scope(READ_TICKETS) is Scope.ALL else [team for team in teams if team in caller.teams]
