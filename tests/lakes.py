"""What tests of reports are made of: events of made-up tickets, and a lake that holds them."""

import csv
import gzip
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tingjian.platform.events import Actor, Event, event_from_item, event_item
from tingjian.report.figures.models import Question
from tingjian.report.lake.database import OpenLake, open_generation
from tingjian.report.lake.models import Manifest, raw_body, raw_key
from tingjian.report.lake.storage import Lake
from tingjian.report.reports.models import Report
from tingjian.report.reports.periods import midnight, period_days, previous_start

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
STAFF = Actor(kind="staff", id="chen")


def at(minutes: float) -> datetime:
    """So many minutes after the start of every story."""
    return START + timedelta(minutes=minutes)


class Story:
    """The events of one ticket, told one after the other; what is not said stays as it was."""

    def __init__(self, ticket: str = "100", **context: Any) -> None:
        self.ticket = ticket
        self.imported = bool(context.pop("imported", False))
        self.context: dict[str, Any] = {
            "status": "new",
            "type": "feedback",
            "channel": "web",
            "priority": "normal",
            "team": "aftersales",
            "customer": "wang",
        } | context
        self.events: list[Event] = []
        self.others: list[Event] = []

    def tell(
        self,
        name: str,
        minutes: float,
        status: str | None = None,
        *,
        assignee: str | None = None,
        actor: str | None = None,
        **data: Any,
    ) -> "Story":
        """One event of the ticket's own chain; who holds the ticket did it, unless another actor is named."""
        changes = {"status": status, "assignee": assignee}
        self.context |= {key: value for key, value in changes.items() if value is not None}
        entity, version = f"ticket#{self.ticket}", len(self.events) + 1
        holder = self.context.get("assignee")
        by = Actor.parse(actor or (f"staff#{holder}" if holder else "system"))
        self.events.append(self._event(entity, version, name, minutes, self.context | data, by))
        return self

    def beside(self, entity: str, name: str, minutes: float, **data: Any) -> "Story":
        """An event of something that belongs to the ticket."""
        told = self.context | {"ticket": self.ticket} | data
        self.others.append(self._event(f"{entity}#{self.ticket}#{len(self.others)}", 1, name, minutes, told))
        return self

    def survey(self, name: str, minutes: float, *, resolution: int = 2, **data: Any) -> "Story":
        """An event of the survey of a resolution of the ticket."""
        entity = f"survey#{self.ticket}-{resolution}"
        version = sum(event.entity == entity for event in self.others) + 1
        self.others.append(self._event(entity, version, name, minutes, self.context | {"ticket": self.ticket} | data))
        return self

    @property
    def all(self) -> list[Event]:
        """Every event, those of other entities last."""
        return [*self.events, *self.others]

    def _event(  # noqa: PLR0917 - what an event is made of
        self, entity: str, version: int, name: str, minutes: float, data: dict[str, Any], actor: Actor = STAFF
    ) -> Event:
        event = Event(
            entity=entity,
            version=version,
            name=name,
            at=at(minutes),
            recorded_at=at(minutes),
            actor=actor,
            data=dict(data),
            imported=self.imported,
        )
        return event_from_item(event_item(event))


def lake_of(folder: Path, *stories: Story, manifest: Manifest | None = None) -> OpenLake:
    """A lake without a bucket that holds the stories as one raw object."""
    return lake_with(folder, [event for story in stories for event in story.all], manifest=manifest)


def lake_with(folder: Path, events: Iterable[Event], *, manifest: Manifest | None = None) -> OpenLake:
    """A lake without a bucket that holds these events as one raw object."""
    body = raw_body(events)
    key = raw_key("1", "2026-03-02", body)
    lake = Lake("none", copies=folder)
    (folder / key).parent.mkdir(parents=True, exist_ok=True)
    (folder / key).write_bytes(body)
    return open_generation(lake, manifest or Manifest(), [key] if body else [])


def question(start: str = "2026-03-02", end: str = "2026-03-03", zone: str = "Asia/Shanghai", **asked: Any) -> Question:
    """What a report of these days asks."""
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    starts_at, ends_at = midnight(first, zone), midnight(last, zone)
    return Question(
        before_starts_at=previous_start(first, last, zone),
        starts_at=starts_at,
        ends_at=ends_at,
        days=period_days(starts_at, ends_at, zone),
        **asked,
    )


def report(start: str = "2026-03-02", end: str = "2026-03-03", zone: str = "Asia/Shanghai", **given: Any) -> Report:
    """A stored report of these days."""
    asked = question(start, end, zone)
    shared = {
        "id": "r1",
        "version": 1,
        "zone": zone,
        "language": "zh-CN",
        "requested_at": START,
        "requested_by": "staff#wu",
    }
    return Report.model_validate(
        {"from": start, "to": end, "starts_at": asked.starts_at, "ends_at": asked.ends_at} | shared | given
    )


def logged_events(log: Path, mapping_file: Path) -> Iterator[Event]:
    """The events that the import makes of a log, by its own pure rules."""
    from tingjian.intake.imports.cases import log_row, read_case  # noqa: PLC0415 - only for tests of the real log
    from tingjian.intake.imports.mappings import LogMapping  # noqa: PLC0415
    from tingjian.intake.imports.origins import first_ticket  # noqa: PLC0415
    from tingjian.intake.imports.replay import replay  # noqa: PLC0415
    from tingjian.intake.tickets.models import event_context  # noqa: PLC0415

    mapping = LogMapping.model_validate_json(mapping_file.read_text(encoding="utf-8"))
    rows: dict[str, list[Any]] = {}
    with gzip.open(log, "rt", encoding="utf-8", newline="") as file:
        for line, cells in enumerate(csv.DictReader(file), start=2):
            row = log_row(line, [cells.get(column, "") for column in mapping.columns])
            rows.setdefault(row.case, []).append(row)
    for case_id, told in rows.items():
        case, _ = read_case(mapping, told)
        assert case is not None
        ticket = first_ticket(case, mapping, number=case_id, team="import")
        facts = replay(case, mapping, ticket, lambda start, end: int((end - start).total_seconds()))
        for version, fact in enumerate(facts, start=1):
            event = Event(
                entity=f"ticket#{case_id}",
                version=version,
                name=fact.change.event.__name__,
                at=fact.at,
                recorded_at=START,
                actor=fact.actor,
                data=event_context(fact.change.ticket) | dict(fact.change.data),
                imported=True,
            )
            yield event_from_item(event_item(event))
