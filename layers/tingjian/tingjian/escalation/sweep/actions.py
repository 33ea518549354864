"""The sweep: everything whose time has come, the longest due first, each once.

It reads one index, pages through what is due, and writes what the timers decide in transactions of several timers
each. A transaction that finds something changed is taken apart: each of its timers is decided again on what stands in
the store now, and written alone. So a run may be killed, come late, or run beside another, and every timer still fires
once; and with nothing due a run is one query, whatever is open.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tingjian.escalation.failures import described
from tingjian.escalation.sweep.models import Fire, Firing, Swept, function_of
from tingjian.intake.tickets.storage import DUE_SHARD
from tingjian.platform import telemetry
from tingjian.platform.items import Item, Key
from tingjian.platform.store import ConditionFailedError, Store
from tingjian.platform.times import stamp

PAGE = 100
MEMBERS = 100
"""The most members that a transaction takes."""
BEGINNING_OF_TIME = "0"


class SweepFailedError(Exception):
    """Some timers could not be fired; all others were. They stay due, and the next run tries them again."""


@dataclass(slots=True)
class Sweep:
    """One run. `in_time` says whether there is time for another page or transaction."""

    store: Store
    timers: Mapping[str, Fire]
    now: datetime
    in_time: Callable[[], bool]
    members: int = MEMBERS
    page: int = PAGE
    done: Swept = field(default_factory=Swept)

    def run(self) -> Swept:
        """Fire what is due at `now`, and say how much. Raises SweepFailedError at the end if some failed."""
        for items in self._pages():
            for batch in self._batches(items):
                if not self.in_time():
                    return self._ended(finished=False)
                self._write(batch)
        return self._ended(finished=self.in_time())

    def _pages(self) -> Iterator[list[Item]]:
        """Items that are due, in the order of their time; those whose index entry is out of date are left out."""
        cursor: str | None = None
        while self.in_time():
            page = self.store.query(
                DUE_SHARD, index="due", between=(BEGINNING_OF_TIME, stamp(self.now)), limit=self.page, cursor=cursor
            )
            if page.items:
                yield self._loaded([Key(entry["pk"], entry["sk"]) for entry in page.items])
            cursor = page.cursor
            if cursor is None:
                return

    def _loaded(self, keys: Sequence[Key]) -> list[Item]:
        found = self.store.get_many(keys)
        due = [found[key] for key in keys if key in found and self._is_due(found[key])]
        self.done.due += len(due)
        self.done.skipped += len(keys) - len(due)
        return due

    def _is_due(self, item: Item) -> bool:
        return "due_shard" in item and item.get("due_at", "9") <= stamp(self.now)

    def _batches(self, items: Sequence[Item]) -> Iterator[list[tuple[Item, Firing]]]:
        """Decisions that fit into one transaction: not too many members, and none of them twice."""
        batch: list[tuple[Item, Firing]] = []
        taken: set[Key] = set()
        for item in items:
            firing = self._decided(item)
            if firing is None:
                continue
            keys = {write.key for write in firing.writes if write.table == "desk"}
            if batch and (taken & keys or _size(batch) + len(firing.writes) > self.members):
                yield batch
                batch, taken = [], set()
            batch.append((item, firing))
            taken |= keys
        if batch:
            yield batch

    def _decided(self, item: Item, fire: Fire | None = None) -> Firing | None:
        """What the item's function decides; one that breaks holds up nobody else."""
        try:
            firing = (fire or function_of(self.timers, item["sk"]))(self.store, item, now=self.now)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one timer, the others go on
            self._failed(item, error)
            return None
        if isinstance(firing, Firing):
            return firing
        self.done.skipped += 1
        return None

    def _write(self, batch: Sequence[tuple[Item, Firing]]) -> None:
        try:
            self.store.transact([write for _, firing in batch for write in firing.writes])
        except (ConditionFailedError, self.store.client.exceptions.ClientError):
            self._one_by_one(batch)
        else:
            for _, firing in batch:
                self._fired(firing)

    def _one_by_one(self, batch: Sequence[tuple[Item, Firing]]) -> None:
        """Decide again on what is there now, and write each alone; what is overtaken once more is the next run's."""
        keys = [Key(item["pk"], item["sk"]) for item, _ in batch]
        found = self.store.get_many(keys)
        for (item, before), key in zip(batch, keys, strict=True):
            current = found.get(key)
            if current is None or not self._is_due(current):
                self.done.skipped += 1
                continue
            firing = self._decided(current, before.careful)
            if firing is not None:
                self._write_alone(item, firing)

    def _write_alone(self, item: Item, firing: Firing) -> None:
        try:
            self.store.transact(firing.writes)
        except ConditionFailedError:
            self.done.skipped += 1
        except self.store.client.exceptions.ClientError as error:
            self._failed(item, error)
        else:
            self._fired(firing)

    def _fired(self, firing: Firing) -> None:
        self.done.fired += 1
        self.done.facts.update(firing.facts)

    def _failed(self, item: Item, error: Exception) -> None:
        self.done.failed += 1
        telemetry.record("TimersFailed", timer=f"{item['pk']} {item['sk']}", error=described(error))

    def _ended(self, *, finished: bool) -> Swept:
        self.done.finished = finished
        for fact, count in sorted(self.done.facts.items()):
            telemetry.record(fact, count=count)
        if self.done.failed:
            raise SweepFailedError(self.done.failed)
        return self.done


def _size(batch: Sequence[tuple[Item, Firing]]) -> int:
    return sum(len(firing.writes) for _, firing in batch)
