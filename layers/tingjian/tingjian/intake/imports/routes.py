from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.intake.attachments.actions import files
from tingjian.intake.attachments.models import Download
from tingjian.intake.imports import actions, views
from tingjian.intake.imports.models import ImportBody, ImportList, ImportView, Split
from tingjian.intake.imports.queue import ImportQueue
from tingjian.intake.imports.rights import RUN_IMPORTS
from tingjian.intake.imports.sources import SourceList, list_sources
from tingjian.platform.http import Here, from_query, resolver, staff
from tingjian.platform.models import PageQuery
from tingjian.platform.settings import ImportQueueSettings

app = resolver()


@app.post("/v1/imports", status_code=201, **staff(RUN_IMPORTS, kept="sealed"))
def create(call: Here, body: ImportBody) -> ImportView:
    """Make an import: its mapping is checked, and a slot is given to upload the file to."""
    record, slot = actions.create_import(
        call.store, body, bucket=files().bucket, actor=call.caller.actor, now=call.now, idempotency=call.idempotency
    )
    return views.import_view(record, Split(), {}, language=call.language, now=call.now, upload=slot)


@app.get("/v1/imports", **staff(RUN_IMPORTS))
def index(call: Here, query: Annotated[PageQuery, Depends(from_query(PageQuery))]) -> ImportList:
    """List imports, newest first."""
    return views.view_imports(call.store, limit=query.limit, cursor=query.cursor, language=call.language, now=call.now)


@app.get("/v1/imports/<import_id>", **staff(RUN_IMPORTS))
def show(call: Here, import_id: str) -> ImportView:
    """Show an import and how far it is."""
    return views.view_import(call.store, import_id, language=call.language, now=call.now)


@app.post("/v1/imports/<import_id>/check", status_code=202, **staff(RUN_IMPORTS, kept=True))
def check(call: Here, import_id: str) -> ImportView:
    """Find out what an import whose file is uploaded would do, and write nothing."""
    jobs = ImportQueue(ImportQueueSettings.read().import_queue_url)
    actions.check_import(call.store, jobs, import_id, bucket=files().bucket, actor=call.caller.actor, now=call.now)
    return views.view_import(call.store, import_id, language=call.language, now=call.now)


@app.post("/v1/imports/<import_id>/start", status_code=202, **staff(RUN_IMPORTS, kept=True))
def start(call: Here, import_id: str) -> ImportView:
    """Start an import whose file is uploaded, or let one go on that stopped."""
    jobs = ImportQueue(ImportQueueSettings.read().import_queue_url)
    actions.start_import(call.store, jobs, import_id, bucket=files().bucket, actor=call.caller.actor, now=call.now)
    return views.view_import(call.store, import_id, language=call.language, now=call.now)


@app.post("/v1/imports/<import_id>/cancel", **staff(RUN_IMPORTS, kept=True))
def cancel(call: Here, import_id: str) -> ImportView:
    """Stop an import; what it has written stays."""
    actions.cancel_import(call.store, import_id, actor=call.caller.actor, now=call.now)
    return views.view_import(call.store, import_id, language=call.language, now=call.now)


@app.post("/v1/imports/<import_id>/undo", status_code=202, **staff(RUN_IMPORTS, kept=True))
def undo(call: Here, import_id: str) -> ImportView:
    """Take back all that an import has written, also of one that is half done."""
    jobs = ImportQueue(ImportQueueSettings.read().import_queue_url)
    actions.undo_import(call.store, jobs, import_id, actor=call.caller.actor, now=call.now)
    return views.view_import(call.store, import_id, language=call.language, now=call.now)


@app.get("/v1/import-sources", **staff(RUN_IMPORTS))
def sources(call: Here) -> SourceList:
    """List the sources that something was imported from, for the filter of reports."""
    return list_sources(call.store)


@app.get("/v1/imports/<import_id>/rejects", **staff(RUN_IMPORTS))
def rejects(call: Here, import_id: str) -> Download:
    """Give a link to the rows that were not imported, a CSV with line, case, reason and detail."""
    return views.link_to_rejects(call.store, import_id, bucket=files().bucket)
