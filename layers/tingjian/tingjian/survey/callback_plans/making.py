"""Working off the lists of a plan: a group of rows is one transaction with its callbacks, counts and progress.

A run stops when its time is over and tells by an event that the rest is to follow. A run that is killed has written
whole groups only, and whoever gets its message again goes on behind the last of them.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, cast

from tingjian.platform import resources, telemetry
from tingjian.platform.chains import with_event
from tingjian.platform.events import SYSTEM, Actor, event_write
from tingjian.platform.settings import FilesSettings
from tingjian.platform.signing import Signer
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.platform.texts import Language
from tingjian.survey.callback_plans.call_lists import CallList, Progress
from tingjian.survey.callback_plans.calls import CallOrder, Wishes, new_call, wishes_of
from tingjian.survey.callback_plans.columns import COLUMNS, ListColumn
from tingjian.survey.callback_plans.events import (
    CallListAdvanced,
    CallListCancelled,
    CallListFact,
    CallListFailed,
    CallListFinished,
)
from tingjian.survey.callback_plans.files import ListFiles
from tingjian.survey.callback_plans.list_storage import (
    first_unfinished_list,
    list_write,
    load_progress,
    progress_write,
)
from tingjian.survey.callback_plans.members import Member, callback_id, load_members, member_write
from tingjian.survey.callback_plans.models import Plan
from tingjian.survey.callback_plans.owners import owners_of
from tingjian.survey.callback_plans.parties import Party, parties_of
from tingjian.survey.callback_plans.rejects import rejects_file
from tingjian.survey.callback_plans.rows import MOST_IN_A_PLAN, ListRow, Refusal, Refused
from tingjian.survey.callback_plans.sheets import Sheet, read_sheet
from tingjian.survey.callback_plans.storage import load_plan, load_tally, plan_check, tally_write
from tingjian.survey.callback_plans.tallies import Tally
from tingjian.survey.callback_plans.turns import enrolment, turn_key

GROUP = 12
"""Rows of a transaction: eight members each at most, of the hundred that DynamoDB takes."""
ATTEMPTS = 8


class OvertakenError(Exception):
    """Another worker is at the same list, and further."""


class Made(NamedTuple):
    """What a group of rows came to."""

    writes: list[Write]
    tally: Tally
    made: int
    refused: list[Refused]


@dataclass(frozen=True, slots=True)
class Run:
    """One run over a list."""

    store: Store
    listed: CallList
    files: ListFiles
    signer: Signer
    over: Callable[[], bool]
    now: datetime

    @property
    def plan(self) -> Plan:
        """The plan as it is now: it may be stopped at any time."""
        return load_plan(self.store, self.listed.plan)

    def save(self, listed: CallList, fact: type[CallListFact]) -> None:
        """Store the list with its event; nothing where another worker was first."""
        listed, event = with_event(listed, fact, now=self.now, actor=SYSTEM)
        with suppress(ConditionFailedError):
            self.store.transact([list_write(listed), event_write(event)])


def work_on(store: Store, plan_id: str, *, over: Callable[[], bool], now: datetime) -> None:
    """Work off the first list of a plan that is not done, as far as there is time. The event at its end leads on."""
    listed = first_unfinished_list(store, plan_id)
    if listed is None:
        return
    files = ListFiles(FilesSettings.read().files_bucket, listed.id)
    run = Run(store, listed, files, resources.signer(), over, now)
    plan = run.plan
    if plan.finished_at:
        run.save(listed.next(state="cancelled", ended_at=now), CallListCancelled)
    elif plan.makes(now) and (sheet := _sheet(run)) is not None:
        with suppress(OvertakenError):
            _work_off(run, sheet)


def _sheet(run: Run) -> Sheet | None:
    """The file that was checked; None, with the list failed, when it is not what it was."""
    found = run.files.source()
    if found and found[1] == run.listed.etag:
        return read_sheet(found[0], run.listed.columns, area_code=run.listed.area_code)
    failed = run.listed.next(state="failed", failure="list_file_changed", ended_at=run.now)
    run.save(failed, CallListFailed)
    return None


def _work_off(run: Run, sheet: Sheet) -> None:
    """Raises OvertakenError when another worker is at the list."""
    progress = load_progress(run.store, run.listed)
    while progress.cursor < len(sheet.rows):
        after = make_group(run, sheet.rows[progress.cursor : progress.cursor + GROUP], progress)
        if after is None:
            return
        progress = after
        if run.over():
            break
    refused = len(sheet.refused) + progress.refused
    counted = run.listed.next(made=progress.made, refused=refused)
    if progress.cursor < len(sheet.rows):
        run.save(counted, CallListAdvanced)
        return
    every = [*sheet.refused, *run.files.refused(progress.pieces)]
    run.files.put_rejects(rejects_file(every, cast("Language", run.listed.language)))
    run.save(counted.model_copy(update={"state": "done", "ended_at": run.now}), CallListFinished)
    telemetry.record("CallListsFinished", call_list=run.listed.id, made=progress.made, refused=refused)


def make_group(run: Run, rows: Sequence[ListRow], progress: Progress) -> Progress | None:
    """Make the callbacks of some rows; None when the plan makes nothing any more. Raises OvertakenError."""
    for attempt in range(1, ATTEMPTS + 1):
        plan = run.plan
        if not plan.makes(run.now):
            return None
        made = _made(run, plan, rows)
        after = Progress(
            version=progress.version + 1,
            cursor=progress.cursor + len(rows),
            made=progress.made + made.made,
            refused=progress.refused + len(made.refused),
            pieces=progress.pieces + run.files.put_refused(progress.cursor, made.refused),
        )
        tally = [tally_write(plan.id, made.tally)] if made.made else []
        try:
            run.store.transact([plan_check(plan), progress_write(run.listed, after), *tally, *made.writes])
        except ConditionFailedError as error:
            if load_progress(run.store, run.listed).version != progress.version:
                raise OvertakenError from error
            if attempt == ATTEMPTS:
                raise
        else:
            return after
    raise AssertionError


def _made(run: Run, plan: Plan, rows: Sequence[ListRow]) -> Made:
    listed, now = run.listed, run.now
    actor = Actor(kind="staff", id=listed.by)
    parties = parties_of(run.store, run.signer, rows, list_id=listed.id, actor=actor, now=now)
    tally = load_tally(run.store, plan.id).next()
    wishes = wishes_of(run.store, [party.customer for party in parties if party.customer and not party.writes])
    found, refused = _taken(run.store, plan, parties, wishes, left=MOST_IN_A_PLAN - tally.placed)
    if plan.source.kind == "cycle":
        enrolled = [write for party in found for write in (*party.writes, *enrolment(plan, party.customer, now))]
        return Made(enrolled, tally, len(found), refused)
    people = owners_of(run.store, plan, [party.customer for party in found], tally.placed)
    writes: list[Write] = []
    for number, (party, person) in enumerate(zip(found, people, strict=True)):
        member = Member(
            plan=plan.id,
            callback=callback_id(plan.id, party.customer),
            customer=party.customer,
            person=person,
            position=tally.placed + number,
            source=listed.id,
            line=party.row.line,
            made_at=now,
        )
        quiet = wishes.hours.get(party.customer)
        asked = CallOrder(plan, member, order=party.row.order, note=party.row.note, quiet=quiet)
        writes += [*party.writes, *new_call(asked, now=now), member_write(member)]
        tally = tally.with_move(None, member.place)
    return Made(writes, tally.model_copy(update={"placed": tally.placed + len(found)}), len(found), refused)


def _taken(
    store: Store, plan: Plan, parties: Sequence[Party], wishes: Wishes, *, left: int
) -> tuple[list[Party], list[Refused]]:
    """The rows that become callbacks, and those that do not, since the customer has one or wants none."""
    known = taken_before(store, plan, [party.customer for party in parties if party.customer])
    there, found, refused = known, list[Party](), list[Refused]()
    for party in parties:
        identifier = callback_id(plan.id, party.customer)
        reason: Refusal | None = party.refusal
        if reason is None and identifier in there:
            reason = "in_plan"
        if reason is None and party.customer in wishes.unwilling:
            reason = "opted_out"
        if reason is None and len(found) >= left:
            reason = "plan_full"
        if reason is None:
            there.add(identifier)
            found.append(party)
        else:
            refused.append(Refused(party.row.line, reason, "", _cells(party.row)))
    return found, refused


def taken_before(store: Store, plan: Plan, customers: Sequence[str]) -> set[str]:
    """The callbacks of those of the customers whom the plan has already, in its lists or in its cycle."""
    if plan.source.kind == "cycle":
        keys = {turn_key(plan.id, customer): callback_id(plan.id, customer) for customer in customers}
        return {keys[key] for key in store.get_many(list(keys))}
    return set(load_members(store, plan.id, [callback_id(plan.id, customer) for customer in customers]))


def _cells(row: ListRow) -> dict[ListColumn, str]:
    return {name: value for name in COLUMNS if (value := getattr(row, name))}
