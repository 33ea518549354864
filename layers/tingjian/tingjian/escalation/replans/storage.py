"""Replans in the store: an item each, timed by the sweep until it is done; and the pages of open tickets."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from tingjian.escalation.replans.models import Replan
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import ticket_from_item
from tingjian.intake.tickets.ticket_clocks import level_from_customer
from tingjian.people.staff.storage import list_teams
from tingjian.platform.errors import NotFoundError
from tingjian.platform.items import Item, Key
from tingjian.platform.places import customer_key
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import timer_fields
from tingjian.platform.times import epoch_seconds

REPLAN = "replan#"
REPLANS_KEPT = timedelta(days=90)
SOON = timedelta(seconds=1)
ACTIVE_PREFIX = "0#"
QueuePlace = tuple[str, str | None]
"""A team, and the cursor in its queue."""


class ReplanNotFoundError(NotFoundError):
    """There is no replan with this id."""

    code = "replan_not_found"


def replan_entity(replan_id: str) -> str:
    return REPLAN + replan_id


def load_replan(store: Store, replan_id: str) -> Replan:
    """A replan by id. Raises ReplanNotFoundError."""
    item = store.get(Key(replan_entity(replan_id), "replan"))
    if item is None:
        raise ReplanNotFoundError
    return replan_from_item(item)


def replan_write(replan: Replan, now: datetime) -> Write:
    """The member of a transaction that stores a replan; it is due again at the next sweep until it is done."""
    item: Item = {
        "pk": replan_entity(replan.id),
        "sk": "replan",
        "version": replan.version,
        "document": replan.model_dump_json(),
        "expires_at": epoch_seconds(replan.asked_at + REPLANS_KEPT),
    }
    if replan.finished_at is None:
        item |= timer_fields(item["pk"], now + SOON)
    return Write("desk", item, expect=replan.version - 1)


def replan_from_item(item: Item) -> Replan:
    return Replan.model_validate(json.loads(item["document"]))


def open_tickets(store: Store, place: QueuePlace, limit: int) -> tuple[list[Ticket], QueuePlace | None]:
    """Open tickets from a place on, in the order of teams and due times, and where to go on; None at the end.

    Two calls; at most `limit` entries of an index are read.
    """
    teams = sorted(team.id for team in list_teams(store) if team.id >= place[0])
    if not teams:
        return [], None
    team, cursor = teams[0], place[1] if teams[0] == place[0] else None
    page = store.query(team, index="queue", prefix=ACTIVE_PREFIX, limit=limit, cursor=cursor)
    found = load_tickets(store, [Key(item["pk"], item["sk"]) for item in page.items if item["sk"] == "ticket"])
    if page.cursor is not None:
        return found, (team, page.cursor)
    return found, (teams[1], None) if len(teams) > 1 else None


def load_tickets(store: Store, keys: Sequence[Key]) -> list[Ticket]:
    """Tickets by key, as they are now. One call for each hundred."""
    found = store.get_many(keys) if keys else {}
    return [ticket_from_item(found[key]) for key in keys if key in found]


def customer_levels(store: Store, tickets: Sequence[Ticket]) -> dict[str, str]:
    """The levels of the customers of these tickets. One call for each hundred."""
    keys = {ticket.customer_id: customer_key(ticket.customer_id) for ticket in tickets}
    found = store.get_many(list(keys.values()), consistent=False) if keys else {}
    return {customer: level_from_customer(found.get(key)) for customer, key in keys.items()}
