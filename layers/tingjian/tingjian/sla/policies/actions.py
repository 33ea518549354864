"""Editing SLA policies: every edit is a new version; running tickets keep theirs until it is applied again."""

from datetime import datetime

from tingjian.platform.errors import AlreadyExistsError, invalid
from tingjian.platform.events import Actor
from tingjian.platform.records import record_change
from tingjian.platform.store import Store
from tingjian.sla.calendars.storage import find_calendar
from tingjian.sla.policies.models import Policy, PolicyBody
from tingjian.sla.policies.storage import COLLECTION, find_policy, list_policies, writes_of


class PolicyTieError(AlreadyExistsError):
    """Another policy, just as specific, covers some of the same tickets; `members["policy"]` names it."""

    code = "policy_tie"


def put_policy(
    store: Store, policy_id: str, body: PolicyBody, *, expected: int | None, actor: Actor, now: datetime
) -> Policy:
    """Add a policy or a new version of one. Raises PolicyTieError, StaleError, InvalidInputError."""
    if find_calendar(store, body.calendar) is None:
        raise invalid("calendar", "unknown", value=body.calendar)
    clocks = [target.clock for target in body.targets]
    if len(set(clocks)) < len(clocks):
        raise invalid("targets", "duplicate")
    for other in list_policies(store):
        same = other.match.specificity == body.match.specificity
        if other.id != policy_id and same and other.match.overlaps(body.match):
            raise PolicyTieError(policy=other.id, members={"policy": other.id})
    before = find_policy(store, policy_id)
    policy = Policy(**body.model_dump(), id=policy_id, version=(before.version if before else 0) + 1)
    record_change(
        store,
        entity=f"policy#{policy_id}",
        name="PolicyChanged" if before else "PolicyAdded",
        writes=writes_of(policy),
        version=policy.version,
        expected=expected,
        data={"calendar": body.calendar, "targets": {target.clock: target.minutes for target in body.targets}},
        actor=actor,
        now=now,
    )
    store.forget(COLLECTION)
    return policy
