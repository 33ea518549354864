from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.platform.http import Here, from_query, resolver, staff
from tingjian.survey.callbacks import actions, reads
from tingjian.survey.callbacks.forms import RecordFormList
from tingjian.survey.callbacks.models import CallRecord
from tingjian.survey.callbacks.rights import SHARE_CALLBACKS, WORK_CALLBACKS
from tingjian.survey.callbacks.storage import list_forms
from tingjian.survey.callbacks.views import (
    CallbackAssignment,
    CallbackList,
    CallbackQuery,
    CallbackReceipt,
    CallbackView,
)

app = resolver()


@app.get("/v1/callbacks", **staff(WORK_CALLBACKS))
def list_callbacks(call: Here, query: Annotated[CallbackQuery, Depends(from_query(CallbackQuery))]) -> CallbackList:
    """List callbacks by due time, or past ones."""
    return reads.find_callbacks(call, query)


@app.get("/v1/callbacks/forms", **staff(WORK_CALLBACKS))
def forms(call: Here) -> RecordFormList:
    """List the record forms of all kinds of callbacks."""
    call.caller.require_some(WORK_CALLBACKS)
    return RecordFormList(items=tuple(list_forms(call.store)))


@app.get("/v1/callbacks/<callback>", **staff(WORK_CALLBACKS))
def callback(call: Here, callback: str) -> CallbackView:
    """Show a callback."""
    return reads.show_callback(call, callback)


@app.post("/v1/callbacks/<callback>/claim", **staff(WORK_CALLBACKS))
def claim(call: Here, callback: str) -> CallbackReceipt:
    """Take a callback on."""
    return actions.claim_callback(call, callback)


@app.post("/v1/callbacks/<callback>/assign", **staff(SHARE_CALLBACKS))
def assign(call: Here, callback: str, body: CallbackAssignment) -> CallbackReceipt:
    """Give a callback to somebody else, or back to the team."""
    return actions.assign_callback(call, callback, body)


@app.post("/v1/callbacks/<callback>/calls", **staff(WORK_CALLBACKS))
def record(call: Here, callback: str, body: CallRecord) -> CallbackReceipt:
    """Record a call with its result."""
    return actions.record_call(call, callback, body)
