"""Where plans, their lists and their callbacks stand. Pure."""

import re

PLACE = re.compile(r"[01]#\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[0-9a-z]{20}", re.ASCII)
"""What a place looks like in the list of plans: `<0 or 1>#<time>#<id>`."""
PARTITION = "callback-plans@"
MEMBERS = "callback-members@"


def plan_place(plan_id: str) -> str:
    """The partition of a plan, its counts, its lists and its exports."""
    return f"callback-plan#{plan_id}"


def members_place(plan_id: str) -> str:
    """The partition of the callbacks of a plan."""
    return f"callback-members#{plan_id}"
