"""Which shares of a target must be steps of its clock: the policy's own, and those at which a ladder tells somebody.

Ladders belong to escalation, which lies above; what a clock must know of one stands on its item as data (`scale`).
"""

from collections.abc import Iterable

from tingjian.platform.items import Item
from tingjian.platform.store import Store
from tingjian.sla.policies.models import Facts
from tingjian.sla.policies.reach import Scale, most_specific_scale

LADDERS = "ladders"
"""The collection in which ladders stand."""


def scale_of(store: Store, facts: Facts, *, policy: str, clock: str) -> Scale | None:
    """The scale of the most specific ladder that covers the clock; None when none does. No call when warm."""
    return most_specific_scale(
        filter(None, store.members(LADDERS, _scale_from_item)), facts, policy=policy, clock=clock
    )


def shares_for(store: Store, facts: Facts, shares: Iterable[int], *, policy: str, clock: str) -> frozenset[int]:
    """The shares at which a clock needs steps: the policy's, and those of its ladder."""
    scale = scale_of(store, facts, policy=policy, clock=clock)
    return frozenset(shares) | frozenset(scale.shares if scale else ())


def _scale_from_item(item: Item) -> Scale | None:
    return Scale.model_validate_json(item["scale"]) if item["active"] else None
