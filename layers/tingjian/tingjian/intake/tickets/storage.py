"""Tickets in the store: one collection a ticket (itself, messages, hand-offs), small since every kilobyte is paid."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tingjian.intake.messages.models import MessageKind
from tingjian.intake.tickets.models import CATEGORIES, Ticket
from tingjian.platform.errors import NotFoundError
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.ids import is_number
from tingjian.platform.items import Item, Key
from tingjian.platform.models import Frozen
from tingjian.platform.places import ACTIVE, FINISHED, page_bounds, ticket_key
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import timer_fields
from tingjian.platform.times import instant, stamp
from tingjian.sla.compact import clocks_from_text, clocks_text

PLAIN = [
    "version",
    "hash",
    "type",
    "subject",
    "status",
    "priority",
    "channel",
    "team",
    "customer_id",
    "contacts",
    "opened_by",
    "assignee",
    "order_number",
    "fields",
    "resolved_by",
    "close_reason",
    "duplicate_of",
    "reopened",
    "links",
    "imported",
    "source",
    "source_id",
    "handoffs",
    "blockers",
    "reminds",
    "reminded",
]
INSTANTS = (
    "opened_at",
    "first_responded_at",
    "resolved_at",
    "closed_at",
    "confirmed_at",
    "unanswered_since",
    "wake_at",
)
WAITS = "unanswered_since"
"""The mark that the lists show."""
ROW = ("subject", "type", "priority", "status", "assignee", "customer_id", "channel", "level", "order_number")
NO_DUE_TIME = "9999"
PLACE = re.compile(r"[01]#[0-9TZ:.-]{4,24}#[0-9A-Za-z._#-]{1,80}")
"""A place in a queue, as a cursor names it."""


class TicketNotFoundError(NotFoundError):
    """There is no ticket with this number, or none that the caller may see."""

    code = "ticket_not_found"


class LastMessage(Frozen):
    """The newest message of a ticket in a list: whose it is, when, and how it begins."""

    kind: MessageKind
    at: datetime
    text: str


class TicketRow(Frozen):
    """A ticket as a list shows it: what the index carries, no more. `sort` is its place in the list."""

    id: str
    team: str
    sort: str
    subject: str | None = None
    type: str | None = None
    priority: str | None = None
    status: str | None = None
    category: str | None = None
    assignee: str | None = None
    customer_id: str | None = None
    channel: str | None = None
    level: str | None = None
    order_number: str | None = None
    blockers: tuple[str, ...] = ()
    opened_at: datetime | None = None
    due_at: datetime | None = None
    finished_at: datetime | None = None
    unanswered_since: datetime | None = None
    last_message: LastMessage | None = None


def load_ticket(store: Store, number: str, *, repeat: Idempotency | None = None) -> Ticket:
    """A ticket by number, in one call. Raises TicketNotFoundError, RepeatedAnswerError, DoneBeforeError."""
    if not is_number(number):
        raise TicketNotFoundError
    key = ticket_key(number)
    item = store.get_many([key], repeat=repeat).get(key) if repeat else store.get(key)
    if item is None:
        raise TicketNotFoundError
    return ticket_from_item(item)


def list_rows(
    store: Store,
    index: str,
    partitions: Iterable[str],
    *,
    finished: bool,
    where: Mapping[str, str | None],
    forward: bool,
    limit: int,
    after: str | None,
) -> tuple[list[TicketRow], str | None]:
    """Rows of partitions of `queue` (teams) or `owner` (a person), merged by due time, or by the time they finished.

    `after` is the place of the last row seen. Raises InvalidInputError for a text that is no place. At most four reads
    a partition, so a page may have fewer rows than `limit` and still a place to continue from.
    """
    between = page_bounds(FINISHED if finished else ACTIVE, after, form=PLACE, forward=forward)
    found: list[TicketRow] = []
    bounds: list[str] = []
    for partition in partitions:
        rows, bound = _rows_of_partition(store, index, partition, between, where, forward=forward, limit=limit)
        found += rows
        bounds += [bound] if bound else []
    found.sort(key=lambda row: row.sort, reverse=not forward)
    if not bounds:
        return found[:limit], found[limit - 1].sort if len(found) > limit else None
    bound = min(bounds) if forward else max(bounds)
    # Beyond the nearest bound, a partition that was not read to its end may have rows that belong before these.
    certain = [row for row in found if (row.sort <= bound if forward else row.sort >= bound)]
    return (certain[:limit], certain[limit - 1].sort) if len(certain) > limit else (certain, bound)


def list_party(
    store: Store, index: str, value: str, *, limit: int, cursor: str | None
) -> tuple[list[Ticket], str | None]:
    """Tickets of a customer (`party`) or an order number (`reference`), newest first. Two calls."""
    page = store.query(value, index=index, limit=limit, cursor=cursor, forward=False)
    keys = [Key(item["pk"], item["sk"]) for item in page.items if item["sk"] == "ticket"]
    found = store.get_many(keys, consistent=False)
    return [ticket_from_item(found[key]) for key in keys if key in found], page.cursor


def ticket_write(ticket: Ticket) -> Write:
    return Write("desk", ticket_item(ticket), expect=ticket.version - 1)


def ticket_item(ticket: Ticket) -> Item:
    """The item of a ticket, with the attributes that only indexes need."""
    key = ticket_key(ticket.id)
    item: Item = {"pk": key.pk, "sk": key.sk}
    item |= {name: value for name in PLAIN if (value := getattr(ticket, name))}
    item |= {name: stamp(moment) for name in INSTANTS if (moment := getattr(ticket, name)) is not None}
    if ticket.level:  # Lists show the level; an index cannot reach into the fields, where it stands.
        item["level"] = ticket.level
    if ticket.clocks:
        item["clocks"] = clocks_text(ticket.clocks)
    item["queue_sort"] = ticket.queue_sort
    # Imported clocks ran in the past. They must not warn anybody now.
    if ticket.timer_at is not None and not ticket.imported:
        item |= timer_fields(key.pk, ticket.timer_at)
    return item


def ticket_from_item(item: Item) -> Ticket:
    values: dict[str, Any] = {name: item[name] for name in PLAIN if name in item}
    values |= {name: instant(item[name]) for name in INSTANTS if name in item}
    return Ticket(
        id=item["pk"].removeprefix("ticket#"),
        clocks=clocks_from_text(item.get("clocks", "")),
        **values,
    )


def row_from_item(item: Item) -> TicketRow:
    sort: str = item["queue_sort"]
    finished, moment = sort.startswith("1#"), sort.split("#")[1]
    at = None if moment == NO_DUE_TIME else instant(moment)
    return TicketRow(
        id=item["pk"].removeprefix("ticket#"),
        team=item["team"],
        sort=sort,
        category=CATEGORIES.get(item["status"]),
        blockers=tuple(item.get("blockers", ())),
        opened_at=instant(item["opened_at"]),
        due_at=None if finished else at,
        finished_at=at if finished else None,
        unanswered_since=instant(item[WAITS]) if WAITS in item else None,
        **{name: item.get(name) for name in ROW},
    )


def _rows_of_partition(
    store: Store,
    index: str,
    partition: str,
    between: tuple[str, str],
    where: Mapping[str, str | None],
    *,
    forward: bool,
    limit: int,
    rounds: int = 4,
) -> tuple[list[TicketRow], str | None]:
    """Rows of one partition, up to `limit` + 1, and the place of the last one read if there may be more."""
    rows: list[TicketRow] = []
    cursor: str | None = None
    bound: str | None = None
    for _ in range(rounds):
        page = store.query(
            partition, index=index, between=between, where=where, limit=limit + 1, forward=forward, cursor=cursor
        )
        rows += [row_from_item(item) for item in page.items if item["sk"] == "ticket"]
        cursor, bound = page.cursor, page.last["queue_sort"] if page.last else None
        if cursor is None or len(rows) > limit:
            break
    return rows, bound
