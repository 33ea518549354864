"""The store: the two tables, a few kinds of reads, and writes in transactions.

Keys and conditions belong to the features' `storage.py`. Items are plain dicts of text, numbers, booleans, lists and
maps; times are stamps (`times.stamp`). Nothing here scans.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from tingjian.platform.copies import COPY_SECONDS, Copy
from tingjian.platform.errors import DoneBeforeError, RepeatedAnswerError
from tingjian.platform.idempotency import Idempotency, KeyUse
from tingjian.platform.items import Item, Key
from tingjian.platform.pages import Page, refusing_cursor
from tingjian.platform.queries import PartitionQuery
from tingjian.platform.transactions import ConditionFailedError, Table, Write, WriteGuard, write_all
from tingjian.platform.wire import from_wire, to_wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["ConditionFailedError", "Page", "Store", "Table", "Write", "claim_timer", "from_wire", "to_wire"]

T = TypeVar("T")
RENEW_SECONDS = 1.0
KEY_MEMBER = "idempotency key"


@dataclass(slots=True)
class Store:
    """The two tables behind one client. Safe to share by all requests of a process."""

    client: "DynamoDBClient"
    desk: str
    journal: str
    guard: WriteGuard | None = None
    _copies: dict[str, Copy] = field(default_factory=dict)

    def with_guard(self, guard: WriteGuard) -> "Store":
        """The same store for one request; it calls `guard.require_asked` before it writes."""
        return replace(self, guard=guard)

    def get(self, key: Key, table: Table = "desk", *, consistent: bool = True) -> Item | None:
        """One item, or None. One call; 1 read unit per 4 KB, half when not consistent."""
        answer = self.client.get_item(TableName=self._name(table), Key=key.attributes(), ConsistentRead=consistent)
        return from_wire(answer["Item"]) if "Item" in answer else None

    def get_many(
        self, keys: Sequence[Key], *, repeat: Idempotency | None = None, consistent: bool = True
    ) -> dict[Key, Item]:
        """Items of Desk by key, absent ones left out. One call per 100 keys.

        With `repeat`, the item of that idempotency key is read in the same call. Raises RepeatedAnswerError if an
        answer is stored, DoneBeforeError if the request was done, IdempotencyMismatchError if another request was.
        """
        wanted = list(dict.fromkeys(keys))
        if repeat:
            wanted.append(repeat.answer_key)
        found: dict[Key, Item] = {}
        for start in range(0, len(wanted), 100):
            found.update(self._batch_get(wanted[start : start + 100], consistent=consistent))
        stored = found.pop(repeat.answer_key, None) if repeat else None
        if stored and repeat:
            repeat.check(stored["request"])
            if self.guard:
                self.guard.excuse()
            if "answer" in stored:
                raise RepeatedAnswerError(stored["status"], stored["answer"])
            raise DoneBeforeError(stored["entity"], stored["version"])
        return found

    def query(
        self,
        pk: str,
        *,
        table: Table = "desk",
        index: str | None = None,
        prefix: str = "",
        between: tuple[str, str] | None = None,
        where: Mapping[str, str | None] | None = None,
        limit: int = 100,
        forward: bool = True,
        cursor: str | None = None,
        consistent: bool = False,
    ) -> Page:
        """Items of one partition in key order. One call that reads at most `limit` items.

        `where` filters after reading, so a page may have fewer items than `limit` and still a cursor. None stands for
        any value.
        """
        asked = PartitionQuery(pk, index, prefix, between, where)
        request = {"TableName": self._name(table), "Limit": limit, "ScanIndexForward": forward, **asked.conditions()}
        if consistent and not index:
            request["ConsistentRead"] = True
        if cursor:
            request["ExclusiveStartKey"] = asked.start_key(cursor)
        with refusing_cursor(cursor):
            answer = self.client.query(**request)
        last = answer.get("LastEvaluatedKey")
        return Page([from_wire(item) for item in answer["Items"]], from_wire(last) if last else None)

    def query_all(self, pk: str, *, table: Table = "desk", prefix: str = "", consistent: bool = False) -> list[Item]:
        """All items of one partition; only for collections that stay small by nature."""
        items: list[Item] = []
        cursor: str | None = None
        while True:
            page = self.query(pk, table=table, prefix=prefix, limit=1000, cursor=cursor, consistent=consistent)
            items += page.items
            cursor = page.cursor
            if cursor is None:
                return items

    def collection(self, pk: str) -> list[Item]:
        """A small collection that changes seldom (types, teams, staff, policies), at most 15 seconds old."""
        return self._copy(pk).items

    def members(self, pk: str, parse: Callable[[Item], T]) -> list[T]:
        """A small collection as models, parsed once a copy; do not change the list."""
        return self._copy(pk).members(parse)

    def member(
        self, pk: str, sk: str, parse: Callable[[Item], T], *, fits: Callable[[T], bool] | None = None
    ) -> T | None:
        """One member of a small collection, None if it does not exist. No call if the copy has it.

        A member that the copy lacks, or that does not satisfy `fits` in the copy, is read by its key: one read unit.
        """
        found = self._copy(pk).member(sk, parse)
        if found is not None and (fits is None or fits(found)):
            return found
        return self.current_member(pk, sk, parse)

    def current_member(self, pk: str, sk: str, parse: Callable[[Item], T]) -> T | None:
        """One member of a small collection as it is now, for an edit. One call."""
        item = self.get(Key(pk, sk)) if sk else None
        copy = self._copies.get(pk)
        if copy and item != copy.member(sk, _same):
            self.forget(pk)
        return parse(item) if item else None

    def renew(self, *pks: str) -> bool:
        """Drop copies that are older than a second; True if there was one, and a second look may find more.

        For look-ups by something else than the id, and for decisions that last.
        """
        # Younger copies stay: otherwise requests with unknown ids would cost a query each.
        old = [pk for pk in pks if pk in self._copies and self._copies[pk].age_seconds >= RENEW_SECONDS]
        for pk in old:
            self.forget(pk)
        return bool(old)

    def forget(self, pk: str) -> None:
        """Drop the copy of a collection that this process just changed."""
        self._copies.pop(pk, None)

    def _copy(self, pk: str) -> Copy:
        copy = self._copies.get(pk)
        if copy is None or copy.age_seconds >= COPY_SECONDS:
            # An eventually consistent read could keep for 15 seconds what this process has just replaced.
            copy = self._copies[pk] = Copy(self.query_all(pk, consistent=True))
        return copy

    def transact(self, writes: Iterable[Write], *, idempotency: KeyUse | None = None) -> None:
        """Write all or nothing. Raises ConditionFailedError.

        With `idempotency`, the same transaction marks the key as used. Raises IdempotencyMismatchError if another
        request has used it.
        """
        if self.guard:
            self.guard.require_asked()
        members = list(writes)
        if idempotency:
            members.append(Write("desk", idempotency.item(), expect=0, name=KEY_MEMBER))
        try:
            write_all(self.client, members, {"desk": self.desk, "journal": self.journal})
        except ConditionFailedError as error:
            # The key is taken: by another request, which is the caller's mistake, or by a concurrent repeat of this
            # one, which the action finds when it loads again.
            used = error.failed.get(KEY_MEMBER)
            if idempotency and used:
                idempotency.key.check(used["request"])
            raise

    def put_if_absent(self, item: Item, attribute: str = "pk") -> bool:
        """Put an item that no event belongs to (a claim, a stored answer); False if one with the attribute exists."""
        condition = f"attribute_not_exists({attribute})"
        try:
            self.client.put_item(TableName=self.desk, Item=to_wire(item), ConditionExpression=condition)
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def put_version(self, item: Item, expected: int) -> bool:
        """Put an item that no event belongs to over its version `expected`, 0 for none; False if another is there.

        One write unit a kilobyte. When a reply is lost, the SDK's own repeat meets its first write and answers False.
        """
        if expected == 0:
            return self.put_if_absent(item, "version")
        try:
            self.client.put_item(
                TableName=self.desk,
                Item=to_wire(item),
                ConditionExpression="version = :expected",
                ExpressionAttributeValues={":expected": {"N": str(expected)}},
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _name(self, table: Table) -> str:
        return self.desk if table == "desk" else self.journal

    def _batch_get(self, keys: Sequence[Key], *, consistent: bool) -> dict[Key, Item]:
        found: dict[Key, Item] = {}
        pending: list[dict[str, Any]] = [key.attributes() for key in keys]
        while pending:
            answer = self.client.batch_get_item(
                RequestItems={self.desk: {"Keys": pending, "ConsistentRead": consistent}}
            )
            for wire in answer["Responses"].get(self.desk, []):
                item = from_wire(wire)
                found[Key(item["pk"], item["sk"])] = item
            pending = list(answer["UnprocessedKeys"][self.desk]["Keys"]) if answer.get("UnprocessedKeys") else []
        return found


def claim_timer(store: Store, item: Item, seen_due_at: str) -> bool:
    """Replace a timed item that has no chain of events, if its timer did not change; False if it did."""
    try:
        store.client.put_item(
            TableName=store.desk,
            Item=to_wire(item),
            ConditionExpression="due_at = :seen",
            ExpressionAttributeValues={":seen": {"S": seen_due_at}},
        )
    except store.client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def _same(item: Item) -> Item:
    return item
