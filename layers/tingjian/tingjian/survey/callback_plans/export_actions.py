"""Exports as leads ask for them: asked, made by the worker, fetched by a short-lived link."""

from tingjian.intake.attachments.models import Download
from tingjian.intake.reveals.rights import REVEAL_CUSTOMERS
from tingjian.people.staff.storage import find_staff
from tingjian.platform.chains import ChainEnd
from tingjian.platform.changes import OvertakenError, load_and_write
from tingjian.platform.errors import DoneBeforeError, invalid
from tingjian.platform.events import event_write
from tingjian.platform.http.call import Call
from tingjian.platform.ids import random_id
from tingjian.platform.store import ConditionFailedError
from tingjian.survey.callback_plans.events import CallbackExportAsked, CallbackExportFetched
from tingjian.survey.callback_plans.export_files import ExportFiles
from tingjian.survey.callback_plans.exporting import load_export, save_export
from tingjian.survey.callback_plans.exports import Export, ExportBody, ExportNotMadeError, ExportView
from tingjian.survey.callback_plans.rights import EDIT_PLANS
from tingjian.survey.callback_plans.storage import load_plan


def ask_export(call: Call, plan_id: str, body: ExportBody) -> ExportView:
    """Ask for a file of callbacks. Raises AccessDeniedError, InvalidInputError for full contacts without a reason."""
    plan = load_plan(call.store, plan_id)
    call.caller.require(EDIT_PLANS, team=plan.team)
    full = body.contacts == "full"
    if full:
        call.caller.require(REVEAL_CUSTOMERS, team=plan.team)
        for name in ("reason", "text"):
            if getattr(body, name) is None:
                raise invalid(name, "missing")
    export = Export(
        id=call.idempotency.derive("callback-export") if call.idempotency else random_id(),
        version=1,
        plan=plan_id,
        form=body.form,
        full=full,
        reason=body.reason if full else None,
        text=body.text if full else None,
        language=call.language,
        by=call.caller.id,
        asked_at=call.now,
    )

    def write(_: object) -> Export:
        try:
            save_export(
                call.store,
                export,
                CallbackExportAsked,
                actor=call.caller.actor,
                now=call.now,
                idempotency=call.idempotency,
            )
        except ConditionFailedError as error:
            raise OvertakenError(export.entity, 0) from error
        return export

    def done_before(_: DoneBeforeError) -> Export:
        return export.model_copy(update={"asked_at": load_export(call.store, plan_id, export.id).asked_at})

    asked = load_and_write(
        call.store, lambda: call.store.get_many([], repeat=call.idempotency), write, receipt=done_before
    )
    return _view(call, asked)


def show_export(call: Call, plan_id: str, export_id: str) -> ExportView:
    """An export, and whether its file is there. Raises ExportNotFoundError, AccessDeniedError."""
    call.caller.require(EDIT_PLANS, team=load_plan(call.store, plan_id).team)
    return _view(call, load_export(call.store, plan_id, export_id))


def fetch_export(call: Call, plan_id: str, export_id: str, *, bucket: str) -> Download:
    """A link to the file; the journal and the security log say who fetched it. Raises ExportNotMadeError.

    A file with full contacts is for whoever may reveal them.
    """
    plan = load_plan(call.store, plan_id)
    call.caller.require(EDIT_PLANS, team=plan.team)
    export = load_export(call.store, plan_id, export_id)
    if export.full:
        call.caller.require(REVEAL_CUSTOMERS, team=plan.team)
    if export.state != "made":
        raise ExportNotMadeError
    event = ChainEnd(f"callback-export-fetch#{export_id}#{random_id()}").next_event(
        CallbackExportFetched, now=call.now, actor=call.caller.actor, data=export.facts()
    )
    call.store.transact([event_write(event)])
    call.record_security("DataExported", export=export_id, format=export.form, contacts=_contacts(export))
    return ExportFiles(bucket, export_id).file_link(export.form)


def _contacts(export: Export) -> str:
    return "full" if export.full else "masked"


def _view(call: Call, export: Export) -> ExportView:
    person = find_staff(call.store, export.by)
    shared = {name: getattr(export, name) for name in ExportView.model_fields if hasattr(export, name)}
    return ExportView(**shared, by_name=person.name if person else None)
