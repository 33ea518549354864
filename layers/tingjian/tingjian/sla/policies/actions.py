"""Editing SLA policies: every edit is a new version; running tickets keep theirs until it is applied again."""

from collections.abc import Sequence
from datetime import datetime

from tingjian.platform.changes import load_and_write
from tingjian.platform.errors import AlreadyExistsError, StaleError, invalid
from tingjian.platform.events import Actor
from tingjian.platform.records import record_change
from tingjian.platform.store import Store, Write
from tingjian.sla.calendars.storage import CALENDARS, find_calendar
from tingjian.sla.policies.events import PolicyAdded, PolicyChanged, PolicyRemoved
from tingjian.sla.policies.models import Policy, PolicyBody
from tingjian.sla.policies.storage import (
    POLICIES,
    last_policy,
    list_policies,
    load_policy,
    policy_set_version,
    policy_set_write,
    policy_writes,
)


class PolicyTieError(AlreadyExistsError):
    """Another policy, just as specific, covers some of the same tickets; `members["policy"]` names it."""

    code = "policy_tie"


def put_policy(
    store: Store, policy_id: str, body: PolicyBody, *, expected: int | None, actor: Actor, now: datetime
) -> Policy:
    """Add a policy or a new version of one. Raises PolicyTieError, StaleError, InvalidInputError.

    Two policies that clash cannot be saved at the same time either: every save takes the next version of the whole set.
    """

    def load() -> tuple[int, list[Policy]]:
        # A tie with a policy that was saved just now must be seen, and a calendar that was added just now found.
        store.forget(POLICIES)
        store.forget(CALENDARS)
        return policy_set_version(store), list_policies(store)

    def write(loaded: tuple[int, list[Policy]]) -> Policy:
        guard, policies = loaded
        policy = draft_policy(store, policy_id, body, policies)
        is_new = all(known.id != policy_id for known in policies)
        _record(
            store,
            policy,
            [*policy_writes(policy), policy_set_write(guard + 1)],
            expected=None if is_new and expected == 0 else expected,
            actor=actor,
            now=now,
        )
        return policy

    policy = load_and_write(store, load, write, again_on=StaleError)
    store.forget(POLICIES)
    return policy


def remove_policy(store: Store, policy_id: str, *, expected: int | None, actor: Actor, now: datetime) -> None:
    """Delete a policy: it starts no clock any more. Clocks that run by it go on, since its versions stay.

    Raises PolicyNotFoundError, StaleError.
    """
    store.forget(POLICIES)
    before = load_policy(store, policy_id)
    after = before.model_copy(update={"version": before.version + 1, "active": False})
    record_change(
        store,
        entity=f"policy#{policy_id}",
        fact=PolicyRemoved,
        writes=[*policy_writes(after, deleted=True), policy_set_write(policy_set_version(store) + 1)],
        version=after.version,
        expected=expected,
        data={},
        actor=actor,
        now=now,
    )
    store.forget(POLICIES)


def draft_policy(store: Store, policy_id: str, body: PolicyBody, policies: Sequence[Policy]) -> Policy:
    """The next version of a policy, not written yet. Raises PolicyTieError, InvalidInputError."""
    calendar = find_calendar(store, body.calendar)
    if calendar is None:
        raise invalid("calendar", "unknown", value=body.calendar)
    if body.active and not calendar.active:
        raise invalid("calendar", "switched_off", name=calendar.name)
    clocks = [target.clock for target in body.targets]
    for place, clock in enumerate(clocks):
        if clock in clocks[:place]:
            raise invalid(f"targets.{place}.clock", "duplicate")
    tied = next((other for other in policies if other.id != policy_id and ties(other, body)), None)
    if tied is not None:
        raise PolicyTieError(policy=tied.name, members={"policy": tied.id})
    before = last_policy(store, policy_id)
    return Policy(**dict(body), id=policy_id, version=(before.version if before else 0) + 1)


def ties(one: PolicyBody, other: PolicyBody) -> bool:
    """Whether some ticket could be covered by both, with nothing to say which of them is meant."""
    if not (one.active and other.active):
        return False
    return one.match.specificity == other.match.specificity and one.match.overlaps(other.match)


def _record(
    store: Store, policy: Policy, writes: Sequence[Write], *, expected: int | None, actor: Actor, now: datetime
) -> None:
    record_change(
        store,
        entity=f"policy#{policy.id}",
        fact=PolicyChanged if policy.version > 1 else PolicyAdded,
        writes=writes,
        version=policy.version,
        expected=expected,
        data={"calendar": policy.calendar, "targets": {target.clock: target.minutes for target in policy.targets}},
        actor=actor,
        now=now,
    )
