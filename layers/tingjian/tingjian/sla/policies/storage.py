"""Policies in the store: the current version in a small collection, every version in a partition of its own."""

import json

from tingjian.platform.errors import NotFoundError
from tingjian.platform.items import Item, Key
from tingjian.platform.store import Store, Write
from tingjian.sla.policies.models import Policy

POLICIES = "policies"
VERSIONS = "policy#"
"""The prefix of the partitions that keep every version."""
POLICY_SET = Key("policy-set", "current")


class PolicyNotFoundError(NotFoundError):
    """There is no policy with this id, or no such version of it."""

    code = "policy_not_found"


def list_policies(store: Store) -> list[Policy]:
    """The current version of every policy that was not deleted, at most 15 seconds old."""
    return [policy for policy in store.members(POLICIES, _standing_policy) if policy]


def find_policy(store: Store, policy_id: str, version: int | None = None) -> Policy | None:
    """A policy: its current version, or exactly the one asked for."""
    if version is None:
        return store.member(POLICIES, policy_id, _standing_policy)
    current = next((policy for policy in list_policies(store) if policy.id == policy_id), None)
    if current and version == current.version:
        return current
    old = store.get(Key(VERSIONS + policy_id, f"{version:08d}"))
    return policy_from_item(old) if old else None


def last_policy(store: Store, policy_id: str) -> Policy | None:
    """The newest version under an id, deleted or not, for an edit: a new policy counts on where an old one ended."""
    return store.current_member(POLICIES, policy_id, policy_from_item)


def load_policy(store: Store, policy_id: str, version: int | None = None) -> Policy:
    """A policy, as `find_policy`. Raises PolicyNotFoundError."""
    policy = find_policy(store, policy_id, version)
    if policy is None:
        raise PolicyNotFoundError
    return policy


def list_policy_versions(
    store: Store, policy_id: str, *, limit: int, cursor: str | None
) -> tuple[list[Policy], str | None]:
    """The versions of a policy, newest first, and the cursor to older ones. One call."""
    page = store.query(VERSIONS + policy_id, limit=limit, forward=False, cursor=cursor)
    return [policy_from_item(item) for item in page.items], page.cursor


def policy_writes(policy: Policy, *, deleted: bool = False) -> list[Write]:
    """The members of a transaction that make this version the current one and keep it; a deleted one stays readable."""
    document: Item = {"version": policy.version, "document": policy.model_dump_json()}
    document |= {"deleted": True} if deleted else {}
    return [
        Write("desk", document | {"pk": POLICIES, "sk": policy.id}, expect=policy.version - 1),
        Write("desk", document | {"pk": VERSIONS + policy.id, "sk": f"{policy.version:08d}"}, expect=0),
    ]


def policy_set_version(store: Store) -> int:
    """How often any policy was saved."""
    item = store.get(POLICY_SET)
    return int(item["version"]) if item else 0


def policy_set_write(version: int) -> Write:
    """The member of a transaction that counts a save of any policy, if nobody saved one in between."""
    return Write("desk", {"pk": POLICY_SET.pk, "sk": POLICY_SET.sk, "version": version}, expect=version - 1)


def _standing_policy(item: Item) -> Policy | None:
    return None if item.get("deleted") else policy_from_item(item)


def policy_from_item(item: Item) -> Policy:
    return Policy.model_validate(json.loads(item["document"]))
