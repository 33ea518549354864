"""The sweep: it fires every timer that is due, in the order of time, each once.

It reads the index of timers, merges the shards by time, and writes the decisions of several timers in one transaction.
If an item of the transaction changed meanwhile, each of its timers is decided again on the present item and written
alone. So every timer fires once, even if a run is killed, comes late, or overlaps with another run. A run with nothing
due costs one query a shard, however many tickets are open.

More than one page of due timers is a backlog, as after an outage. Several threads write it while the main thread reads
and decides the next batch.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from itertools import chain, islice

from tingjian.platform import telemetry
from tingjian.platform.failures import failure_summary
from tingjian.platform.items import Item, Key
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.platform.timers import SHARDS, Fire, Firing, SweepResult, function_of
from tingjian.platform.times import stamp

ENTRIES = 5000
"""Index entries a query. Eight of them are a kilobyte, so a backlog is read in few calls."""
PAGE = 100
"""Items that are read and decided at a time: as many as one call takes."""
MEMBERS = 100
"""The most members that a transaction takes."""
WRITERS = 4
"""Transactions that a backlog has under way at a time."""
BEGINNING_OF_TIME = "0"


class SweepFailedError(Exception):
    """Some timers failed and the others fired. The failed ones stay due, and the next run tries them again."""


@dataclass(slots=True)
class Batch:
    """Timers that are written in one transaction, the items that it touches, and how many members it has."""

    timers: list[tuple[Item, Firing]] = field(default_factory=list)
    keys: set[Key] = field(default_factory=set)
    members: int = 0

    def takes(self, firing: Firing, keys: set[Key], members: int) -> bool:
        """Whether the firing fits: DynamoDB refuses too many members, and two members with the same key."""
        return not self.timers or (self.members + len(firing.writes) <= members and self.keys.isdisjoint(keys))

    def add(self, item: Item, firing: Firing, keys: set[Key]) -> None:
        self.timers.append((item, firing))
        self.keys |= keys
        self.members += len(firing.writes)

    @property
    def writes(self) -> Iterator[Write]:
        return chain.from_iterable(firing.writes for _, firing in self.timers)


@dataclass(slots=True)
class Sweep:
    """One run. `in_time` says whether there is time for another transaction. With one writer it starts no thread."""

    store: Store
    timers: Mapping[str, Fire]
    now: datetime
    in_time: Callable[[], bool]
    members: int = MEMBERS
    page: int = PAGE
    entries: int = ENTRIES
    writers: int = WRITERS
    done: SweepResult = field(default_factory=SweepResult)
    _backlog: bool = field(default=False, init=False)
    _under_way: deque[tuple[Batch, Future[None]]] = field(default_factory=deque, init=False)

    def run(self) -> SweepResult:
        """Fire the timers that are due at `now`. Raises SweepFailedError at the end if some failed."""
        with ThreadPoolExecutor(self.writers) as threads:  # It starts a thread with the first work it gets.
            for batch in chain.from_iterable(map(self._batches, self._due_items())):
                if not self.in_time():
                    break
                self._write(batch, threads)
            while self._under_way:
                self._land()
        return self._end(finished=self.in_time())

    def _due_items(self) -> Iterator[list[Item]]:
        """Pages of due items, in the order of time."""
        # The index is eventually consistent. Each item is read from the table, and skipped if its timer has changed.
        entries = merge(*map(self._due_entries, SHARDS), key=lambda entry: str(entry["due_at"]))
        keys = (Key(entry["pk"], entry["sk"]) for entry in entries)
        page = list(islice(keys, self.page))
        while page:
            following = list(islice(keys, self.page))
            self._backlog = self._backlog or bool(following)
            yield self._load_due(page)
            page = following

    def _due_entries(self, shard: str) -> Iterator[Item]:
        """The index entries of a shard that are due, the longest due first."""
        cursor: str | None = None
        while self.in_time():
            found = self.store.query(
                shard, index="due", between=(BEGINNING_OF_TIME, stamp(self.now)), limit=self.entries, cursor=cursor
            )
            yield from found.items
            cursor = found.cursor
            if cursor is None:
                return

    def _load_due(self, keys: Sequence[Key]) -> list[Item]:
        found = self.store.get_many(keys)
        due = [found[key] for key in keys if key in found and self._is_due(found[key])]
        self.done.due += len(due)
        self.done.skipped += len(keys) - len(due)
        return due

    def _is_due(self, item: Item) -> bool:
        return "due_shard" in item and item.get("due_at", "9") <= stamp(self.now)

    def _batches(self, items: Sequence[Item]) -> Iterator[Batch]:
        batch = Batch()
        for item in items:
            firing = self._decide(item)
            if firing is None:
                continue
            keys = {write.key for write in firing.writes if write.table == "desk"}
            if not batch.takes(firing, keys, self.members):
                yield batch
                batch = Batch()
            batch.add(item, firing, keys)
        if batch.timers:
            yield batch

    def _decide(self, item: Item, fire: Fire | None = None) -> Firing | None:
        """What the timer's function decides; None if it fails, so that the other timers still fire."""
        try:
            firing = (fire or function_of(self.timers, item["sk"]))(self.store, item, now=self.now)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one timer, the others go on
            self._count_failed(item, error)
            return None
        if firing is None:
            self.done.skipped += 1
        return firing

    def _write(self, batch: Batch, threads: ThreadPoolExecutor) -> None:
        """Write a batch: at once, or in a backlog by a thread."""
        if not self._backlog or self.writers == 1:
            self._settle(batch, lambda: self.store.transact(batch.writes))
            return
        # Transactions with a common item would conflict, and their order is the order of time: the later one waits.
        while len(self._under_way) == self.writers or any(other.keys & batch.keys for other, _ in self._under_way):
            self._land()
        self._under_way.append((batch, threads.submit(self.store.transact, batch.writes)))

    def _land(self) -> None:
        """Wait for the transaction that has been under way for the longest."""
        batch, written = self._under_way.popleft()
        self._settle(batch, written.result)

    def _settle(self, batch: Batch, written: Callable[[], None]) -> None:
        try:
            written()
        except (ConditionFailedError, self.store.client.exceptions.ClientError):
            self._one_by_one(batch.timers)
        else:
            for _, firing in batch.timers:
                self._count_fired(firing)

    def _one_by_one(self, batch: Sequence[tuple[Item, Firing]]) -> None:
        """Decide each timer again on the present item, and write it alone."""
        keys = [Key(item["pk"], item["sk"]) for item, _ in batch]
        found = self.store.get_many(keys)
        for (item, before), key in zip(batch, keys, strict=True):
            current = found.get(key)
            if current is None or not self._is_due(current):
                self.done.skipped += 1
                continue
            firing = self._decide(current, before.careful)
            if firing is not None:
                self._write_alone(item, firing)

    def _write_alone(self, item: Item, firing: Firing) -> None:
        try:
            self.store.transact(firing.writes)
        except ConditionFailedError:
            self.done.skipped += 1  # It changed once more. If it is still due, the next run fires it.
        except self.store.client.exceptions.ClientError as error:
            self._count_failed(item, error)
        else:
            self._count_fired(firing)

    def _count_fired(self, firing: Firing) -> None:
        self.done.fired += 1
        self.done.facts.update(firing.facts)

    def _count_failed(self, item: Item, error: Exception) -> None:
        self.done.failed += 1
        telemetry.record("TimersFailed", timer=f"{item['pk']} {item['sk']}", error=failure_summary(error))

    def _end(self, *, finished: bool) -> SweepResult:
        self.done.finished = finished
        for fact, count in sorted(self.done.facts.items()):
            telemetry.record(fact, count=count)
        if self.done.failed:
            raise SweepFailedError(self.done.failed)
        return self.done
