"""What still points at a team or a person, as data that higher features store: entries of lists, and types."""

from tingjian.platform.errors import ConflictError
from tingjian.platform.places import ACTIVE
from tingjian.platform.store import Store

TYPES = "types"
"""The collection of the types of request, each with its `team`."""


class StillUsedError(ConflictError):
    """Something points at it still. Retiring it moves that in the same step."""

    code = "still_used"


def require_unused_team(store: Store, team_id: str) -> None:
    """Raise StillUsedError if a team or department has open work, or a type sends its requests there. Two calls."""
    types = [item["sk"] for item in store.collection(TYPES) if item.get("team") == team_id and item.get("active", True)]
    if types or _has_work(store, "queue", team_id):
        raise StillUsedError(members={"types": types})


def require_unused_person(store: Store, staff_id: str) -> None:
    """Raise StillUsedError if a person has open tickets. One call."""
    if _has_work(store, "owner", staff_id):
        raise StillUsedError


def _has_work(store: Store, index: str, partition: str) -> bool:
    return bool(store.query(partition, index=index, prefix=ACTIVE, limit=1).items)
