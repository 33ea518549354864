"""Routes of imports of history."""

from functions.intake.door import door, settings
from functions.intake.requests import files
from tingjian.intake.attachments.models import Download
from tingjian.intake.imports import actions
from tingjian.intake.imports.models import ImportBody, ImportList, ImportView, Split
from tingjian.intake.imports.storage import Jobs
from tingjian.platform.http import Call
from tingjian.platform.models import PageQuery


@door.post("/v1/imports", right="imports.run", status=201, kept=True)
def create(call: Call, body: ImportBody) -> ImportView:
    """Make an import: its mapping is checked, and a slot is given to upload the file to."""
    record, slot = actions.create_import(
        call.store, body, bucket=files().bucket, actor=call.caller.actor, now=call.now, idempotency=call.idempotency
    )
    return actions.shown(record, Split(), {}, language=call.language, now=call.now, upload=slot)


@door.get("/v1/imports", right="imports.run")
def index(call: Call, query: PageQuery) -> ImportList:
    """List imports, newest first."""
    return actions.view_list(call.store, limit=query.limit, cursor=query.cursor, language=call.language, now=call.now)


@door.get("/v1/imports/{import_id}", right="imports.run")
def show(call: Call, import_id: str) -> ImportView:
    """Show an import and how far it is."""
    return actions.view_import(call.store, import_id, language=call.language, now=call.now)


@door.post("/v1/imports/{import_id}/start", right="imports.run", status=202, kept=True)
def start(call: Call, import_id: str) -> ImportView:
    """Start an import whose file is uploaded, or let one go on that stopped."""
    jobs = Jobs(settings().import_queue_url)
    actions.start_import(call.store, jobs, import_id, bucket=files().bucket, actor=call.caller.actor, now=call.now)
    return actions.view_import(call.store, import_id, language=call.language, now=call.now)


@door.post("/v1/imports/{import_id}/cancel", right="imports.run", kept=True)
def cancel(call: Call, import_id: str) -> ImportView:
    """Stop an import; what it has written stays."""
    actions.cancel_import(call.store, import_id, actor=call.caller.actor, now=call.now)
    return actions.view_import(call.store, import_id, language=call.language, now=call.now)


@door.get("/v1/imports/{import_id}/rejects", right="imports.run")
def rejects(call: Call, import_id: str) -> Download:
    """Give a link to the rows that were not imported, a CSV with line, case, reason and detail."""
    return actions.link_to_rejects(call.store, import_id, bucket=files().bucket)
