"""Whose the callbacks of a plan become: shared out evenly by the plan's seed, or with who looks after the customer."""

from collections.abc import Sequence

from tingjian.intake.tickets.storage import ticket_from_item
from tingjian.people.staff.destinations import works_for
from tingjian.people.staff.storage import find_staff
from tingjian.platform.items import Key
from tingjian.platform.store import Store
from tingjian.survey.callback_plans.models import Plan
from tingjian.survey.callback_plans.sharing import shares

LOOKED_AT = 5


def owners_of(store: Store, plan: Plan, customers: Sequence[str], first: int) -> list[str | None]:
    """Whose the callbacks at the positions from `first` on are, one a customer; nobody's is the team's.

    Only people of the plan who work for its team get any. With `share: owner`, who has the customer's newest ticket,
    and works for the team, gets the customer: two calls a customer.
    """
    evenly = shares(first, len(customers), workers_of(store, plan), plan.seed)
    if plan.share == "evenly":
        return evenly
    kept = [owner_of(store, customer, plan.team) for customer in customers]
    return [owner or other for owner, other in zip(kept, evenly, strict=True)]


def workers_of(store: Store, plan: Plan, *others: str) -> list[str]:
    """The people of a plan, and others, as far as they work for its team."""
    return [person for person in dict.fromkeys((*plan.people, *others)) if _works(store, person, plan.team)]


def owner_of(store: Store, customer: str, team: str) -> str | None:
    """Who has the newest ticket of a customer, if they work for the team."""
    page = store.query(customer, index="party", limit=LOOKED_AT, forward=False)
    keys = [Key(item["pk"], item["sk"]) for item in page.items if item["sk"] == "ticket"]
    found = store.get_many(keys, consistent=False)
    for key in keys:
        owner = ticket_from_item(found[key]).assignee if key in found else None
        if owner and _works(store, owner, team):
            return owner
    return None


def _works(store: Store, person: str, team: str) -> bool:
    found = find_staff(store, person)
    return found is not None and works_for(found, team)
