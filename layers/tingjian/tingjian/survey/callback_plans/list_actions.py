"""Lists as leads import them: announced, checked as a whole, worked off by the worker, their refused rows fetched."""

from datetime import datetime
from typing import cast

from tingjian.intake.attachments.models import Download
from tingjian.platform.chains import with_event
from tingjian.platform.changes import OvertakenError, load_and_write
from tingjian.platform.errors import DoneBeforeError, invalid
from tingjian.platform.events import Event, event_done_before, event_write, key_use
from tingjian.platform.http.call import Call
from tingjian.platform.ids import random_id
from tingjian.platform.store import ConditionFailedError
from tingjian.platform.texts import Language
from tingjian.survey.callback_plans.call_lists import (
    CallList,
    CallListReceipt,
    CallListView,
    ListBody,
    ListNotDoneError,
)
from tingjian.survey.callback_plans.events import CallListChecked, CallListCreated, CallListFact
from tingjian.survey.callback_plans.files import ListFiles
from tingjian.survey.callback_plans.list_storage import list_write, load_list
from tingjian.survey.callback_plans.list_views import list_view
from tingjian.survey.callback_plans.models import PlanStateError
from tingjian.survey.callback_plans.rejects import rejects_file
from tingjian.survey.callback_plans.rights import EDIT_PLANS
from tingjian.survey.callback_plans.rows import MOST_IN_A_PLAN
from tingjian.survey.callback_plans.sheets import read_sheet
from tingjian.survey.callback_plans.storage import load_plan, load_tally


def create_list(call: Call, plan_id: str, body: ListBody, *, bucket: str) -> CallListView:
    """A list that waits for its file, and where to upload that. Raises PlanStateError for a finished plan."""
    plan = load_plan(call.store, plan_id)
    call.caller.require(EDIT_PLANS, team=plan.team)
    if plan.finished_at:
        raise PlanStateError(state=plan.state, members={"state": plan.state})
    listed = CallList(
        **body.model_dump(),
        id=_list_id(call.now),
        version=1,
        plan=plan_id,
        language=call.language,
        by=call.caller.id,
        created_at=call.now,
    )

    def done_before(done: DoneBeforeError) -> CallList:
        return load_list(call.store, plan_id, done.entity.removeprefix("callback-list#"))[1]

    listed = load_and_write(
        call.store,
        lambda: call.store.get_many([], repeat=call.idempotency),
        lambda _: _saved(call, listed, CallListCreated)[0],
        receipt=done_before,
    )
    slot = ListFiles(bucket, listed.id).slot(listed.size_bytes)
    return list_view(call.store, listed, call.language).model_copy(update={"upload": slot})


def _list_id(now: datetime) -> str:
    """An id that sorts by time: eleven digits of milliseconds, and nine that nobody guesses."""
    return f"{round(now.timestamp() * 1000):011x}{random_id()[:9]}"


def check_list(call: Call, plan_id: str, list_id: str, *, bucket: str) -> CallListReceipt:
    """Read the uploaded file as a whole; the worker makes its callbacks once the plan runs.

    Raises InvalidInputError that says what is wrong with the file, ListStateError, PlanStateError.
    """

    def write(listed: CallList) -> CallListReceipt:
        files = ListFiles(bucket, list_id)
        found = files.source() if listed.state == "created" else (b"", "")
        if found is None:
            raise invalid("file", "upload_missing")
        content, etag = found
        if listed.state != "created":
            listed.checked(etag=etag, rows=0, refused=0)  # Says which state it is in.
        sheet = read_sheet(content, listed.columns, area_code=listed.area_code)
        placed = load_tally(call.store, plan_id).placed
        if placed + len(sheet.rows) > MOST_IN_A_PLAN:
            raise invalid("file", "plan_full", limit=MOST_IN_A_PLAN, placed=placed, rows=len(sheet.rows))
        files.put_rejects(rejects_file(sheet.refused, cast("Language", listed.language)))
        after = listed.checked(etag=etag, rows=sheet.total, refused=len(sheet.refused))
        return receipt_of(_saved(call, after, CallListChecked)[1])

    def load() -> CallList:
        plan, listed = load_list(call.store, plan_id, list_id, repeat=call.idempotency)
        call.caller.require(EDIT_PLANS, team=plan.team)
        if plan.finished_at:
            raise PlanStateError(state=plan.state, members={"state": plan.state})
        return listed

    return load_and_write(call.store, load, write, receipt=lambda done: receipt_of(event_done_before(call.store, done)))


def fetch_rejects(call: Call, plan_id: str, list_id: str, *, bucket: str) -> Download:
    """A link to the refused rows; while the list is worked off, to those that its file alone showed.

    Raises ListNotDoneError before the file was checked.
    """
    plan, listed = load_list(call.store, plan_id, list_id)
    call.caller.require(EDIT_PLANS, team=plan.team)
    if listed.state == "created":
        raise ListNotDoneError
    call.record_security("DataExported", call_list=list_id, format="csv")
    return ListFiles(bucket, list_id).rejects_link()


def receipt_of(event: Event) -> CallListReceipt:
    return CallListReceipt(
        id=event.entity.removeprefix("callback-list#"),
        plan=event.data["plan"],
        version=event.version,
        event=event.name,
        state=event.data["state"],
        rows=event.data["rows"],
        refused=event.data["refused"],
        at=event.at,
    )


def _saved(call: Call, listed: CallList, fact: type[CallListFact]) -> tuple[CallList, Event]:
    listed, event = with_event(listed, fact, now=call.now, actor=call.caller.actor, idempotency=call.idempotency)
    try:
        call.store.transact([list_write(listed), event_write(event)], idempotency=key_use(call.idempotency, event))
    except ConditionFailedError as error:
        raise OvertakenError(listed.entity, listed.version - 1) from error
    return listed, event
