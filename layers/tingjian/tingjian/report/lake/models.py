"""What lies in the lake: lines of events, objects named so that a repeat writes the same one, and the manifest. Pure.

| object | what |
|---|---|
| `events/raw/<day>/<first sequence number>-<digest>.jsonl` | events as the stream brought them, one a line |
| `parquet/events/<month>/<generation>-<digest>.parquet` | events that happened in a month, after compaction |
| `parquet/tickets/<generation>-<digest>.parquet` | one row a ticket, with all its clocks and times |
| `parquet/facts/<generation>-<digest>.parquet` | one row a countable thing, which the figures count |
| `manifest/<generation>.json` | which of these objects make up a generation; the highest one counts |
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from tingjian.platform.events import Event
from tingjian.platform.models import Frozen
from tingjian.platform.times import stamp

RAW = "events/raw/"
PARQUET = "parquet/"
MANIFESTS = "manifest/"


class Manifest(Frozen):
    """One generation of the lake. `events` maps a month (`2012-03`) to its object; nothing is there in generation 0.

    `data_until` is when the newest event in it was recorded.
    """

    generation: int = 0
    events: Mapping[str, str] = {}
    tickets: str | None = None
    facts: str | None = None
    data_until: datetime | None = None

    @property
    def key(self) -> str:
        return f"{MANIFESTS}{self.generation:010d}.json"

    @property
    def objects(self) -> frozenset[str]:
        return frozenset(key for key in (*self.events.values(), self.tickets, self.facts) if key)


def event_line(event: Event) -> str:
    return json.dumps(
        {
            "entity": event.entity,
            "version": event.version,
            "name": event.name,
            "at": stamp(event.at),
            "recorded_at": stamp(event.recorded_at),
            "actor": str(event.actor),
            "imported": event.imported,
            "schema_version": event.schema_version,
            "previous": event.previous,
            "hash": event.hash,
            "data": event.data,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def raw_body(events: Iterable[Event]) -> bytes:
    return "".join(event_line(event) + "\n" for event in events).encode()


def raw_key(sequence_number: str, day: str, body: bytes) -> str:
    """The name of a raw object: the same records make the same object, others never overwrite it."""
    return f"{RAW}{day}/{sequence_number.zfill(40)}-{content_digest(body)}.jsonl"


def table_key(table: str, generation: int, content_digest: str) -> str:
    """The name of a compacted object; a name is never used for two contents."""
    return f"{PARQUET}{table}/{generation:010d}-{content_digest}.parquet"


def content_digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
