"""Policies in the store: the current version in a small collection, every version in a partition of its own."""

import json

from tingjian.platform.errors import NotFoundError
from tingjian.platform.items import Item, Key
from tingjian.platform.store import Store, Write
from tingjian.sla.policies.models import Policy

COLLECTION = "policies"
VERSIONS = "policy#"
"""The prefix of the partitions that keep every version."""
SET = Key("policy-set", "current")


class PolicyNotFoundError(NotFoundError):
    """There is no policy with this id, or no such version of it."""

    code = "policy_not_found"


def list_policies(store: Store) -> list[Policy]:
    """The current version of every policy, at most 15 seconds old."""
    return store.parsed(COLLECTION, from_item)


def find_policy(store: Store, policy_id: str, version: int | None = None) -> Policy | None:
    """A policy: its current version, or exactly the one asked for."""
    if version is None:
        return store.member(COLLECTION, policy_id, from_item)
    current = next((policy for policy in list_policies(store) if policy.id == policy_id), None)
    if current and version == current.version:
        return current
    old = store.get(Key(VERSIONS + policy_id, f"{version:08d}"))
    return from_item(old) if old else None


def load_policy(store: Store, policy_id: str, version: int | None = None) -> Policy:
    """A policy, as `find_policy`. Raises PolicyNotFoundError."""
    policy = find_policy(store, policy_id, version)
    if policy is None:
        raise PolicyNotFoundError
    return policy


def list_versions(store: Store, policy_id: str, *, limit: int, cursor: str | None) -> tuple[list[Policy], str | None]:
    """The versions of a policy, newest first, and the cursor to older ones. One call."""
    page = store.query(VERSIONS + policy_id, limit=limit, forward=False, cursor=cursor)
    return [from_item(item) for item in page.items], page.cursor


def writes_of(policy: Policy) -> list[Write]:
    """The members of a transaction that make this version the current one and keep it."""
    document: Item = {"version": policy.version, "document": policy.model_dump_json()}
    return [
        Write("desk", document | {"pk": COLLECTION, "sk": policy.id}, expect=policy.version - 1),
        Write("desk", document | {"pk": VERSIONS + policy.id, "sk": f"{policy.version:08d}"}, expect=0),
    ]


def set_version(store: Store) -> int:
    """How often any policy was saved."""
    item = store.get(SET)
    return int(item["version"]) if item else 0


def set_write(version: int) -> Write:
    """The member of a transaction that counts a save of any policy, if nobody saved one in between."""
    return Write("desk", {"pk": SET.pk, "sk": SET.sk, "version": version}, expect=version - 1)


def from_item(item: Item) -> Policy:
    """The policy of an item."""
    return Policy.model_validate(json.loads(item["document"]))
