"""From a row of the file to what it tells: its case, and the steps of the ticket that it stands for. Pure.

docs/import.md lists the reasons for which a row is refused, and what the columns of each form mean.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import get_args

from tingjian.intake.imports.cells import CellReader, cut_line, one_of
from tingjian.intake.imports.columns import ActionMapping, CaseAction
from tingjian.intake.imports.mappings import CUSTOMER_FIELD
from tingjian.intake.imports.moments import Moment
from tingjian.intake.imports.rows import LONGEST_CELL, Contacts, Happening, LogRow, ReadRow, RefusedRowError, Told
from tingjian.intake.messages.models import MessageKind
from tingjian.intake.tickets.models import Status

MESSAGE_ACTIONS: dict[MessageKind, CaseAction] = {
    "request": "open",
    "customer": "message",
    "reply": "answer",
    "note": "note",
}
DATED: dict[str, CaseAction] = {
    "opened": "open",
    "assigned": "assign",
    "answered": "answer",
    "waiting": "wait",
    "resolved": "resolve",
    "closed": "close",
    "reopened": "reopen",
}
LEADS_TO: dict[CaseAction, Status] = {
    "assign": "open",
    "answer": "open",
    "wait": "waiting",
    "resolve": "resolved",
    "close": "closed",
    "reopen": "open",
}
ENTERS: dict[Status, CaseAction] = {"resolved": "resolve", "closed": "close", "waiting": "wait"}


class RowReader(CellReader):
    """Reads rows one by one, whatever their order."""

    def read(self, row: LogRow) -> ReadRow:
        """What the row tells. Raises RefusedRowError."""
        happenings = tuple(self._happenings(row))
        told = self._told(row, happenings)
        for name in {told.owner, *(entry for said in happenings for entry in (said.person, said.assignee))} - {""}:
            self.unlisted.people[name] += 1
        return ReadRow(told, happenings)

    def contacts(self, row: LogRow) -> Contacts:
        found = self.mapping.customer
        if found is None:
            return Contacts(name=self.line(row, self.mapping.fields.get(CUSTOMER_FIELD)))
        level = self.value(row, "customer.level", found.level, one_of(("normal", "vip", "key")))
        language = self.language(row)
        return Contacts(
            id=self.line(row, found.id),
            name=self.line(row, found.name),
            phones=tuple(cell for column in found.phone if (cell := self.cell(row, column))),
            emails=tuple(cell for column in found.email if (cell := self.cell(row, column))),
            address=self.line(row, found.address),
            level=level or "",
            language=language or "",
        )

    def _happenings(self, row: LogRow) -> Iterator[Happening]:
        match self.mapping.form:
            case "events":
                yield self._event(row)
            case "messages":
                yield self._message(row)
            case "tickets":
                yield from self._dates(row)

    def _event(self, row: LogRow) -> Happening:
        activity = self.cell(row, self.mapping.activity)
        if not activity:
            raise RefusedRowError("empty_activity")
        meaning = self.mapping.activities.get(activity)
        if meaning is None:
            self.unlisted.activities[activity[:LONGEST_CELL]] += 1
            if self.mapping.otherwise == "reject":
                raise RefusedRowError("unknown_activity", activity)
        does = meaning or ActionMapping(action="note")
        score = self.score(row)
        return Happening(
            line=row.line,
            activity=activity[:LONGEST_CELL],
            action=does.action,
            reason=does.reason,
            moment=self._time(row),
            person=self.person(row, self.mapping.person),
            assignee=self.person(row, self.mapping.assignee),
            team=self.team(row),
            priority=self.priority(row) if does.action == "set_priority" else None,
            text=self.cell(row, self.mapping.text),
            score=score if does.action == "rate" else None,
            resolves=does.resolves,
            listed=meaning is not None,
        )

    def _message(self, row: LogRow) -> Happening:
        text = self.cell(row, self.mapping.text)
        if not text:
            raise RefusedRowError("empty_text")
        kind = self.value(row, "message", self.mapping.message, one_of(get_args(MessageKind)))
        if kind is None:
            raise RefusedRowError("unknown_message", text)
        action = MESSAGE_ACTIONS[kind]
        person = self.person(row, self.mapping.person) if kind in {"reply", "note"} else ""
        return Happening(row.line, "", action, "done", self._time(row), person, text=text, kind=kind)

    def _dates(self, row: LogRow) -> Iterator[Happening]:
        """The steps of a ticket that has a row: those whose times are given, and the one that its status tells."""
        given = dict(self._moments(row))
        if not given:
            raise RefusedRowError("bad_time")
        start = given.get("opened") or min(given.values())._replace(exact=False)
        person = self.person(row, self.mapping.person) or self.person(row, self.mapping.assignee)
        owner = self.person(row, self.mapping.assignee) or person
        base = Happening(row.line, "", "open", self.mapping.closing.reason, start, team=self.team(row))
        yield base._replace(text=self.cell(row, self.mapping.text), kind="request")
        base = base._replace(person=person, team="")
        status: Status = "new"
        last = start
        for name, moment in sorted(given.items(), key=lambda entry: (entry[1].at, list(DATED).index(entry[0]))):
            if name == "opened":
                continue
            action = DATED[name]
            resolves = action == "close" and self.mapping.closing.resolves
            yield base._replace(action=action, moment=moment, assignee=owner, resolves=resolves)
            status, last = LEADS_TO[action], moment
        yield from self._ending(row, base, status, last)

    def _ending(self, row: LogRow, base: Happening, status: Status, last: Moment) -> Iterator[Happening]:
        """What the status and the score say beyond the dates; when it happened is not known."""
        untimed = last._replace(exact=False, late=None)
        wanted = self.value(row, "status", self.mapping.status, one_of(get_args(Status)))
        if wanted is None and self.mapping.status and self.cell(row, self.mapping.status.column):
            raise RefusedRowError("unknown_status", self.cell(row, self.mapping.status.column))
        if wanted in ENTERS and wanted != status:
            yield base._replace(action=ENTERS[wanted], moment=untimed)
        elif wanted == "open" and status in {"resolved", "closed"}:
            yield base._replace(action="reopen", moment=untimed)
        elif wanted == "open" and status in {"new", "waiting"}:
            yield base._replace(action="resume", moment=untimed)
        score = self.score(row)
        if score is not None:
            rated = self.moment(row, self.mapping.dates.rated, None) if self.mapping.dates else None
            yield base._replace(action="rate", moment=rated or untimed, person="", score=score)

    def _moments(self, row: LogRow) -> Iterator[tuple[str, Moment]]:
        dates = self.mapping.dates
        if dates is None:
            return
        opened = self.moment(row, dates.opened, None)
        if opened is not None:
            yield "opened", opened
        for name, column in dates.given.items():
            if name in {"opened", "rated"}:
                continue
            moment = self.moment(row, column, opened)
            if moment is None:
                continue
            if opened is not None and moment.at < opened.at:
                if (moment.exact and opened.exact) or opened.at - moment.at >= timedelta(days=1):
                    raise RefusedRowError("time_goes_back", " ".join(column.column))
                moment = moment._replace(at=opened.at, exact=False)
            yield name, moment

    def _time(self, row: LogRow) -> Moment:
        assert self.mapping.time is not None  # noqa: S101 - the mapping's form needs it
        cells = [self.cell(row, name) for name in self.mapping.time.column or ()]
        found = self.read_time(cells)
        if found is None:
            raise RefusedRowError("bad_time")
        return found

    def _told(self, row: LogRow, happenings: Sequence[Happening]) -> Told:
        fields, longer = {}, []
        for key, column in self.mapping.fields.items():
            cell = self.cell(row, column)
            if len(cell) > LONGEST_CELL:
                longer.append(f"{column}: {cell}")
            if cell:
                fields[key] = cut_line(cell)
        subject = self.cell(row, self.mapping.subject)
        if len(subject) > LONGEST_CELL or "\n" in subject:
            longer.append(subject)
        self.unlisted.cut += len(longer)
        owner = ""
        if self.mapping.form == "tickets" and not any(said.action == "assign" for said in happenings):
            owner = self.person(row, self.mapping.assignee) or self.person(row, self.mapping.person)
        return Told(
            fields=fields,
            priority=self.priority(row, must=self.mapping.form == "tickets") or "normal",
            type=self.type(row),
            channel=self.channel(row),
            team=self.team(row),
            subject=cut_line(" ".join(subject.split())),
            source_id=cut_line(self.cell(row, self.mapping.source_id) or row.case),
            contacts=self.contacts(row),
            owner=owner,
            more="\n\n".join(longer),
        )
