"""Making the file of an export: page after page of callbacks with their customers, then the file of all of them."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from tingjian.intake.customers.models import Customer
from tingjian.intake.customers.storage import customer_from_item
from tingjian.people.staff.storage import find_staff
from tingjian.platform import telemetry, texts
from tingjian.platform.chains import with_event
from tingjian.platform.events import SYSTEM, Actor, Event, event_write, key_use
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.items import Item, Key
from tingjian.platform.masking import masked_email, masked_phone
from tingjian.platform.places import customer_key
from tingjian.platform.settings import CentreSettings, FilesSettings
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.platform.texts import Language
from tingjian.survey.callback_plans.calls import load_calls
from tingjian.survey.callback_plans.events import (
    CallbackExportAdvanced,
    CallbackExportFact,
    CallbackExportMade,
)
from tingjian.survey.callback_plans.export_files import Cells, ExportFiles, export_file
from tingjian.survey.callback_plans.exports import Export, ExportNotFoundError
from tingjian.survey.callback_plans.members import Member, member_from_item
from tingjian.survey.callback_plans.places import members_place, plan_place
from tingjian.survey.callbacks.models import Callback

PAGE = 400
EXPORT = "export#"


def export_key(plan_id: str, export_id: str) -> Key:
    return Key(plan_place(plan_id), EXPORT + export_id)


def load_export(store: Store, plan_id: str, export_id: str) -> Export:
    """An export by id. Raises ExportNotFoundError."""
    item = store.get(export_key(plan_id, export_id))
    if item is None:
        raise ExportNotFoundError
    return Export.model_validate_json(item["document"]).model_copy(update={"hash": item["hash"]})


def save_export(
    store: Store,
    export: Export,
    fact: type[CallbackExportFact],
    *,
    actor: Actor,
    now: datetime,
    idempotency: Idempotency | None = None,
) -> Event:
    """Store an export with its event. Raises ConditionFailedError."""
    export, event = with_event(export, fact, now=now, actor=actor, idempotency=idempotency)
    key = export_key(export.plan, export.id)
    item: Item = {"pk": key.pk, "sk": key.sk, "version": export.version, "hash": export.hash}
    stored = Write("desk", item | {"document": export.model_dump_json()}, expect=export.version - 1)
    store.transact([stored, event_write(event)], idempotency=key_use(idempotency, event))
    return event


def advance_export(store: Store, plan_id: str, export_id: str, *, over: Callable[[], bool], now: datetime) -> None:
    """Gather more rows, or make the file of those that were gathered. The event at the end leads on.

    Callbacks are read by id, so what changes meanwhile is in the file once, as it is when its page is read.
    """
    export = load_export(store, plan_id, export_id)
    if export.state == "made":
        return
    files = ExportFiles(FilesSettings.read().files_bucket, export_id)
    if not export.gathered:
        after = _gathered(store, export, files, over).next()
        with suppress(ConditionFailedError):  # Another worker is at it, and further.
            save_export(store, after, CallbackExportAdvanced, actor=SYSTEM, now=now)
        return
    rows = files.rows(export.parts)
    files.put_file(export.form, export_file(export.form, rows, cast("Language", export.language)))
    made = export.next(state="made", rows=len(rows), made_at=now)
    with suppress(ConditionFailedError):
        save_export(store, made, CallbackExportMade, actor=SYSTEM, now=now)
        telemetry.record("CallbackExportsMade", export=export_id, rows=len(rows))


def _gathered(store: Store, export: Export, files: ExportFiles, over: Callable[[], bool]) -> Export:
    while True:
        page = store.query(members_place(export.plan), limit=PAGE, cursor=export.cursor, consistent=True)
        rows = _rows(store, export, [member_from_item(item) for item in page.items])
        files.put_part(export.parts, rows)
        update = {"parts": export.parts + 1, "rows": export.rows + len(rows), "cursor": page.cursor}
        export = export.model_copy(update=update)
        if page.cursor is None:
            return export.model_copy(update={"gathered": True})
        if over():
            return export


def _rows(store: Store, export: Export, members: Sequence[Member]) -> list[Cells]:
    callbacks = load_calls(store, [member.callback for member in members])
    found = store.get_many([customer_key(member.customer) for member in members], consistent=False)
    customers = {customer.id: customer for customer in map(customer_from_item, found.values())}
    return [
        _cells(store, export, member, callbacks[member.callback], customers.get(member.customer))
        for member in members
        if member.callback in callbacks
    ]


def _cells(store: Store, export: Export, member: Member, callback: Callback, customer: Customer | None) -> Cells:
    """The cells of a callback, in the order of `COLUMNS`; a customer who was erased leaves theirs empty."""
    language, zone = cast("Language", export.language), ZoneInfo(CentreSettings.read().centre_time_zone)
    phones = customer.own_phones if customer else ()
    emails = customer.emails if customer else ()
    person = find_staff(store, member.person) if member.person else None
    result = callback.result
    return [
        member.position + 1,
        customer.name if customer else "",
        ", ".join(phones if export.full else map(masked_phone, phones)),
        ", ".join(emails if export.full else map(masked_email, emails)),
        callback.order or "",
        callback.note or "",
        person.name if person else member.person or "",
        texts.text(f"callback_plan.state.{member.state}", language),
        len(callback.attempts),
        texts.text(f"callback_export.result.{result}", language) if result else "",
        *(_local(moment, zone) for moment in (callback.opened_at, callback.due_at, callback.done_at)),
        member.customer,
        member.callback,
    ]


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""
